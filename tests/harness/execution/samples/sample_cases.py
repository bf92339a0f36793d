"""Small real cases that end in every way a case can end, for tests of planning and executing.

They read displays of emulated devices, which costs next to nothing. Worker processes import this
module by its name: its folder is on their path.
"""

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, Version
from harness.cases.bench import Bench
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome, Purpose
from harness.gbcs.roles import DeviceRole
from harness.network.clock import SECOND, Duration
from harness.network.port import Display


def _always(_home: HomeProfile) -> str | None:
    return None


def _has_gas(home: HomeProfile) -> str | None:
    return None if home.get(DeviceKind.GSME) else "the home has no gas meter"


def _version_of(bench: Bench, kind: DeviceKind) -> Version:
    profile = bench.port.profile.get(kind)
    assert profile is not None
    return profile.firmware.gbcs


def _read_meter(bench: Bench) -> None:
    bench.display(DeviceRole.ESME, Display.IMPORT_REGISTER)
    if _version_of(bench, DeviceKind.ESME) < Version((2, 0)):
        raise CheckFailed("SMETS 5.6", "a newer meter", "an old one")


def _read_gas(bench: Bench) -> None:
    if bench.display(DeviceRole.GSME, Display.GAS_REGISTER) is None:
        raise CheckFailed("SMETS 4.6", "a register", "nothing")
    if _version_of(bench, DeviceKind.GSME) < Version((3, 0)):
        raise InconclusiveOutcome("the meter is too old to tell")


def _divide(bench: Bench) -> None:
    bench.display(DeviceRole.ESME, Display.CLOCK)
    if _version_of(bench, DeviceKind.ESME) >= Version((4, 0)):
        raise ZeroDivisionError("a fault of the case")


def _trespass(bench: Bench) -> None:
    bench.display(DeviceRole.ESME, Display.CLOCK)


def _meet(bench: Bench) -> None:
    for role in bench.port.devices:
        bench.display(role, Display.CLOCK)
    bench.wait(Duration(SECOND))
    hub, meter = (_version_of(bench, kind) for kind in (DeviceKind.COMMS_HUB, DeviceKind.ESME))
    if hub < meter:
        raise CheckFailed("CHTS 4.4", "a hub that is as new as the meter", f"GBCS {hub} and {meter}")


def _case(name: str, run: object, *kinds: DeviceKind, **more: object) -> Case:
    fields = {"applies": _always, "purpose": Purpose.NOMINAL, "source_digest": "1", **more}
    return Case(
        case_id=f"TC_SAMPLE_{name}_1",
        title=f"Sample {name}",
        why="Tests of the executor need cases that end in every way",
        clause="GBCS 1",
        use_case="SAMPLE",
        participants=kinds,
        run=run,
        **fields,
    )


CASES = (
    _case("error", _divide, DeviceKind.ESME),
    _case("gas", _read_gas, DeviceKind.COMMS_HUB, DeviceKind.GSME, applies=_has_gas),
    _case("home", _meet, *DeviceKind, whole_home=True),
    _case("meter", _read_meter, DeviceKind.COMMS_HUB, DeviceKind.ESME),
    _case("stranger", _trespass, DeviceKind.GSME, applies=_has_gas),
)


def all_cases() -> tuple[Case, ...]:
    """The cases of this module, as a suite gives them."""
    return CASES
