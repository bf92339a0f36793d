"""The shape of a profile file, as pydantic models: what may be written, and the words that explain it.

Each field's description doubles as the text of the JSON Schema and as what an error says was expected.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from device_profiles.model import DeviceKind, EsmeVariant, Feature, HanBand, Region, WanTechnology

_Text = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^\S(?:.*\S)?$")]
_HexOctet = Annotated[str, StringConstraints(pattern="^[0-9A-Fa-f]{2}$")]
_HexWord = Annotated[str, StringConstraints(pattern="^[0-9A-Fa-f]{4}$")]
_HexVersion = Annotated[str, StringConstraints(pattern="^[0-9A-Fa-f]{8}$")]
_HexHash = Annotated[str, StringConstraints(pattern="^[0-9A-Fa-f]{64}$")]
_Dotted = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3})+$")]
_Specification = Annotated[str, StringConstraints(pattern=r"^(SMETS|CHTS) [0-9]{1,3}(\.[0-9]{1,3})+$")]
_DefectId = Annotated[str, StringConstraints(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FirmwareDocument(_Document):
    """One firmware under one pair of specification versions."""

    version: _HexVersion = Field(description="the OTA file version, eight hexadecimal digits")
    specification: _Specification = Field(description='a version such as "SMETS 4.2" or "CHTS 1.3"')
    gbcs: _Dotted = Field(description="a GBCS version such as 3.2")
    features: list[Feature] = Field(
        default_factory=list, description="a list of features that this firmware adds to those of the model"
    )
    defects: list[_DefectId] = Field(
        default_factory=list, description="a list of ids of the defects that an emulated firmware carries"
    )
    image_hash: _HexHash | None = Field(
        default=None, description="the SHA-256 of the manufacturer image, 64 hexadecimal digits"
    )


class ModelDocument(_Document):
    """One device model: hardware, and the firmwares that it has."""

    kind: DeviceKind = Field(description="the kind of device")
    name: _Text = Field(description="the name of the model, one line of at most 80 characters")
    maker: _Text = Field(description="the name of the maker, one line of at most 80 characters")
    manufacturer: _HexWord = Field(description="the manufacturer code, four hexadecimal digits")
    model: _HexWord = Field(description="the model identifier (OTA image type), four hexadecimal digits")
    hardware_version: _HexOctet = Field(description="the hardware version, two hexadecimal digits")
    hardware_revision: _HexOctet = Field(description="the hardware revision, two hexadecimal digits")
    variant: EsmeVariant | None = Field(default=None, description="the metrology of an electricity meter")
    features: list[Feature] | None = Field(
        default=None, description="a list of features of the hardware; left out where unknown"
    )
    bands: list[HanBand] = Field(
        default_factory=list, description="a list of home area network bands; left out where unknown"
    )
    wan: list[WanTechnology] = Field(
        default_factory=list, description="a list of WAN technologies of a hub; left out where unknown"
    )
    regions: list[Region] = Field(
        default_factory=list, description="a list of regions that a hub serves; left out where unknown"
    )
    firmwares: list[FirmwareDocument] = Field(min_length=1, description="a list of one or more firmwares")


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a profile file, for editors."""
    schema = ModelDocument.model_json_schema()
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    schema["title"] = "GB smart metering device profile"
    return schema
