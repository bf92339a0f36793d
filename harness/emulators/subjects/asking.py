"""Asking the electricity meter something on the home area network, in ZCL frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.codecs.errors import DecodeError
from harness.codecs.han.zcl_frame import (
    ZclFrame,
    ZclFrameType,
    decode_zcl_command,
    decode_zcl_frame,
    encode_zcl_frame,
    with_zcl_command,
)
from harness.gbcs.roles import DeviceRole

if TYPE_CHECKING:
    from harness.codecs.zcl_types import ZclCommand
    from harness.emulators.device import EmulatedDevice


class Asking:
    """Requests of one device, numbered."""

    __slots__ = ("_device", "_sequence")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._sequence = 0

    def ask(self, cluster: int, command: int, wanted: ZclCommand) -> tuple[int, ZclCommand] | None:
        """Ask by a cluster's command; the answer's command and what it says, None for silence or nonsense."""
        self._sequence = (self._sequence + 1) & 0xFF
        frame = ZclFrame(frame_type=ZclFrameType.CLUSTER, sequence=self._sequence, command=command)
        asked = encode_zcl_frame(with_zcl_command(cluster, frame, wanted))
        device = self._device
        answered = device.surroundings.ask(DeviceRole.ESME, device.template.kind.role, cluster, asked)
        if answered is None:
            return None
        try:
            answer = decode_zcl_frame(answered)
            said = decode_zcl_command(cluster, answer)
        except DecodeError:
            return None
        return (answer.command, said) if answer.from_server and answer.sequence == self._sequence else None
