"""A meter shows whom to ring: the supplier's details as they were last written, nothing before."""

import pytest

from harness.cases.bench import Bench
from harness.cases.terms import Terms
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.port import Display


@pytest.mark.parametrize(
    ("name", "role", "fields"),
    [
        (
            "ECS16",
            DeviceRole.ESME,
            ("ContactDetails: supplierName", "ContactDetails: supplierTelephoneNumber"),
        ),
        (
            "GCS44",
            DeviceRole.GSME,
            ("proposed_provider_name", "proposed_provider_contact_details"),
        ),
    ],
)
def test_what_was_written_last_is_shown(tester, name, role, fields):
    bench = Bench(tester.home, tester.pki)
    assert bench.display(role, Display.SUPPLIER) is None
    for who, number in ((b"First", b"0300 1"), (b"Next", b"0300 2")):
        terms = Terms(given=tuple(zip(fields, (who, number), strict=True)))
        bench.exchange(bench.command(name, role, RemotePartyRole.SUPPLIER, argument=terms))
        assert bench.display(role, Display.SUPPLIER) == f"{who.decode()}, {number.decode()}"
    assert bench.display(DeviceRole.PPMID, Display.SUPPLIER) is None
