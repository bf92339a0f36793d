"""The ways in which devices get new firmware: meters are told to run it, others run what they verified.

GBCS 11.2, 11.3; CHTS 4.5.2. Each row of ``UPDATES`` is one device with what is read of it before and after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind, Version
from harness.cases.applicability import KIND_OF, Applicability, all_of, has, of_version
from harness.cases.asn1_requests import Activation
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.cosem_answers import items_done, octets_of
from harness.cases.observation import expect_display
from harness.cases.subjects import SUBJECTS
from harness.cases.subjects.firmware import VERSION_LENGTH, expect_activated
from harness.cases.terms import Terms
from harness.cases.wording import device_name, octets_text
from harness.codecs.asn1.firmware import ActivateFirmwareResponse
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, Duration, Instant
from harness.network.port import Display

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.cases.bench import Bench
    from harness.network.port import DistributedImage

UPDATE_CLAUSE: Final = "GBCS 11.2, 11.3, CHTS 4.5.2"
FETCHED: Final = Duration(HOUR)
"""More than any device takes to fetch a small image, a sleeping one included."""


@dataclass(frozen=True, slots=True)
class Update:
    """How one device is updated: the use case that cases are named by, and what is read of it.

    ``activated`` is whether CS06 has it run what it verified; others do so by themselves.
    """

    target: DeviceRole
    use_case: str
    number: int
    activated: bool
    reads: tuple[str, ...]

    @property
    def applies(self) -> Applicability:
        """The device is there, and the hub can pass images on to it."""
        kinds = dict.fromkeys((DeviceKind.COMMS_HUB, KIND_OF[self.target]))
        return all_of(has(*kinds), *([_PASSES_ON] if self.use_case == "CCS08" else []))

    def case(self, detail: str, *, title: str, why: str, run: Callable[[Bench], None]) -> Case:
        """A journey of this device; ``title`` goes on from its name."""
        kinds = {DeviceKind.COMMS_HUB, KIND_OF[self.target]}
        return Case(
            case_id=f"TC_{self.use_case}_journey_{detail}_{self.number}",
            title=f"The {device_name(self.target)} {title}",
            why=why,
            clause=UPDATE_CLAUSE,
            use_case=self.use_case,
            purpose=Purpose.JOURNEY,
            participants=tuple(kind for kind in DeviceKind if kind in kinds),
            applies=self.applies,
            run=run,
        )

    def sender(self) -> RemotePartyRole:
        """Who has the device run what it verified."""
        return next(
            one.sender for one in SUBJECTS if (one.use_case, one.target) == (self.use_case, self.target)
        )

    def expect_running(self, bench: Bench, version: str) -> None:
        """Check which version runs, on the display or else in ECS52. Raises CheckFailed."""
        if bench.display(self.target, Display.FIRMWARE_VERSION) is not None:
            expect_display(bench, self.target, Display.FIRMWARE_VERSION, version, UPDATE_CLAUSE)
        if self.target is DeviceRole.CHF:
            asked = bench.command("ECS52", self.target, RemotePartyRole.ACCESS_CONTROL_BROKER)
            (data,) = items_done(bench.exchange(asked))
            found = octets_of(data, UPDATE_CLAUSE, "the firmware version", VERSION_LENGTH).hex().upper()
            if found != version:
                raise CheckFailed(UPDATE_CLAUSE, f"version {version}", found)

    def run_at_once(self, bench: Bench, image: DistributedImage) -> None:
        """Have the device run an image that it verified. Raises CheckFailed."""
        if self.activated:
            command = bench.command("CS06", self.target, self.sender(), argument=image.image_hash)
            expect_activated(bench.exchange(command), image)

    def plan(self, bench: Bench, image: DistributedImage, due: Instant) -> None:
        """Have the device run an image at a moment. Raises CheckFailed where it says more than that."""
        planned = Activation(image.image_hash, Terms(effective=due))
        answer = bench.exchange(bench.command("CS06", self.target, self.sender(), argument=planned))
        payload = answer.payload
        if not isinstance(payload, ActivateFirmwareResponse) or payload.outcome is not None:
            raise CheckFailed(
                UPDATE_CLAUSE, "no outcome before the time", octets_text(answer.message.payload)
            )


def installed_version(bench: Bench, target: DeviceRole) -> str:
    """The version that a device was installed with, as its profile has it."""
    return bench.port.profile.devices[KIND_OF[target]].firmware.version


_SINCE: Final = use_case("CCS08").since
_PASSES_ON: Final = of_version(
    DeviceKind.COMMS_HUB, "CCS08", since=None if _SINCE is None else Version.parse(_SINCE), until=None
)
_READS: Final = {
    DeviceRole.CHF: ("CCS07", "CCS06", "ECS26n", "DBCH03"),
    DeviceRole.ESME: ("ECS18b", "ECS19", "ECS24", "ECS26a", "ECS26b", "ECS26k", "ECS27", "ECS40", "ECS82"),
    DeviceRole.GSME: ("GCS14", "GCS21a", "GCS21f", "GCS33", "GCS46"),
    DeviceRole.PPMID: ("CS07",),
    DeviceRole.HCALCS: ("CS07",),
    DeviceRole.SAPC: ("ECS26c", "ECS26m", "ECS61d"),
}
"""What a person or a command sets, and time does not: the same before an update and after it."""


def _updates() -> Iterator[Update]:
    yield Update(DeviceRole.CHF, "ECS52", 2, activated=False, reads=_READS[DeviceRole.CHF])
    for number, target in enumerate((DeviceRole.ESME, DeviceRole.GSME, DeviceRole.SAPC), 1):
        yield Update(target, "CS06", number, activated=True, reads=_READS[target])
    for number, target in enumerate((DeviceRole.PPMID, DeviceRole.HCALCS), 1):
        yield Update(target, "CCS08", number, activated=False, reads=_READS[target])


UPDATES: Final = tuple(_updates())
