"""Whom to ring: the supplier's name and telephone number, as it last wrote them (SMETS2 4.6.4.4, 5.7.4.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.emulators.cosem.objects import Objects
from harness.emulators.subjects.publications import Publications
from harness.gbcs.use_case import obis_octets
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_DETAILS: Final = tuple((9000, obis_octets(f"0-0:96.13.{place}.255"), 2, False) for place in (1, 0))
"""Attributes of the name and of the number."""
_MANAGEMENT: Final = 0x0708
_CHANGE_OF_SUPPLIER: Final = 0x01
_FIELDS: Final = ("proposed_provider_name", "proposed_provider_contact_details")


def _line(details: tuple[object, ...]) -> str | None:
    return ", ".join(one.decode("ascii", "replace") for one in details if isinstance(one, bytes)) or None


def electricity_supplier(device: EmulatedDevice, _now: Instant) -> str | None:
    """The supplier of an electricity meter; None where nobody wrote it."""
    objects = device.part(Objects)
    written = (objects.written(key) for key in _DETAILS)
    return _line(tuple(None if one is None else one.value for one in written))


def gas_supplier(device: EmulatedDevice, _now: Instant) -> str | None:
    """The supplier of a gas meter; None where nobody wrote it."""
    told = device.part(Publications).published(_MANAGEMENT, _CHANGE_OF_SUPPLIER)
    return _line(tuple(told[-1][name] for name in _FIELDS)) if told else None
