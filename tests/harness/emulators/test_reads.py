"""Reads: what devices answer is what their displays show, in the form that the reference messages have."""

from itertools import pairwise

import pytest

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, EsmeVariant
from harness.codecs.asn1.credentials import CredentialsResponse, CredentialStatus
from harness.codecs.asn1.joining import DeviceLogResponse, ReadCode
from harness.codecs.asn1.payloads import decode_asn1
from harness.codecs.axdr import decode_data
from harness.codecs.cosem_data import CompactArray, DataTag
from harness.codecs.cosem_date_time import CosemDateTime
from harness.codecs.dlms import decode_access_response
from harness.codecs.dlms_types import DataAccessResult
from harness.codecs.gbz import decode_gbz
from harness.codecs.message import Cra
from harness.crypto.certificates import parse_certificate
from harness.crypto.sensitive import protected_text
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, MINUTE, Duration, datetime_of, instant_of
from harness.network.port import Display

BROKER = RemotePartyRole.ACCESS_CONTROL_BROKER
OPERATOR = RemotePartyRole.NETWORK_OPERATOR


def protected_in(message):
    """The encrypted octets of a data protection answer, once its form is checked."""
    response = decode_access_response(message.payload)
    assert [result.result for result in response.results] == [DataAccessResult.SUCCESS]
    (answer,) = response.data
    parameters, protected = answer.value
    ((enumeration, options),) = (one.value for one in parameters.value)
    assert enumeration.value == 2
    transaction, originator, recipient, _, _ = (one.value for one in options.value)
    assert transaction == b"\x04" + message.originator_counter.to_bytes(8, "big")
    assert (originator, recipient) == (message.originator, message.recipient)
    return protected.value


def plain_registers(tester, message, sender=RemotePartyRole.SUPPLIER):
    (registers,) = decode_data(tester.decrypted(message, protected_in(message), sender)).value
    return registers.value


@pytest.mark.parametrize(
    ("target", "sender"),
    [
        (DeviceRole.ESME, RemotePartyRole.SUPPLIER),
        (DeviceRole.ESME, OPERATOR),
        (DeviceRole.ESME, BROKER),
        (DeviceRole.CHF, BROKER),
        (DeviceRole.SAPC, RemotePartyRole.SUPPLIER),
    ],
)
def test_firmware_version_is_the_displayed_one(tester, target, sender):
    message = tester.exchange("ECS52", target, sender=sender)
    assert message.date_time is None
    (version,) = decode_access_response(message.payload).data
    assert version.value.hex().upper() == tester.home.read_display(target, Display.FIRMWARE_VERSION)
    assert message.payload[:8] == bytes.fromhex(f"da20{tester.counter:06x}000001")


@pytest.mark.parametrize(
    ("variant", "members"),
    [(EsmeVariant.SINGLE_ELEMENT, 4), (EsmeVariant.POLYPHASE, 4), (EsmeVariant.TWIN_ELEMENT, 5)],
)
@pytest.mark.parametrize("sender", [RemotePartyRole.SUPPLIER, OPERATOR])
def test_import_registers_agree_with_the_display(make_tester, profile, variant, members, sender):
    tester = make_tester(esme=profile(DeviceKind.ESME, variant=variant))
    before = int(tester.home.read_display(DeviceRole.ESME, Display.IMPORT_REGISTER))
    message = tester.exchange("ECS17b", DeviceRole.ESME, sender=sender)
    after = int(tester.home.read_display(DeviceRole.ESME, Display.IMPORT_REGISTER))
    registers = plain_registers(tester, message, sender)
    assert len(registers) == members
    assert before <= registers[0].value <= after
    assert [unit.value for unit in registers[1].value] == [0, 30]
    assert [unit.value for unit in registers[3].value] == [0, 32]
    assert all(register.tag is DataTag.DOUBLE_LONG_UNSIGNED for register in registers[::2])


def test_response_says_when_the_registers_were_read(tester):
    before = tester.home.now
    message = tester.exchange("ECS17b", DeviceRole.ESME)
    moment = instant_of(message.date_time.to_datetime())
    assert before - before % 1_000_000 <= moment <= tester.home.now
    assert message.date_time.status == 0xFF
    assert message.date_time.weekday == 0xFF


def test_registers_count_on_while_time_goes_by(tester):
    first = plain_registers(tester, tester.exchange("ECS17b", DeviceRole.ESME))[0].value
    tester.home.wait(HOUR)
    second = plain_registers(tester, tester.exchange("ECS17b", DeviceRole.ESME))[0].value
    assert first < second


