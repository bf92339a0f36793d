"""Which mechanically broken devices the cases notice (mutation testing of the suite).

Each mutant replaces one device of an otherwise sound home; it is caught when a case fails. A case that
ends without a verdict has caught nothing. What cases come by on sound devices is found first: a mutant
does as a sound device until it comes by the place where it is broken, so no other case can tell the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from device_profiles.home import HomeProfile
from harness.cases.applicability import KIND_OF
from harness.cases.bench import Bench
from harness.cases.case import Case, CheckFailed
from harness.emulators.defect import Hooks, Seam
from harness.emulators.home import EmulatedHome, HomeFactory
from harness.emulators.mutant_messages import alert_code_in, raises
from harness.emulators.mutants import Mutant, Site, mutants_of

if TYPE_CHECKING:
    from device_profiles.model import DeviceKind, DeviceProfile
    from harness.crypto.pki import SeededPki
    from harness.emulators.exchange import Exchange
    from harness.emulators.template import DeviceTemplate
    from harness.gbcs.roles import DeviceRole

_ANY_ALERT: Final = raises(None)


@dataclass(frozen=True, slots=True)
class Hunted:
    """A mutant in its place, and the case that failed it; None for one that no case noticed.

    ``is_reached`` is whether any case comes by where it is broken.
    """

    role: DeviceRole
    mutant: Mutant
    caught_by: str | None
    is_reached: bool

    @property
    def name(self) -> str:
        """For lists: device, use case and fault."""
        return f"{self.role.name} {self.mutant.name}"


def newest_clean_home(profiles: Iterable[DeviceProfile]) -> HomeProfile:
    """A home of the devices without defects that have the newest GBCS version, the first of each kind."""
    chosen: dict[DeviceKind, DeviceProfile] = {}
    for profile in profiles:
        known = chosen.get(profile.kind)
        if profile.firmware.defects or (known and known.firmware.gbcs >= profile.firmware.gbcs):
            continue
        chosen[profile.kind] = profile
    return HomeProfile(chosen)


@dataclass(frozen=True, slots=True)
class Altered:
    """Homes in which one device is another than its profile says."""

    factory: HomeFactory
    role: DeviceRole
    template: DeviceTemplate

    @property
    def pki(self) -> SeededPki:
        """Who the devices were told to trust."""
        return self.factory.pki

    def build(self, profile: HomeProfile, /, *, frames: bool = False) -> EmulatedHome:
        """A fresh home with the altered device."""
        return self.factory.build(profile, {self.role: self.template}, frames=frames)


def hunt(
    factory: HomeFactory, home: HomeProfile, roles: Iterable[DeviceRole], cases: Sequence[Case]
) -> Iterator[Hunted]:
    """Every mutant of the devices in some places of a home, with the first case that fails it."""
    applying = [case for case in cases if case.applies(home) is None]
    for role in roles:
        around = [case for case in applying if case.whole_home or KIND_OF[role] in case.participants]
        yield from _hunt(factory, home, role, around)


def _hunt(
    factory: HomeFactory, home: HomeProfile, role: DeviceRole, cases: Sequence[Case]
) -> Iterator[Hunted]:
    template = factory.template(role, home.devices[KIND_OF[role]])
    coming_by = _trails(Altered(factory, role, template), home, cases)
    alerts = [site.key for site in coming_by if site.seam is Seam.BEFORE_SEND and isinstance(site.key, int)]
    for mutant in mutants_of(template, alerts):
        if _has_no_record(mutant.site, coming_by):
            continue
        altered = Altered(factory, role, replace(template, hooks=mutant.hooks))
        trails = coming_by.get(mutant.site, ())
        yield Hunted(role, mutant, _catcher(altered, home, _likely_first(trails, mutant)), bool(trails))


def _has_no_record(site: Site, coming_by: Mapping[Site, object]) -> bool:
    """Whether a sound device is asked for something and never has any of it, such as snapshots of a kind.

    What it would say of that wrongly it never says.
    """
    asked = replace(site, seam=Seam.ON_EXECUTE)
    return site.seam is Seam.ON_READ and site not in coming_by and asked in coming_by


def _likely_first(cases: Iterable[_Trail], mutant: Mutant) -> list[Case]:
    """Those about the mutant's use case, and short ones: the order decides nothing but the time."""
    order = sorted(cases, key=lambda one: (one.case.use_case != mutant.use_case, one.steps))
    return [one.case for one in order]


def _catcher(altered: Altered, home: HomeProfile, cases: Iterable[Case]) -> str | None:
    return next((case.case_id for case in cases if fails(case, altered, home)), None)


def fails(case: Case, altered: Altered, home: HomeProfile) -> bool:
    """Whether a case fails. What else goes wrong on a broken device has caught nothing."""
    try:
        case.run(Bench(altered.build(home, frames=case.on_frames), altered.pki))
    except CheckFailed:
        return True
    except Exception:  # noqa: BLE001 - inconclusive, or a device so broken that it breaks off
        return False
    return False


@dataclass(frozen=True, slots=True)
class _Trail:
    """A case, and at how many places in the device it comes by."""

    case: Case
    steps: int


def _trails(sound: Altered, home: HomeProfile, cases: Iterable[Case]) -> Mapping[Site, Sequence[_Trail]]:
    """The cases that come by each place in a device."""
    trails: defaultdict[Site, list[_Trail]] = defaultdict(list)
    for case in cases:
        seen = sites_of(sound, home, case)
        for site in seen:
            trails[site].append(_Trail(case, len(seen)))
    return trails


def sites_of(sound: Altered, home: HomeProfile, case: Case) -> frozenset[Site]:
    """The places in a device that a case comes by."""
    seen: set[Site] = set()
    watched = replace(sound, template=replace(sound.template, hooks=_watching(sound.template, seen)))
    fails(case, watched, home)
    return frozenset(seen)


def _watching(template: DeviceTemplate, seen: set[Site]) -> Hooks:
    """Hooks that change nothing and note where they are."""
    note = _noter(template, seen)

    def before_verify(exchange: Exchange) -> None:
        note(Seam.BEFORE_VERIFY, exchange)

    def on_item(seam: Seam) -> Callable[[Exchange, Any], Any]:
        def noted(exchange: Exchange, item: Any) -> Any:
            note(seam, exchange, item.key)
            return item

        return noted

    def before_encode(exchange: Exchange) -> None:
        note(Seam.BEFORE_ENCODE, exchange)

    def before_send(_device: object, sent: Any) -> tuple[Any]:
        if _ANY_ALERT(sent.octets):
            seen.add(Site(Seam.BEFORE_SEND, "", alert_code_in(sent.octets)))
        return (sent,)

    return Hooks(
        before_verify=(before_verify,),
        on_read=(on_item(Seam.ON_READ),),
        on_execute=(on_item(Seam.ON_EXECUTE),),
        before_encode=(before_encode,),
        before_send=(before_send,),
    )


def _noter(template: DeviceTemplate, seen: set[Site]) -> Callable[..., None]:
    names = {code: ability.use_case.id for code, ability in template.abilities.items()}

    def note(seam: Seam, exchange: Exchange, key: Any = None) -> None:
        name = names.get(exchange.message.message_code)
        if name is not None:
            seen.add(Site(seam, name, key))

    return note
