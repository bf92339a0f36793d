"""Loading what a GBZ response reports: attributes, answers of commands, and the fault of what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.gbz import decode_gbz
from harness.codecs.zcl import decode_zcl_payload
from harness.codecs.zcl_types import FRAME_TYPE_MASK, GENERAL_FRAME_TYPE, AttributeRecord, ZclStatus
from harness.crypto.errors import SensitiveDataError
from harness.crypto.sensitive import decrypt_sensitive, sensitive_key, sensitive_parties
from harness.emulators.loading.dlms import secret_of
from harness.emulators.subjects.presets import Presets
from harness.emulators.zcl.serving import argument_of
from harness.emulators.zcl.templates import DEFAULT_RESPONSE
from harness.emulators.zcl_access import ZclAnswer, command_key

if TYPE_CHECKING:
    from harness.codecs.gbz_types import GbzComponent
    from harness.codecs.message import Message
    from harness.codecs.zcl_types import ZclCommand
    from harness.emulators.device import EmulatedDevice

_ANY_COMMAND: Final = 0xFF
_LENGTH: Final = 2


def load_gbz(device: EmulatedDevice, command: Message, response: Message) -> None:
    """Put every value that a response reports where it was read, and failures where they happened.

    Answers go with the request of the same sequence number. Raises DecodeError.
    """
    asked = {one.sequence: one for one in decode_gbz(command.payload).components}
    answers: dict[int, list[ZclAnswer]] = {}
    for component in decode_gbz(response.payload).components:
        request = asked.get(component.sequence)
        said = _said(device, component, command, response)
        if request is None or said is None:
            continue
        if component.frame_control & FRAME_TYPE_MASK != GENERAL_FRAME_TYPE:
            answers.setdefault(component.sequence, []).append(ZclAnswer(component.command, said))
        elif component.command == DEFAULT_RESPONSE:
            _load_status(device, request, said)
        else:
            _load_attributes(device, request, said)
    for sequence, given in answers.items():
        request = asked[sequence]
        key = command_key(request.cluster, request.frame_control, request.command)
        row = device.template.zcl_commands.get(key)
        if row is not None and row.prepare is not None:
            row.prepare(device, tuple(given))
        else:
            device.part(Presets).values[key, argument_of(request)] = tuple(given)


def _said(
    device: EmulatedDevice, component: GbzComponent, command: Message, response: Message
) -> ZclCommand | None:
    """What a component says, decrypted where it is encrypted; None without the key for that."""
    payload = component.payload
    if component.protection is not None:
        secret = secret_of(device, command, response)
        if secret is None:
            return None
        key = sensitive_key(secret, sensitive_parties(response))
        try:
            payload = decrypt_sensitive(key, device.entity_id, payload[_LENGTH:])
        except SensitiveDataError:
            return None
    return decode_zcl_payload(component, payload)


def _load_status(device: EmulatedDevice, request: GbzComponent, said: ZclCommand) -> None:
    status = said["status"]
    key = command_key(request.cluster, request.frame_control, request.command)
    row = device.template.zcl_commands.get(key)
    if status == ZclStatus.SUCCESS and row is not None and row.prepare is not None:
        row.prepare(device, ())
    # What follows a failure fails of its own accord, and does not say what it was.
    if status != ZclStatus.SUCCESS and said["command_identifier"] != _ANY_COMMAND:
        device.part(Presets).faults[key, argument_of(request)] = status


def _load_attributes(device: EmulatedDevice, request: GbzComponent, said: ZclCommand) -> None:
    presets = device.part(Presets)
    for field in said.fields:
        for record in field.value if isinstance(field.value, tuple) else ():
            if not isinstance(record, AttributeRecord):
                continue
            key = (request.cluster, record.attribute, False)
            if record.status:
                presets.faults[key] = record.status
            else:
                presets.values[key] = (record.data_type, record.value)
