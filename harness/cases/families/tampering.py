"""Whoever alters a command, or makes one without the right key, is not obeyed (GBCS 6.2.3, 6.2.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose, preamble
from harness.cases.command import Command
from harness.cases.refusal import Refusal, expect_refused
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.tampering import (
    with_corrupted_mac,
    with_corrupted_signature,
    with_foreign_signature,
    without_signature,
)
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

CLAUSE: Final = "GBCS 6.2.3, 6.2.4"
_ALERTS: Final = frozenset(
    {AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED, AlertCode.COMMAND_FORMAT_OR_INTEGRITY_FAILED}
)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to tamper: which purpose it serves, what it is called, and what it does to a command."""

    purpose: Purpose
    detail: str
    flaw: str
    why: str
    spoil: Callable[[Bench, Command], bytes]
    catches: tuple[str, ...] = ()


def _foreign(bench: Bench, command: Command) -> bytes:
    stranger = bench.parties.party(command.order.role, 1)
    return with_foreign_signature(command, stranger.ds_private)


_MAC: Final = _Way(
    Purpose.CORRUPTED_MAC,
    "",
    "the MAC is not that of the message",
    "the broker's MAC is what lets a device take a message as checked by the network",
    lambda _bench, command: with_corrupted_mac(command),
)
_SIGNATURES: Final = (
    _Way(
        Purpose.CORRUPTED_SIGNATURE,
        "",
        "the signature is not that of the message",
        "the signature of its sender is all that stands between the network and the supply of a home",
        lambda _bench, command: with_corrupted_signature(command),
        ("signature-not-checked",),
    ),
    _Way(
        Purpose.CORRUPTED_SIGNATURE,
        "foreign",
        "the signature is somebody else's",
        "a signature must be by the party whose certificate the device holds, not by just anybody",
        _foreign,
        ("signature-not-checked",),
    ),
)
_NO_SIGNATURE: Final = _Way(
    Purpose.MISSING_SIGNATURE,
    "",
    "there is no signature",
    "without this, the network alone could do what only a supplier may",
    lambda _bench, command: without_signature(command),
    ("signature-not-checked",),
)


def _run(bench: Bench, subject: Subject, role: RemotePartyRole, way: _Way) -> None:
    with preamble():
        subject.prepare(bench)
    command = subject.command(bench, role)
    octets = way.spoil(bench, command)
    expect_refused(bench, subject.target, octets, Refusal(CLAUSE, way.flaw, _ALERTS), subject.effect)


def _case(subject: Subject, role: RemotePartyRole, way: _Way) -> Case:
    return subject.case(
        way.purpose,
        detail=way.detail,
        title=f"The {subject.device} refuses a command where {way.flaw}: {subject.doing}",
        why=way.why,
        clause=CLAUSE,
        run=partial(_run, subject=subject, role=role, way=way),
        catches=way.catches,
    )


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        yield _case(subject, subject.sender, _MAC)
        signer = subject.signer
        if signer is not None:
            for way in _SIGNATURES:
                yield _case(subject, signer, way)
            if subject.row.message_type.is_critical:
                yield _case(subject, signer, _NO_SIGNATURE)


CASES: Final = tuple(_cases())
