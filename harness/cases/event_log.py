"""Events that an answer tells of a log: when each happened, and what it was (ECS35a-d, CS10a, DBCH02)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from harness.cases.cosem_checks import check_access
from harness.cases.zcl_checks import check_components
from harness.codecs.cosem_data import CompactArray
from harness.codecs.dlms_types import AccessResponse
from harness.codecs.gbz_types import GbzPayload
from harness.codecs.zcl import decode_zcl
from harness.codecs.zcl_types import Entry, ZclCommand
from harness.gbcs.roles import DeviceRole, RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.inspection import Answer
    from harness.codecs.cosem_data import Data

_PUBLISH_EVENT_LOG: Final = 0x01
SECURITY_LOGS: Final = {
    DeviceRole.CHF: ("ECS35d", RemotePartyRole.ACCESS_CONTROL_BROKER),
    DeviceRole.GPF: ("CS10b", RemotePartyRole.SUPPLIER),
    DeviceRole.ESME: ("ECS35b", RemotePartyRole.SUPPLIER),
    DeviceRole.GSME: ("CS10b", RemotePartyRole.SUPPLIER),
    DeviceRole.SAPC: ("ECS35b", RemotePartyRole.SUPPLIER),
}
"""How the security log of each device is read, and by whom."""
Logged = tuple[int, int]
"""Time of an event in seconds since 2000, and its code."""


def events_told(bench: Bench, answer: Answer) -> Iterator[Logged]:
    """Events in an answer that reads a log. Raises CheckFailed where it does not say what it has to."""
    payload = answer.payload
    if isinstance(payload, AccessResponse):
        check_access(bench, answer)
        for datum in payload.data:
            yield from _events_in(datum)
    elif isinstance(payload, GbzPayload):
        check_components(answer)
        for component in payload.components:
            command = decode_zcl(component)
            if component.command == _PUBLISH_EVENT_LOG and isinstance(command, ZclCommand):
                yield from _entries_in(command)


def _events_in(datum: Data) -> Iterator[Logged]:
    elements = datum.value.elements if isinstance(datum.value, CompactArray) else datum.value
    for element in elements if isinstance(elements, tuple) else ():
        members = element.value
        if isinstance(members, tuple):
            at, code = (member.value for member in members[:2])
            if isinstance(at, int) and isinstance(code, int):
                yield at, code


def _entries_in(command: ZclCommand) -> Iterator[Logged]:
    entries = command["entries"]
    for entry in entries if isinstance(entries, tuple) else ():
        if isinstance(entry, Entry):
            fields = {field.name: field.value for field in entry.fields}
            at, code = fields.get("time"), fields.get("event_id")
            if isinstance(at, int) and isinstance(code, int):
                yield at, code
