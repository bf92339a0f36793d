"""A home behind a link gives the verdicts that it gives without one, in both forms of messages.

Both ends are here, and time is counted and not waited for, so that this is the same on every machine.
"""

from collections import deque
from dataclasses import dataclass, field

import pytest

from device_profiles import catalogue, profiles_of
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, Feature
from harness.cases.suite import case_by_id, select
from harness.crypto.pki import SeededPki
from harness.emulators.home import START, EmulatedHome, HomeFactory
from harness.execution.perform import Station
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MILLISECOND, SECOND, Duration, Instant
from harness.network.port import Display, OutOfReach, Stimulus
from harness.records.evidence import Evidence
from harness.records.types import Verdict
from harness.transports.coordination import Wired
from harness.transports.installed_home import InstalledHome
from harness.transports.link import Framing, MessageLink
from harness.transports.serving import ServedHome

FACTORY = HomeFactory(b"behind a link")
_STEP = Duration(500 * MILLISECOND)


@dataclass
class Counted:
    """Time that goes on when somebody waits."""

    at: int = START

    def now(self) -> Instant:
        return Instant(self.at)

    def seconds(self, duration: Duration, /) -> float:
        return max(duration, 0) / SECOND


@dataclass
class End:
    """One end of a pair of streams in memory; waiting at the near one lets the far one work."""

    pace: Counted
    coming: deque[bytes] = field(default_factory=deque)
    other: "End | None" = None
    far: ServedHome | None = None

    def write(self, octets: bytes, /) -> None:
        self.other.coming.append(octets)

    def read(self, *, within: float) -> bytes:
        until = self.pace.at + round(within * SECOND)
        while not self.coming and self.far is not None:
            self.far.step()
            if self.coming or self.pace.at >= until:
                break
            self.pace.at = min(until, self.pace.at + _STEP)
        return self.coming.popleft() if self.coming else b""

    def close(self) -> None:
        self.coming.clear()


class Linked:
    """Homes of emulated devices, each behind a link of its own."""

    def __init__(self, framing: Framing, line: DeviceRole | None = None, *, wired: bool = True) -> None:
        self.framing, self.line, self.wired = framing, line, wired

    @property
    def pki(self) -> SeededPki:
        return FACTORY.pki

    def build(self, profile: HomeProfile, /, *, frames: bool = False) -> InstalledHome:
        emulated: EmulatedHome = FACTORY.build(profile, frames=frames)
        pace = Counted()
        near, far = End(pace), End(pace)
        near.other, far.other = far, near
        near.far = ServedHome(emulated, MessageLink(far, self.framing), pace, line=self.line)
        link = MessageLink(near, self.framing)
        hands = Wired(link) if self.wired else None
        return InstalledHome(profile, dict(emulated.devices), link, pace, line=self.line, hands=hands)


def _home() -> HomeProfile:
    """The newest sound device of each kind, with an electricity meter that has a load switch."""
    chosen = {}
    for model in catalogue():
        for profile in profiles_of(model):
            fits = profile.kind is not DeviceKind.ESME or Feature.LOAD_SWITCH in profile.features
            kept = chosen.get(profile.kind)
            newer = kept is None or kept.firmware.gbcs < profile.firmware.gbcs
            if fits and newer and not profile.firmware.defects:
                chosen[profile.kind] = profile
    return HomeProfile(chosen)


def _is_out_of_reach(verdict) -> bool:
    """Whether a case could not go on for want of something that only a person, or the network, can do."""
    words = ("this link", "nobody is", "what devices say to each other", "a line of text")
    return isinstance(verdict, tuple) and verdict[0] is Verdict.INCONCLUSIVE and verdict[1].startswith(words)


HOME = _home()
SAMPLE = ("ECS17b", "ECS43", "ECS70", "GCS13a", "GCS32", "CS02a", "TC_ECS80_*", "TC_home_*_1")


def _verdict(found):
    return found if found is None or isinstance(found, str) else (found.verdict, found.reason)


@pytest.mark.parametrize("pattern", SAMPLE)
def test_behind_the_wrapper_a_home_is_what_it_is(pattern: str) -> None:
    cases = select((pattern,))
    assert cases
    homes = Linked(Framing.WRAPPER)
    for case in cases:
        near, far = (_verdict(Station(case, one).execute(0, HOME)) for one in (FACTORY, homes))
        assert far == near or _is_out_of_reach(far), (case.case_id, near, far)


def test_a_line_of_text_belongs_to_a_device() -> None:
    homes = Linked(Framing.GFI, DeviceRole.ESME, wired=False)
    found = {
        case.case_id: _verdict(Station(case, homes).execute(0, HOME)) for case in select(("ECS43", "CS02a"))
    }
    assert None in found.values()
    assert any(map(_is_out_of_reach, found.values()))
    others = {one for one, verdict in found.items() if verdict is not None and not _is_out_of_reach(verdict)}
    assert {one for one in others if not isinstance(found[one], str)} == set()


def test_a_defect_is_found_behind_a_link() -> None:
    specimen = next(
        profile
        for model in catalogue()
        for profile in profiles_of(model)
        if profile.kind is DeviceKind.ESME and "signature-not-checked" in profile.firmware.defects
    )
    home = HomeProfile({**HOME.devices, DeviceKind.ESME: specimen})
    found = Station(case_by_id("TC_ECS70_corrupted_signature_1"), Linked(Framing.WRAPPER)).execute(0, home)
    assert isinstance(found, Evidence)
    assert found.verdict is Verdict.FAIL
    assert found.frames


def test_what_cannot_be_done_is_said() -> None:
    home = Linked(Framing.GFI, DeviceRole.ESME, wired=False).build(HOME)
    for attempt in (
        lambda: home.operate(DeviceRole.ESME, Stimulus.POWER_OFF),
        lambda: home.read_display(DeviceRole.ESME, Display.CLOCK),
        lambda: home.undelivered,
        lambda: home.power_notices,
        lambda: home.replace_hub(HOME.devices[DeviceKind.COMMS_HUB]),
        lambda: home.replace_device(HOME.devices[DeviceKind.ESME]),
        lambda: home.distribute_image(DeviceRole.ESME, b"image"),
        lambda: home.send(b"to whom", to=DeviceRole.GSME),
    ):
        with pytest.raises(OutOfReach):
            attempt()


def test_hands_at_the_other_end_do_what_they_are_asked() -> None:
    home = Linked(Framing.WRAPPER).build(HOME)
    assert home.read_display(DeviceRole.ESME, Display.CLOCK).startswith("2026-02-03T11:17")
    home.operate(DeviceRole.ESME, Stimulus.POWER_OFF)
    assert home.read_display(DeviceRole.ESME, Display.CLOCK) is None
    with pytest.raises(OutOfReach, match="GSME, operate"):
        home.operate(DeviceRole.GSME, Stimulus.TERMINAL_COVER_OPENED)
