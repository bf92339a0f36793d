"""Homes as people write them on pytest's command line: pairs of kind and profile, or a lone profile.

A lone profile is put among built-in devices without defects, those that its kind needs to work with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from device_profiles import catalogue, load_models, profiles_of
from device_profiles.checking import hint
from device_profiles.errors import InputError, InputProblem
from device_profiles.home import HomeProfile
from device_profiles.marked_yaml import parse_yaml
from device_profiles.model import DeviceKind, DeviceProfile

_COMPANIONS: Final = {
    DeviceKind.COMMS_HUB: (DeviceKind.ESME, DeviceKind.GSME),
    DeviceKind.ESME: (DeviceKind.COMMS_HUB,),
    DeviceKind.GSME: (DeviceKind.COMMS_HUB,),
    DeviceKind.PPMID: (DeviceKind.COMMS_HUB, DeviceKind.ESME, DeviceKind.GSME),
    DeviceKind.IHD: (DeviceKind.COMMS_HUB, DeviceKind.ESME, DeviceKind.GSME),
    DeviceKind.HCALCS: (DeviceKind.COMMS_HUB, DeviceKind.ESME),
    DeviceKind.SAPC: (DeviceKind.COMMS_HUB, DeviceKind.ESME),
}
"""Whom a device of each kind works with in a home."""


@dataclass(frozen=True, slots=True)
class NamedHome:
    """A home under test. With ``focus`` only the cases that this kind takes part in are about it."""

    name: str
    profile: HomeProfile
    focus: DeviceKind | None = None


def home_of(text: str) -> NamedHome:
    """The home that ``kind=PROFILE,…`` or a file of such pairs says. Raises InputError."""
    if "=" in text and not Path(text).is_file():
        pairs = (pair.partition("=") for pair in text.split(","))
        wanted = {kind.strip(): profile.strip() for kind, _, profile in pairs}
        return NamedHome("home", home_from(text, wanted, Path()))
    path = Path(text)
    document = parse_yaml(path.read_bytes(), text)
    if not isinstance(document.value, dict):
        raise InputError([document.problem((), "expected a mapping of kinds to profiles")])
    wanted = {}
    for kind, profile in document.value.items():
        if not isinstance(profile, str):
            raise InputError([document.problem((kind,), "expected the key of a profile, or a profile file")])
        wanted[kind] = profile
    return NamedHome(path.stem, home_from(text, wanted, path.parent))


def homes_around(text: str) -> Iterator[NamedHome]:
    """A home for each profile that a key or a file names. Raises InputError."""
    for profile in _profiles(text, Path(), text):
        companions = {kind: _companion(kind, profile) for kind in _COMPANIONS[profile.kind]}
        yield NamedHome(profile.key, HomeProfile({**companions, profile.kind: profile}), profile.kind)


def home_from(source: str, wanted: dict[str, str], folder: Path) -> HomeProfile:
    """The home of kinds and profiles that ``source`` says, files from ``folder``. Raises InputError."""
    problems: list[InputProblem] = []
    devices: dict[DeviceKind, DeviceProfile] = {}
    for kind, text in wanted.items():
        try:
            profile = _of_kind(kind, text, folder, source)
            devices[profile.kind] = profile
        except InputError as error:
            problems.extend(error.problems)
    if not problems and DeviceKind.COMMS_HUB not in devices:
        problems.append(
            InputProblem(source, 0, 0, "comms_hub", "expected a comms hub: nothing else reaches the devices")
        )
    if problems:
        raise InputError(problems)
    return HomeProfile(devices)


def _of_kind(kind: str, text: str, folder: Path, source: str) -> DeviceProfile:
    kinds = [one.value for one in DeviceKind]
    if kind not in kinds:
        raise _problem(source, kind, f"unknown kind of device: {hint(kind, kinds)}")
    # A model, or a file with several firmwares, stands for its last one.
    profile = _profiles(text, folder, source)[-1]
    if profile.kind != kind:
        raise _problem(source, kind, f"expected a {kind}, {profile.key} is of kind {profile.kind}")
    return profile


def _profiles(text: str, folder: Path, source: str) -> tuple[DeviceProfile, ...]:
    """Profiles that a key or a file names, in the order of their firmwares."""
    path = folder / text
    if path.is_file():
        return tuple(profile for model in load_models([path]) for profile in profiles_of(model))
    known = _built_in()
    if text in known:
        return (known[text],)
    of_model = tuple(profile for profile in known.values() if profile.model.key == text)
    if of_model:
        return of_model
    close = hint(text, [*known, *(profile.model.key for profile in known.values())])
    said = close if close.startswith("did") else "see harness profiles list"
    raise _problem(source, text, f"expected the key of a profile or model, or a profile file; {said}")


@cache
def _built_in() -> dict[str, DeviceProfile]:
    return {profile.key: profile for model in catalogue() for profile in profiles_of(model)}


def _companion(kind: DeviceKind, beside: DeviceProfile) -> DeviceProfile:
    """The latest built-in device of a kind without defects that hears the one beside it."""
    sound = [
        profile
        for profile in _built_in().values()
        if profile.kind is kind and not profile.firmware.defects and _share_a_band(profile, beside)
    ]
    return max(sound, key=lambda profile: profile.firmware.gbcs)


def _share_a_band(one: DeviceProfile, other: DeviceProfile) -> bool:
    bands = one.model.bands & other.model.bands
    return bool(bands) or not (one.model.bands and other.model.bands)


def _problem(source: str, field: str, expected: str) -> InputError:
    return InputError([InputProblem(source, 0, 0, field, expected)])


def all_homes(homes: Iterable[str], profiles: Iterable[str]) -> list[NamedHome]:
    """Every home that the command line names. Raises InputError with all that is wrong."""
    problems: list[InputProblem] = []
    found: list[NamedHome] = []
    for text in homes:
        try:
            found.append(home_of(text))
        except InputError as error:
            problems.extend(error.problems)
    for text in profiles:
        try:
            found.extend(homes_around(text))
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return found
