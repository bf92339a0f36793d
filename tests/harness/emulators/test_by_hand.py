"""What people do in the house: tokens, emergency credit and supply, at the meters and through the PPMID."""

from dataclasses import replace

import pytest

from device_profiles.model import DeviceKind, Feature
from harness.codecs.envelope import decode_message, encode_message, split_message
from harness.codecs.message import Cra
from harness.crypto.agreement import shared_secret
from harness.crypto.protection import mac_holds, protect
from harness.crypto.utrn import COUNTER_STEP, TokenScope, ValueClass, make_token
from harness.emulators.subjects.ledger import PaymentMode, Terms
from harness.emulators.subjects.prepayment import Account, Charges
from harness.emulators.subjects.top_up import ATTEMPTS
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import DAY, MINUTE, Duration
from harness.network.entries import Entry, Feedback
from harness.network.port import Display, Stimulus

CHF, GPF, ESME, GSME, PPMID, IHD = (
    DeviceRole.CHF,
    DeviceRole.GPF,
    DeviceRole.ESME,
    DeviceRole.GSME,
    DeviceRole.PPMID,
    DeviceRole.IHD,
)
HOUR = Duration(60 * MINUTE)
PREPAID = Terms(mode=PaymentMode.PREPAYMENT, emergency_limit=100_000, emergency_threshold=50_000)


def token(tester, role, step=7, pounds=10):
    supplier, device = tester.party(RemotePartyRole.SUPPLIER), tester.device(role)
    z = shared_secret(supplier.prepayment_private, device.ka_public)
    scope = TokenScope(originator=supplier.entity_id, target=device.entity_id, counter=step * COUNTER_STEP)
    return make_token(z, scope, pounds, ValueClass.POUNDS)


def spoilt(utrn):
    return utrn[:-1] + str((int(utrn[-1]) + 1) % 10)


def prepaid(tester, role, balance):
    account = tester.home._reached(role).part(Account)
    account.reset(tester.home.now)
    account.adjust(balance, tester.home.now)
    account.configure(PREPAID, Charges(), tester.home.now)
    tester.home._collect(role, tester.home._reached(role))


def shown(tester, role, what):
    return tester.home.read_display(role, what)


def alert_codes(tester, within=HOUR):
    """Codes of the alerts that reach the remote parties, by who sent them."""
    found = []
    while (octets := tester.home.receive(within=within)) is not None:
        parts = split_message(octets)
        assert parts.cra is Cra.ALERT
        payload = parts.payload
        place = payload.index(b"\x12") + 1 if payload[:1] == b"\x0f" else 3
        found.append(int.from_bytes(payload[place : place + 2], "big"))
    return found


@pytest.mark.parametrize("role", [ESME, GSME])
def test_a_token_keyed_in_at_the_meter_counts_once_and_is_told(tester, role):
    before = int(shown(tester, role, Display.METER_BALANCE))
    owed = int(shown(tester, role, Display.DEBT))
    utrn = token(tester, role)
    assert tester.home.enter(role, Entry.UTRN, utrn) is Feedback.ACCEPTED
    after, left = int(shown(tester, role, Display.METER_BALANCE)), int(shown(tester, role, Display.DEBT))
    assert (after - before) + (owed - left) == 1_000_000
    assert tester.home.enter(role, Entry.UTRN, utrn) is Feedback.DUPLICATE
    assert alert_codes(tester) == [AlertCode.CREDIT_ADDED_LOCALLY, AlertCode.UTRN_DUPLICATE]


