"""Account and tariff by messages: what is set is gone by, and what is read is what is gone by."""

from dataclasses import replace

import pytest

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms import decode_access_response
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.access import key_of
from harness.emulators.bindings.tariff_dlms import tariff_of
from harness.emulators.subjects.ledger import PaymentMode
from harness.emulators.subjects.prepayment import Account
from harness.emulators.subjects.registers import Channel
from harness.emulators.subjects.tariff import Tariffs
from harness.emulators.subjects.tariff_registers import TariffRegisters
from harness.gbcs.roles import DeviceRole
from harness.gbcs.use_case import obis_octets
from harness.network.clock import DAY, SECOND, Duration

ESME = DeviceRole.ESME
BALANCES = (1, obis_octets("0-0:94.44.34.30"), 2, False)
PRICES = (113, obis_octets("0-0:19.20.0.255"), 6, False)


def results(asking, request):
    return [one.result for one in decode_access_response(asking.answer(request).payload).results]


def do(asking, name, given=None):
    """Send a use case, with some items' values."""
    step = replace(asking, name=name)
    request = step.request()
    values = {} if given is None else given
    data = tuple(
        values.get(key_of(item), datum)
        for item, datum in zip(request.specifications, request.data, strict=True)
    )
    found = results(step, replace(request, data=data))
    asking.tester.home.wait(Duration(SECOND))
    return found


def balances(asking):
    step = replace(asking, name="ECS19")
    request = step.request()
    return tuple(one.value for one in step.values(request, step.answer(request))[BALANCES].value)


def priced(price):
    """Prices of all registers, the first of them other than the rest."""

    def number(tag, value):
        return Data(tag, value)

    scaling = Data(DataTag.STRUCTURE, (number(DataTag.INTEGER, 3), number(DataTag.INTEGER, -5)))
    reference = Data(
        DataTag.STRUCTURE,
        (
            number(DataTag.LONG_UNSIGNED, 3),
            number(DataTag.OCTET_STRING, obis_octets("1-0:1.8.0.255")),
            number(DataTag.INTEGER, 2),
        ),
    )
    indices = [*range(1, 49), *(0x10 * block + tier for block in range(0xA, 0xE) for tier in range(1, 9))]
    elements = (
        Data(DataTag.STRUCTURE, (number(DataTag.OCTET_STRING, bytes((one,))), number(DataTag.LONG, price)))
        for one in indices
    )
    return Data(DataTag.STRUCTURE, (scaling, reference, Data(DataTag.ARRAY, tuple(elements))))


def test_a_reset_account_reads_nought(dlms):
    asking = dlms("ECS04b", ESME)
    assert any(balances(asking)[:3])
    assert set(do(asking, "ECS04b")) == {DataAccessResult.SUCCESS}
    assert balances(asking) == (0,) * 6


def test_what_is_adjusted_is_read(dlms):
    asking = dlms("ECS04b", ESME)
    do(asking, "ECS04b")
    meter = (112, obis_octets("0-0:19.10.0.255"), 1, True)
    do(asking, "ECS04a", {meter: Data(DataTag.DOUBLE_LONG, -12_345)})
    debts = {
        (113, obis_octets(f"0-0:19.20.{debt}.255"), 4, True): Data(DataTag.DOUBLE_LONG, 1_000 * debt)
        for debt in (1, 2, 3)
    }
    do(asking, "ECS07", debts)
    assert balances(asking) == (-12_345, 0, 0, 1_000, 2_000, 3_000)


def test_a_price_that_is_set_is_paid(dlms):
    asking = dlms("ECS01a", ESME)
    for price in (20_000, 30_000):
        assert set(do(asking, "ECS01a", {PRICES: priced(price)})) == {DataAccessResult.SUCCESS}
        device, home = asking.device, asking.tester.home
        tariff = tariff_of(device, Channel.PRIMARY)
        assert set(tariff.prices.values()) == {price}
        assert len(tariff.prices) == 80
        assert device.part(Tariffs).price(home.now) == price
    begin = home.now
    account, registers = device.part(Account), device.part(TariffRegisters)
    before = account.at(begin).meter
    home.wait(Duration(DAY))
    energy = registers.cost(begin, home.now)
    assert energy > 0
    standing = account.charges.standing * (home.now // DAY - begin // DAY)
    assert abs(before - account.at(home.now).meter - energy - standing) <= 1


def test_prepayment_mode_is_entered_and_left(dlms):
    asking = dlms("ECS03", ESME)
    prepaid = Data(DataTag.STRUCTURE, (Data(DataTag.ENUM, 2), Data(DataTag.ENUM, 1)))
    credit = Data(DataTag.STRUCTURE, (Data(DataTag.ENUM, 1), Data(DataTag.ENUM, 1)))
    mode = (111, obis_octets("0-1:19.0.0.255"), 2, False)
    for name, value, expected in (
        ("ECS03", prepaid, PaymentMode.PREPAYMENT),
        ("ECS02", credit, PaymentMode.CREDIT),
    ):
        do(asking, name, {mode: value})
        assert asking.device.part(Account).terms.mode is expected


def test_emergency_credit_is_not_for_credit_mode(dlms):
    asking = dlms("ECS09", ESME)
    assert do(asking, "ECS09") == [DataAccessResult.OTHER_REASON]


@pytest.mark.parametrize("counter", [2_000 << 32])
def test_a_token_that_is_none_is_refused_and_adds_nothing(dlms, counter):
    asking = dlms("CS01a", ESME)
    do(asking, "ECS04b")
    asking.tester.counter = counter
    token = (115, obis_octets("0-0:19.40.0.255"), 1, True)
    given = {token: Data(DataTag.OCTET_STRING, b"12345678901234567890")}
    assert do(asking, "CS01a", given) == [DataAccessResult.HARDWARE_FAULT]
    asking.tester.counter = 5_000
    assert balances(asking)[0] == 0
