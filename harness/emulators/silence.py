"""Alerts of one code that never go out, whatever their form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from harness.codecs.envelope import split_message
from harness.codecs.message import Cra
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.gbcs.alert_codes import AlertCode

_START: Final = 12
"""Octets at the start of an alert's payload within which every form of it says what it is about."""


def silent_about(code: AlertCode) -> Callable[[EmulatedDevice, Outgoing], Sequence[Outgoing]]:
    """What goes out in place of a message: nothing for an alert of that code."""
    octets = code.to_bytes(2, "big")

    def send(_device: EmulatedDevice, sent: Outgoing) -> Sequence[Outgoing]:
        message = split_message(sent.octets)
        return () if message.cra is Cra.ALERT and octets in message.payload[:_START] else (sent,)

    return send