def test_what_is_no_token_or_not_for_this_meter_is_told_apart(tester):
    home, right = tester.home, token(tester, ESME)
    assert home.enter(ESME, Entry.UTRN, "12345") is Feedback.INVALID
    assert home.enter(ESME, Entry.UTRN, spoilt(right)) is Feedback.INVALID
    assert home.enter(ESME, Entry.UTRN, token(tester, GSME)) is Feedback.NOT_AUTHENTIC
    for _ in range(ATTEMPTS - 3):
        home.enter(ESME, Entry.UTRN, spoilt(right))
    assert home.enter(ESME, Entry.UTRN, right) is Feedback.LOCKED_OUT
    assert home.enter(PPMID, Entry.UTRN, right) is Feedback.LOCKED_OUT
    home.wait(Duration(10 * MINUTE))
    assert home.enter(PPMID, Entry.UTRN, right) is Feedback.ACCEPTED


@pytest.mark.parametrize("where", [ESME, PPMID])
def test_a_person_gets_the_supply_back_with_emergency_credit(tester, where):
    home = tester.home
    prepaid(tester, ESME, -1)
    assert shown(tester, ESME, Display.SUPPLY_STATE) == "disabled"
    assert home.enter(where, Entry.ENABLE_SUPPLY) is Feedback.NOT_AVAILABLE
    assert home.enter(where, Entry.EMERGENCY_CREDIT) is Feedback.ACCEPTED
    assert shown(tester, where, Display.EMERGENCY_CREDIT) == "100000"
    assert shown(tester, ESME, Display.SUPPLY_STATE) == "armed"
    assert home.enter(where, Entry.ENABLE_SUPPLY) is Feedback.ACCEPTED
    assert shown(tester, ESME, Display.SUPPLY_STATE) == "enabled"
    assert home.enter(where, Entry.EMERGENCY_CREDIT) is Feedback.NOT_AVAILABLE
    assert AlertCode.EMERGENCY_CREDIT_ACTIVATED in alert_codes(tester)


def test_the_ppmid_shows_what_the_electricity_meter_shows(tester):
    prepaid(tester, ESME, 123_000)
    for what in (Display.METER_BALANCE, Display.EMERGENCY_CREDIT, Display.DEBT):
        assert shown(tester, PPMID, what) == shown(tester, IHD, what) == shown(tester, ESME, what)
    assert shown(tester, PPMID, Display.METER_BALANCE) == "123000"
    tester.home.operate(ESME, Stimulus.POWER_OFF)
    assert shown(tester, PPMID, Display.METER_BALANCE) is None
    assert tester.home.enter(PPMID, Entry.UTRN, token(tester, ESME)) is Feedback.NO_ANSWER
    assert tester.home.enter(ESME, Entry.UTRN, token(tester, ESME)) is None


def test_a_token_for_the_gas_meter_goes_through_the_ppmid(tester):
    home, utrn = tester.home, token(tester, GSME)
    prepaid(tester, GSME, 0)
    assert home.enter(PPMID, Entry.UTRN, utrn, about=GSME) is Feedback.ON_ITS_WAY
    assert home.touched >= {PPMID}
    home.wait(Duration(31 * MINUTE))
    assert shown(tester, PPMID, Display.LAST_ENTRY) == Feedback.ACCEPTED
    assert home.touched >= {PPMID, CHF, GPF, GSME}
    assert shown(tester, GSME, Display.METER_BALANCE) == "1000000"
    home.enter(PPMID, Entry.UTRN, utrn, about=GSME)
    home.wait(Duration(31 * MINUTE))
    assert shown(tester, PPMID, Display.LAST_ENTRY) == Feedback.DUPLICATE
    assert shown(tester, PPMID, Display.GAS_BALANCE) == "1000000"
    assert AlertCode.CREDIT_ADDED_LOCALLY in alert_codes(tester)


