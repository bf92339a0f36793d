"""Who takes part: remote parties and device types, by the numbers that messages and certificates carry.

GBCS 4.3 (roles in certificates), 13.7 (device types in joins and device logs).
"""

from enum import IntEnum


class RemotePartyRole(IntEnum):
    """Role of a remote party: ``RemotePartyRole`` in ASN.1 and two hex digits in a certificate's OU."""

    ROOT = 0
    RECOVERY = 1
    SUPPLIER = 2
    NETWORK_OPERATOR = 3
    ACCESS_CONTROL_BROKER = 4
    TRANSITIONAL_COS = 5
    WAN_PROVIDER = 6
    ISSUING_AUTHORITY = 7
    LOAD_CONTROLLER = 8
    OTHER = 127


class DeviceType(IntEnum):
    """GBCS device type, as it stands in join commands and device log entries."""

    GSME = 0
    ESME = 1
    CHF = 2
    GPF = 3
    HCALCS = 4
    PPMID = 5
    TYPE_2 = 6


class DeviceRole(IntEnum):
    """An addressable function in a home. A comms hub holds two: CHF and GPF."""

    CHF = 1
    GPF = 2
    ESME = 3
    GSME = 4
    PPMID = 5
    IHD = 6
    HCALCS = 7
    SAPC = 8

    @property
    def device_type(self) -> DeviceType:
        """The GBCS device type that this function declares in a join (a SAPC joins as an ESME)."""
        return _DEVICE_TYPES[self]


_DEVICE_TYPES = {
    DeviceRole.CHF: DeviceType.CHF,
    DeviceRole.GPF: DeviceType.GPF,
    DeviceRole.ESME: DeviceType.ESME,
    DeviceRole.GSME: DeviceType.GSME,
    DeviceRole.PPMID: DeviceType.PPMID,
    DeviceRole.IHD: DeviceType.TYPE_2,
    DeviceRole.HCALCS: DeviceType.HCALCS,
    DeviceRole.SAPC: DeviceType.ESME,
}
