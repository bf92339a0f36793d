"""How messages, times and devices are put into words, so that every finding reads alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from harness.codecs.message import Cra, Message
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE, SECOND, Duration

_DEVICES: Final = {
    DeviceRole.CHF: "CHF",
    DeviceRole.GPF: "GPF",
    DeviceRole.ESME: "ESME",
    DeviceRole.GSME: "GSME",
    DeviceRole.PPMID: "PPMID",
    DeviceRole.IHD: "in-home display",
    DeviceRole.HCALCS: "HCALCS",
    DeviceRole.SAPC: "SAPC",
}
_PARTIES: Final = {
    RemotePartyRole.ROOT: "root",
    RemotePartyRole.RECOVERY: "recovery party",
    RemotePartyRole.SUPPLIER: "supplier",
    RemotePartyRole.NETWORK_OPERATOR: "network operator",
    RemotePartyRole.ACCESS_CONTROL_BROKER: "access control broker",
    RemotePartyRole.TRANSITIONAL_COS: "transitional change of supplier party",
    RemotePartyRole.WAN_PROVIDER: "WAN provider",
    RemotePartyRole.ISSUING_AUTHORITY: "issuing authority",
    RemotePartyRole.LOAD_CONTROLLER: "load controller",
    RemotePartyRole.OTHER: "other party",
}
_KINDS: Final = {Cra.COMMAND: "command", Cra.RESPONSE: "response", Cra.ALERT: "alert"}


def device_name(role: DeviceRole) -> str:
    """A device in words."""
    return _DEVICES[role]


def party_name(role: RemotePartyRole) -> str:
    """A remote party in words."""
    return _PARTIES[role]


def duration_text(duration: Duration) -> str:
    """A duration in minutes where it is whole minutes, else in seconds."""
    minutes, rest = divmod(duration, MINUTE)
    return f"{duration / SECOND:g} s" if rest or not minutes else f"{minutes} min"


def message_text(message: Message) -> str:
    """A message's kind, code and counter."""
    return f"{_KINDS[message.cra]} {message.message_code:#06x}, counter {message.originator_counter}"


def heard_text(messages: Iterable[Message]) -> str:
    """What came in place of what was expected."""
    heard = "; ".join(message_text(message) for message in messages)
    return f"only this: {heard}" if heard else "nothing"


def octets_text(octets: bytes) -> str:
    """Octets in hexadecimal."""
    return octets.hex().upper() if octets else "no octets"
