"""Which SMETS or CHTS version goes with which GBCS version: a dated table, data and not code."""

from __future__ import annotations

from dataclasses import dataclass

from device_profiles.model import Firmware, TechnicalSpecification, Version


@dataclass(frozen=True, slots=True)
class VersionPairs:
    """The pairs that may be certified together, as of a day (ISO 8601)."""

    as_of: str
    pairs: frozenset[tuple[Version, TechnicalSpecification]]

    def allow(self, firmware: Firmware) -> bool:
        """Whether the firmware's two versions stand together in the table."""
        return (firmware.gbcs, firmware.specification) in self.pairs
