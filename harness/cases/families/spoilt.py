"""A command that is spoilt in one respect has no effect at all, and is reported (GBCS 6.2.3, 6.2.4, 7.2).

Whoever alters a command, makes one without the right key, sends one astray, or cuts it short, is not
obeyed: each way to spoil a command makes one case of each subject that it can be done to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose, preamble
from harness.cases.command import Command
from harness.cases.known_parties import BY_CONTINGENCY
from harness.cases.refusal import Refusal, expect_refused
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.tampering import (
    for_another_device,
    truncated_message,
    with_corrupted_mac,
    with_corrupted_signature,
    with_foreign_signature,
    with_longer_payload,
    with_shorter_payload,
    without_signature,
)
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_PROTECTION: Final = "GBCS 6.2.3, 6.2.4"
_FORM: Final = "GBCS 6.2.4, 7.2"
_NOT_WELL_FORMED: Final = frozenset({AlertCode.COMMAND_FORMAT_OR_INTEGRITY_FAILED})
_NOT_AUTHENTIC: Final = _NOT_WELL_FORMED | {AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED}


def _by_sender(subject: Subject) -> RemotePartyRole | None:
    return subject.sender if subject.accepted else None


def _by_signer(subject: Subject) -> RemotePartyRole | None:
    return subject.signer


def _by_critical_signer(subject: Subject) -> RemotePartyRole | None:
    return subject.signer if subject.row.message_type.is_critical else None


def _signed_by_another(bench: Bench, command: Command) -> bytes:
    return with_foreign_signature(command, bench.parties.party(command.order.role, 1).ds_private)


def _alone(spoil: Callable[[Command], bytes]) -> Callable[[Bench, Command], bytes]:
    """A way to spoil a command that needs nothing but the command."""
    return lambda _bench, command: spoil(command)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One way to spoil a command: what is wrong with it then, who sends it, and what must be raised."""

    purpose: Purpose
    detail: str = ""
    flaw: str
    why: str
    clause: str
    spoil: Callable[[Bench, Command], bytes]
    sent: Callable[[Subject], RemotePartyRole | None] = _by_sender
    alerts: frozenset[int] = frozenset()
    catches: tuple[str, ...] = ()


_WAYS: Final = (
    _Way(
        purpose=Purpose.CORRUPTED_MAC,
        flaw="the MAC is not that of the message",
        why="the broker's MAC is what lets a device take a message as checked by the network",
        clause=_PROTECTION,
        spoil=_alone(with_corrupted_mac),
        alerts=_NOT_AUTHENTIC,
    ),
    _Way(
        purpose=Purpose.CORRUPTED_SIGNATURE,
        flaw="the signature is not that of the message",
        why="the signature of its sender is all that stands between the network and the supply of a home",
        clause=_PROTECTION,
        spoil=_alone(with_corrupted_signature),
        sent=_by_signer,
        alerts=_NOT_AUTHENTIC,
        catches=("signature-not-checked",),
    ),
    _Way(
        purpose=Purpose.CORRUPTED_SIGNATURE,
        detail="foreign",
        flaw="the signature is somebody else's",
        why="a signature must be by the party whose certificate the device holds, not by just anybody",
        clause=_PROTECTION,
        spoil=_signed_by_another,
        sent=_by_signer,
        alerts=_NOT_AUTHENTIC,
        catches=("signature-not-checked",),
    ),
    _Way(
        purpose=Purpose.MISSING_SIGNATURE,
        flaw="there is no signature",
        why="without this, the network alone could do what only a supplier may",
        clause=_PROTECTION,
        spoil=_alone(without_signature),
        sent=_by_critical_signer,
        alerts=_NOT_AUTHENTIC,
        catches=("signature-not-checked",),
    ),
    _Way(
        purpose=Purpose.WRONG_RECIPIENT,
        flaw="it is addressed to another device",
        why="a command that goes astray must not act where it lands",
        clause=_FORM,
        spoil=_alone(for_another_device),
        catches=("foreign-command-answered",),
    ),
    _Way(
        purpose=Purpose.TRUNCATED,
        flaw="its second half is missing",
        why="half a message must neither act nor bring the device down",
        clause=_FORM,
        spoil=_alone(truncated_message),
        alerts=_NOT_WELL_FORMED,
    ),
    _Way(
        purpose=Purpose.TRUNCATED,
        detail="payload",
        flaw="its payload ends too early",
        why="what is missing must not be guessed",
        clause=_FORM,
        spoil=_alone(with_shorter_payload),
        alerts=_NOT_WELL_FORMED,
    ),
    _Way(
        purpose=Purpose.OVER_LONG,
        flaw="octets follow its payload",
        why="what a device skips over, somebody else's parser may obey",
        clause=_FORM,
        spoil=_alone(with_longer_payload),
        alerts=_NOT_WELL_FORMED,
        catches=("trailing-octets-accepted",),
    ),
)


def _run(bench: Bench, subject: Subject, role: RemotePartyRole, way: _Way) -> None:
    with preamble():
        subject.prepare(bench)
    octets = way.spoil(bench, subject.command(bench, role))
    refusal = Refusal(way.clause, way.flaw, _alerts(way, subject))
    expect_refused(bench, subject.target, octets, refusal, subject.effect)


def _alerts(way: _Way, subject: Subject) -> frozenset[int]:
    """What must be raised, any one of it.

    A payload that names the key of its own signature can be known for spoilt before that is checked, or not.
    """
    return way.alerts | _NOT_AUTHENTIC if subject.use_case == BY_CONTINGENCY and way.alerts else way.alerts


def _cases() -> Iterator[Case]:
    for subject in (one.refused_alone for one in SUBJECTS):
        for way in _WAYS:
            role = way.sent(subject)
            if role is not None:
                yield subject.case(
                    way.purpose,
                    detail=way.detail,
                    title=f"The {subject.device} refuses a command where {way.flaw}: {subject.doing}",
                    why=way.why,
                    clause=way.clause,
                    run=partial(_run, subject=subject, role=role, way=way),
                    catches=way.catches,
                )


CASES: Final = tuple(_cases())
