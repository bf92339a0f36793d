"""Whom devices know: which remote parties' credentials each kind of device holds, and of what use they are.

GBCS 4.3.2.5. A party that a device holds no key for is to it as a stranger, whatever its role may be.
"""

from __future__ import annotations

from typing import Final

from device_profiles.model import Version
from harness.gbcs.roles import DeviceRole, RemotePartyRole

_SIGNING: Final = frozenset({RemotePartyRole.RECOVERY, RemotePartyRole.TRANSITIONAL_COS})
_HOLDING: Final = _SIGNING | {RemotePartyRole.SUPPLIER, RemotePartyRole.ACCESS_CONTROL_BROKER}
_METERING: Final = _HOLDING | {RemotePartyRole.NETWORK_OPERATOR}
_SWITCHING: Final = _METERING | {RemotePartyRole.LOAD_CONTROLLER}
KNOWN_PARTIES: Final = {
    DeviceRole.CHF: frozenset(
        {RemotePartyRole.RECOVERY, RemotePartyRole.ACCESS_CONTROL_BROKER, RemotePartyRole.WAN_PROVIDER}
    ),
    DeviceRole.GPF: _METERING | {RemotePartyRole.WAN_PROVIDER},
    DeviceRole.ESME: _SWITCHING,
    DeviceRole.GSME: _METERING,
    DeviceRole.PPMID: _HOLDING,
    DeviceRole.HCALCS: _HOLDING,
    DeviceRole.SAPC: _SWITCHING,
}
"""Remote parties that send messages and whose credentials a kind of device holds."""
BROKER_SIGNS_AT: Final = frozenset({DeviceRole.CHF, DeviceRole.GPF, DeviceRole.PPMID, DeviceRole.HCALCS})
"""Devices that hold the broker's key for signatures; the others know it by its MAC alone."""
KNOWN_SINCE: Final = {RemotePartyRole.LOAD_CONTROLLER: Version.parse("4.0")}
"""The GBCS version that brought a role."""


BY_CONTINGENCY: Final = "CS02bAnyByContingency"
"""The only use case under the key of last resort, which the root's certificate holds."""
_IN_THEIR_PLACE: Final = frozenset({"CS02bSupplierBySupplier", "CS02bNOByNO"})
"""Use cases that the broker sends only while its own certificates stand in for those of another party."""


def parties_of(target: DeviceRole) -> frozenset[RemotePartyRole]:
    """Whoever can send a kind of device something that it believes: whom it knows, and its root.

    The root's certificate holds the key of last resort, under which nothing but CS02bAnyByContingency goes.
    """
    return KNOWN_PARTIES[target] | {RemotePartyRole.ROOT}


def sends(use_case: str, role: RemotePartyRole) -> bool:
    """Whether a party sends a use case to a device whose credentials are all of their own parties."""
    if role is RemotePartyRole.ROOT:
        return use_case == BY_CONTINGENCY
    return role is not RemotePartyRole.ACCESS_CONTROL_BROKER or use_case not in _IN_THEIR_PLACE


def can_sign_at(role: RemotePartyRole, target: DeviceRole) -> bool:
    """Whether a kind of device can verify what a party signs."""
    if role is RemotePartyRole.ACCESS_CONTROL_BROKER:
        return target in BROKER_SIGNS_AT
    return role in parties_of(target)
