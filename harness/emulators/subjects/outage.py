"""Loss and return of the mains: how long it lasted, and the alert about it (SMETS2 5.5.12.6, 5.19, ECS80).

A meter of three phases goes on while one of them is lost, and tells of that phase alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device_profiles.model import EsmeVariant
from harness.codecs.cosem_data import Data, DataTag
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.clock import date_time_of
from harness.emulators.subjects.supply import Supply
from harness.gbcs.alert_codes import AlertCode
from harness.network.clock import MINUTE, SECOND, Instant
from harness.network.port import Stimulus

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

LONG_OUTAGE: Final = 3 * MINUTE
_STATUS: Final = 0x00
_MOST: Final = 0xFFFF_FFFF
PHASE_TURNS: Final = {
    Stimulus.PHASE_1_LOST: (0, True),
    Stimulus.PHASE_1_BACK: (0, False),
    Stimulus.PHASE_2_LOST: (1, True),
    Stimulus.PHASE_2_BACK: (1, False),
    Stimulus.PHASE_3_LOST: (2, True),
    Stimulus.PHASE_3_BACK: (2, False),
}
"""Which phase, from 0, and whether it is lost."""
_ALL: Final = None
"""In place of a phase: the whole of the mains."""
_Phase = int | None
_INTERRUPTED: Final[dict[_Phase, AlertCode]] = {
    _ALL: AlertCode.SUPPLY_INTERRUPTED,
    0: AlertCode.SUPPLY_INTERRUPTED_PHASE_1,
    1: AlertCode.SUPPLY_INTERRUPTED_PHASE_2,
    2: AlertCode.SUPPLY_INTERRUPTED_PHASE_3,
}
_RESTORED: Final[dict[_Phase, tuple[AlertCode, AlertCode]]] = {
    _ALL: (AlertCode.SUPPLY_RESTORED, AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE),
    0: (AlertCode.SUPPLY_RESTORED_PHASE_1, AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE_PHASE_1),
    1: (AlertCode.SUPPLY_RESTORED_PHASE_2, AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE_PHASE_2),
    2: (AlertCode.SUPPLY_RESTORED_PHASE_3, AlertCode.SUPPLY_RESTORED_AFTER_LONG_OUTAGE_PHASE_3),
}
"""After a short and after a long outage."""


class Outage:
    """Since when the mains, or one of three phases, are gone; and when they were gone before."""

    __slots__ = ("_began", "_device", "_past")

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device
        self._began: dict[_Phase, Instant] = {}
        self._past: list[tuple[_Phase, Instant, Instant]] = []

    def touches(self, start: Instant, end: Instant, phase: int) -> bool:
        """Whether a phase was without supply at some time between two moments."""
        which = {_ALL, phase}
        if any(one in which and began < end for one, began in self._began.items()):
            return True
        return any(one in which and began < end and ended > start for one, began, ended in self._past)

    def begin(self, now: Instant, phase: _Phase = _ALL) -> None:
        """The mains, or one phase, are gone."""
        if phase not in self._began:
            self._began[phase] = now
            self._device.part(Alerts).event(_INTERRUPTED[phase], now)

    def end(self, now: Instant, phase: _Phase = _ALL) -> None:
        """They are back: tell of it."""
        began = self._began.pop(phase, None)
        if began is not None:
            self._past.append((phase, began, now))
            self.report(began, now, phase)

    def report(self, began: Instant, ended: Instant, phase: _Phase = _ALL) -> None:
        """Tell the known parties of an outage that is over."""
        short, long = _RESTORED[phase]
        times = [
            Data(DataTag.OCTET_STRING, date_time_of(moment, _STATUS).to_octets()) for moment in (began, ended)
        ]
        lasted = min((ended - began) // SECOND, _MOST).to_bytes(4, "big")
        code = long if ended - began >= LONG_OUTAGE else short
        self._device.part(Alerts).event(code, ended, information=lasted, further=times)


def mains_changed(device: EmulatedDevice, now: Instant) -> None:
    """Follow the mains: stop or restart the registers, and report an outage once it is over."""
    device.part(Supply).mains(now)
    outage = device.part(Outage)
    if device.powered:
        outage.end(now)
    else:
        outage.begin(now)


def phase_changed(device: EmulatedDevice, stimulus: Stimulus, now: Instant) -> None:
    """Follow one phase of three. Raises ValueError for a meter that has one."""
    if device.template.variant is not EsmeVariant.POLYPHASE:
        raise ValueError(f"{device.template.kind.role.name}: it has one phase")
    phase, lost = PHASE_TURNS[stimulus]
    outage = device.part(Outage)
    if lost:
        outage.begin(now, phase)
    else:
        outage.end(now, phase)
