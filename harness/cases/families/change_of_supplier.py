"""After a change of supplier, or a recovery, the new one is obeyed, the old one a stranger (GBCS 13.3)."""

from __future__ import annotations

from dataclasses import dataclass
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


def _run(bench: Bench, subject: Subject, theirs: Subject, role: RemotePartyRole) -> None:
    with preamble():
        bench.exchange(subject.command(bench, role))
    refusal = Refusal(_CLAUSE, "it is from the supplier that was replaced")
    late = theirs.command(bench, _SUPPLIER)
    expect_refused(bench, subject.target, late.octets, refusal, theirs.effect)
    bench.exchange(theirs.command(bench, _SUPPLIER, party=STRANGER))


@dataclass(frozen=True, slots=True)
class _Way:
    """How a supplier is replaced: by which command of whom, and the words of its case."""

    use_case: str
    role: RemotePartyRole
    after: str
    why: str


_WAYS: Final = (
    _Way(
        "CS02bSupplierByTransCoS",
        RemotePartyRole.TRANSITIONAL_COS,
        "after the change",
        "a supplier that is no more must not be able to cut off or charge a customer who left",
    ),
    _Way(
        "CS02bAnyExceptAbnormalRootByRecovery",
        RemotePartyRole.RECOVERY,
        "after a recovery",
        "keys are recovered from because somebody else may have them, and must be worth nothing from then on",
    ),
)


def _case(way: _Way, subject: Subject, theirs: Subject) -> Case:
    return subject.case(
        Purpose.JOURNEY,
        detail="old_supplier",
        title=f"The {subject.device} obeys the new supplier, and the old one no more, {way.after}",
        why=way.why,
        clause=_CLAUSE,
        run=partial(_run, subject=subject, theirs=theirs, role=way.role),
    )


_BY_NAME: Final = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
CASES: Final = tuple(
    _case(way, _BY_NAME[way.use_case, target], _BY_NAME[name, target])
    for way in _WAYS
    for target, name in _BY_SUPPLIER_ALONE.items()
)
