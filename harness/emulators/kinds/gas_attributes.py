"""Metering attributes that a gas meter and its mirror both have (ZSE Metering cluster, SMETS2 4.6.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harness.emulators.exchange import Exchange
from harness.emulators.zcl_access import ZclAttribute, ZclType

METERING: Final = 0x0702
_CURRENT_SUMMATION_DELIVERED: Final = 0x0000
CONSUMPTION_KEY: Final = (METERING, _CURRENT_SUMMATION_DELIVERED, False)
_CURRENT_METER_ID: Final = 0x0206
"""Holds the firmware version of a GB gas meter (GBCS 7.3)."""
_UNIT_OF_MEASURE: Final = 0x0300
_MULTIPLIER: Final = 0x0301
_DIVISOR: Final = 0x0302
_CUBIC_METRES: Final = 0x01


def _constant(value: int) -> Callable[[Exchange], int | bytes]:
    return lambda _exchange: value


def gas_attributes(
    *, consumption: Callable[[Exchange], int | bytes], firmware_version: Callable[[Exchange], int | bytes]
) -> tuple[ZclAttribute, ...]:
    """The attributes, with the two that are not the same for every meter: dm³, and four octets."""
    return (
        ZclAttribute(
            cluster=METERING,
            attribute=_CURRENT_SUMMATION_DELIVERED,
            type=ZclType.UINT48,
            read=consumption,
            sensitive=True,
        ),
        ZclAttribute(
            cluster=METERING,
            attribute=_CURRENT_METER_ID,
            type=ZclType.OCTET_STRING,
            read=firmware_version,
        ),
        ZclAttribute(
            cluster=METERING, attribute=_UNIT_OF_MEASURE, type=ZclType.ENUM8, read=_constant(_CUBIC_METRES)
        ),
        ZclAttribute(cluster=METERING, attribute=_MULTIPLIER, type=ZclType.UINT24, read=_constant(1)),
        ZclAttribute(cluster=METERING, attribute=_DIVISOR, type=ZclType.UINT24, read=_constant(1_000)),
    )
