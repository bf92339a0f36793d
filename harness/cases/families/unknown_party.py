"""A party that the device does not know speaks through the access control broker (GBCS 6.2, 7.2.8).

The broker's message names it in supplementary fields, with its own counter and, where it asks for
personal data, its certificate: those are then encrypted for it and not for the broker.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose, preamble
from harness.cases.command import asks_for_sensitive_data
from harness.cases.cosem_checks import check_access
from harness.cases.known_parties import can_sign_at
from harness.cases.refusal import Refusal, expect_refused
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import party_name
from harness.cases.zcl_checks import check_components
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.roles import RemotePartyRole
from harness.gbcs.use_case import PayloadFamily

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.command import Command

_CLAUSE: Final = "GBCS 6.2, 7.2.8"
_BROKER: Final = RemotePartyRole.ACCESS_CONTROL_BROKER
_AS_SUPPLIER: Final = RemotePartyRole.SUPPLIER
_ALERTS: Final = frozenset(
    {
        AlertCode.TRUSTED_SOURCE_AUTHENTICATION_FAILED,
        AlertCode.COMMAND_FORMAT_OR_INTEGRITY_FAILED,
        AlertCode.UNUSUAL_NUMBER_OF_BAD_COMMANDS,
    }
)


def _behind(subject: Subject) -> RemotePartyRole:
    """Whom the broker speaks for: a supplier where one may send the use case, else whoever may."""
    others = sorted(subject.row.roles_at(subject.target) - {_BROKER})
    return _AS_SUPPLIER if not others or _AS_SUPPLIER in others else others[0]


def _command(bench: Bench, subject: Subject) -> Command:
    return bench.command(
        subject.use_case, subject.target, _BROKER, argument=subject.argument(bench), behind=_behind(subject)
    )


def _run(bench: Bench, subject: Subject) -> None:
    with preamble():
        subject.prepare(bench)
    answer = bench.exchange(_command(bench, subject))
    family, lenient = subject.row.payload_family, subject.row.has_preconditions
    if family is PayloadFamily.DLMS:
        check_access(bench, answer, lenient=lenient)
    elif family is PayloadFamily.GBZ:
        check_components(answer, lenient=lenient)


def _replay(bench: Bench, subject: Subject) -> None:
    with preamble():
        subject.prepare(bench)
        command = _command(bench, subject)
        bench.exchange(command)
    refusal = Refusal(_CLAUSE, f"counter {command.order.counter} of the party was used before", _ALERTS)
    expect_refused(bench, subject.target, command.octets, refusal, subject.effect)


def _takes_it(subject: Subject) -> bool:
    row = subject.row
    if _BROKER not in subject.accepted or _BROKER in row.signature_only_roles | row.mac_only_roles:
        return False
    return not subject.signs(_BROKER) or can_sign_at(_BROKER, subject.target)


def _cases() -> Iterator[Case]:
    for subject in filter(_takes_it, SUBJECTS):
        party = party_name(_behind(subject))
        encrypted = ", data encrypted for it" if asks_for_sensitive_data(subject.row) else ""
        yield subject.case(
            Purpose.UNKNOWN_PARTY,
            title=f"The {subject.device} answers an unknown {party} through the broker{encrypted}:"
            f" {subject.doing}",
            why="before and after a change of supplier, others than the device's own parties need answers",
            clause=_CLAUSE,
            run=partial(_run, subject=subject),
        )
        if subject.row.replay_protected:
            yield subject.case(
                Purpose.UNKNOWN_PARTY,
                detail="replay",
                title=f"The {subject.device} takes an unknown {party}'s command once: {subject.doing}",
                why="whoever records a command that the broker passed on must not be able to give it again",
                clause=_CLAUSE,
                run=partial(_replay, subject=subject),
            )


CASES: Final = tuple(_cases())
