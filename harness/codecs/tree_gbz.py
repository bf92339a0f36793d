"""Names for the fields of GBZ payloads: each component by its ZCL command, its payload field by field."""

from __future__ import annotations

from typing import Final

from harness.codecs.declaration import Parsed
from harness.codecs.errors import CodecError, DecodeError
from harness.codecs.gbz_types import ExecutedInstruction, GbzAlert, GbzComponent, GbzPayload
from harness.codecs.message import Message
from harness.codecs.payload import decode_payload
from harness.codecs.wording import command_text, utc_time_text
from harness.codecs.zcl import decode_zcl, decode_zcl_payload
from harness.codecs.zcl_types import AttributeRecord, EncryptedPayload, ZclStatus
from harness.gbcs.alert_codes import alert_meaning
from harness.gbcs.catalogue import zcl_rows


def name_gbz(parsed: Parsed, payload: GbzPayload, use_case: str) -> None:
    """Name the components of a command or response."""
    _components(parsed, payload.components, use_case)


def name_gbz_alert(parsed: Parsed, alert: GbzAlert, use_case: str) -> None:
    """Name the fields of an alert."""
    for child in parsed.children:
        if child.name == "alert_code":
            child.meaning = alert_meaning(alert.alert_code) or "unknown alert code"
        elif child.name == "utc_time":
            child.meaning = utc_time_text(alert.utc_time)
        elif child.name == "body" and isinstance(alert.body, ExecutedInstruction):
            child.name = "executed_instruction"
            child.meaning = _instruction(alert.body)
    _components(parsed, alert.components, use_case)


def name_plain_component(
    parsed: Parsed, message: Message, index: int, plaintext: bytes, use_case: str
) -> None:
    """Name the fields of a component's decrypted payload. Raises DecodeError."""
    payload = decode_payload(message)
    components = payload.components if isinstance(payload, GbzPayload | GbzAlert) else ()
    if index >= len(components):
        raise DecodeError("components", f"no component {index}", offset=0)
    parsed.meaning = decode_zcl_payload(components[index], plaintext, parsed).name
    _name_attributes(parsed, _titles(use_case))


def _components(parsed: Parsed, components: tuple[GbzComponent, ...], use_case: str) -> None:
    place = next((child for child in parsed.children if child.name == "components"), None)
    if place is None:
        return
    titles = _titles(use_case)
    for index, component in enumerate(components):
        field = next(child for child in place.children if child.name == f"[{index}]")
        _component(field, component, index, titles)


def _component(parsed: Parsed, component: GbzComponent, index: int, titles: dict[int, str]) -> None:
    place = next(child for child in parsed.children if child.name == "payload")
    inside = Parsed("payload", 0)
    try:
        payload = decode_zcl(component, inside)
    except CodecError as error:
        place.meaning = f"does not decode: {error}"
    else:
        parsed.name = "encrypted" if isinstance(payload, EncryptedPayload) else payload.name
        parsed.meaning = f"component {index}"
    _name_attributes(inside, titles)
    inside.shift(place.start, place.end)
    place.children = inside.children


def _name_attributes(parsed: Parsed, titles: dict[int, str]) -> None:
    for child in parsed.children:
        if isinstance(child.value, AttributeRecord):
            _name_record(child, child.value, titles.get(child.value.attribute, ""))
        else:
            _name_attributes(child, titles)


def _name_record(parsed: Parsed, record: AttributeRecord, title: str) -> None:
    parsed.name = title or f"attribute {record.attribute:#06x}"
    for field in parsed.children:
        if field.name == "status" and record.status is not None:
            field.meaning = _STATUS.get(record.status, "")


_STATUS: Final = {status.value: status.name.replace("_", " ").lower() for status in ZclStatus}


def _instruction(body: ExecutedInstruction) -> str:
    command = command_text(body.message_code, body.originator_counter)
    return f"{command}: cluster {body.cluster:04X} command {body.command:02X}"


def _titles(use_case: str) -> dict[int, str]:
    """What the attributes of a use case are called, by identifier."""
    return {identifier: row.name for row in zcl_rows(use_case) for identifier in row.attributes}