def test_emergency_credit_of_the_gas_meter_goes_through_the_ppmid(tester):
    home = tester.home
    prepaid(tester, GSME, -1)
    for expected in (Feedback.ACCEPTED, Feedback.NOT_AVAILABLE):
        assert home.enter(PPMID, Entry.EMERGENCY_CREDIT, about=GSME) is Feedback.ON_ITS_WAY
        home.wait(Duration(31 * MINUTE))
        assert shown(tester, PPMID, Display.LAST_ENTRY) == expected
    assert shown(tester, GSME, Display.SUPPLY_STATE) == "armed"
    assert shown(tester, PPMID, Display.GAS_EMERGENCY_CREDIT) == "100000"
    assert shown(tester, IHD, Display.GAS_DEBT) == shown(tester, GSME, Display.DEBT)
    # A gas valve is opened where people can see the appliances, so only at the meter.
    assert home.enter(PPMID, Entry.ENABLE_SUPPLY, about=GSME) is None
    assert home.enter(GSME, Entry.ENABLE_SUPPLY) is Feedback.ACCEPTED


def test_in_a_home_of_frames_it_comes_to_the_same(factory, tester):
    framed = type(tester)(factory.build(tester.home.profile, frames=True), factory.pki)
    framed.home.enter(PPMID, Entry.UTRN, token(framed, GSME), about=GSME)
    framed.home.wait(HOUR)
    assert shown(framed, PPMID, Display.LAST_ENTRY) == Feedback.ACCEPTED


def captured(tester, entry, text, meter):
    """The message that an entry at the PPMID becomes."""
    device = tester.home._reached(PPMID)
    device.enter(entry, text, meter, tester.home.now)
    (message,) = device.outgoing(tester.home.now)
    return message.octets


def test_messages_between_devices_have_macs_of_their_own_keys(tester):
    octets = captured(tester, Entry.UTRN, token(tester, GSME), GSME)
    message = decode_message(octets)
    assert message.message_code == use_case("PCS01").message_codes[0]
    between = shared_secret(tester.device(PPMID).ka_private, tester.device(GSME).ka_public)
    assert mac_holds(octets, between)
    meter = tester.home._reached(GSME)
    for wrong in (
        octets[:-1] + bytes((octets[-1] ^ 1,)),
        protect(replace(message, mac=None, originator=tester.device(ESME).entity_id), mac_secret=between),
    ):
        meter.receive(wrong, tester.home.now)
        assert {split_message(one.octets).cra for one in meter.outgoing(tester.home.now)} == {Cra.ALERT}
    meter.receive(octets, tester.home.now)
    answer = next(
        one.octets for one in meter.outgoing(tester.home.now) if split_message(one.octets).cra is Cra.RESPONSE
    )
    assert mac_holds(answer, between)
    assert split_message(answer).originator_counter == message.originator_counter
    asking = tester.home._reached(PPMID)
    asking.receive(answer[:-1] + bytes((answer[-1] ^ 1,)), tester.home.now)
    assert shown(tester, PPMID, Display.LAST_ENTRY) == Feedback.ON_ITS_WAY
    asking.receive(answer, tester.home.now)
    assert shown(tester, PPMID, Display.LAST_ENTRY) == Feedback.ACCEPTED
    assert encode_message(decode_message(answer)) == answer


def test_a_boost_button_is_there_where_the_meter_has_one(make_tester, profile):
    assert make_tester().home.enter(ESME, Entry.BOOST) is None
    meter = profile(DeviceKind.ESME, features=frozenset({Feature.BOOST, Feature.ALCS}))
    assert make_tester(esme=meter).home.enter(ESME, Entry.BOOST) is Feedback.ACCEPTED


def test_devices_without_keys_take_nothing(tester):
    for role in (IHD, CHF, DeviceRole.HCALCS):
        assert all(tester.home.enter(role, entry) is None for entry in Entry)


def test_a_token_reaches_the_gas_meter_while_the_wide_area_network_is_away(tester):
    home = tester.home
    home.operate(CHF, Stimulus.WAN_LOST)
    home.enter(PPMID, Entry.UTRN, token(tester, GSME), about=GSME)
    home.wait(Duration(31 * MINUTE))
    assert shown(tester, PPMID, Display.LAST_ENTRY) == Feedback.ACCEPTED
    home.operate(CHF, Stimulus.WAN_BACK)
    assert alert_codes(tester, Duration(DAY)) == [AlertCode.CREDIT_ADDED_LOCALLY]
