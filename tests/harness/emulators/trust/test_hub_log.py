"""CCS01, CCS02, CCS03, CCS06, CCS07 and CS14: who may be on a hub's network, and the backup of that."""

from dataclasses import dataclass

import pytest

from harness.codecs.asn1.joining import Join, JoinCode, JoinMethod
from harness.codecs.asn1.payloads import decode_asn1, encode_asn1
from harness.codecs.axdr import encode_data
from harness.codecs.cosem_data import NULL, Data, DataTag
from harness.codecs.dlms import decode_access_response, decode_data_notification
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.crypto.agreement import shared_secret
from harness.crypto.protection import mac_holds
from harness.crypto.zigbee import aes_mmo, install_code_with_crc, link_key_of
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, DeviceType, RemotePartyRole
from harness.network.clock import MINUTE, SECOND, Duration, datetime_of
from harness.network.port import Stimulus

CHF, GPF, ESME, GSME = DeviceRole.CHF, DeviceRole.GPF, DeviceRole.ESME, DeviceRole.GSME
PPMID = DeviceRole.PPMID
NEWCOMER = bytes.fromhex("0011223344556677")
CODE = bytes.fromhex("83fed3407a939723a5c639b26916d505")
LOG, FORMER = "0068 00001e0300ff", "0068 00001e0301ff"
DONE, TEMPORARY, UNAVAILABLE, OUT_OF_SCOPE = 0, 2, 11, 13


@dataclass
class Answered:
    """What came of one command: results, data, and the backups that were told meanwhile."""

    results: list
    data: list
    backups: list


def plain(data):
    """COSEM data as Python's own."""
    if isinstance(data.value, tuple):
        return [plain(one) for one in data.value]
    return getattr(data.value, "bits", data.value)


@dataclass
class HubTester:
    """The broker, who looks after a hub's log."""

    trustee: object

    def __post_init__(self):
        self.home = self.trustee.tester.home

    def ask(self, name, items, arguments):
        """Send items with their data, break on error, and give results, answers and backups."""
        code = use_case(name).message_codes[0]
        broker = self.trustee.broker
        counter = self.trustee.next_counter(broker)
        count = len(arguments)
        payload = bytes.fromhex(f"d920{counter:06x}00 {count:02x} {items} {count:02x}")
        payload += b"".join(map(encode_data, arguments))
        answers, backups = [], []
        self.trustee.response_to = lambda *_: None
        self.trustee.ask(code, payload, broker, counter=counter)
        while (octets := self.home.receive(within=MINUTE)) is not None:
            message = decode_message(octets)
            secret = shared_secret(broker.ka_private, self.trustee.device.ka_public)
            assert mac_holds(octets, secret)
            if message.cra is Cra.RESPONSE:
                answers.append(decode_access_response(message.payload))
            else:
                assert (message.message_code, message.recipient) == (0x0018, broker.entity_id)
                backups.append(plain(decode_data_notification(message.payload).body))
        (answer,) = answers
        return Answered([one.result for one in answer.results], list(map(plain, answer.data)), backups)

    def add(self, entity_id=NEWCOMER, code=CODE, device_type=DeviceType.PPMID, timeout=90):
        given = Data(
            DataTag.STRUCTURE,
            (
                Data(DataTag.OCTET_STRING, entity_id),
                Data(DataTag.ENUM, 1),
                Data(DataTag.OCTET_STRING, code),
                Data(DataTag.ENUM, int(device_type)),
            ),
        )
        items = f"03 {LOG} 01 02 {LOG} 03 02 {LOG} 02"
        opening = Data(DataTag.LONG_UNSIGNED, timeout), Data(DataTag.BOOLEAN, True)
        return self.ask("CCS01", items, (given, *opening))

    def remove(self, entity_id):
        return self.ask("CCS02", f"03 {LOG} 02", (Data(DataTag.OCTET_STRING, entity_id),))

    def restore(self, network, devices):
        entries = tuple(
            Data(DataTag.STRUCTURE, tuple(Data(DataTag.OCTET_STRING, one) for one in entry))
            for entry in devices
        )
        given = Data(DataTag.OCTET_STRING, network), Data(DataTag.ARRAY, entries)
        return self.ask("CCS03", f"03 {LOG} 05", (Data(DataTag.STRUCTURE, given),))

    def backup(self):
        """What CCS07 tells: the list and the one of the past, each with time and network."""
        answer = self.ask("CCS07", f"03 {LOG} 04 03 {FORMER} 04", (NULL, NULL))
        assert answer.results == [DONE, DONE]
        return answer.data

    def heard(self):
        """What CCS06 tells, by identifier."""
        answer = self.ask("CCS06", f"01 {LOG} 04", (NULL,))
        assert answer.results == [DONE]
        return {entry[0]: entry for entry in answer.data[0]}

    def identity(self, role):
        return self.home.devices[role].entity_id

    def install_code(self, role):
        return self.home.devices[role].install_code

    def answers(self, role):
        """Whether a device still answers the supplier."""
        name = "GCS38" if role is GSME else "ECS52"
        self.home.send(self.trustee.tester.command(name, role))
        octets = self.home.receive(within=Duration(40 * MINUTE))
        return octets is not None and decode_message(octets).cra is Cra.RESPONSE


