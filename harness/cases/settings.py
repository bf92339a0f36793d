"""What a setting command sets, in the words of the answers that tell it later, and a check that they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from harness.cases.case import CheckFailed
from harness.cases.cosem_requests import items_named
from harness.cases.subjects.read_back import SET_BESIDE, in_force
from harness.cases.told import Place, Told, expect_told, fields_of
from harness.codecs.dlms_types import AccessKind, AccessRequest
from harness.codecs.gbz_types import GbzPayload
from harness.codecs.zcl import decode_zcl_payload

if TYPE_CHECKING:
    from harness.cases.command import Command

OWN_STATUS: Final = (111, bytes.fromhex("0000130000FF"), 2, False)
"""Mode and status of the account: the status is the meter's to say."""


def set_by(command: Command) -> Told:
    """What a command sets, as it is told later."""
    payload = command.payload
    found: Told = {}
    if isinstance(payload, AccessRequest):
        items = items_named(command.use_case)
        for item, one, datum in zip(items, payload.specifications, payload.data, strict=True):
            if one.kind is AccessKind.SET and (one.class_id, one.index) not in SET_BESIDE:
                where = (*in_force((one.class_id, one.instance, one.index)), False)
                if where != OWN_STATUS:
                    found[Place(where, item.title)] = datum
    elif isinstance(payload, GbzPayload):
        seen: dict[tuple[Any, ...], int] = {}
        for component in payload.components:
            said = decode_zcl_payload(component, component.payload)
            ordinal = seen.get((component.cluster, said.name), 0)
            seen[component.cluster, said.name] = ordinal + 1
            found.update(fields_of(component.cluster, said, ordinal))
    return found


def expect_set(clause: str, like: str, wanted: Told, told: Told, *, least: int = 1) -> None:
    """Check that what an answer tells of what was set is as it was set, and that it tells enough of it.

    Other values than those that were set may be told. Raises CheckFailed.
    """
    found = {(place.where, place.ordinal): value for place, value in told.items()}
    compared = [place for place in wanted if (place.where, place.ordinal) in found]
    for place in compared:
        expect_told(clause, place, like, wanted[place], found[place.where, place.ordinal])
    if len(compared) < least:
        raise CheckFailed(
            clause, f"at least {least} values in the answer, {like}", f"{len(compared)} of them"
        )
