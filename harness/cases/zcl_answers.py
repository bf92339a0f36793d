"""What a GBZ answer must hold: one component for each of its command's, attributes of the right type.

GBCS 7.2.9 and 7.3 (components, encryption), ZCL 2.5.2 (Read Attributes Response), 2.5.12 (Default Response).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.cases.case import CheckFailed
from harness.cases.inspection import SENSITIVE_CLAUSE, Answer, decrypted
from harness.cases.wording import octets_text
from harness.cases.zcl_requests import attributes_of
from harness.codecs.errors import DecodeError
from harness.codecs.gbz_types import GbzComponent, GbzPayload
from harness.codecs.zcl import decode_zcl_payload
from harness.codecs.zcl_types import AttributeRecord
from harness.crypto.errors import SensitiveDataError
from harness.crypto.sensitive import protected_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.gbcs.use_case import ZclRow

GBZ_CLAUSE: Final = "GBCS 7.2.9"
READ_CLAUSE: Final = "ZCL 2.5.2"
DEFAULT_RESPONSE_CLAUSE: Final = "ZCL 2.5.12"
READ_ATTRIBUTES_RESPONSE: Final = 0x01
DEFAULT_RESPONSE: Final = 0x0B
_SUCCESS: Final = 0x00
_FRAME_TYPE_AND_DIRECTION: Final = 0x09
_GLOBAL_FROM_SERVER: Final = 0x08
_TYPES: Final = {"UINT24": 0x22, "UINT48": 0x25, "ENUM8": 0x30, "OCTETSTRING[n]": 0x41}
"""Data type octets by the catalogue's names of types (ZCL 2.6.2)."""


def component_of(answer: Answer) -> GbzComponent:
    """The one component of an answer to a command of one component. Raises CheckFailed."""
    payload, request = answer.payload, answer.command.payload
    if not isinstance(payload, GbzPayload) or not isinstance(request, GbzPayload):
        raise CheckFailed(GBZ_CLAUSE, "a GBZ payload", type(payload).__name__)
    if len(payload.components) != len(request.components):
        raise CheckFailed(
            GBZ_CLAUSE,
            f"{len(request.components)} components, as the command has",
            f"{len(payload.components)} components",
        )
    (component,), (asked,) = payload.components, request.components
    if (component.cluster, component.sequence) != (asked.cluster, asked.sequence):
        raise CheckFailed(
            GBZ_CLAUSE,
            f"cluster {asked.cluster:#06x} and sequence number {asked.sequence} of the command",
            f"cluster {component.cluster:#06x} and sequence number {component.sequence}",
        )
    return component


def expect_default_response(component: GbzComponent, command: int) -> None:
    """Check for a default response that says success. Raises CheckFailed."""
    wanted = bytes((command, _SUCCESS))
    if component.command != DEFAULT_RESPONSE or component.payload != wanted:
        raise CheckFailed(
            DEFAULT_RESPONSE_CLAUSE,
            f"a default response to command {command:#04x} that says success",
            f"command {component.command:#04x} with {octets_text(component.payload)}",
        )


def attributes_read(answer: Answer) -> dict[int, int | bytes]:
    """Values by attribute, in the clear, of the types that the catalogue gives. Raises CheckFailed."""
    component = component_of(answer)
    row = answer.command.use_case
    if component.command != READ_ATTRIBUTES_RESPONSE:
        raise CheckFailed(
            READ_CLAUSE,
            "a Read Attributes Response",
            f"command {component.command:#04x} with {octets_text(component.payload)}",
        )
    if component.frame_control & _FRAME_TYPE_AND_DIRECTION != _GLOBAL_FROM_SERVER:
        raise CheckFailed(
            READ_CLAUSE, "a global command from the server", f"frame control {component.frame_control:#04x}"
        )
    octets = _in_the_clear(answer, component, sensitive=any(one.sensitive for one in row.zcl))
    records = _records_in(component, octets)
    wanted = attributes_of(row)
    found = tuple(record.attribute for record in records)
    if found != wanted:
        raise CheckFailed(READ_CLAUSE, f"attributes {_names(wanted)}, as asked for", _names(found))
    rows = {attribute: one for one in row.zcl for attribute in one.attributes}
    return {record.attribute: _check_record(record, rows[record.attribute]) for record in records}


def number_in(values: dict[int, int | bytes], attribute: int) -> int:
    """The value of an attribute that the catalogue types as a number."""
    value = values[attribute]
    if not isinstance(value, int):
        raise TypeError(f"attribute {attribute:#06x} is no number")
    return value


def _names(attributes: Iterable[int]) -> str:
    return ", ".join(f"{attribute:#06x}" for attribute in attributes) or "none"


def _in_the_clear(answer: Answer, component: GbzComponent, *, sensitive: bool) -> bytes:
    if not sensitive:
        if component.protection is not None:
            raise CheckFailed(
                GBZ_CLAUSE, "attributes in the clear: none is sensitive", "an encrypted component"
            )
        return component.payload
    if component.protection is None:
        raise CheckFailed(
            SENSITIVE_CLAUSE,
            "an encrypted component: it holds sensitive attributes",
            octets_text(component.payload),
        )
    try:
        protected = protected_text(component.payload)
    except SensitiveDataError as error:
        raise CheckFailed(SENSITIVE_CLAUSE, "a length and a protected text", str(error)) from None
    return decrypted(answer, protected)


def _records_in(component: GbzComponent, octets: bytes) -> list[AttributeRecord]:
    """The attribute records of a response. Raises CheckFailed for octets that are none."""
    try:
        records = decode_zcl_payload(component, octets)["attributes"]
    except DecodeError as error:
        raise CheckFailed(READ_CLAUSE, "attribute records", f"{error}, in {octets_text(octets)}") from None
    found = records if isinstance(records, tuple) else ()
    return [record for record in found if isinstance(record, AttributeRecord)]


def _check_record(record: AttributeRecord, row: ZclRow) -> int | bytes:
    kind = _TYPES[row.type]
    if record.status != _SUCCESS or record.data_type != kind or record.value is None:
        kind_found = "no type" if record.data_type is None else f"type {record.data_type:#04x}"
        raise CheckFailed(
            READ_CLAUSE,
            f"attribute {record.attribute:#06x} ({row.name}) with status 0x00 and type {kind:#04x}",
            f"status {record.status or 0:#04x} and {kind_found}",
        )
    return record.value
