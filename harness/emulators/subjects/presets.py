"""Values and faults that were put into a device's objects from outside.

A value is what reads of an attribute, or answers of a command, are until the device changes the object
itself; a fault makes the object refuse. Both can be put on an item, or on the item with one argument
(octets: a range that is asked for, a method's input), which then takes precedence.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice


class Presets:
    """What was put where. Keys are CosemKey or ZclKey, or a pair of one and argument octets.

    A value is what the item's own reading gives: Data of a COSEM attribute or method, a ZCL value, or
    the response's command and payload. A fault is the number of a DataAccessResult or a ZclStatus.
    """

    __slots__ = ("faults", "values")

    def __init__(self, _device: EmulatedDevice) -> None:
        self.values: dict[Hashable, Any] = {}
        self.faults: dict[Hashable, Any] = {}

    def value(self, key: Hashable, argument: bytes | None = None) -> Any | None:
        """What was put into an item; None for nothing."""
        return _found(self.values, key, argument)

    def fault(self, key: Hashable, argument: bytes | None = None) -> Any | None:
        """What an item refuses with; None for no fault."""
        return _found(self.faults, key, argument)

    def forget(self, key: Hashable) -> None:
        """The device changed an item: the values put into it, for whatever argument, count no more."""
        for put in [put for put in self.values if put == key or (isinstance(put, tuple) and put[0] == key)]:
            del self.values[put]


def _found(where: dict[Hashable, Any], key: Hashable, argument: bytes | None) -> Any | None:
    if not where:
        return None
    if argument is not None:
        found = where.get((key, argument))
        if found is not None:
            return found
    return where.get(key)
