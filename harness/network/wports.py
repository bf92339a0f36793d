"""The ports of the DLMS wrapper (wPorts): who speaks, and to whom (DLMS Green Book 7.3.3)."""

from __future__ import annotations

from typing import Final

from harness.gbcs.roles import DeviceRole

REMOTE_PARTIES: Final = 0x0001
COORDINATION: Final = 0x00FF
"""Whoever does by hand, or by a rig, what a test asks for."""
_DEVICES: Final = 0x0100
"""A device has the number of its role behind this."""


def wport_of(role: DeviceRole | None) -> int:
    """The port of a device; None is the remote parties."""
    return REMOTE_PARTIES if role is None else _DEVICES + role


def role_at(wport: int) -> DeviceRole | None:
    """The device at a port; None for the remote parties, and for a port that nobody has."""
    return next((role for role in DeviceRole if wport_of(role) == wport), None)
