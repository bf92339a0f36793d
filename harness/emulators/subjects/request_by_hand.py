"""A PPMID's keys: what a person asks of either meter through it (SMETS2 6.4.4; GBCS PCS01/02, PECS01 to 03).

The electricity meter is asked on the home area network and answers at once. The gas meter sleeps: it
is sent a message with a MAC, which it fetches from its proxy when it wakes, and which it answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.codecs.errors import DecodeError
from harness.codecs.gbz import decode_gbz, encode_gbz
from harness.codecs.gbz_types import GbzComponent, GbzPayload
from harness.codecs.message import Cra, Message
from harness.codecs.zcl import decode_zcl_payload, encode_command
from harness.codecs.zcl_types import ZclCommand, ZclField, ZclStatus
from harness.crypto.protection import mac_holds, protect
from harness.crypto.utrn import DIGITS
from harness.emulators.subjects.asking import Asking
from harness.emulators.subjects.neighbours import Neighbours
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole
from harness.network.clock import Instant
from harness.network.device import Outgoing
from harness.network.entries import Entry, Feedback

if TYPE_CHECKING:
    from harness.codecs.envelope import MessageParts
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.kind import Entered

PREPAYMENT: Final = 0x0705
METERING: Final = 0x0702
ACTIVATE_EMERGENCY: Final = 0x00
TOP_UP: Final = 0x04
LOCAL_CHANGE_SUPPLY: Final = 0x0C
TOP_UP_RESPONSE: Final = 0x03
DEFAULT_RESPONSE: Final = 0x0B
_CLUSTER_COMMAND: Final = 1
_IN_HOME_DEVICE: Final = 2
"""Originating device: an in-home device."""
SUPPLY_ON: Final = 2
RESULTS: Final = {
    0: Feedback.ACCEPTED,
    1: Feedback.NOT_AUTHENTIC,
    2: Feedback.DUPLICATE,
    4: Feedback.ABOVE_MAXIMUM_BALANCE,
    5: Feedback.LOCKED_OUT,
    6: Feedback.ABOVE_MAXIMUM_CREDIT,
}
"""What the answer to a top-up says; a token that is none is not told from one that is not authentic."""


@dataclass(frozen=True, slots=True)
class _Request:
    """A cluster command that an entry becomes, and the use case that brings it to a gas meter."""

    cluster: int
    command: int
    fields: Callable[[str], ZclCommand]
    to_gas_meter: str | None = None


def _top_up(text: str) -> ZclCommand:
    fields = (ZclField("originating_device", _IN_HOME_DEVICE), ZclField("top_up_code", text.encode()))
    return ZclCommand("Consumer Top Up", fields)


def _emergency(_text: str) -> ZclCommand:
    fields = (ZclField("command_issue_date_time", 0), ZclField("originating_device", _IN_HOME_DEVICE))
    return ZclCommand("Select Available Emergency Credit", fields)


def _supply(_text: str) -> ZclCommand:
    return ZclCommand("Local Change Supply", (ZclField("proposed_supply_status", SUPPLY_ON),))


_REQUESTS: Final = {
    Entry.UTRN: _Request(PREPAYMENT, TOP_UP, _top_up, "PCS01"),
    Entry.EMERGENCY_CREDIT: _Request(PREPAYMENT, ACTIVATE_EMERGENCY, _emergency, "PCS02"),
    Entry.ENABLE_SUPPLY: _Request(METERING, LOCAL_CHANGE_SUPPLY, _supply),
}


class RequestsByHand:
    """What a PPMID asked for on a person's behalf. ``told`` is what it shows of the last entry."""

    __slots__ = ("_device", "_waiting", "told")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._waiting: dict[int, int] = {}
        self.told: Feedback | None = None

    def ask(self, entry: Entry, text: str, about: DeviceRole | None) -> Feedback | None:
        """Ask a meter for what a person keyed in; None where this meter cannot be asked for it."""
        request = _REQUESTS[entry]
        if entry is Entry.UTRN and not (text.isascii() and len(text) <= DIGITS):
            # There is no way to key that in, so no meter hears of it.
            self.told = Feedback.INVALID
        elif about in {None, DeviceRole.ESME}:
            self.told = self._ask_electricity_meter(request, text)
        elif about is DeviceRole.GSME and request.to_gas_meter is not None:
            self.told = self._ask_gas_meter(request, request.to_gas_meter, text)
        else:
            return None
        return self.told

    def _ask_electricity_meter(self, request: _Request, text: str) -> Feedback:
        asked = request.fields(text)
        answered = self._device.part(Asking).ask(request.cluster, request.command, asked)
        return Feedback.NO_ANSWER if answered is None else _feedback(*answered)

    def _ask_gas_meter(self, request: _Request, name: str, text: str) -> Feedback:
        device = self._device
        partners = device.surroundings.joined((DeviceRole.GSME,))
        meter = partners[0][0] if partners else None
        secret = None if meter is None else device.part(Neighbours).secret_with(meter)
        if meter is None or secret is None:
            return Feedback.NO_ANSWER
        component = GbzComponent(
            cluster=request.cluster,
            frame_control=_CLUSTER_COMMAND,
            sequence=0,
            command=request.command,
            payload=encode_command(request.cluster, _CLUSTER_COMMAND, request.command, request.fields(text)),
        )
        counter = device.next_counter()
        message = Message(
            cra=Cra.COMMAND,
            originator_counter=counter,
            originator=device.entity_id,
            recipient=meter,
            message_code=use_case(name).message_codes[0],
            payload=encode_gbz(GbzPayload((component,))),
        )
        self._waiting[counter] = message.message_code
        device.send(Outgoing(meter, protect(message, mac_secret=secret)))
        return Feedback.ON_ITS_WAY

    def take(self, answer: MessageParts) -> bool:
        """Take a gas meter's answer to something asked for; say whether it was one."""
        if self._waiting.get(answer.originator_counter) != answer.message_code:
            return False
        secret = self._device.part(Neighbours).secret_with(answer.originator)
        if answer.recipient != self._device.entity_id or secret is None or not mac_holds(answer, secret):
            return False
        try:
            (component,) = decode_gbz(answer.payload).components
            said = decode_zcl_payload(component, component.payload)
        except (DecodeError, ValueError):
            return False
        del self._waiting[answer.originator_counter]
        self.told = _feedback(component.command, said)
        return True


def _feedback(command: int, said: ZclCommand) -> Feedback:
    if command == TOP_UP_RESPONSE:
        result = said["result_type"]
        return RESULTS.get(result, Feedback.NOT_AUTHENTIC) if isinstance(result, int) else Feedback.INVALID
    done = command != DEFAULT_RESPONSE or said["status"] == ZclStatus.SUCCESS
    return Feedback.ACCEPTED if done else Feedback.NOT_AVAILABLE


def take_answer(device: EmulatedDevice, answer: MessageParts, _now: Instant) -> bool:
    """A message with an answer came to a PPMID; say whether it was to something that it asked for."""
    return device.part(RequestsByHand).take(answer)


def shown_of_last_entry(device: EmulatedDevice, _now: Instant) -> str | None:
    """What a PPMID shows of the last entry; None before the first."""
    return device.part(RequestsByHand).told


def _key(entry: Entry) -> Entered:
    def entered(
        device: EmulatedDevice, text: str, about: DeviceRole | None, _now: Instant
    ) -> Feedback | None:
        return device.part(RequestsByHand).ask(entry, text, about)

    return entered


KEYS: Final[Mapping[Entry, Entered]] = {entry: _key(entry) for entry in _REQUESTS}
