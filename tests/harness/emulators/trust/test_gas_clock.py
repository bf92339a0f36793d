"""GCS28: the gas meter's clock, set where the supplier's interval allows the network's time."""

import pytest

from harness.codecs.asn1.firmware import SetGasClock, TimeStatus
from harness.codecs.asn1.payloads import decode_asn1, encode_asn1
from harness.codecs.message import Cra
from harness.gbcs.roles import DeviceRole, RemotePartyRole


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        ("20260101000000Z", "20270101000000Z", TimeStatus.RELIABLE),
        ("20270101000000Z", "20280101000000Z", TimeStatus.UNRELIABLE),
    ],
)
def test_gas_clock_takes_the_time_of_the_network_where_it_may(make_trustee, start, end, status):
    trustee = make_trustee(DeviceRole.GSME)
    supplier = trustee.pki.party(RemotePartyRole.SUPPLIER)
    message = trustee.ask(0x007F, encode_asn1(SetGasClock(start, end)), supplier, signer=supplier.ds_private)
    response = decode_asn1(0x007F, Cra.RESPONSE, message.payload)
    assert response.status is status
    assert response.device_time.startswith("20260203")
