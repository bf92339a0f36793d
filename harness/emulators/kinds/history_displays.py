"""What displays show of days gone by, as far as the house may see it (SMETS2 5.4.3, 5.6.3.31, 6.4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.emulators.subjects import logs
from harness.emulators.subjects.mirror import Mirror
from harness.emulators.subjects.tenancy import Tenancy
from harness.gbcs.roles import DeviceRole
from harness.network.clock import DAY, Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice


def _used(meter: EmulatedDevice, keeper: EmulatedDevice, now: Instant) -> str | None:
    """What a meter counted on the last whole day; None where its keeper is to hide it."""
    midnight = Instant(now // DAY * DAY)
    if keeper.part(Tenancy).hides(Instant(midnight - DAY), now):
        return None
    (used,) = logs.DAILY_CONSUMPTION.entry(meter, midnight)
    return str(used)


def yesterday(device: EmulatedDevice, now: Instant) -> str | None:
    """What an electricity meter counted yesterday, Wh."""
    return _used(device, device, now)


def gas_yesterday(device: EmulatedDevice, now: Instant) -> str | None:
    """What the gas meter counted yesterday, dm³, as its proxy tells."""
    proxy = device.surroundings.heard(DeviceRole.GPF, device.template.kind.role)
    known = None if proxy is None else proxy.part(Mirror).meter(now)
    return None if proxy is None or known is None else _used(known[0], proxy, known[1])
