"""Who takes over a role counts from the floor that the device was given, and no lower (GBCS 4.3.1.5, 13.3).

The last command of the party before carries that floor for whoever comes after. Roles whose new
certificates bring no floor go on where they stood.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.asn1_requests import Renewal
from harness.cases.case import Case, Purpose, preamble
from harness.cases.command import STRANGER, Command, secret_between
from harness.cases.refusal import Refusal, expect_refused
from harness.cases.subject import Subject, nothing
from harness.cases.subjects import SUBJECTS
from harness.cases.subjects.trust import REPLACED, expect_replaced
from harness.cases.wording import party_name
from harness.crypto.protection import protect
from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 4.3.1.5, 6.2.4, 13.3"
_BROKER: Final = RemotePartyRole.ACCESS_CONTROL_BROKER


def _by_successor(bench: Bench, subject: Subject, counter: int) -> Command:
    """The same command by the party that was put in: signed, or under a MAC, with its keys."""
    command = subject.command(bench, party=STRANGER, counter=counter)
    if subject.sender is not _BROKER:
        return command
    secret = secret_between(command.sender, command.order.device.key_agreement_certificate)
    signer = command.sender.ds_private if command.signed else None
    return replace(
        command, mac_secret=secret, octets=protect(command.message, signer=signer, mac_secret=secret)
    )


def _run(bench: Bench, subject: Subject) -> None:
    floor, renewal = bench.next_counter(), subject.argument(bench)
    if not isinstance(renewal, Renewal):
        raise TypeError("replacing credentials needs certificates")
    with preamble():
        handover = bench.command(
            subject.use_case,
            subject.target,
            subject.sender,
            counter=floor,
            argument=replace(renewal, floor=floor),
        )
        expect_replaced(bench.exchange(handover))
    early = _by_successor(bench, subject, floor)
    reason = f"counter {floor} is the floor of whoever takes over, and not above it"
    expect_refused(bench, subject.target, early.octets, Refusal(_CLAUSE, reason), nothing)
    expect_replaced(bench.exchange(_by_successor(bench, subject, bench.next_counter())))


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        role = REPLACED.get(subject.use_case)
        if role is None or role not in subject.accepted:
            continue
        yield subject.case(
            Purpose.COUNTER_FLOOR,
            detail="taking_over",
            title=f"The {subject.device} counts a new {party_name(role)} from the floor"
            f" that {subject.use_case} gave it",
            why="numbers that were used up before a handover must not come round again after it",
            clause=_CLAUSE,
            run=partial(_run, subject=subject),
        )


CASES: Final = tuple(_cases())
