"""A security log that has had more events than it holds: the latest hundred, in their order, without a gap.

Whoever wants an attempt to be forgotten follows it by harmless ones, so what a log lets go of has to be the
oldest and nothing else (SMETS2 5.7.5.34, 9.6.4.5, CHTS 4.6.3.7).
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.applicability import KIND_OF, has
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.event_log import SECURITY_LOGS, events_told
from harness.cases.tampering import with_corrupted_mac
from harness.cases.wording import device_name
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import SECOND, Duration

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "SMETS2 5.7.5.34, 9.6.4.5, CHTS 4.6.3.7, GBCS 16.2"
_HELD: Final = 100
_TOO_MANY: Final = 104
_PAUSE: Final = Duration(10 * SECOND)
_LEAST, _MOST = 5, 15
"""Seconds between two entries, the clock of a device and the network not being exact."""
_SENT: Final = "CS02c"
_TARGETS: Final = (DeviceRole.CHF, DeviceRole.ESME, DeviceRole.SAPC)
"""Those that are awake: a hundred commands for a gas meter would take two days."""


def _run(bench: Bench, target: DeviceRole) -> None:
    sender = RemotePartyRole.ACCESS_CONTROL_BROKER if target is DeviceRole.CHF else RemotePartyRole.SUPPLIER
    with preamble():
        octets = with_corrupted_mac(bench.command(_SENT, target, sender))
    since = bench.now
    for _ in range(_TOO_MANY):
        bench.send_octets(octets, to=target)
        bench.wait(_PAUSE)
    bench.messages(patience_with(target))
    name, reader = SECURITY_LOGS[target]
    logged = list(events_told(bench, bench.exchange(bench.command(name, target, reader))))
    ours = [at for at, _ in logged if at * SECOND >= since]
    if len(ours) < _HELD:
        raise CheckFailed(
            _CLAUSE, f"at least {_HELD} of {_TOO_MANY} events in the log", f"{len(ours)} of them"
        )
    gap = next((pair for pair in pairwise(ours) if not _LEAST <= pair[1] - pair[0] <= _MOST), None)
    if gap is not None:
        raise CheckFailed(
            _CLAUSE, "entries 10 s apart, oldest first", f"two that are {gap[1] - gap[0]} s apart"
        )
    newest = since // SECOND + (_TOO_MANY - 1) * _PAUSE // SECOND
    if ours[-1] < newest - _LEAST:
        raise CheckFailed(_CLAUSE, "the latest event in the log", f"one of {newest - ours[-1]} s before it")


def _case(target: DeviceRole, number: int) -> Case:
    kinds = {DeviceKind.COMMS_HUB, KIND_OF[target]}
    participants = tuple(kind for kind in DeviceKind if kind in kinds)
    name = SECURITY_LOGS[target][0]
    return Case(
        case_id=f"TC_{name}_journey_overflows_{number}",
        title=f"The {device_name(target)} has the latest hundred security events in its log, in their order",
        why="an attempt that is pushed out of the log by later ones, or out of its place, cannot be traced",
        clause=_CLAUSE,
        use_case=name,
        purpose=Purpose.JOURNEY,
        participants=participants,
        applies=has(*participants),
        run=partial(_run, target=target),
    )


CASES: Final = tuple(_case(target, number) for number, target in enumerate(_TARGETS, 1))
