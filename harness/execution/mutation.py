"""Which mechanically broken devices the cases notice (mutation testing of the suite).

Each mutant replaces one device of an otherwise sound home; it is caught when a case fails. A case that
ends without a verdict has caught nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.cases.applicability import KIND_OF
from harness.emulators.home import EmulatedHome, HomeFactory
from harness.emulators.mutants import Mutant, mutants_of
from harness.execution.perform import Station
from harness.records.evidence import Evidence
from harness.records.types import Verdict

if TYPE_CHECKING:
    from device_profiles.home import HomeProfile
    from harness.cases.case import Case
    from harness.crypto.pki import SeededPki
    from harness.emulators.template import DeviceTemplate
    from harness.gbcs.roles import DeviceRole


@dataclass(frozen=True, slots=True)
class Hunted:
    """A mutant in its place, and the case that failed it; None for one that no case noticed."""

    role: DeviceRole
    mutant: Mutant
    caught_by: str | None


@dataclass(frozen=True, slots=True)
class _Altered:
    """Homes in which one device is another than its profile says."""

    factory: HomeFactory
    role: DeviceRole
    template: DeviceTemplate

    @property
    def pki(self) -> SeededPki:
        return self.factory.pki

    def build(self, profile: HomeProfile, /) -> EmulatedHome:
        return self.factory.build(profile, {self.role: self.template})


def hunt(
    factory: HomeFactory, home: HomeProfile, roles: Iterable[DeviceRole], cases: Sequence[Case]
) -> Iterator[Hunted]:
    """Every mutant of the devices in some places of a home, with the first case that fails it."""
    applying = [case for case in cases if case.applies(home) is None]
    for role in roles:
        template = factory.template(role, home.devices[KIND_OF[role]])
        around = [case for case in applying if case.whole_home or KIND_OF[role] in case.participants]
        for mutant in mutants_of(template):
            altered = _Altered(factory, role, replace(template, hooks=mutant.hooks))
            yield Hunted(role, mutant, _catcher(altered, home, _likely_first(around, mutant)))


def _likely_first(cases: Iterable[Case], mutant: Mutant) -> list[Case]:
    """Those about the mutant's use case before the others: the order decides nothing but the time."""
    return sorted(cases, key=lambda case: case.use_case != mutant.use_case)


def _catcher(altered: _Altered, home: HomeProfile, cases: Iterable[Case]) -> str | None:
    for case in cases:
        found = Station(case, altered).execute(0, home)
        if isinstance(found, Evidence) and found.verdict is Verdict.FAIL:
            return case.case_id
    return None
