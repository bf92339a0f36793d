"""Top-up tokens at the edges of what they may say: worth nothing, and far apart (SMETS2 5.6.3.3, GBCS 14.3).

A token carries ten bits of the counter that its supplier made it with; the message that brings it over
the network has the whole of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.outcomes import was_done
from harness.cases.payloads import TOKEN_FIELDS, token_of
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.wording import octets_text
from harness.crypto.utrn import COUNTER_BITS, COUNTER_STEP

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer

_CLAUSE: Final = "SMETS2 5.6.3.3, 5.7.5.39, GBCS 14.3"
_SPAN: Final = COUNTER_STEP << COUNTER_BITS
"""How far apart two counters are that no token tells apart."""


def _top_up(bench: Bench, subject: Subject, counter: int, pounds: int) -> Answer:
    supplier, meter = bench.parties.party(subject.sender), bench.device(subject.target)
    token = token_of(supplier, meter, counter, pounds)
    given = Terms(given=((TOKEN_FIELDS[subject.row.payload_family], token.encode()),))
    return bench.exchange(
        bench.command(subject.use_case, subject.target, subject.sender, counter=counter, argument=given)
    )


def _expect_taken(answer: Answer, what: str) -> None:
    if not was_done(answer):
        raise CheckFailed(_CLAUSE, f"{what} to be taken", octets_text(answer.message.payload))


def _worth_nothing(bench: Bench, subject: Subject) -> None:
    answer = _top_up(bench, subject, bench.next_top_up_counter(), 0)
    _expect_taken(answer, "a genuine token that is worth nothing")


def _same_bits(bench: Bench, subject: Subject) -> None:
    first = bench.next_top_up_counter()
    with preamble():
        _expect_taken(_top_up(bench, subject, first, 10), "a token")
    answer = _top_up(bench, subject, first + _SPAN, 10)
    _expect_taken(answer, f"a new token whose counter has the same {COUNTER_BITS} last bits")


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        if not subject.is_top_up:
            continue
        yield subject.case(
            Purpose.NOMINAL,
            detail="worth_nothing",
            title=f"The {subject.device} takes a genuine token of no value",
            why="suppliers send such a token to have the meter look at its account again",
            clause=_CLAUSE,
            run=partial(_worth_nothing, subject=subject),
        )
        yield subject.case(
            Purpose.REPLAY,
            detail="same_bits",
            title=f"The {subject.device} tells tokens apart by all of their counters, not by ten bits",
            why="a customer has paid for a token that is refused",
            clause=_CLAUSE,
            run=partial(_same_bits, subject=subject),
        )


CASES: Final = tuple(_cases())
