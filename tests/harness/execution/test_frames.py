"""A home of frames and one of messages give the same verdicts, whatever its devices are like."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

import pytest

from device_profiles import catalogue, profiles_of, specimens
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, DeviceProfile
from harness.cases.case import Case
from harness.cases.suite import all_cases
from harness.emulators.framed.home import FramedHome
from harness.emulators.home import EmulatedHome, HomeFactory
from harness.execution.manifesting import manifest_of
from harness.execution.perform import Performer, Station, seed_octets
from harness.execution.planning import make_plan
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


def differing(cases: Iterable[Case], home: HomeProfile) -> Iterator[tuple[str, object, object]]:
    """Cases that end in another way on frames, and how."""
    for case in cases:
        one, other = (said(Station(case, factory).execute(0, home)) for factory in (MESSAGES, FRAMES))
        if one != other:
            yield case.case_id, one, other


def clean_hubs() -> list[DeviceProfile]:
    """Hubs of each combination of bands and version."""
    chosen = {}
    for profile in PROFILES:
        if profile.kind is DeviceKind.COMMS_HUB and not profile.firmware.defects:
            chosen[profile.model.bands, profile.firmware.gbcs] = profile
    return list(chosen.values())


@pytest.mark.parametrize("place", range(3))
def test_some_of_the_suite_ends_as_it_does_on_messages(place: int) -> None:
    hubs = clean_hubs()
    home = home_around(hubs[(place + 1) * len(hubs) // 3 - 1], place)
    assert list(differing(all_cases()[place::20], home)) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_the_whole_suite_ends_as_it_does_on_messages(part: int) -> None:
    home = home_around(clean_hubs()[-1], -1)
    assert list(differing(all_cases()[part::4], home)) == []


@pytest.mark.parametrize(
    "specimen", SPECIMENS, ids=lambda profile: f"{profile.firmware.defects[0]}-{profile.kind}"
)
def test_defects_are_seen_on_frames_as_on_messages(specimen: DeviceProfile) -> None:
    (defect,) = specimen.firmware.defects
    naming = [case for case in all_cases() if defect in case.catches and specimen.kind in case.participants]
    home = home_around(specimen, -1)
    assert list(differing(islice(naming, 0, None, max(1, len(naming) // 12)), home)) == []
    assert any(said(Station(case, FRAMES).execute(0, home)) is Verdict.FAIL for case in naming)


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
