"""Every case on every firmware with a defect: whatever a device gets wrong, the harness keeps its head."""

import pytest

from device_profiles import catalogue, profiles_of, specimens
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, DeviceProfile
from harness.cases.case import Case
from harness.cases.suite import all_cases
from harness.emulators.home import HomeFactory
from harness.execution.perform import Station
from harness.records.evidence import Evidence
from harness.records.types import Verdict

CARRIERS = tuple(profile for model in specimens() for profile in profiles_of(model))


@pytest.fixture(scope="module")
def sound() -> dict[DeviceKind, DeviceProfile]:
    """The newest sound firmware of each kind."""
    found: dict[DeviceKind, DeviceProfile] = {}
    for model in catalogue():
        for profile in profiles_of(model):
            newest = found.get(model.kind)
            if not profile.firmware.defects and (
                newest is None or profile.firmware.gbcs >= newest.firmware.gbcs
            ):
                found[model.kind] = profile
    return found


def _has_a_part(kind: DeviceKind, case: Case) -> bool:
    """Whether a device can go wrong in a case. Of messages a hub only carries those of electricity meters."""
    if kind is DeviceKind.COMMS_HUB and DeviceKind.ESME in case.participants and not case.on_frames:
        return False
    return kind in case.participants


@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: carrier.key)
def test_no_defect_looks_like_a_fault_of_the_harness(
    carrier: DeviceProfile, sound: dict[DeviceKind, DeviceProfile]
) -> None:
    home = HomeProfile({**sound, carrier.kind: carrier})
    factory = HomeFactory(b"specimens")
    found = {}
    for case in all_cases():
        if _has_a_part(carrier.kind, case):
            judged = Station(case, factory).execute(0, home)
            if isinstance(judged, Evidence) and judged.verdict is Verdict.ERROR:
                found[case.case_id] = judged.reason.splitlines()[0]
    assert found == {}
