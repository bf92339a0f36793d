"""A change of tenancy hides what was used before it from the house, and from nobody else."""

import pytest

from harness.cases.bench import Bench
from harness.cases.command import Order, compose
from harness.emulators.subjects import logs
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import DAY, HOUR, Duration, Instant
from harness.network.port import Display

GPF, ESME, GSME, PPMID, IHD = (
    DeviceRole.GPF,
    DeviceRole.ESME,
    DeviceRole.GSME,
    DeviceRole.PPMID,
    DeviceRole.IHD,
)


def tell(tester, name, role):
    """Send a use case as the suite composes it: the tenancy changes now."""
    bench = Bench(tester.home, tester.pki)
    order = Order(name, bench.device(role), RemotePartyRole.SUPPLIER, 0, bench.next_counter(), bench.now)
    bench.exchange(compose(bench.parties, order))


@pytest.mark.parametrize(
    ("name", "told", "meter", "what"),
    [
        ("ECS12", ESME, ESME, Display.YESTERDAY),
        ("GCS09", GPF, GSME, Display.GAS_YESTERDAY),
    ],
)
def test_new_tenants_do_not_see_what_was_used_before(tester, name, told, meter, what):
    home = tester.home

    def used():
        midnight = Instant(home.now // DAY * DAY)
        return str(logs.DAILY_CONSUMPTION.entry(home._reached(meter), midnight)[0])

    assert home.read_display(IHD, what) == home.read_display(PPMID, what) == used()
    tell(tester, name, told)
    home.wait(Duration(HOUR))
    assert home.read_display(IHD, what) is home.read_display(PPMID, what) is None
    home.wait(Duration(DAY))
    assert home.read_display(IHD, what) is None  # the day of the change began before it
    home.wait(Duration(DAY))
    assert home.read_display(IHD, what) == home.read_display(PPMID, what) == used()
