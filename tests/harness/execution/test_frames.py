"""A home of frames and one of messages give the same verdicts, whatever its devices are like."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Final

import pytest

from device_profiles import catalogue, profiles_of, specimens
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, DeviceProfile, EsmeVariant, HanBand, Version
from harness.cases.case import Case
from harness.cases.suite import all_cases
from harness.emulators.framed.home import FramedHome
from harness.emulators.home import EmulatedHome, HomeFactory
from harness.execution.manifesting import manifest_of
from harness.execution.perform import Performer, Station, seed_octets
from harness.execution.planning import make_plan
from harness.network.clock import DAY, Duration
from harness.records.document import decode_manifest, encode_manifest
from harness.records.evidence import Evidence
from harness.records.types import Verdict
from test_matrix import Matrix

MESSAGES, FRAMES = (HomeFactory(seed_octets(1), frames=frames) for frames in (False, True))
PROFILES = tuple(profile for model in catalogue() for profile in profiles_of(model))
SPECIMENS = tuple(profile for model in specimens() for profile in profiles_of(model))


def home_around(profile: DeviceProfile, place: int) -> HomeProfile:
    """A home of sound devices around one, which hear each other; ``place`` chooses among those there are."""
    devices = {profile.kind: profile}
    for kind in DeviceKind:
        if kind not in devices:
            known = devices.get(DeviceKind.COMMS_HUB, profile)
            fitting = [
                one
                for one in PROFILES
                if one.kind is kind and not one.firmware.defects and known.model.bands & one.model.bands
            ]
            devices[kind] = fitting[place % len(fitting)]
    return HomeProfile(devices)


def said(found: Evidence | str | None) -> str | Verdict:
    """What came of an execution: a pass, a reason for not applying, or another verdict."""
    return found.verdict if isinstance(found, Evidence) else found or Verdict.PASS


LONGEST: Final = Duration(60 * DAY)
"""What a home is let through on frames: what summer brings is no other than what spring did."""


class Timed:
    """Homes of messages, and how long the last of them has been there."""

    def __init__(self) -> None:
        self.pki = MESSAGES.pki
        self.home: EmulatedHome | None = None

    def build(self, profile: HomeProfile, /, *, frames: bool = False) -> EmulatedHome:
        self.home = MESSAGES.build(profile, frames=frames)
        return self.home

    @property
    def took(self) -> Duration:
        return Duration(0 if self.home is None else self.home.now - MESSAGES.start)


def both_ways(cases: Iterable[Case], home: HomeProfile) -> Iterator[tuple[str, object, object]]:
    """What comes of cases on messages and on frames."""
    for case in cases:
        timed = Timed()
        one = said(Station(case, timed).execute(0, home))
        if timed.took <= LONGEST:
            yield case.case_id, one, said(Station(case, FRAMES).execute(0, home))


def differing(cases: Iterable[Case], home: HomeProfile) -> Iterator[tuple[str, object, object]]:
    """Cases that end in another way on frames, and how."""
    return (found for found in both_ways(cases, home) if found[1] != found[2])


def clean_hubs() -> list[DeviceProfile]:
    """Hubs of each combination of bands and version."""
    chosen = {}
    for profile in PROFILES:
        if profile.kind is DeviceKind.COMMS_HUB and not profile.firmware.defects:
            chosen[profile.model.bands, profile.firmware.gbcs] = profile
    return list(chosen.values())


ABOVE, BELOW = frozenset({HanBand.GHZ_2_4}), frozenset({HanBand.SUB_GHZ})
UNLIKE: dict[str, tuple[str, frozenset[HanBand], frozenset[EsmeVariant]]] = {
    "of the first version": ("1.0", ABOVE, frozenset(EsmeVariant)),
    "below 1 GHz": ("3.2", BELOW, frozenset(EsmeVariant)),
    "of three phases": ("4.1", ABOVE, frozenset({EsmeVariant.POLYPHASE})),
}
"""Homes by what their devices have: version at most, bands where there is a choice, electricity meter."""


def unlike(name: str) -> HomeProfile:
    """A home of the newest sound devices of its kind, one of each kind that fits the hub."""
    version, bands, variants = UNLIKE[name]
    hub = max(
        (one for one in clean_hubs() if one.firmware.gbcs <= Version.parse(version)),
        key=lambda one: one.firmware.gbcs,
    )
    devices = {hub.kind: hub}
    for one in PROFILES:
        fits = one.kind is not hub.kind and not one.firmware.defects and hub.model.bands & one.model.bands
        if not fits or one.firmware.gbcs > hub.firmware.gbcs or one.model.variant not in variants | {None}:
            continue
        known = devices.get(one.kind)
        if known is None or _rank(one, bands) > _rank(known, bands):
            devices[one.kind] = one
    return HomeProfile(devices)


def _rank(profile: DeviceProfile, bands: frozenset[HanBand]) -> tuple[bool, Version]:
    return profile.model.bands == bands, profile.firmware.gbcs


def test_unlike_homes_are_unlike() -> None:
    first, below, three = (unlike(name) for name in UNLIKE)
    assert {one.firmware.gbcs for one in first.devices.values()} == {Version.parse("1.0")}
    assert below.devices[DeviceKind.GSME].model.bands == below.devices[DeviceKind.ESME].model.bands == BELOW
    assert three.devices[DeviceKind.ESME].model.variant is EsmeVariant.POLYPHASE
    assert {DeviceKind.PPMID, DeviceKind.HCALCS} <= three.devices.keys()


@pytest.mark.parametrize("place", range(len(UNLIKE)))
def test_some_of_the_suite_ends_as_it_does_on_messages(place: int) -> None:
    home = unlike(list(UNLIKE)[place])
    assert list(differing(all_cases()[place::20], home)) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("name", UNLIKE)
def test_the_whole_suite_ends_as_it_does_on_messages(name: str, part: int) -> None:
    assert list(differing(all_cases()[part::4], unlike(name))) == []


@pytest.mark.parametrize(
    "specimen", SPECIMENS, ids=lambda profile: f"{profile.firmware.defects[0]}-{profile.kind}"
)
def test_defects_are_seen_on_frames_as_on_messages(specimen: DeviceProfile) -> None:
    (defect,) = specimen.firmware.defects
    naming = [case for case in all_cases() if defect in case.catches and specimen.kind in case.participants]
    home = home_around(specimen, -1)
    found = list(both_ways(islice(naming, 0, None, max(1, len(naming) // 12)), home))
    assert [one for one in found if one[1] != one[2]] == []
    assert any(on_frames is Verdict.FAIL for *_, on_frames in chain(found, both_ways(naming, home)))


def built(case: Case, *, frames: bool, demo: Matrix) -> type[EmulatedHome]:
    """The kind of home that a plan gives a case."""
    seen: list[type[EmulatedHome]] = []
    watched = replace(case, run=lambda bench: seen.append(type(bench.port)))
    plan = replace(make_plan(demo, [watched], seed=7), frames=frames)
    Performer(plan, lambda: [watched]).perform(next(plan.chunks()))
    (kind,) = set(seen)
    return kind


@pytest.mark.parametrize(
    ("on_frames", "frames", "kind"),
    [
        (False, False, EmulatedHome),
        (False, True, FramedHome),
        (True, False, FramedHome),
        (True, True, FramedHome),
    ],
)
def test_plan_and_case_decide_on_frames(
    demo: Matrix, *, on_frames: bool, frames: bool, kind: type[EmulatedHome]
) -> None:
    case = replace(all_cases()[0], on_frames=on_frames, applies=lambda home: None)
    assert built(case, frames=frames, demo=demo) is kind


def test_results_on_frames_have_addresses_of_their_own(demo: Matrix) -> None:
    plan = make_plan(demo, all_cases()[:3], seed=7)
    framed = replace(plan, frames=True)
    chunk = next(plan.chunks())
    assert plan.address(chunk, plan.homes(chunk)) != framed.address(chunk, framed.homes(chunk))
    assert plan.digest != framed.digest
    for one in (plan, framed):
        manifest = manifest_of(one, started="2026-02-03T11:17:00+00:00", commands=())
        assert manifest.frames is one.frames
        assert decode_manifest(encode_manifest(manifest), complete=False) == manifest
