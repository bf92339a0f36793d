"""Loading what an answer with a payload of this family reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.codecs.message import Message
    from harness.emulators.device import EmulatedDevice


def load_gbz(_device: EmulatedDevice, _command: Message, _response: Message) -> None:
    """Nothing is loaded yet."""
