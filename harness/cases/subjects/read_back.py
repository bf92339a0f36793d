"""What a setting command changed, read back by a use case that reads the same: the effect to be seen.

Settings of a DLMS device are read in another use case, as a rule by the same party. Where one is set for
later, in an attribute or object of its own, what is read is the one in force (DLMS Blue Book: Activity
calendar, Charge, Account; GBCS extended data).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import CheckFailed
from harness.cases.cosem_answers import access_response, data_text
from harness.cases.cosem_requests import DATA_PROTECTION, items_named
from harness.cases.known_parties import KNOWN_PARTIES
from harness.codecs.dlms_types import AccessKind, AccessRequest, DataAccessResult
from harness.gbcs.catalogue import use_case, use_cases
from harness.gbcs.equipment import equipment_of
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import Access, ItemKind, PayloadFamily, UseCase

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.codecs.cosem_data import Data

_Place = tuple[int, bytes, int]
"""Class, instance and attribute."""
_IN_FORCE: Final = {(9000, 4): 2, (113, 6): 5, (20, 7): 3, (20, 8): 4, (20, 9): 5}
"""Attributes in force by class and attribute of those for later."""
_LATER: Final = b"\x00\x01"
_NOW: Final = b"\x00\x00"
"""Start of the instance of an object for later, and of the one in force: 0-1 and 0-0."""
_TWO_OBJECTS: Final = frozenset({10, 11, 111})
SET_BESIDE: Final = frozenset({(9000, 6), (113, 7), (20, 10), (111, 13)})
"""When a setting comes into force: not read anywhere."""


@dataclass(frozen=True, slots=True)
class ReadBack:
    """The use case that reads what another one sets, who sends it, and which of its items those are.

    ``places`` leads from an item of the reading to the item that sets it, by their numbers in the
    messages; ``plain`` are those of them that are read as they are set.
    """

    reading: str
    role: RemotePartyRole
    places: tuple[tuple[int, int], ...]
    plain: frozenset[int]


@cache
def read_back_of(identifier: str, target: DeviceRole) -> ReadBack | None:
    """How to see what a use case sets on a kind of device; None where nothing reads it."""
    row = use_case(identifier)
    if row.payload_family is not PayloadFamily.DLMS or row.access is Access.READ:
        return None
    written = {place: number for number, place in _written(row).items()}
    found = [
        one
        for other in use_cases()
        if _is_there(other, row) and (one := _by(other, target, written)) is not None
    ]
    return max(found, key=lambda one: len(one.places), default=None)


def _is_there(reading: UseCase, row: UseCase) -> bool:
    """Whether every device that can be set in one use case can be read in another."""
    return (
        reading.access is Access.READ
        and reading.payload_family is PayloadFamily.DLMS
        and reading.since in {None, row.since}
        and reading.until in {None, row.until}
        and equipment_of(reading.id) <= equipment_of(row.id)
    )


def _written(row: UseCase) -> dict[int, _Place]:
    places = {}
    for number, item in enumerate(items_named(row)):
        class_id, instance, kind, index = item.key
        if kind is ItemKind.ATTRIBUTE and not item.returned and (class_id, index) not in SET_BESIDE:
            places[number] = (class_id, instance, index)
    return places


def _by(row: UseCase, target: DeviceRole, written: dict[_Place, int]) -> ReadBack | None:
    """What a reading use case shows of what was written."""
    now = {in_force(place): number for place, number in written.items()}
    places, plain = [], set()
    for number, item in enumerate(items_named(row)):
        class_id, instance, kind, index = item.key
        place = (class_id, instance, index)
        if kind is ItemKind.METHOD or class_id == DATA_PROTECTION or item.ranged or item.optional:
            continue
        if place in written:
            plain.add(number)
        if place in written or place in now:
            places.append((number, written.get(place, now.get(place, 0))))
    senders = sorted(row.roles_at(target) & KNOWN_PARTIES[target] - {RemotePartyRole.LOAD_CONTROLLER})
    return ReadBack(row.id, senders[0], tuple(places), frozenset(plain)) if places and senders else None


def in_force(place: _Place) -> _Place:
    """Where the setting in force is read that was set for later in a place; the place itself otherwise."""
    class_id, instance, index = place
    if class_id in _TWO_OBJECTS and instance.startswith(_LATER):
        return class_id, _NOW + instance[len(_LATER) :], index
    return class_id, instance, _IN_FORCE.get((class_id, index), index)


def traces_of(identifier: str, target: DeviceRole) -> partial[str | None] | None:
    """What a device tells of a use case's command, as a subject's traces; None where nothing reads it."""
    found = read_back_of(identifier, target)
    return None if found is None else partial(_seen, found, target)


def _seen(found: ReadBack, target: DeviceRole, bench: Bench) -> str | None:
    return "; ".join(data_text(datum) for datum in _values(bench, found, target).values())


def _values(bench: Bench, found: ReadBack, target: DeviceRole) -> dict[int, Data]:
    """What the reading shows, by the number of its item."""
    response = access_response(bench.exchange(bench.command(found.reading, target, found.role)))
    return {
        number: response.data[number]
        for number, _ in found.places
        if response.results[number].result == DataAccessResult.SUCCESS
    }


def expect_written(bench: Bench, identifier: str, target: DeviceRole, request: AccessRequest) -> None:
    """Check that what a command set is what is read. Raises CheckFailed."""
    found = read_back_of(identifier, target)
    if found is None or not found.plain:
        return
    values = _values(bench, found, target)
    for number, setting in found.places:
        written = request.specifications[setting].kind is AccessKind.SET
        if number in found.plain and written and number in values and values[number] != request.data[setting]:
            item = items_named(use_case(found.reading))[number]
            raise CheckFailed(
                f"GBCS {identifier}, {found.reading}",
                f"{item.title}: what was set, {data_text(request.data[setting])}",
                data_text(values[number]),
            )
