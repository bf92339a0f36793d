"""What the envelope of an answer reports: the time at the device, and its own counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulators.subjects.clock import Clock, TimeStatus
from harness.network.clock import Instant, instant_of

if TYPE_CHECKING:
    from harness.codecs.message import Message
    from harness.emulators.device import EmulatedDevice

_STATUSES = {status.value: status for status in TimeStatus}


def load_envelope(device: EmulatedDevice, response: Message) -> Instant:
    """Have the device's clock and counter stand where the answer finds them; give the time to ask at."""
    now = device.template.start
    if response.date_time is not None:
        clock = device.part(Clock)
        clock.offset = instant_of(response.date_time.to_datetime()) - now
        clock.status = _STATUSES.get(response.date_time.status, TimeStatus.RELIABLE)
    fields = response.supplementary
    if fields is not None and fields.originator_counter is not None:
        device.counter = fields.originator_counter - 1
    return now