@pytest.mark.parametrize(
    ("variant", "values"), [(EsmeVariant.SINGLE_ELEMENT, 1), (EsmeVariant.TWIN_ELEMENT, 2)]
)
def test_half_hour_log_holds_both_ends_of_the_range(make_tester, profile, variant, values):
    tester = make_tester(esme=profile(DeviceKind.ESME, variant=variant))
    message = tester.exchange("ECS22b", DeviceRole.ESME)
    assert message.date_time is None
    (log,) = decode_data(tester.decrypted(message, protected_in(message))).value
    assert isinstance(log.value, CompactArray)
    stamps = [entry.value[0].value for entry in log.value.elements]
    assert len(stamps) == 49
    assert [datetime_of(stamps[place] * 1_000_000).isoformat() for place in (0, -1)] == [
        "2026-02-02T00:00:00+00:00",
        "2026-02-03T00:00:00+00:00",
    ]
    assert {late - early for early, late in pairwise(stamps)} == {1_800}
    assert {len(entry.value) for entry in log.value.elements} == {1 + values}


def test_half_hour_log_adds_up_to_the_registers(tester):
    tester.home.wait(Duration(13 * MINUTE))
    shown = [int(tester.home.read_display(DeviceRole.ESME, Display.IMPORT_REGISTER))]
    tester.home.wait(Duration(3 * HOUR))
    shown.append(int(tester.home.read_display(DeviceRole.ESME, Display.IMPORT_REGISTER)))
    log = "090c07ea0203ff0b1e00008000ff 090c07ea0203ff0e1e00008000ff"
    payload = tester.PAYLOADS["ECS22b"].replace(
        "090c07ea0202ff000000008000ff 090c07ea0203ff000000008000ff", log
    )
    message = tester.exchange("ECS22b", DeviceRole.ESME, payload=payload)
    (entries,) = decode_data(tester.decrypted(message, protected_in(message))).value
    values = [entry.value[1].value for entry in entries.value.elements]
    assert len(values) == 7
    # From 11:30 to 14:30, the registers having been looked at then.
    assert sum(values[1:]) == shown[1] - shown[0]


def test_log_holds_nothing_of_the_future(tester):
    payload = tester.PAYLOADS["ECS22b"].replace(
        "090c07ea0203ff000000008000ff", "090c07ea0210ff000000008000ff"
    )
    message = tester.exchange("ECS22b", DeviceRole.ESME, payload=payload)
    (log,) = decode_data(tester.decrypted(message, protected_in(message))).value
    last = log.value.elements[-1].value[0].value * 1_000_000
    assert tester.home.now - 30 * MINUTE <= last <= tester.home.now


@pytest.mark.parametrize("target", [DeviceRole.GPF, DeviceRole.GSME])
def test_gas_consumption_is_encrypted_and_is_the_meters(tester, target):
    before = int(tester.home.read_display(DeviceRole.GSME, Display.GAS_REGISTER))
    tester.home.wait(Duration(31 * MINUTE))
    message = tester.exchange("GCS13a", target)
    after = int(tester.home.read_display(DeviceRole.GSME, Display.GAS_REGISTER))
    (component,) = decode_gbz(message.payload).components
    assert (component.frame_control, component.command) == (0x18, 0x01)
    assert component.protection is not None
    plain = tester.decrypted(message, protected_text(component.payload))
    assert plain[:-6] == bytes.fromhex("02030022e80300 01030022010000 0003003001 00000025")
    assert before <= int.from_bytes(plain[-6:], "little") <= after
    assert message.date_time.status == 0x00


def test_mirror_is_of_the_moment_that_it_says(tester):
    message = tester.exchange("GCS13a", DeviceRole.GPF)
    moment = instant_of(message.date_time.to_datetime())
    assert tester.home.now - 31 * MINUTE < moment <= tester.home.now
    (component,) = decode_gbz(message.payload).components
    plain = tester.decrypted(message, protected_text(component.payload))
    assert tester.home.read_display(DeviceRole.IHD, Display.GAS_REGISTER) == str(
        int.from_bytes(plain[-6:], "little")
    )


def test_network_operator_reads_gas_at_the_proxy_alone(tester):
    assert tester.exchange("GCS13a", DeviceRole.GPF, sender=OPERATOR).mac is not None
    tester.home.send(tester.command("GCS13a", DeviceRole.GSME, sender=OPERATOR))
    assert {message.message_code for message in tester.alerts()} == {0x1000}


def test_proxy_without_a_meter_finds_nothing(factory, tester, profile):
    lonely = type(tester)(
        factory.build(HomeProfile({DeviceKind.COMMS_HUB: profile(DeviceKind.COMMS_HUB)})), factory.pki
    )
    message = lonely.exchange("GCS38", DeviceRole.GPF)
    (component,) = decode_gbz(message.payload).components
    assert component.payload == bytes.fromhex("06028b")


@pytest.mark.parametrize("target", [DeviceRole.GPF, DeviceRole.GSME])
def test_gas_firmware_version(tester, target):
    message = tester.exchange("GCS38", target)
    (component,) = decode_gbz(message.payload).components
    assert (component.frame_control, component.command, component.protection) == (0x08, 0x01, None)
    assert component.payload == bytes.fromhex("0602 00 41 04 0123abcd")


