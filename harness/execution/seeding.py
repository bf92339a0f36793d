"""Which cases fail which seeded defects: every specimen among sound devices, with the cases that name it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from device_profiles.home import HomeProfile
from harness.cases.bench import Bench
from harness.cases.case import CheckFailed, InconclusiveOutcome

if TYPE_CHECKING:
    from device_profiles.model import DeviceProfile
    from harness.cases.case import Case
    from harness.emulators.home import HomeFactory


@dataclass(frozen=True, slots=True)
class Tried:
    """A specimen, its defect, the cases that name that and apply, and those of them that failed."""

    specimen: DeviceProfile
    defect: str
    applied: tuple[str, ...]
    failed: tuple[str, ...]


def try_specimens(
    factory: HomeFactory,
    sound: Sequence[HomeProfile],
    specimens: Iterable[DeviceProfile],
    cases: Sequence[Case],
) -> Iterator[Tried]:
    """Try each specimen in the first of some sound homes in which any case that names its defect applies."""
    for specimen in specimens:
        for defect in specimen.firmware.defects:
            naming = [case for case in cases if defect in case.catches and specimen.kind in case.participants]
            applied, failed = _tried(factory, sound, specimen, naming)
            yield Tried(specimen, defect, applied, failed)


def _tried(
    factory: HomeFactory, sound: Sequence[HomeProfile], specimen: DeviceProfile, naming: Sequence[Case]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for whole in sound:
        home = HomeProfile({**whole.devices, specimen.kind: specimen})
        applied = [case for case in naming if case.applies(home) is None]
        if applied:
            failed = tuple(case.case_id for case in applied if _fails(case, factory, home))
            return tuple(case.case_id for case in applied), failed
    return (), ()


def _fails(case: Case, factory: HomeFactory, home: HomeProfile) -> bool:
    try:
        case.run(Bench(factory.build(home, frames=case.on_frames), factory.pki))
    except CheckFailed:
        return True
    except InconclusiveOutcome:
        return False
    return False
