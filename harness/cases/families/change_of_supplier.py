"""After a change of supplier the new one is obeyed and the old one is a stranger (GBCS 13.3, CS02b)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose, preamble
from harness.cases.command import STRANGER
from harness.cases.refusal import Refusal, expect_refused
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.gbcs.roles import DeviceRole, RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 4.3.2.5, 6.2.4, 13.3"
_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_BY_SUPPLIER_ALONE: Final = {DeviceRole.ESME: "ECS04b", DeviceRole.GSME: "GCS40b"}
"""A command that only the supplier may send, and that shows on the display."""


def _run(bench: Bench, subject: Subject, theirs: Subject) -> None:
    with preamble():
        bench.exchange(subject.command(bench, RemotePartyRole.TRANSITIONAL_COS))
    refusal = Refusal(_CLAUSE, "it is from the supplier that was replaced")
    late = theirs.command(bench, _SUPPLIER)
    expect_refused(bench, subject.target, late.octets, refusal, theirs.effect)
    bench.exchange(theirs.command(bench, _SUPPLIER, party=STRANGER))


def _case(subject: Subject, theirs: Subject) -> Case:
    return subject.case(
        Purpose.JOURNEY,
        detail="old_supplier",
        title=f"The {subject.device} obeys the new supplier, and the old one no more, after the change",
        why="a supplier that is no more must not be able to cut off or charge a customer who left",
        clause=_CLAUSE,
        run=partial(_run, subject=subject, theirs=theirs),
    )


_BY_NAME: Final = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
CASES: Final = tuple(
    _case(_BY_NAME["CS02bSupplierByTransCoS", target], _BY_NAME[name, target])
    for target, name in _BY_SUPPLIER_ALONE.items()
)
