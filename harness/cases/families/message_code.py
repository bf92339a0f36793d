"""A command under the message code of another use case is refused: what it says must be what it is called.

Each use case has a role that may send it, and a payload of its own (GBCS 6.2.4, 7.2.9). A command that
sets something and calls itself a reading would get past the check of the role.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose, preamble
from harness.cases.refusal import Refusal, expect_refused
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.tampering import under_another_code
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 6.2.4, 7.2.9"
_ALERTS: Final = frozenset({AlertCode.COMMAND_FORMAT_OR_INTEGRITY_FAILED})
_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_FEIGNED: Final = {
    DeviceRole.CHF: (RemotePartyRole.ACCESS_CONTROL_BROKER, ("ECS52", "ECS35d", "CS02e")),
    DeviceRole.GPF: (_SUPPLIER, ("GCS38", "GCS46", "CS02e")),
    DeviceRole.ESME: (_SUPPLIER, ("ECS52", "ECS82", "CS02e")),
    DeviceRole.GSME: (_SUPPLIER, ("GCS38", "GCS46", "CS02e")),
    DeviceRole.PPMID: (_SUPPLIER, ("CS07", "CS02e")),
    DeviceRole.HCALCS: (_SUPPLIER, ("CS07", "CS02e")),
    DeviceRole.SAPC: (_SUPPLIER, ("ECS52", "CS07", "CS02e")),
}
"""Harmless readings that a command can pretend to be, and who may send them."""
_ALIKE: Final = {"CS02c": "CS02e", "CS08": "CS07", "CS02e": "CS02c"}
"""Use cases whose commands say the same, so that the code is all that tells them apart."""


def _feigned(subject: Subject) -> str:
    """The reading that a command of the subject pretends to be: of another payload than its own."""
    family = subject.row.payload_family
    choices = _FEIGNED[subject.target][1]
    others = [name for name in choices if name not in {subject.use_case, _ALIKE.get(subject.use_case)}]
    same = [name for name in others if use_case(name).payload_family is family]
    return (same or others)[0]


def _run(bench: Bench, subject: Subject, feigned: str) -> None:
    with preamble():
        subject.prepare(bench)
    sender = bench.parties.party(_FEIGNED[subject.target][0])
    octets = under_another_code(subject.command(bench), use_case(feigned).message_codes[0], sender)
    refusal = Refusal(_CLAUSE, f"{subject.use_case} calls itself {feigned}", _ALERTS)
    expect_refused(bench, subject.target, octets, refusal, subject.effect)


def _cases() -> Iterator[Case]:
    for subject in (one.refused_alone for one in SUBJECTS):
        if not subject.accepted:
            continue
        feigned = _feigned(subject)
        yield subject.case(
            Purpose.WRONG_MESSAGE_CODE,
            title=f"The {subject.device} refuses a command that calls itself {feigned}: {subject.doing}",
            why="rights go by the message code, so what a command says must belong to its code",
            clause=_CLAUSE,
            run=partial(_run, subject=subject, feigned=feigned),
        )


CASES: Final = tuple(_cases())
