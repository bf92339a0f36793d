"""The counter of one party says nothing about that of another (GBCS 4.3.1.5, 6.2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose, preamble
from harness.cases.families.replay import CLAUSE, raising_of
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import party_name
from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_OTHERS: Final = (
    RemotePartyRole.SUPPLIER,
    RemotePartyRole.NETWORK_OPERATOR,
    RemotePartyRole.ACCESS_CONTROL_BROKER,
)


def _run(bench: Bench, subject: Subject, other: RemotePartyRole, raising: Subject) -> None:
    argument, low = subject.argument(bench), bench.next_counter()
    with preamble():
        bench.exchange(raising.command(bench, other))
    late = bench.command(subject.use_case, subject.target, subject.sender, counter=low, argument=argument)
    bench.exchange(late)


def _other(subject: Subject) -> tuple[RemotePartyRole, Subject] | None:
    """Another party with a command of its own to send there."""
    for role in _OTHERS:
        raising = None if role is subject.sender else raising_of(subject, role)
        if raising is not None:
            return role, raising
    return None


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        if not subject.row.replay_protected or subject.is_top_up or not subject.accepted:
            continue
        found = None if subject.has_preamble else _other(subject)
        if found is None:
            continue
        device, (other, raising) = subject.device, found
        yield replace(subject, beside=(*subject.beside, *raising.beside)).case(
            Purpose.COUNTER_FLOOR,
            detail="apart",
            title=f"The {device} counts its sender apart from its {party_name(other)}: {subject.doing}",
            why="two parties that number on their own must not shut each other out",
            clause=CLAUSE,
            run=partial(_run, subject=subject, other=other, raising=raising),
        )


CASES: Final = tuple(_cases())
