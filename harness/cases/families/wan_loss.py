"""The wide area network goes, and comes back: nothing that devices had to say is lost, or out of order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.alerts import ALERT_CLAUSE, RaisedAlert, alerts_of, code_text
from harness.cases.applicability import has
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.subjects.firmware import SUBJECTS
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole
from harness.network.clock import HOUR, MINUTE, Duration
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_ESME: Final = DeviceRole.ESME
_PARTICIPANTS: Final = (DeviceKind.COMMS_HUB, DeviceKind.ESME)
_OUTAGES: Final = (Duration(MINUTE), Duration(5 * MINUTE), Duration(MINUTE))
_SAID: Final = (
    AlertCode.SUPPLY_RESTORED,
    AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE,
    AlertCode.SUPPLY_RESTORED,
)


def _backlog(bench: Bench) -> None:
    """Interrupt the supply several times while nobody can be told, and see all of it reported later."""
    meter = bench.device(_ESME)
    bench.operate(DeviceRole.CHF, Stimulus.WAN_LOST)
    for length in _OUTAGES:
        bench.operate(_ESME, Stimulus.POWER_OFF)
        bench.wait(length)
        bench.operate(_ESME, Stimulus.POWER_ON)
        bench.wait(Duration(10 * MINUTE))
    early = alerts_of(meter, bench.messages(Duration(MINUTE)))
    if early:
        raise CheckFailed(ALERT_CLAUSE, "no message while the network is lost", code_text(early[0].code))
    bench.operate(DeviceRole.CHF, Stimulus.WAN_BACK)
    alerts = alerts_of(meter, bench.messages(Duration(HOUR)))
    for recipient in sorted({alert.received.message.recipient for alert in alerts}):
        _check_told([alert for alert in alerts if alert.received.message.recipient == recipient])
    if not alerts:
        raise CheckFailed(ALERT_CLAUSE, f"{len(_SAID)} alerts once the network is back", "none")


def _check_told(alerts: list[RaisedAlert]) -> None:
    told = tuple(alert.code for alert in alerts)
    if told != _SAID:
        raise CheckFailed(
            ALERT_CLAUSE,
            ", then ".join(map(code_text, _SAID)),
            ", then ".join(map(code_text, told)) or "none",
        )
    numbers = [alert.received.message.originator_counter for alert in alerts]
    if numbers != sorted(set(numbers)):
        raise CheckFailed(ALERT_CLAUSE, "counters that go up from alert to alert", str(numbers))


def _in_words(codes: Iterable[int]) -> str:
    return ", then ".join(map(code_text, codes)) or "none"


def _undelivered(bench: Bench) -> None:
    """Send into the lost network, learn that it did not arrive, and have the next command carried out."""
    version = next(one for one in SUBJECTS if one.use_case == "ECS52" and one.target is _ESME)
    lost = version.command(bench)
    bench.operate(DeviceRole.CHF, Stimulus.WAN_LOST)
    bench.send(lost)
    bench.wait(Duration(HOUR))
    given_up = [one.octets for one in bench.port.undelivered]
    if given_up != [lost.octets]:
        raise CheckFailed("GBCS 10.2", "one command reported as undelivered", f"{len(given_up)} messages")
    bench.operate(DeviceRole.CHF, Stimulus.WAN_BACK)
    late = bench.messages(patience_with(_ESME))
    if late:
        raise CheckFailed("GBCS 10.2", "nothing of a command that was given up", bench.heard())
    version.verify(bench, version, version.sender)


CASES: Final = (
    Case(
        case_id="TC_home_wan_backlog_1",
        title="What the ESME raised while the wide area network was lost is told in order once it is back",
        why="an outage of the network and of the supply often come together, and both want to be known",
        clause=ALERT_CLAUSE,
        use_case="",
        purpose=Purpose.JOURNEY,
        participants=_PARTICIPANTS,
        applies=has(*_PARTICIPANTS),
        run=_backlog,
    ),
    Case(
        case_id="TC_home_wan_undelivered_1",
        title="A command into a lost network is reported as such, and harms nothing that comes after",
        why="a service user sends it again, and the device must take that for what it is",
        clause="GBCS 10.2",
        use_case="",
        purpose=Purpose.JOURNEY,
        participants=_PARTICIPANTS,
        applies=has(*_PARTICIPANTS),
        run=_undelivered,
    ),
)
