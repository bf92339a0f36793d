"""Telling that an instruction which was put off has been carried out, or not (GBCS 9.2, FDEIA).

Each instruction of a future-dated command is told of by an alert of its own, to who sent the command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.gbz_types import ExecutedInstruction
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.events import DlmsDetails, Event, GbzDetails, tell
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import CosemKey, Exchange
    from harness.network.clock import Instant

_DLMS: Final = use_case("FDEIA-DLMS").message_codes[0]
_GBZ: Final = use_case("FDEIA-ZigBee").message_codes[0]
_COUNTER_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class Cause:
    """The command that put something off: its message code, its originator and its counter."""

    message_code: int
    originator: bytes
    counter: int

    @classmethod
    def of(cls, exchange: Exchange) -> Cause:
        """The command of an exchange."""
        message = exchange.message
        return cls(message.message_code, message.originator, message.originator_counter)


def tell_item(device: EmulatedDevice, cause: Cause, key: CosemKey, now: Instant, *, done: bool) -> None:
    """Tell of a COSEM item: command, counter, class, instance and index in one octet string."""
    class_id, instance, index, _ = key
    octets = (
        cause.message_code.to_bytes(2, "big")
        + cause.counter.to_bytes(_COUNTER_LENGTH, "big")
        + class_id.to_bytes(2, "big")
        + instance
        + bytes((index,))
    )
    details = DlmsDetails((Data(DataTag.OCTET_STRING, octets),))
    device.part(Alerts).event(_code(done=done), now)
    tell(device, Event(_code(done=done), _DLMS, details, (cause.originator,)), now)


def tell_instruction(
    device: EmulatedDevice, cause: Cause, instruction: tuple[int, int, int], now: Instant, *, done: bool
) -> None:
    """Tell of a ZCL command: its cluster, frame control and identifier."""
    device.part(Alerts).event(_code(done=done), now)
    body = ExecutedInstruction(cause.message_code, cause.counter, *instruction)
    tell(device, Event(_code(done=done), _GBZ, GbzDetails(1, body), (cause.originator,)), now)


def _code(*, done: bool) -> AlertCode:
    return AlertCode.FUTURE_DATED_COMMAND_DONE if done else AlertCode.FUTURE_DATED_COMMAND_FAILED
