"""A hub's sub-GHz radio goes to a quieter channel, and turns away what it has no room for (CHTS 4.6.2.5).

What happens to the radio is brought about by hand; what the hub says of it, its log and a reading agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.alerts import ALERT_CLAUSE, RaisedAlert, alerts_of, code_text, inspect_alert
from harness.cases.applicability import all_of, by_sub_ghz_alone, has, on_air
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome, Purpose, preamble
from harness.cases.cosem_answers import access_response
from harness.cases.event_log import events_told
from harness.cases.inspection import check_moment
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.wording import octets_text
from harness.codecs.cosem_data import Data, DataTag
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE, SECOND, Duration
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_HUB: Final = DeviceRole.CHF
_BROKER: Final = RemotePartyRole.ACCESS_CONTROL_BROKER
_BY_NAME: Final = {(one.use_case, one.target): one for one in SUBJECTS}
_CHANNEL: Final = _BY_NAME["DBCH01", _HUB]
_LOG: Final = _BY_NAME["DBCH02", _HUB]
_MOST_CHANGES: Final = "SubGHzConfigurationSettings: maximumSubGHzChannelChangesPerWeek"
_SOON: Final = Duration(10 * MINUTE)


def _alerts(bench: Bench) -> list[RaisedAlert]:
    return alerts_of(bench.device(_HUB), bench.messages(_SOON))


def _alert(bench: Bench, alerts: list[RaisedAlert], name: str, code: AlertCode) -> RaisedAlert:
    """The alert of a use case, for the broker and in order. Raises CheckFailed."""
    codes = use_case(name).message_codes
    for alert in alerts:
        if alert.code == code and alert.received.message.message_code in codes:
            broker = bench.parties.party(_BROKER)
            inspect_alert(bench, bench.device(_HUB), alert, alert.raised_at, broker)
            return alert
    seen = ", ".join(code_text(alert.code) for alert in alerts) or "no alert"
    raise CheckFailed(ALERT_CLAUSE, f"the hub to raise {name} with alert {code_text(code)}", seen)


def _channel(bench: Bench) -> Data:
    return access_response(bench.exchange(_CHANNEL.command(bench))).data[0]


def _allow_changes(bench: Bench, most: int) -> None:
    terms = Terms(given=((_MOST_CHANGES, most),))
    bench.exchange(bench.command("DBCH04", _HUB, _BROKER, argument=terms))
    bench.messages(_SOON)


def _changes(bench: Bench) -> None:
    with preamble():
        _allow_changes(bench, 1)
        before = _channel(bench)
    since = bench.now
    bench.operate(_HUB, Stimulus.SUB_GHZ_NOISE)
    alerts = _alerts(bench)
    looked = _alert(bench, alerts, "GNCA", AlertCode.SUB_GHZ_CHANNEL_SCAN_STARTED)
    check_moment(looked.raised_at, since, looked.received.at, ALERT_CLAUSE, "start of the search")
    alert = _alert(bench, alerts, "DBCH07", AlertCode.SUB_GHZ_CHANNEL_CHANGED)
    check_moment(alert.raised_at, looked.raised_at, alert.received.at, ALERT_CLAUSE, "time of the change")
    now = _channel(bench)
    if now == before or now not in alert.further:
        raise CheckFailed(ALERT_CLAUSE, "another channel, and its name in the alert", f"{now} after {before}")
    _check_logged(bench, alert)


def _check_logged(bench: Bench, alert: RaisedAlert) -> None:
    """The log has the change with the time that the alert says."""
    logged = list(events_told(bench, bench.exchange(_LOG.command(bench))))
    wanted = (alert.raised_at // SECOND, AlertCode.SUB_GHZ_CHANNEL_CHANGED)
    if wanted not in logged:
        found = ", ".join(code_text(code) for _, code in logged) or "nothing of that time"
        raise CheckFailed("CHTS 4.6.3.13", f"{code_text(wanted[1])} in the log of its channels", found)


def _stays(bench: Bench) -> None:
    with preamble():
        _allow_changes(bench, 1)
        bench.operate(_HUB, Stimulus.SUB_GHZ_NOISE)
        _alert(bench, _alerts(bench), "DBCH07", AlertCode.SUB_GHZ_CHANNEL_CHANGED)
        before = _channel(bench)
    bench.operate(_HUB, Stimulus.SUB_GHZ_NOISE)
    _alert(bench, _alerts(bench), "GNCA", AlertCode.SUB_GHZ_CHANNEL_KEPT)
    now = _channel(bench)
    if now != before:
        raise CheckFailed("CHTS 4.6.2.5", f"no second change within a week, so channel {before}", str(now))


def _turns_away(bench: Bench) -> None:
    meter = bench.device(DeviceRole.GSME)
    if not meter.install_code:
        raise InconclusiveOutcome("the install record has no install code of the gas meter")
    bench.operate(_HUB, Stimulus.SUB_GHZ_FULL)
    gone = Terms(given=(("unregister_device", meter.entity_id),))
    kind = int(DeviceRole.GSME.device_type)
    back = (("ieee_address", meter.entity_id), ("key", meter.install_code), ("device_type", kind))
    with preamble():
        bench.exchange(bench.command("CCS02", _HUB, _BROKER, argument=gone))
        bench.exchange(bench.command("CCS01", _HUB, _BROKER, argument=Terms(given=back)))
    alert = _alert(bench, _alerts(bench), "DBCH11", AlertCode.NO_SUB_GHZ_CAPACITY)
    if alert.further != (Data(DataTag.OCTET_STRING, meter.entity_id),):
        told = ", ".join(octets_text(one.value) for one in alert.further if isinstance(one.value, bytes))
        wanted = f"the device that was turned away, {octets_text(meter.entity_id)}"
        raise CheckFailed(ALERT_CLAUSE, wanted, told or "none")


_OF_THE_HUB: Final = ((DeviceKind.COMMS_HUB,), all_of(has(DeviceKind.COMMS_HUB), _LOG.applies))
_WITH_METER: Final = (
    (DeviceKind.COMMS_HUB, DeviceKind.GSME),
    all_of(
        has(DeviceKind.COMMS_HUB, DeviceKind.GSME), _LOG.applies, on_air(DeviceKind.GSME), by_sub_ghz_alone
    ),
)
_WAYS: Final = (
    (
        "DBCH07",
        "alert",
        "A hub whose sub-GHz channel is disturbed looks for another, goes there, tells of both and logs it",
        "devices that drop off after a change of channel are found by what this alert said",
        _changes,
        _OF_THE_HUB,
    ),
    (
        "DBCH07",
        "alert_kept",
        "A hub changes its sub-GHz channel no more often in a week than it may, and says so",
        "every change makes sleepy meters search; a hub that hops about loses them",
        _stays,
        _OF_THE_HUB,
    ),
    (
        "DBCH11",
        "alert",
        "A hub whose sub-GHz radio has no room left names the gas meter that it turned away",
        "the installer goes home with a meter on the wall that nobody can reach",
        _turns_away,
        _WITH_METER,
    ),
)
CASES: Final = tuple(
    Case(
        case_id=f"TC_{name}_{words}_1",
        title=title,
        why=why,
        clause=f"{ALERT_CLAUSE}, {name}; CHTS 4.6.2.5",
        use_case=name,
        purpose=Purpose.ALERT,
        participants=participants,
        applies=applies,
        covers=("GNCA",),
        run=run,
    )
    for name, words, title, why, run, (participants, applies) in _WAYS
)