def test_unknown_attribute_of_the_cluster_is_no_part_of_the_use_case(tester):
    payload = tester.PAYLOADS["GCS38"].replace("0602", "0702 ".strip())
    tester.home.send(tester.command("GCS38", DeviceRole.GPF, payload=payload))
    assert [message.payload[3:5].hex() for message in tester.alerts()] == ["8f1e", "8f1e"]


@pytest.mark.parametrize(
    ("target", "supplier_cells"),
    [
        (DeviceRole.ESME, 3),
        (DeviceRole.GSME, 3),
        (DeviceRole.GPF, 3),
        (DeviceRole.PPMID, 2),
        (DeviceRole.HCALCS, 2),
        (DeviceRole.CHF, 0),
    ],
)
def test_credentials_are_those_of_the_parties(tester, target, supplier_cells):
    message = tester.exchange("CS02a", target, sender=BROKER)
    response = decode_asn1(message.message_code, Cra.RESPONSE, message.payload)
    assert isinstance(response, CredentialsResponse)
    supplier, operator, wan_provider = response.details
    assert wan_provider.status is (
        CredentialStatus.SUCCESS
        if target in {DeviceRole.CHF, DeviceRole.GPF}
        else CredentialStatus.TRUST_ANCHOR_NOT_FOUND
    )
    assert (operator.status is CredentialStatus.SUCCESS) == (
        target in {DeviceRole.ESME, DeviceRole.GSME, DeviceRole.GPF}
    )
    assert len(supplier.cells or ()) == supplier_cells
    if supplier_cells:
        party = tester.party(RemotePartyRole.SUPPLIER)
        assert {cell.subject_unique_id for cell in supplier.cells} == {party.entity_id}
        assert supplier.cells[0].subject_key_id == parse_certificate(party.ds_certificate).subject_key_id
        assert supplier.current_counter == 0


def test_credentials_report_the_counter_of_a_party(tester):
    tester.exchange("ECS04b", DeviceRole.ESME)
    last = tester.counter
    message = tester.exchange("CS02a", DeviceRole.ESME, sender=BROKER)
    response = decode_asn1(message.message_code, Cra.RESPONSE, message.payload)
    assert response.details[0].current_counter == last


@pytest.mark.parametrize(
    ("target", "joined"),
    [
        (DeviceRole.ESME, {DeviceRole.PPMID, DeviceRole.IHD, DeviceRole.HCALCS, DeviceRole.SAPC}),
        (DeviceRole.GSME, {DeviceRole.GPF, DeviceRole.PPMID}),
        (DeviceRole.GPF, {DeviceRole.GSME, DeviceRole.PPMID, DeviceRole.IHD}),
        (DeviceRole.PPMID, {DeviceRole.ESME, DeviceRole.GSME, DeviceRole.GPF}),
        (DeviceRole.HCALCS, {DeviceRole.ESME}),
        (DeviceRole.SAPC, {DeviceRole.ESME}),
    ],
)
def test_device_log_names_the_joined_devices(tester, target, joined):
    message = tester.exchange("CS07", target)
    response = decode_asn1(message.message_code, Cra.RESPONSE, message.payload)
    assert isinstance(response, DeviceLogResponse)
    assert response.code is ReadCode.SUCCESS
    assert {(entry.device_id, entry.device_type) for entry in response.entries} == {
        (tester.home.devices[role].entity_id, role.device_type) for role in joined
    }


def test_sensitive_attribute_cannot_be_read_past_its_protection(tester):
    payload = "d920{low}00 01 01 0001 00005e2c220a 02 01 00"
    message = tester.exchange("ECS17b", DeviceRole.ESME, payload=payload)
    response = decode_access_response(message.payload)
    assert [result.result for result in response.results] == [DataAccessResult.SCOPE_OF_ACCESS_VIOLATED]
    assert response.data[0].tag is DataTag.NULL


def test_protection_for_another_party_is_refused(tester):
    payload = tester.PAYLOADS["ECS17b"].replace("{party}", "0102030405060708")
    message = tester.exchange("ECS17b", DeviceRole.ESME, payload=payload)
    response = decode_access_response(message.payload)
    assert [result.result for result in response.results] == [DataAccessResult.SCOPE_OF_ACCESS_VIOLATED]


@pytest.mark.parametrize("role", [DeviceRole.IHD, DeviceRole.PPMID])
def test_displays_show_what_the_meters_show(tester, role):
    home = tester.home
    assert home.read_display(role, Display.IMPORT_REGISTER) == home.read_display(
        DeviceRole.ESME, Display.IMPORT_REGISTER
    )
    assert home.read_display(role, Display.GAS_REGISTER) is not None
    assert home.read_display(role, Display.CLOCK) == datetime_of(home.now).isoformat(timespec="seconds")
    assert home.read_display(role, Display.SUPPLY_STATE) is None


def test_clock_on_the_display_is_the_one_in_responses(tester):
    message = tester.exchange("ECS17b", DeviceRole.ESME)
    assert isinstance(message.date_time, CosemDateTime)
    assert tester.home.read_display(DeviceRole.ESME, Display.CLOCK).startswith("2026-02-03T11:17:")
