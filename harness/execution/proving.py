"""Whether a case can fail at all: for each case some broken device that it fails, if there is one.

A case that names a seeded defect is held to fail it by tests of the registry. Every other case is put
before mutants: devices that are broken in a place which it comes by on a sound one, until one fails it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from device_profiles.home import HomeProfile
from harness.cases.applicability import KIND_OF
from harness.emulators.defect import Seam
from harness.emulators.mutants import Fault, Mutant, Site, alert_mutants, mutants_of
from harness.execution.mutation import Altered, fails, newest_clean_home, sites_of
from harness.gbcs.roles import DeviceRole

if TYPE_CHECKING:
    from device_profiles.model import DeviceKind, DeviceProfile
    from harness.cases.case import Case
    from harness.emulators.home import HomeFactory

_ORDER: Final = (Fault.CHECK_DROPPED, Fault.ANSWER_MISSENT, Fault.ALERT_MISSENT, Fault.NOT_DONE)
"""Faults in the order in which cases are likely to notice them; the order decides nothing but the time."""
_ROLES: Final = tuple(role for role in DeviceRole if role is not DeviceRole.IHD)
"""An in-home display obeys no remote party: there is nothing in it to break at the seams."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A case, and what it fails: defects that it names, or a mutant in a home, None for none."""

    case: Case
    defects: tuple[str, ...] = ()
    mutant: str | None = None
    home: HomeProfile | None = None

    @property
    def can_fail(self) -> bool:
        """Whether anything is known that fails the case."""
        return bool(self.defects) or self.mutant is not None


def sound_homes(profiles: Iterable[DeviceProfile]) -> list[HomeProfile]:
    """Homes of devices without defects: the newest, then as few as hold every one of them."""
    by_kind: defaultdict[DeviceKind, list[DeviceProfile]] = defaultdict(list)
    for profile in profiles:
        if not profile.firmware.defects:
            by_kind[profile.kind].append(profile)
    newest = newest_clean_home(profile for some in by_kind.values() for profile in some)
    rounds = range(max(map(len, by_kind.values())))
    in_turn = [
        HomeProfile({kind: some[number % len(some)] for kind, some in by_kind.items()}) for number in rounds
    ]
    return [newest, *in_turn]


def prove(factory: HomeFactory, homes: Sequence[HomeProfile], cases: Iterable[Case]) -> Iterator[Proof]:
    """A proof for each case, in their order. A case is tried in the first of the homes that it applies to."""
    grounds = [_Ground(factory, home) for home in homes]
    for case in cases:
        if case.catches:
            yield Proof(case, case.catches)
            continue
        ground = next((one for one in grounds if case.applies(one.home) is None), None)
        yield Proof(case) if ground is None else ground.proof(case)


class _Ground:
    """A sound home, and all that can be broken in it."""

    def __init__(self, factory: HomeFactory, home: HomeProfile) -> None:
        self.home = home
        self._factory = factory
        self._roles = [role for role in _ROLES if KIND_OF[role] in home.devices]
        self._mutants: dict[DeviceRole, Mapping[Site, Sequence[Mutant]]] = {}

    def proof(self, case: Case) -> Proof:
        """The first mutant that fails a case."""
        for role in self._roles:
            if not case.whole_home and KIND_OF[role] not in case.participants:
                continue
            template = self._factory.template(role, self.home.devices[KIND_OF[role]])
            sound = Altered(self._factory, role, template)
            for mutant in self._likely(role, sound, case):
                altered = replace(sound, template=replace(sound.template, hooks=mutant.hooks))
                if fails(case, altered, self.home):
                    return Proof(case, mutant=f"{role.name} {mutant.name}", home=self.home)
        return Proof(case, home=self.home)

    def _likely(self, role: DeviceRole, sound: Altered, case: Case) -> list[Mutant]:
        """Mutants that are broken where the case comes by."""
        sites = sites_of(sound, self.home, case)
        found = {mutant.name: mutant for site in sites for mutant in self._of(role, sound).get(site, ())}
        for site in sites:
            if site.seam is Seam.BEFORE_SEND and isinstance(site.key, int):
                found.update((mutant.name, mutant) for mutant in alert_mutants((site.key,)))
        rank = {fault: place for place, fault in enumerate(_ORDER)}
        return sorted(
            found.values(),
            key=lambda one: (one.use_case != case.use_case, rank.get(one.fault, len(rank)), one.name),
        )

    def _of(self, role: DeviceRole, sound: Altered) -> Mapping[Site, Sequence[Mutant]]:
        known = self._mutants.get(role)
        if known is None:
            by_site: defaultdict[Site, list[Mutant]] = defaultdict(list)
            for mutant in mutants_of(sound.template):
                by_site[mutant.site].append(mutant)
            known = self._mutants[role] = by_site
        return known
