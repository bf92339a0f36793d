"""What a device refuses is in its security log afterwards, with its time (GBCS 6.2.4, SMETS2, CHTS).

An alert may be lost on its way, and nobody may be listening; the log is what an attack is traced by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.alerts import code_text
from harness.cases.applicability import KIND_OF, has
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.command import STRANGER, Command
from harness.cases.event_log import SECURITY_LOGS, events_told
from harness.cases.inspection import CLOCK_TOLERANCE
from harness.cases.tampering import (
    for_another_device,
    with_corrupted_mac,
    with_foreign_signature,
    with_longer_payload,
)
from harness.cases.wording import device_name
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import SECOND

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 6.2.4, SMETS2 5.7.5.34, CHTS 4.6.3.7"
_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_BROKER: Final = RemotePartyRole.ACCESS_CONTROL_BROKER
_SENT: Final = "CS02c"
"""A command of every device that is signed, counted and does no harm."""
_FORM: Final = frozenset({AlertCode.COMMAND_FORMAT_OR_INTEGRITY_FAILED})
_AUTHENTICITY: Final = _FORM | {AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED}
_AUTHORITY: Final = frozenset({AlertCode.SOURCE_WITHOUT_AUTHORITY})


@dataclass(frozen=True, slots=True)
class _Way:
    """One reason for refusing: a name for ids, words, what is sent, and the codes that may be logged."""

    name: str
    words: str
    octets: Callable[[Bench, DeviceRole, RemotePartyRole], bytes]
    codes: frozenset[int]


def _command(bench: Bench, target: DeviceRole, role: RemotePartyRole) -> Command:
    return bench.command(_SENT, target, role)


def _spoilt(spoil: Callable[[Command], bytes]) -> Callable[[Bench, DeviceRole, RemotePartyRole], bytes]:
    return lambda bench, target, role: spoil(_command(bench, target, role))


def _foreign(bench: Bench, target: DeviceRole, role: RemotePartyRole) -> bytes:
    return with_foreign_signature(
        _command(bench, target, role), bench.parties.party(role, STRANGER).ds_private
    )


def _unauthorised(bench: Bench, target: DeviceRole, _role: RemotePartyRole) -> bytes:
    return _command(bench, target, RemotePartyRole.RECOVERY).octets


def _used(bench: Bench, target: DeviceRole, role: RemotePartyRole) -> bytes:
    command = _command(bench, target, role)
    bench.exchange(command)
    return command.octets


_WAYS: Final = (
    _Way("corrupted_mac", "a false MAC", _spoilt(with_corrupted_mac), _AUTHENTICITY),
    _Way("foreign_signature", "somebody else's signature", _foreign, _AUTHENTICITY),
    _Way("wrong_role", "a party without the right", _unauthorised, _AUTHORITY),
    _Way("replay", "a counter that was used before", _used, _AUTHENTICITY),
    _Way("over_long", "octets behind its payload", _spoilt(with_longer_payload), _FORM),
    _Way("wrong_recipient", "another device's address", _spoilt(for_another_device), _FORM),
)


def _run(bench: Bench, target: DeviceRole, way: _Way) -> None:
    sender = _BROKER if target is DeviceRole.CHF else _SUPPLIER
    with preamble():
        octets = way.octets(bench, target, sender)
    since = bench.now
    bench.send_octets(octets, to=target)
    bench.messages(patience_with(target))
    name, role = SECURITY_LOGS[target]
    answer = bench.exchange(bench.command(name, target, role))
    logged = [(at, code) for at, code in events_told(bench, answer) if at * SECOND >= since - CLOCK_TOLERANCE]
    if not any(code in way.codes for _, code in logged):
        wanted = " or ".join(code_text(code) for code in sorted(way.codes))
        raise CheckFailed(
            _CLAUSE,
            f"{wanted} in the security log of the {device_name(target)}",
            ", ".join(code_text(code) for _, code in logged) or "no entry since then",
        )
    if any(at * SECOND > answer.at + CLOCK_TOLERANCE for at, _ in logged):
        raise CheckFailed(_CLAUSE, "entries of the time at which it happened", "one of the future")


def _case(target: DeviceRole, way: _Way, number: int) -> Case:
    participants = tuple(kind for kind in DeviceKind if kind in {DeviceKind.COMMS_HUB, KIND_OF[target]})
    name = SECURITY_LOGS[target][0]
    return Case(
        case_id=f"TC_{name}_logged_{way.name}_{number}",
        title=f"The {device_name(target)} logs that it refused a command with {way.words}",
        why="an alert may be lost on its way; an attack is traced by the log",
        clause=_CLAUSE,
        use_case=name,
        purpose=Purpose.LOGGED,
        participants=participants,
        applies=has(*participants),
        run=partial(_run, target=target, way=way),
    )


CASES: Final = tuple(
    _case(target, way, 1 + sorted(SECURITY_LOGS).index(target)) for target in SECURITY_LOGS for way in _WAYS
)
