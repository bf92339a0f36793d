"""The shape of the package's YAML files: matrix definitions, standard constraints, the version table.

Each field's description is also what an error says was expected there.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from device_profiles.model import DeviceKind, Region

_Name = Annotated[str, StringConstraints(pattern="^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=60)]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
_Dotted = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3})+$")]
_Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class Granularity(StrEnum):
    """What one level of a device factor is."""

    MODEL = "model"
    """One for each hardware model, running its latest firmware."""
    FIRMWARE = "firmware"
    """One for each firmware of each model, under the latest versions that it is listed with."""
    LISTING = "listing"
    """One for each firmware under each pair of versions that it is listed with."""


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FactorDocument(_Document):
    """A place in the home for one kind of device."""

    where: _Text | None = Field(default=None, description="an expression that the devices must satisfy")
    optional: bool = Field(default=False, description="true where a home may have no such device, or false")
    level: Granularity | None = Field(default=None, description="the level of this factor")


class FactorsDocument(_Document):
    """The axes of a matrix."""

    region: list[Region] | None = Field(default=None, min_length=1, description="a list of regions")
    comms_hub: FactorDocument | None = Field(default=None, description="a mapping such as {}")
    esme: FactorDocument | None = Field(default=None, description="a mapping such as {}")
    gsme: FactorDocument | None = Field(default=None, description="a mapping such as {}")
    ppmid: FactorDocument | None = Field(default=None, description="a mapping such as {}")
    ihd: FactorDocument | None = Field(default=None, description="a mapping such as {}")
    hcalcs: FactorDocument | None = Field(default=None, description="a mapping such as {}")
    sapc: FactorDocument | None = Field(default=None, description="a mapping such as {}")


class ConstraintDocument(_Document):
    """Something that must hold for every home; what is unknown holds."""

    id: _Name = Field(description="an id of small letters, digits and hyphens")
    require: _Text = Field(description="an expression that every home must satisfy")
    because: _Text = Field(description="the reason, in a sentence for people")
    for_each: list[DeviceKind] = Field(
        default_factory=list,
        description="a list of kinds of device that the word device stands for, one after the other",
    )


class ConstraintsDocument(_Document):
    """A file of constraints."""

    constraints: list[ConstraintDocument] = Field(min_length=1, description="a list of constraints")


class MatrixDocument(_Document):
    """A matrix definition."""

    name: _Name = Field(description="a name of small letters, digits and hyphens")
    title: _Text = Field(description="a title for people")
    level: Granularity = Field(description="the level of the device factors")
    profiles: list[_Text] = Field(
        default_factory=lambda: ["built-in"],
        min_length=1,
        description="a list of built-in, cpl, and profile files or folders (relative to this file)",
    )
    factors: FactorsDocument = Field(description="a mapping of factors: region, and kinds of device")
    constraints: list[ConstraintDocument] = Field(default_factory=list, description="a list of constraints")
    leave_out: list[_Name] = Field(
        default_factory=list, description="a list of ids of standard constraints that do not apply"
    )
    version_pairs: _Text | None = Field(
        default=None, description="a file of version pairs in place of the built-in one"
    )
    cases: list[_Text] = Field(
        default_factory=list,
        description="a list of patterns of the cases that a run does unless told otherwise; all if left out",
    )
    alike: bool = Field(
        default=False,
        description="true where devices that differ in names alone are tried for one another, or false",
    )


class VersionPairDocument(_Document):
    """One GBCS version and the versions certified with it."""

    gbcs: _Dotted = Field(description="a GBCS version such as 3.2")
    smets: list[_Dotted] = Field(default_factory=list, description="a list of SMETS versions")
    chts: list[_Dotted] = Field(default_factory=list, description="a list of CHTS versions")


class VersionPairsDocument(_Document):
    """A dated table of version pairs."""

    as_of: _Day = Field(description="the day that the table is of, such as 2022-09-21")
    pairs: list[VersionPairDocument] = Field(min_length=1, description="a list of version pairs")