@pytest.fixture
def hub(make_trustee):
    return HubTester(make_trustee(CHF))


def listed(backup):
    return {entry[0] for entry in backup[2]}


def test_log_begins_with_every_device_of_the_home(hub):
    present, former = hub.backup()
    others = {hub.identity(role) for role in DeviceRole if role not in (CHF, GPF)}
    assert listed(present) == others == set(hub.heard())
    assert former[2] == []
    assert len(present[1]) == 8
    assert {len(entry[1]) for entry in present[2]} == {16}


def test_added_device_is_in_every_list_and_in_the_backup(hub):
    before = listed(hub.backup()[0])
    answer = hub.add()
    assert answer.results == [DONE, DONE, DONE]
    ((code, _, told),) = answer.backups
    assert code == 0x8F12
    present, _ = hub.backup()
    assert listed(present) == listed(told) == before | {NEWCOMER}
    assert told[1:] == present[1:]
    hashed = aes_mmo(link_key_of(install_code_with_crc(CODE)))
    assert [NEWCOMER, hashed] in present[2]
    assert hub.heard()[NEWCOMER][1] == "10000000"


def test_added_twice_is_there_once(hub):
    count = len(hub.heard())
    for _ in range(2):
        assert hub.add().results == [DONE, DONE, DONE]
    assert len(hub.heard()) == count + 1


@pytest.mark.parametrize(
    ("change", "result"),
    [({"device_type": 7}, OUT_OF_SCOPE), ({"device_type": DeviceType.CHF}, OUT_OF_SCOPE)],
)
def test_wrong_entry_is_refused(hub, change, result):
    before = hub.heard().keys()
    answer = hub.add(**change)
    assert answer.results[0] == result
    assert answer.backups == []
    assert hub.heard().keys() == before


def test_hub_cannot_be_on_its_own_list(hub):
    assert hub.add(entity_id=hub.identity(CHF)).results[0] == OUT_OF_SCOPE


def test_full_log_takes_nobody_else(hub):
    room = 16 - len(hub.heard())
    results = [hub.add(bytes(7) + bytes((number,))).results[0] for number in range(room + 1)]
    assert results == [DONE] * room + [TEMPORARY]
    present = listed(hub.backup()[0])
    assert len(present) == 16
    assert hub.remove(next(iter(present - {hub.identity(CHF)}))).results == [DONE]
    assert hub.add().results[0] == DONE


def test_removed_device_is_in_the_log_of_the_past_and_off_the_network(hub):
    assert hub.answers(ESME)
    answer = hub.remove(hub.identity(ESME))
    assert answer.results == [DONE]
    assert hub.identity(ESME) not in listed(answer.backups[0][2])
    present, former = hub.backup()
    assert hub.identity(ESME) not in listed(present)
    assert listed(former) == {hub.identity(ESME)}
    assert not hub.answers(ESME)
    assert hub.answers(GSME)


def test_log_of_the_past_keeps_the_last_sixteen(hub):
    strangers = [bytes(7) + bytes((number,)) for number in range(18)]
    for one in strangers:
        hub.add(one)
        hub.remove(one)
    assert [entry[0] for entry in hub.backup()[1][2]] == strangers[2:]


