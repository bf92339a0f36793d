"""Which use cases a device has, worked out from the catalogue and from what the device is made of.

A device has a use case when the catalogue names its role as a target, its firmware's GBCS version lies
between the version that brought the use case and the one that withdrew it, and the device has every
object, attribute, command or ASN.1 answer that the use case's rows need.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any, Final

from device_profiles.model import Version
from harness.codecs.asn1.payloads import decode_asn1, encode_device_asn1
from harness.codecs.cosem_shapes import items_of
from harness.codecs.dlms import decode_access_request, encode_access_response
from harness.codecs.gbz import decode_gbz, encode_gbz
from harness.codecs.message import Cra
from harness.codecs.remembered import remembered
from harness.emulators.access import CosemRow, answer_access, fits_access
from harness.emulators.asn1_answers import ANSWERS
from harness.emulators.cosem.rows import generic_rows, key_of_item
from harness.emulators.exchange import CosemKey, ZclKey
from harness.emulators.template import Ability
from harness.emulators.zcl.serving import answer_gbz, fits_gbz
from harness.emulators.zcl.tables import Tables, generic_tables, keys_of
from harness.emulators.zcl_access import ZclAttribute, ZclCommand
from harness.gbcs.catalogue import use_cases
from harness.gbcs.equipment import Equipment, equipment_of
from harness.gbcs.roles import DeviceRole
from harness.gbcs.use_case import CosemRow as CatalogueRow
from harness.gbcs.use_case import ItemKind, PayloadFamily, UseCase

# Homes of one run get the same commands over and over: reading one is a pure function of its octets.
_decode_access_request: Final = remembered(decode_access_request)
_decode_gbz: Final = remembered(decode_gbz)
_encode_asn1: Final = lru_cache(maxsize=1024)(encode_device_asn1)


@dataclass(frozen=True, slots=True)
class Makeup:
    """What a device is made of: its equipment, and the tables that its use cases are served from."""

    role: DeviceRole
    version: Version
    equipment: frozenset[Equipment]
    objects: Mapping[CosemKey, CosemRow]
    attributes: Mapping[ZclKey, ZclAttribute]
    commands: Mapping[ZclKey, ZclCommand]


def abilities_of(makeup: Makeup) -> Mapping[int, Ability]:
    """Every use case that the device has, by message code."""
    found = {}
    for use_case in use_cases():
        there = has_use_case(use_case, makeup.role, makeup.version, makeup.equipment)
        ability = _ability(use_case, makeup) if there else None
        if ability is not None:
            found.update(dict.fromkeys(use_case.message_codes, ability))
    return found


def has_version(use_case: UseCase, version: Version) -> bool:
    """Whether a use case is part of a GBCS version."""
    since, until = use_case.since, use_case.until
    return (since is None or Version.parse(since) <= version) and (
        until is None or version <= Version.parse(until)
    )


def has_use_case(
    use_case: UseCase, role: DeviceRole, version: Version, equipment: frozenset[Equipment]
) -> bool:
    """Whether a device is a target of a use case, in its version, with the equipment that it needs."""
    return (
        role in use_case.targets
        and not use_case.message_type.is_alert
        and has_version(use_case, version)
        and equipment_of(use_case.id) <= equipment
    )


@cache
def cosem_objects(
    role: DeviceRole, version: Version, equipment: frozenset[Equipment]
) -> Mapping[CosemKey, CosemRow]:
    """COSEM objects that the use cases of a device name."""
    return generic_rows(
        (use_case.id, use_case.access)
        for use_case in use_cases()
        if use_case.payload_family is PayloadFamily.DLMS and has_use_case(use_case, role, version, equipment)
    )


def _ability(use_case: UseCase, makeup: Makeup) -> Ability | None:
    made = _BY_FAMILY.get(use_case.payload_family)
    return None if made is None else made(use_case, makeup)


def _dlms(use_case: UseCase, makeup: Makeup) -> Ability | None:
    keys = frozenset(key for row in use_case.cosem if (key := _cosem_key(row)) is not None)
    if not keys or not keys <= makeup.objects.keys():
        return None
    return Ability(
        use_case=use_case,
        critical=use_case.message_type.is_critical,
        roles=use_case.roles_at(makeup.role),
        keys=keys,
        constants=_cosem_constants(use_case),
        decode=_decode_access_request,
        fits=fits_access,
        serve=answer_access,
        encode=encode_access_response,
        shapes={key_of_item(item): item.value for item in items_of(use_case.id)},
    )


def _cosem_key(row: CatalogueRow) -> CosemKey | None:
    if row.class_id is None or row.instance is None or row.index is None:
        return None
    return (row.class_id, row.instance, row.index, row.kind is ItemKind.METHOD)


def _cosem_constants(use_case: UseCase) -> dict[CosemKey, tuple[object, ...]]:
    """The only values of items that are one datum."""
    rows = [(key, row) for row in use_case.cosem if (key := _cosem_key(row)) is not None]
    count = Counter(key for key, _ in rows)
    return {key: row.constants for key, row in rows if row.constants and count[key] == 1}


def zcl_tables(role: DeviceRole, version: Version, equipment: frozenset[Equipment]) -> Tables:
    """ZCL attributes and commands that the use cases of a device name."""
    return generic_tables(
        frozenset(
            use_case.id
            for use_case in use_cases()
            if use_case.payload_family is PayloadFamily.GBZ
            and has_use_case(use_case, role, version, equipment)
        )
    )


def _gbz(use_case: UseCase, makeup: Makeup) -> Ability | None:
    keys = keys_of(use_case.id)
    if not keys or not keys <= makeup.attributes.keys() | makeup.commands.keys():
        return None
    return Ability(
        use_case=use_case,
        critical=use_case.message_type.is_critical,
        roles=use_case.roles_at(makeup.role),
        keys=keys,
        constants={},
        decode=_decode_gbz,
        fits=fits_gbz,
        serve=answer_gbz,
        encode=encode_gbz,
    )


@cache
def _asn1_decoder(message_code: int) -> Callable[[bytes], Any]:
    return remembered(partial(decode_asn1, message_code, Cra.COMMAND))


def _asn1(use_case: UseCase, makeup: Makeup) -> Ability | None:
    answer = ANSWERS.get(use_case.message_codes[0])
    if answer is None:
        return None
    return Ability(
        use_case=use_case,
        critical=use_case.message_type.is_critical,
        roles=use_case.roles_at(makeup.role),
        keys=frozenset(),
        constants={},
        decode=_asn1_decoder(use_case.message_codes[0]),
        fits=answer.fits,
        serve=answer.serve,
        signer=answer.signer,
        encode=_encode_asn1,
    )


_BY_FAMILY: Final[dict[PayloadFamily, Callable[[UseCase, Makeup], Ability | None]]] = {
    PayloadFamily.DLMS: _dlms,
    PayloadFamily.GBZ: _gbz,
    PayloadFamily.ASN1: _asn1,
}
