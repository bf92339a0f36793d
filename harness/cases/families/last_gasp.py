"""The hub loses its mains, says so with its last energy, and says so again when they are back (CHTS 4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.applicability import has
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.subjects.firmware import SUBJECTS
from harness.cases.wording import octets_text
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, Duration
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "CHTS 4.4"
_CHF: Final = DeviceRole.CHF
_DARK: Final = Duration(5 * MINUTE)
_SOON: Final = Duration(MINUTE)
"""More than the slowest network needs for a few octets."""
_VERSION: Final = next(one for one in SUBJECTS if one.use_case == "ECS52" and one.target is _CHF)


def _run(bench: Bench) -> None:
    bench.operate(_CHF, Stimulus.POWER_OFF)
    _expect_notice(bench, 1, has_mains=False)
    lost = _VERSION.command(bench)
    bench.send(lost)
    bench.wait(_DARK)
    bench.operate(_CHF, Stimulus.POWER_ON)
    _expect_notice(bench, 2, has_mains=True)
    late = bench.messages(patience_with(_CHF))
    if any(one.message.originator_counter == lost.order.counter for one in late):
        raise CheckFailed(_CLAUSE, "nothing of a command that came to a dark hub", bench.heard())
    _VERSION.verify(bench, _VERSION, _VERSION.sender)


def _expect_notice(bench: Bench, number: int, *, has_mains: bool) -> None:
    """Wait for the hub to tell of its mains, once, and soon after they changed."""
    since, hub = bench.now, bench.device(_CHF).entity_id
    bench.wait(_SOON)
    notices = bench.port.power_notices
    told = [(one.hub, one.has_mains, since <= one.at <= bench.now) for one in notices[number - 1 :]]
    if told != [(hub, has_mains, True)]:
        state = "back" if has_mains else "gone"
        seen = (
            ", ".join(f"{octets_text(one.hub)} at {one.at}" for one in notices[number - 1 :]) or "no notice"
        )
        raise CheckFailed(_CLAUSE, f"one notice of {octets_text(hub)} that its mains are {state}", seen)


CASES: Final = (
    Case(
        case_id="TC_home_outage_last_gasp_1",
        title="The hub tells of the loss of its mains, and of their return, and then answers as before",
        why="the network operator learns of a dark street by this before anybody calls",
        clause=_CLAUSE,
        use_case="",
        purpose=Purpose.JOURNEY,
        participants=(DeviceKind.COMMS_HUB,),
        applies=has(DeviceKind.COMMS_HUB),
        run=_run,
    ),
)