def test_device_that_is_not_there_cannot_be_removed(hub):
    answer = hub.remove(NEWCOMER)
    assert answer.results == [UNAVAILABLE]
    assert answer.backups == []


def test_removed_device_comes_back_with_its_install_code_only(hub):
    meter = hub.identity(ESME)
    hub.remove(meter)
    assert hub.add(meter, CODE, DeviceType.ESME).results[0] == DONE
    assert not hub.answers(ESME)
    assert hub.add(meter, hub.install_code(ESME), DeviceType.ESME).results[0] == DONE
    assert hub.answers(ESME)
    assert hub.heard()[meter][1] == "11001000"


@pytest.mark.parametrize(("timeout", "joins"), [(600, True), (90, False)])
def test_device_without_power_joins_if_it_gets_it_in_time(hub, timeout, joins):
    meter = hub.identity(ESME)
    hub.remove(meter)
    hub.home.operate(ESME, Stimulus.POWER_OFF)
    hub.add(meter, hub.install_code(ESME), DeviceType.ESME, timeout)
    hub.home.wait(Duration(120 * SECOND))
    hub.home.operate(ESME, Stimulus.POWER_ON)
    while hub.home.receive(within=MINUTE) is not None:
        pass  # what the meter has to say of having been without power
    assert hub.answers(ESME) is joins
    hub.add(meter, hub.install_code(ESME), DeviceType.ESME)
    assert hub.answers(ESME)


def test_communications_tell_since_when_a_device_is_silent(hub):
    meter = hub.identity(ESME)
    hub.home.operate(ESME, Stimulus.POWER_OFF)
    since = datetime_of(hub.home.now)
    hub.home.wait(Duration(600 * SECOND))
    heard = hub.heard()
    assert heard[meter][8][:8] == bytes(
        (*since.year.to_bytes(2, "big"), since.month, since.day, 0xFF)
    ) + bytes((since.hour, since.minute, since.second))
    assert heard[meter][8] < heard[hub.identity(PPMID)][8]
    for entry in heard.values():
        assert entry[2] >= entry[3] >= entry[4]
        assert entry[5] >= entry[6] >= entry[7]


def test_restored_list_is_beside_the_one_there_was(hub):
    before = listed(hub.backup()[0])
    network = bytes(range(8))
    answer = hub.restore(network, [(NEWCOMER, CODE)])
    assert answer.results == [DONE]
    present, _ = hub.backup()
    assert present[1] == network == answer.backups[0][2][1]
    assert listed(present) == before | {NEWCOMER}


@pytest.mark.parametrize(
    ("devices", "result"),
    [
        ([(NEWCOMER, CODE), (NEWCOMER, CODE)], OUT_OF_SCOPE),
        ([(bytes(7) + bytes((number,)), CODE) for number in range(16)], TEMPORARY),
    ],
)
def test_backup_that_cannot_be_taken_over_changes_nothing(hub, devices, result):
    before = hub.backup()[0][1:]
    answer = hub.restore(bytes(8), devices)
    assert answer.results == [result]
    assert answer.backups == []
    assert hub.backup()[0][1:] == before


def test_broker_only(hub):
    supplier = hub.trustee.pki.party(RemotePartyRole.SUPPLIER)
    code = use_case("CCS02").message_codes[0]
    payload = bytes.fromhex(f"d920000001 00 01 03 {LOG} 02 01 0908") + hub.identity(ESME)
    assert hub.trustee.ask(code, payload, supplier, counter=1) is None


def test_meters_do_not_join_what_the_hub_removed(hub):
    display = hub.identity(PPMID)
    hub.remove(display)
    supplier, meter = hub.trustee.pki.party(RemotePartyRole.SUPPLIER), hub.trustee
    del meter.response_to
    meter.target, meter.device = ESME, meter.tester.device(ESME)
    request = encode_asn1(Join(JoinMethod.METHOD_A_INITIATOR, display, DeviceType.PPMID, None))
    answer = meter.ask(0x000D, request, supplier, signer=supplier.ds_private)
    assert decode_asn1(0x000D, Cra.RESPONSE, answer.payload).code is JoinCode.NO_CBKE_RESPONSE
