"""The vocabulary of profiles, as frozen values: what a device model is and what one firmware makes of it.

A *model* is hardware; a *firmware* is one entry of it, under one specification version (the same
firmware can be listed under two); a *profile* is a model with one of its firmwares, the thing that a
home is made of and that verdicts are about. Versions stay text: they are identifiers, never numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class DeviceKind(StrEnum):
    """What a box on the wall is. A comms hub holds the CHF and the GPF."""

    COMMS_HUB = "comms_hub"
    ESME = "esme"
    GSME = "gsme"
    PPMID = "ppmid"
    IHD = "ihd"
    HCALCS = "hcalcs"
    SAPC = "sapc"


class EsmeVariant(StrEnum):
    """Metrology of an electricity meter (SMETS2 part A, B, C of section 5)."""

    SINGLE_ELEMENT = "single_element"
    TWIN_ELEMENT = "twin_element"
    POLYPHASE = "polyphase"


class Feature(StrEnum):
    """Optional equipment and abilities that change which use cases apply."""

    ALCS = "alcs"
    BOOST = "boost"
    APC = "apc"
    LOAD_SWITCH = "load_switch"
    VALVE = "valve"
    HAN_OTA = "han_ota"
    """Hub: distributes firmware to PPMID and HCALCS. PPMID, HCALCS: takes firmware over the HAN."""


class HanBand(StrEnum):
    """Radio band of the home area network."""

    GHZ_2_4 = "2.4GHz"
    SUB_GHZ = "868MHz"


class WanTechnology(StrEnum):
    """How a hub reaches the network."""

    LONG_RANGE_RADIO = "long_range_radio"
    CELLULAR_2G_3G = "cellular_2g_3g"
    CELLULAR_MESH = "cellular_mesh"
    CELLULAR_4G = "cellular_4g"


class Region(StrEnum):
    """Communications service provider region."""

    NORTH = "north"
    CENTRAL = "central"
    SOUTH = "south"


class SpecificationFamily(StrEnum):
    """Which technical specification a version belongs to."""

    SMETS = "SMETS"
    CHTS = "CHTS"


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A dotted version, compared part by part and never as a number: 4.10 is later than 4.9."""

    parts: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read ``4.10``. Raises ValueError for anything but dotted decimal parts."""
        parts = text.strip().split(".")
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise ValueError(f"expected a dotted version such as 4.10, got {text!r}")
        return cls(tuple(int(part) for part in parts))

    def __str__(self) -> str:
        return ".".join(str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class TechnicalSpecification:
    """SMETS or CHTS with its version."""

    family: SpecificationFamily
    version: Version

    def __str__(self) -> str:
        return f"{self.family} {self.version}"


@dataclass(frozen=True, slots=True)
class Firmware:
    """One firmware of a model under one pair of specification versions.

    ``version`` is eight upper-case hexadecimal digits; ``defects`` are ids of seeded firmware
    defects (emulated devices only); ``image_hash`` is 64 hexadecimal digits or None.
    """

    version: str
    specification: TechnicalSpecification
    gbcs: Version
    defects: tuple[str, ...] = ()
    image_hash: str | None = None
    features: frozenset[Feature] = frozenset()


@dataclass(frozen=True, slots=True)
class DeviceModel:
    """One hardware model. Identifiers are upper-case hexadecimal text, octets most significant first.

    ``manufacturer`` and ``model`` have four digits, ``hardware_version`` and ``hardware_revision``
    two. ``bands``, ``wan`` and ``regions`` are empty where the source does not say; as a device may
    well have no feature at all, ``features_known`` tells that from a source that does not say.
    ``source`` is ``file:line`` for messages to people.
    """

    kind: DeviceKind
    name: str
    maker: str
    manufacturer: str
    model: str
    hardware_version: str
    hardware_revision: str
    firmwares: tuple[Firmware, ...]
    variant: EsmeVariant | None = None
    features: frozenset[Feature] = frozenset()
    bands: frozenset[HanBand] = frozenset()
    wan: frozenset[WanTechnology] = frozenset()
    regions: frozenset[Region] = frozenset()
    source: str = ""
    features_known: bool = True

    @property
    def key(self) -> str:
        """Stable identity of the hardware, such as ``esme-10F2-2A01-0100``."""
        return f"{self.kind}-{self.manufacturer}-{self.model}-{self.hardware_version}{self.hardware_revision}"


@dataclass(frozen=True)
class DeviceProfile:
    """A model running one of its firmwares: the unit that verdicts are about."""

    model: DeviceModel
    firmware: Firmware

    @cached_property
    def key(self) -> str:
        """Stable identity, such as ``esme-10F2-2A01-0100/0123ABCD@SMETS-4.2/GBCS-3.2``."""
        specification = self.firmware.specification
        return (
            f"{self.model.key}/{self.firmware.version}"
            f"@{specification.family}-{specification.version}/GBCS-{self.firmware.gbcs}"
        )

    @cached_property
    def label(self) -> str:
        """Short text for people: model name and firmware."""
        return f"{self.model.name} {self.firmware.version}"

    @property
    def kind(self) -> DeviceKind:
        """Kind of the model."""
        return self.model.kind

    @cached_property
    def features(self) -> frozenset[Feature]:
        """Features of the hardware and those that this firmware adds."""
        return self.model.features | self.firmware.features
