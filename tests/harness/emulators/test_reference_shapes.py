"""Responses and alerts have the shape of the reference messages: the same form, with other values in it."""

import dataclasses
from enum import Enum

import pytest

from device_profiles.model import DeviceKind, EsmeVariant
from harness.codecs.asn1.payloads import decode_asn1
from harness.codecs.cosem_data import CompactArray, Data
from harness.codecs.dlms import decode_access_response, decode_data_notification
from harness.codecs.envelope import decode_message
from harness.codecs.gbz import decode_gbz, decode_gbz_alert
from harness.codecs.message import Cra
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import HOUR, Duration
from harness.network.port import Stimulus

pytestmark = pytest.mark.rtds
ESME, GSME, GPF = DeviceRole.ESME, DeviceRole.GSME, DeviceRole.GPF


def shape(value):
    """What stays of a value when its numbers and octets are taken out. Enumerations and None stay."""
    if isinstance(value, Data):
        return (value.tag, shape(value.value))
    if isinstance(value, CompactArray):
        return (value.element, bool(value.elements))
    if dataclasses.is_dataclass(value):
        members = {field.name: shape(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return (type(value), members)
    if isinstance(value, tuple):
        return tuple(shape(one) for one in value)
    kept = value if isinstance(value, Enum) else type(value)
    return (kept, len(value)) if isinstance(value, bytes) else kept


def reference(rtds, name):
    (path,) = (rtds / "messages").glob(f"*/{name}_GBCS.HEX")
    return decode_message(bytes.fromhex(path.read_text().strip()))


def envelope(message):
    """Everything around the payload but who, when and which number."""
    clock = None if message.date_time is None else (message.date_time.weekday, message.date_time.status)
    return (
        message.cra,
        message.message_code,
        clock,
        shape(message.supplementary),
        message.signature is not None and len(message.signature),
        message.mac is not None,
    )


@pytest.mark.parametrize(
    "case",
    [
        ("ECS17b", ESME, "ECS17b_4.1.1_SINGLE_SUCCESS_RESPONSE", EsmeVariant.SINGLE_ELEMENT),
        ("ECS17b", ESME, "ECS17b_4.1.1_TWIN_SUCCESS_RESPONSE", EsmeVariant.TWIN_ELEMENT),
        ("ECS52", ESME, "ECS52_11.2_SUCCESS_RESPONSE", None),
        ("ECS04b", ESME, "ECS04b_1.5_SUCCESS_RESPONSE", None),
        ("ECS43", ESME, "ECS43_7.2_SUCCESS_RESPONSE", None),
        ("ECS44", ESME, "ECS44_7.3_SUCCESS_RESPONSE", None),
        ("ECS70", ESME, "ECS70Commission_8.1.1_SUCCESS_RESPONSE", None),
    ],
)
def test_dlms_responses(rtds, make_tester, profile, case):
    name, target, file, variant = case
    tester = make_tester(esme=profile(DeviceKind.ESME, variant=variant))
    expected, found = reference(rtds, file), tester.exchange(name, target)
    assert envelope(found) == envelope(expected)
    assert shape(decode_access_response(found.payload)) == shape(decode_access_response(expected.payload))


@pytest.mark.parametrize("variant", [EsmeVariant.SINGLE_ELEMENT, EsmeVariant.TWIN_ELEMENT])
def test_half_hour_log(rtds, make_tester, profile, variant):
    word = {EsmeVariant.SINGLE_ELEMENT: "SINGLE", EsmeVariant.TWIN_ELEMENT: "TWIN"}[variant]
    tester = make_tester(esme=profile(DeviceKind.ESME, variant=variant))
    expected = reference(rtds, f"ECS22b_4.8.1_{word}_SUCCESS_RESPONSE")
    found = tester.exchange("ECS22b", ESME)
    assert envelope(found) == envelope(expected)
    # A day with both its midnights, in the reference and here: even the encrypted lengths agree.
    assert shape(decode_access_response(found.payload)) == shape(decode_access_response(expected.payload))


@pytest.mark.parametrize(
    ("name", "target", "file"),
    [
        ("GCS13a", GPF, "GCS13a_4.1.1_SUCCESS_RELIABLE_GPF_RESPONSE"),
        ("GCS38", GSME, "GCS38_11.2_SUCCESS_RESPONSE"),
        ("GCS32", GSME, "GCS32_7.2_SUCCESS_RESPONSE"),
        ("GCS40b", GSME, "GCS40b_1.5_SUCCESS_RESPONSE"),
    ],
)
def test_gbz_responses(rtds, tester, name, target, file):
    expected, found = reference(rtds, file), tester.exchange(name, target)
    assert envelope(found) == envelope(expected)
    assert shape(decode_gbz(found.payload)) == shape(decode_gbz(expected.payload))


def test_firmware_activation(rtds, tester):
    expected = reference(rtds, "CS06_11.3_IMMEDIATE_SUCCESS_RESPONSE")
    found = tester.exchange("CS06", ESME)
    assert envelope(found) == envelope(expected)
    assert found.payload[:7] == expected.payload[:4] + b"\x02" + expected.payload[5:7]


def test_future_activation(rtds, tester):
    hash_and_counter = tester.PAYLOADS["CS06"].removeprefix("3026 ")
    payload = "3037 " + hash_and_counter + "180f" + b"20260203130000Z".hex()
    expected = reference(rtds, "CS06_11.3_FUTURE_DATED_SUCCESS_RESPONSE")
    found = tester.exchange("CS06", ESME, payload=payload)
    assert (envelope(found), found.payload) == (envelope(expected), expected.payload)
    (alert,) = tester.alerts(Duration(2 * HOUR))
    expected = reference(rtds, "CS06_11.3_8F67_FUTURE_DATED_ERROR_ALERT")
    assert envelope(alert) == envelope(expected)
    assert len(alert.payload) == len(expected.payload)


def test_credentials(rtds, tester):
    payload = "3011 3007 020104 03020308 3006 020102 020103"
    expected = reference(rtds, "CS02aMAC_6.24.1_SUCCESS_RESPONSE")
    found = tester.exchange("CS02a", ESME, sender=RemotePartyRole.ACCESS_CONTROL_BROKER, payload=payload)
    assert envelope(found) == envelope(expected)
    # The reference writes some lengths with an octet more than they need; that is no part of the shape.
    details = [
        decode_asn1(message.message_code, Cra.RESPONSE, message.payload).details
        for message in (found, expected)
    ]
    assert shape(details[0]) == shape(details[1])


def test_outage_alert(rtds, tester):
    tester.home.operate(ESME, Stimulus.POWER_OFF)
    tester.home.wait(HOUR)
    tester.home.operate(ESME, Stimulus.POWER_ON)
    expected = reference(rtds, "ECS80_NA_8F36_ALERT")
    for found in tester.alerts():
        assert envelope(found) == envelope(expected)
        assert shape(decode_data_notification(found.payload).body) == shape(
            decode_data_notification(expected.payload).body
        )


def test_security_alert_of_a_gbz_device(rtds, tester):
    tester.home.send(tester.command("GCS32", GSME, sender=RemotePartyRole.NETWORK_OPERATOR))
    expected = reference(rtds, "GCA-ZigBee_NA_8F30_ALERT")
    for found in tester.alerts():
        assert envelope(found) == envelope(expected)
        code = decode_gbz_alert(found.payload), decode_gbz_alert(expected.payload)
        assert shape(code[0]) == shape(code[1])
        assert code[0].alert_code == code[1].alert_code


def test_unsupported_command_alert(rtds, tester):
    message = tester.message("GCS38", ESME, "00")
    tester.home.send(tester.protected(message, ESME))
    (found,) = tester.alerts()
    expected = reference(rtds, "ECS100_NA_8F85_ALERT")
    assert envelope(found) == envelope(expected)
    assert found.cra is Cra.ALERT
    assert shape(decode_data_notification(found.payload).body) == shape(
        decode_data_notification(expected.payload).body
    )
