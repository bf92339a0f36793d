"""Subjects that follow from the catalogue: every use case on every device that is its target.

What a command says, and what its answer must say, comes from the use case's rows and templates. Only use
cases about other devices and keys need an argument of their own; a table has them. Where one of the other
modules beside this has a subject that checks more, it stands in place of the generic one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import yaml

from device_profiles.model import DeviceKind
from harness.cases.asn1_requests import Partner
from harness.cases.case import preamble
from harness.cases.cosem_checks import check_access
from harness.cases.known_parties import BY_CONTINGENCY
from harness.cases.subject import Subject, nothing
from harness.cases.subjects import joining, security, trust
from harness.cases.subjects.read_back import expect_written, traces_of
from harness.cases.terms import Terms
from harness.cases.zcl_checks import check_components
from harness.codecs.dlms_types import AccessRequest
from harness.gbcs.catalogue import use_cases
from harness.gbcs.roles import DeviceRole, DeviceType, RemotePartyRole
from harness.gbcs.use_case import MessageType, PayloadFamily, UseCase

if TYPE_CHECKING:
    from harness.cases.bench import Bench

Verify = Callable[["Bench", Subject, RemotePartyRole], None]
Argue = Callable[["Bench", str, DeviceRole], object]

_NEWCOMER: Final = Partner(bytes.fromhex("06000000000000AA"), DeviceType.PPMID)
"""A device that is in no home."""
_INSTALL_KEY: Final = bytes(range(16))


def generic_subjects(explicit: Collection[tuple[str, DeviceRole]]) -> tuple[Subject, ...]:
    """A subject for each use case and target that ``explicit`` does not name."""
    return tuple(
        _subject(row, target, number)
        for row in use_cases()
        if is_command(row)
        for number, target in enumerate(sorted(row.targets), 1)
        if (row.id, target) not in explicit
    )


def is_command(row: UseCase) -> bool:
    """Whether a remote party starts the use case."""
    return not row.message_type.is_alert and row.message_type not in {
        MessageType.HAN_ONLY,
        MessageType.PPMID_GSME,
    }


@cache
def doings() -> dict[str, tuple[str, str]]:
    """What each use case has a device do and what depends on it, in words."""
    # The loader in C is ten times as fast; some builds of PyYAML come without it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (files("harness.cases.subjects") / "doings.yaml").read_text(encoding="utf-8")
    table: dict[str, str] = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader either way
    return {name: _halves(line) for name, line in table.items()}


def _halves(line: str) -> tuple[str, str]:
    doing, _, matters = line.partition(" | ")
    return doing, matters


def _subject(row: UseCase, target: DeviceRole, number: int) -> Subject:
    doing, matters = doings()[row.id]
    return Subject(
        use_case=row.id,
        target=target,
        number=number,
        doing=doing,
        matters=matters,
        verify=_verify(row),
        traces=traces_of(row.id, target) or nothing,
        beside=_beside(row, target),
        argument=partial(_argued, row.id, target) if row.id in _ARGUMENTS else nothing,
        stand_in=partial(_stand_in, row.id, target) if (row.id, target) in joining.PARTNERS else None,
        prepare=partial(_prepare, row.id, target) if row.id in _FIRST else nothing,
    )


def _beside(row: UseCase, target: DeviceRole) -> tuple[DeviceKind, ...]:
    """The partner of a join; the gas meter, for which its proxy answers."""
    mirrored = row.payload_family is PayloadFamily.GBZ and target is DeviceRole.GPF
    return (DeviceKind.GSME,) if mirrored else joining.beside(row.id, target)


def _stand_in(use_case: str, target: DeviceRole, _bench: Bench) -> object:
    return joining.stand_in_for(use_case, target)


def _argued(use_case: str, target: DeviceRole, bench: Bench) -> object:
    return _ARGUMENTS[use_case](bench, use_case, target)


def _prepare(use_case: str, target: DeviceRole, bench: Bench) -> None:
    first, role = _FIRST[use_case]
    argue = _ARGUMENTS.get(first)
    argument = None if argue is None else argue(bench, first, target)
    bench.exchange(bench.command(first, target, role, argument=argument))


def _verify(row: UseCase) -> Verify:
    special = _VERIFIES.get(row.id)
    if special is not None:
        return special
    return _verify_access if row.payload_family is PayloadFamily.DLMS else _verify_components


def _verify_access(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """Send a DLMS command and check its answer item by item."""
    with preamble():
        subject.prepare(bench)
    answer = bench.exchange(subject.command(bench, role))
    lenient = subject.row.has_preconditions
    check_access(bench, answer, lenient=lenient)
    if not lenient and isinstance(answer.command.payload, AccessRequest):
        expect_written(bench, subject.use_case, subject.target, answer.command.payload)


def _verify_components(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """Send a GBZ command and check its answer component by component."""
    with preamble():
        subject.prepare(bench)
    answer = bench.exchange(subject.command(bench, role))
    check_components(answer, lenient=subject.row.has_preconditions)


def _renewal(bench: Bench, use_case: str, target: DeviceRole) -> object:
    return trust.renewal_for(bench, use_case, target)


def _newcomer(_bench: Bench, _use_case: str, _target: DeviceRole) -> object:
    return Terms(
        given=(
            ("ieee_address", _NEWCOMER.entity_id),
            ("key", _INSTALL_KEY),
            ("device_type", int(_NEWCOMER.device_type)),
            ("unregister_device", _NEWCOMER.entity_id),
            ("MAC_address", _NEWCOMER.entity_id),
            ("hashed_TC_link_key", _INSTALL_KEY),
        )
    )


_ISSUED_BY: Final = {
    DeviceRole.CHF: RemotePartyRole.ACCESS_CONTROL_BROKER,
    DeviceRole.GPF: RemotePartyRole.SUPPLIER,
    DeviceRole.ESME: RemotePartyRole.SUPPLIER,
    DeviceRole.GSME: RemotePartyRole.SUPPLIER,
    DeviceRole.PPMID: RemotePartyRole.SUPPLIER,
    DeviceRole.HCALCS: RemotePartyRole.SUPPLIER,
    DeviceRole.SAPC: RemotePartyRole.SUPPLIER,
}
_REPLACING: Final = (
    *trust.REPLACED,
    "CS02bRootBySupplier",
    "CS02bRootByWANProvider",
    "CS02bAnyExceptAbnormalRootByRecovery",
    BY_CONTINGENCY,
)
_ARGUMENTS: Final[dict[str, Argue]] = {
    **dict.fromkeys(_REPLACING, _renewal),
    "CS02d": lambda bench, _use_case, target: trust.new_certificate(bench, target, _ISSUED_BY[target]),
    "CS02f": lambda _bench, _use_case, target: security.parties_asked_for(target),
    **dict.fromkeys(("CS03A1", "CS03A2", "CS03B", "CS03C", "CS04AC", "CS04B", "GCS59"), joining.partner_of),
    **dict.fromkeys(("CCS01", "CCS02", "CCS03"), _newcomer),
}
"""What an order needs that does not follow from sender, device and time."""
_FIRST: Final = {
    "GCS39": ("GCS32", RemotePartyRole.SUPPLIER),
    "ECS44": ("ECS43", RemotePartyRole.SUPPLIER),
    "CCS02": ("CCS01", RemotePartyRole.ACCESS_CONTROL_BROKER),
}
"""A command that brings a device into the state in which another can be carried out, and who sends it."""
_VERIFIES: Final[dict[str, Verify]] = {
    **dict.fromkeys(_REPLACING, trust.replace_credentials),
    "CS02c": trust.issue_credentials,
    "CS02d": trust.update_certificate,
    "CS02e": trust.provide_certificate,
    "CS02f": security.read_credentials,
    **dict.fromkeys(("CS03A1", "CS03A2", "CS03B", "CS03C"), joining.join),
    **dict.fromkeys(("CS04AC", "CS04B"), joining.unjoin),
    "CS08": joining.read_own_version,
    "GCS28": joining.set_gas_clock,
    "GCS59": joining.restore,
}
"""How answers are checked whose payloads have no rows."""
