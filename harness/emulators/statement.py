"""What a device supports, in the sense of an implementation conformance statement (ISO/IEC 9646-7).

Taken from what emulated devices are made of, so that the statement and the device cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from harness.crypto.pki import SeededPki
from harness.emulators.abilities import has_version
from harness.emulators.home import START
from harness.emulators.templates import ROLES_OF, TemplateMaker
from harness.gbcs.catalogue import use_cases
from harness.gbcs.item_names import items_of
from harness.gbcs.use_case import Access, ItemKind, UseCase, obis_text

if TYPE_CHECKING:
    from device_profiles.model import DeviceProfile
    from harness.gbcs.roles import DeviceRole, RemotePartyRole

_SEED: Final = b"statement"


@dataclass(frozen=True, slots=True)
class SupportedUseCase:
    """A use case that a device takes part in, and who may send it there; nobody sends an alert."""

    use_case: UseCase
    roles: frozenset[RemotePartyRole]


@dataclass(frozen=True, slots=True, order=True)
class SupportedItem:
    """A COSEM attribute or method, or a ZCL attribute or command.

    ``where`` says it as the standards write it, ``access`` are the words get, set and action for COSEM
    and read, write and command for ZCL; ``use_cases`` are those of the device that name it.
    """

    where: str
    name: str
    access: tuple[str, ...]
    use_cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """What one function of a device supports under one firmware."""

    role: DeviceRole
    commands: tuple[SupportedUseCase, ...]
    alerts: tuple[SupportedUseCase, ...]
    items: tuple[SupportedItem, ...]


@cache
def _maker() -> TemplateMaker:
    return TemplateMaker(_SEED, START, SeededPki(_SEED))


def statements_of(profile: DeviceProfile) -> tuple[Statement, ...]:
    """A statement for each function in the box: two for a comms hub. Raises InputError as templates do."""
    return tuple(_statement(role, profile) for role in ROLES_OF[profile.kind])


def _statement(role: DeviceRole, profile: DeviceProfile) -> Statement:
    abilities = _maker().template(role, profile).abilities.values()
    commands = {
        ability.use_case.id: SupportedUseCase(ability.use_case, ability.roles) for ability in abilities
    }
    return Statement(
        role,
        tuple(commands[name] for name in sorted(commands)),
        tuple(
            SupportedUseCase(one, frozenset())
            for one in use_cases()
            if one.message_type.is_alert and role in one.targets and has_version(one, profile.firmware.gbcs)
        ),
        tuple(sorted(_items(one.use_case for one in commands.values()))),
    )


def _items(supported: Iterable[UseCase]) -> Iterable[SupportedItem]:
    found: dict[str, tuple[str, set[str], set[str]]] = {}
    for one in supported:
        named: Mapping[str, tuple[str, str]] = _cosem_items(one) | _zcl_items(one)
        for where, (name, access) in named.items():
            _, accesses, names = found.setdefault(where, (name, set(), set()))
            accesses.add(access)
            names.add(one.id)
    return (
        SupportedItem(where, name, tuple(sorted(accesses)), tuple(sorted(names)))
        for where, (name, accesses, names) in found.items()
    )


def _cosem_items(one: UseCase) -> dict[str, tuple[str, str]]:
    found = {}
    for item in items_of(one.id):
        class_id, instance, kind, index = item.key
        where = f"{class_id} {obis_text(instance)} {kind.value}{index}"
        found[where] = (item.title, _cosem_access(one, kind))
    return found


def _cosem_access(one: UseCase, kind: ItemKind) -> str:
    if kind is ItemKind.METHOD:
        return "action"
    return "get" if one.access is Access.READ else "set"


def _zcl_items(one: UseCase) -> dict[str, tuple[str, str]]:
    found = {}
    for row in one.zcl:
        for attribute in row.attributes:
            access = "read" if one.access is Access.READ else "write"
            found[f"0x{row.cluster:04X} attribute 0x{attribute:04X}"] = (row.name, access)
        if not row.attributes and row.command is not None:
            found[f"0x{row.cluster:04X} command 0x{row.command:02X}"] = (row.command_name, "command")
    return found
