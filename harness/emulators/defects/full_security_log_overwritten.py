"""A full log that goes on at the wrong end."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.emulators.subjects.security_log import SecurityLog


def _make_room(exchange: Exchange) -> None:
    events = exchange.device.part(SecurityLog).events
    if len(events) == events.maxlen:
        events.pop()


DEFECT: Final = Defect(
    id="full-security-log-overwritten",
    title="Writes each event over the latest entry of its security log once that is full",
    clause="SMETS2 5.7.5.34",
    applies_to=frozenset({DeviceKind.ESME}),
    before_verify=_make_room,
)
