"""CS06: activation at once, at a time, not after all, and once again."""

import pytest

from harness.codecs.asn1.firmware import (
    ActivateFirmware,
    ActivateFirmwareAlert,
    ActivateFirmwareResponse,
    ActivationCode,
    ActivationOutcome,
)
from harness.codecs.asn1.payloads import decode_asn1, encode_asn1
from harness.codecs.message import Cra
from harness.gbcs.roles import DeviceRole
from harness.network.clock import HOUR, Duration
from harness.network.port import Display, Stimulus

ESME = DeviceRole.ESME
TARGETS = [ESME, DeviceRole.GSME, DeviceRole.SAPC]
OLD, NEW = bytes.fromhex("0123abcd"), bytes.fromhex("0123abce")
SOON, NEVER = "20260203130000Z", "99991231235959Z"


def send(tester, target, image_hash=None, *, time=None, counter=None):
    number = tester.counter + 1
    if image_hash is None:
        image_hash = tester.home.devices[target].image.image_hash
    payload = encode_asn1(ActivateFirmware(image_hash, counter or number, time)).hex()
    tester.home.send(tester.command("CS06", target, payload=payload))


def activate(tester, target, image_hash=None, *, time=None):
    send(tester, target, image_hash, time=time)
    message = tester.response(target)
    assert message.date_time is not None
    assert message.mac is None
    response = decode_asn1(message.message_code, Cra.RESPONSE, message.payload)
    assert isinstance(response, ActivateFirmwareResponse)
    return response.outcome


def alert_of(message):
    assert message.message_code == 0x00CA
    alert = decode_asn1(message.message_code, Cra.ALERT, message.payload)
    assert isinstance(alert, ActivateFirmwareAlert)
    return alert


def version(tester, target):
    return bytes.fromhex(tester.home.read_display(target, Display.FIRMWARE_VERSION))


@pytest.mark.parametrize("target", TARGETS)
def test_immediate_activation_changes_the_version_everywhere(tester, target):
    assert tester.home.devices[target].image.firmware_version == NEW
    assert activate(tester, target) == ActivationOutcome(ActivationCode.SUCCESS, NEW)
    assert version(tester, target) == NEW
    if target is not DeviceRole.GSME:
        assert tester.exchange("ECS52", target).payload[-7:-3] == NEW


@pytest.mark.parametrize("target", TARGETS)
def test_repeated_activation_succeeds_again(tester, target):
    first = activate(tester, target)
    assert activate(tester, target) == first


def test_activation_of_what_runs_already_is_no_change(tester):
    assert activate(tester, ESME) == activate(tester, ESME)


def test_mirror_follows_the_gas_meter(tester):
    activate(tester, DeviceRole.GSME)
    tester.home.wait(HOUR)
    assert tester.exchange("GCS38", DeviceRole.GPF).payload[-4:] == NEW


def test_wrong_hash_leaves_the_firmware(tester):
    assert activate(tester, ESME, bytes(32)) == ActivationOutcome(ActivationCode.HASH_MISMATCH, OLD)
    assert version(tester, ESME) == OLD


def test_another_image_once_the_slot_is_empty(tester):
    activate(tester, ESME)
    assert activate(tester, ESME, bytes(32)) == ActivationOutcome(ActivationCode.NO_IMAGE_HELD, NEW)


def test_future_activation_is_reported_by_an_alert(tester):
    assert activate(tester, ESME, time=SOON) is None
    number = tester.counter
    assert version(tester, ESME) == OLD
    (message,) = tester.alerts(Duration(2 * HOUR))
    alert = alert_of(message)
    assert (alert.alert_code, alert.time, alert.originator_counter) == (0x8F66, SOON, number)
    assert alert.outcome == ActivationOutcome(ActivationCode.SUCCESS, NEW)
    assert version(tester, ESME) == NEW


def test_failed_future_activation_is_reported_as_failed(tester):
    assert activate(tester, ESME, bytes(32), time=SOON) is None
    (message,) = tester.alerts(Duration(2 * HOUR))
    alert = alert_of(message)
    assert (alert.alert_code, alert.outcome.code) == (0x8F67, ActivationCode.HASH_MISMATCH)


def test_cancelled_activation_does_not_happen(tester):
    activate(tester, ESME, time=SOON)
    assert activate(tester, ESME, time=NEVER) is None
    assert tester.alerts(Duration(2 * HOUR)) == []
    assert version(tester, ESME) == OLD


def test_later_command_takes_the_place_of_an_earlier_one(tester):
    activate(tester, ESME, bytes(32), time=SOON)
    activate(tester, ESME, time="20260203140000Z")
    (message,) = tester.alerts(Duration(4 * HOUR))
    assert alert_of(message).time == "20260203140000Z"


def test_time_in_the_past_is_at_once(tester):
    send(tester, ESME, time="20250101000000Z")
    message = tester.response(ESME)
    assert message.payload == bytes.fromhex("0500")
    (alert,) = tester.alerts()
    assert alert_of(alert).alert_code == 0x8F66


def test_activation_waits_for_power(tester):
    activate(tester, ESME, time=SOON)
    tester.home.operate(ESME, Stimulus.POWER_OFF)
    tester.home.wait(Duration(3 * HOUR))
    tester.home.operate(ESME, Stimulus.POWER_ON)
    codes = [message.message_code for message in tester.alerts()]
    assert codes.count(0x00CA) == 1
    assert version(tester, ESME) == NEW


def test_pending_activation_survives_a_restart(tester):
    activate(tester, ESME, time=SOON)
    tester.home.operate(ESME, Stimulus.RESTART)
    assert len(tester.alerts(Duration(2 * HOUR))) == 1


@pytest.mark.parametrize("fault", ["counter", "time"])
def test_command_that_contradicts_itself(tester, fault):
    if fault == "counter":
        send(tester, ESME, counter=7)
    else:
        send(tester, ESME, time="20261341000000Z")
    assert {message.message_code for message in tester.alerts()} == {0x1000}
    assert version(tester, ESME) == OLD
