"""A log that is full takes the newest entry, and lets go of the oldest (SMETS2 5.7.5)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.outcomes import was_done
from harness.cases.payloads import TOKEN_FIELDS, token_of
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.told import told_by
from harness.cases.wording import octets_text
from harness.codecs.cosem_data import CompactArray, Data
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, Duration

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer

_CLAUSE: Final = "SMETS2 5.7.5.5"
_CREDITS: Final = 7
"""More than the log of prepayment credits holds, which is five."""
_MILLIPENCE: Final = 100_000
_PAUSE: Final = Duration(MINUTE)


def _run(bench: Bench, subject: Subject, reading: Subject) -> None:
    supplier, meter = bench.parties.party(subject.sender), bench.device(subject.target)
    since = bench.now
    with preamble():
        for pounds in range(1, _CREDITS + 1):
            counter = bench.next_top_up_counter()
            token = token_of(supplier, meter, counter, pounds)
            given = Terms(given=((TOKEN_FIELDS[subject.row.payload_family], token.encode()),))
            command = bench.command(
                subject.use_case, subject.target, subject.sender, counter=counter, argument=given
            )
            answer = bench.exchange(command)
            if not was_done(answer):
                raise CheckFailed(_CLAUSE, "a token that is taken", octets_text(answer.message.payload))
            bench.wait(_PAUSE)
    span = Terms(span=(since, bench.now))
    read = bench.exchange(bench.command(reading.use_case, reading.target, reading.sender, argument=span))
    amounts = _amounts(read)
    wanted = _CREDITS * _MILLIPENCE
    if not amounts or amounts[-1] != wanted:
        found = ", ".join(map(str, amounts)) or "no entry"
        raise CheckFailed(_CLAUSE, f"the latest credit, {wanted}, as the last entry of the log", found)


def _amounts(answer: Answer) -> list[int]:
    """Amounts in the log of credits, in its order."""
    for value in told_by(answer).values():
        log = value.value if isinstance(value, Data) else None
        if isinstance(log, CompactArray):
            members = [entry.value for entry in log.elements]
            return [
                one[1].value for one in members if isinstance(one, tuple) and isinstance(one[1].value, int)
            ]
    return []


def _case(subject: Subject, reading: Subject) -> Case:
    return subject.case(
        Purpose.CONSISTENT,
        detail="full_log",
        title="The ESME keeps the latest credits in its log, however many came before",
        why="the entry that a complaint is about is the last one, not the first",
        clause=_CLAUSE,
        run=partial(_run, subject=subject, reading=reading),
    )


_BY_NAME: Final = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
CASES: Final = (_case(_BY_NAME["CS01a", DeviceRole.ESME], _BY_NAME["ECS20d", DeviceRole.ESME]),)
