"""What was put off is done at its time, once, and told of; a later word takes the place of an earlier one."""

from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind
from harness.codecs.asn1.firmware import ActivateFirmware
from harness.codecs.asn1.payloads import decode_asn1
from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.cosem_date_time import NEVER, NOW
from harness.codecs.dlms import decode_data_notification
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.codecs.payload import decode_payload
from harness.crypto.keystore import KeyStore
from harness.emulators import asn1_time
from harness.emulators.cosem.objects import Objects
from harness.emulators.cosem.passive import set_time
from harness.emulators.home import HomeFactory
from harness.emulators.loading.envelope import load_envelope
from harness.emulators.loading.payloads import LOADERS
from harness.emulators.reference import ReferenceDevices
from harness.emulators.subjects.clock import Clock, date_time_of
from harness.emulators.subjects.firmware import Firmware, put_off_activation
from harness.emulators.subjects.put_off import PutOff
from harness.emulators.subjects.putting_off import Cause
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import by_message_code
from harness.gbcs.roles import DeviceRole
from harness.gbcs.use_case import obis_octets
from harness.network.clock import DAY, HOUR, MINUTE, SECOND, Instant, instant_of
from harness.network.port import Stimulus


def _extended(number, index):
    return (9000, obis_octets(f"0-0:94.44.128.{number}"), index, False)


TIMES = {number: _extended(number, 6) for number in (2, 3, 9, 12, 13)}
ACTIVE = {
    2: (112, obis_octets("0-0:19.10.1.255"), 9, False),
    3: (112, obis_octets("0-0:19.10.1.255"), 10, False),
    9: (111, obis_octets("0-0:19.0.0.255"), 16, False),
    12: (111, obis_octets("0-0:19.0.0.255"), 18, False),
    13: (111, obis_octets("0-0:19.0.0.255"), 19, False),
}
"""Items with a next value in class 9000, and where it comes into force."""
ACTIVATION = 0x0012
"""The command that activates firmware, which waits in the same queue."""


@dataclass
class Waiting:
    """What the model knows of an instruction that was put off: when it is due, by the device's clock.

    ``image`` is the hash of the firmware that is to be activated then.
    """

    due: int
    counter: int
    image: bytes = b""


class FutureDated(RuleBasedStateMachine):
    """Instructions put off, replaced, taken back and carried out, against a table of what waits."""

    factory = HomeFactory(b"future dated")

    def __init__(self) -> None:
        super().__init__()
        home = self.factory.build(HomeProfile(_some_devices()))
        self.device = home._reached(DeviceRole.ESME)
        self.supplier = self.factory.pki.party(2).entity_id
        self.now = int(self.device.template.start)
        self.passive: dict[int, int] = {}
        self.active: dict[int, int] = {}
        self.waiting: dict[int, Waiting] = {}
        self.told: list[tuple[int, int]] = []
        self.heard: list[tuple[int, int]] = []
        self.counter = 0
        firmware = self.device.part(Firmware)
        self.running, self.image = firmware.running.image_hash, firmware.waiting.image_hash

    @property
    def shown(self) -> int:
        """What the device's clock shows."""
        return self.now + self.device.part(Clock).offset

    @rule(number=st.sampled_from(sorted(TIMES)), value=st.integers(0, 2**31 - 1))
    def write_next_value(self, number: int, value: int) -> None:
        self.device.part(Objects).put(_extended(number, 4), Data(DataTag.DOUBLE_LONG, value))
        self.passive[number] = value

    @rule(number=st.sampled_from(sorted(TIMES)), minutes=st.integers(-60, 600))
    def put_off(self, number: int, minutes: int) -> None:
        due = (self.shown + minutes * MINUTE) // 1_000_000 * 1_000_000
        self._set_time(number, date_time_of(Instant(due)).to_octets())
        self.waiting.pop(number, None)
        if due <= self.shown:
            self._force(number)
        else:
            self.waiting[number] = Waiting(due, self.counter)

    @rule(number=st.sampled_from(sorted(TIMES)))
    def take_back(self, number: int) -> None:
        self._set_time(number, NEVER.to_octets())
        self.waiting.pop(number, None)

    @rule(number=st.sampled_from(sorted(TIMES)))
    def at_once(self, number: int) -> None:
        self._set_time(number, NOW.to_octets())
        self.waiting.pop(number, None)
        self._force(number)

    @rule(which=st.sampled_from(("next", "same", "other")), minutes=st.integers(1, 600) | st.none())
    def put_off_activation(self, which: str, minutes: int | None) -> None:
        """Activate the image that waits, the one that runs or one that is not there; None takes it back."""
        self.counter += 1
        image = {"next": self.image, "same": self.running, "other": bytes(32)}[which]
        due = None if minutes is None else (self.shown + minutes * MINUTE) // SECOND * SECOND
        when = asn1_time.NEVER if due is None else asn1_time.time_text(Instant(due))
        request = ActivateFirmware(image, self.counter, when)
        put_off_activation(self.device, request, self.supplier, Instant(self.now))
        self.waiting.pop(ACTIVATION, None)
        if due is not None:
            self.waiting[ACTIVATION] = Waiting(due, self.counter, image)

    @rule(minutes=st.integers(1, 300))
    def let_time_pass(self, minutes: int) -> None:
        until = self.now + minutes * MINUTE
        while (due := self.device.wake_at()) is not None and due <= until:
            self.now = max(self.now, int(due))
            self.device.wake(due)
            self._model_until()
        self.now = until
        self._model_until()

    @rule(minutes=st.integers(-200, 0))
    def set_clock_back(self, minutes: int) -> None:
        self.device.part(Clock).offset += minutes * MINUTE

    @rule(minutes=st.integers(1, 300))
    def lose_power(self, minutes: int) -> None:
        """What was due meanwhile is done when there is power again."""
        self.device.operate(Stimulus.POWER_OFF, Instant(self.now))
        self.now += minutes * MINUTE
        self.device.operate(Stimulus.POWER_ON, Instant(self.now))
        self.device.wake(Instant(self.now))
        self._model_until()

    def _set_time(self, number: int, octets: bytes) -> None:
        self.counter += 1
        cause = Cause(0x00DE, self.supplier, self.counter)
        set_time(self.device, TIMES[number], octets, Instant(self.now), cause)

    def _model_until(self) -> None:
        due = [(waiting.due, number) for number, waiting in self.waiting.items() if waiting.due <= self.shown]
        for _, number in sorted(due):
            waiting = self.waiting.pop(number)
            if number == ACTIVATION:
                self.told.append((waiting.counter, self._activated(waiting.image)))
            else:
                self.told.append((waiting.counter, number))
                self._force(number)

    def _activated(self, image: bytes) -> int:
        """Activate an image, and give the code that tells of it."""
        if image == self.image != self.running:
            self.running = image
        done = image == self.running
        return AlertCode.FUTURE_DATED_COMMAND_DONE if done else AlertCode.FUTURE_DATED_COMMAND_FAILED

    def _force(self, number: int) -> None:
        if number in self.passive:
            self.active[number] = self.passive[number]

    @invariant()
    def values_in_force_are_those_of_the_model(self) -> None:
        for number, key in ACTIVE.items():
            written = self.device.part(Objects).written(key)
            assert (None if written is None else written.value) == self.active.get(number)

    @invariant()
    def firmware_is_that_of_the_model(self) -> None:
        assert self.device.part(Firmware).running.image_hash == self.running

    @invariant()
    def what_waits_is_what_the_model_has(self) -> None:
        waiting = self.device.part(PutOff).waiting
        assert set(waiting) == {TIMES.get(number, number) for number in self.waiting}

    @invariant()
    def each_is_told_of_once(self) -> None:
        for sent in self.device.outgoing(Instant(self.now)):
            message = decode_message(sent.octets)
            if by_message_code(message.message_code).id == "FDEIA-DLMS":
                code, _, item = decode_data_notification(message.payload).body.value
                assert code.value == AlertCode.FUTURE_DATED_COMMAND_DONE
                self.heard.append((int.from_bytes(item.value[2:10], "big"), item.value[17]))
            elif by_message_code(message.message_code).id == "FDFAA":
                alert = decode_asn1(message.message_code, Cra.ALERT, message.payload)
                self.heard.append((alert.originator_counter, alert.alert_code))
        assert sorted(self.heard) == sorted(self.told)


def _some_devices():
    from device_profiles import catalogue, profiles_of  # noqa: PLC0415 - only here

    return {
        kind: next(
            profile
            for model in catalogue()
            if model.kind is kind
            for profile in profiles_of(model)
            if not profile.firmware.defects
        )
        for kind in (DeviceKind.COMMS_HUB, DeviceKind.ESME)
    }


TestFutureDated = FutureDated.TestCase
TestFutureDated.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


@pytest.mark.rtds
def test_reference_alerts_come_of_carrying_out_the_reference_commands(rtds):
    """The commands put off in the reference set are told of, at their time, as its alerts do."""
    told = _reference_alerts(rtds)
    checked = 0
    for path in sorted((rtds / "messages").glob("*/*FUTURE_DATED*_COMMAND_GBCS.HEX")):
        octets = bytes.fromhex(path.read_text())
        command = decode_message(octets)
        wanted = told.get((command.message_code, command.originator_counter))
        if wanted is None or command.mac is None:
            continue
        assert _executed(rtds, path, octets, command) >= wanted, path.name
        checked += len(wanted)
    assert checked >= 15


def _instruction(payload):
    """Command, counter and item of an alert about an instruction that was put off."""
    body = getattr(payload, "body", None)
    if isinstance(body, Data):
        item = body.value[2].value
        return (int.from_bytes(item[:2], "big"), int.from_bytes(item[2:10], "big")), item[10:]
    return (body.message_code, body.originator_counter), (body.cluster, body.frame_control, body.command)


def _of_instructions(message):
    use_case = by_message_code(message.message_code)
    return use_case is not None and use_case.id in {"FDEIA-DLMS", "FDEIA-ZigBee"}


def _reference_alerts(rtds):
    found = {}
    for path in (rtds / "messages").glob("*/*ALERT*.HEX"):
        message = decode_message(bytes.fromhex(path.read_text()))
        if _of_instructions(message):
            cause, item = _instruction(decode_payload(message))
            found.setdefault(cause, set()).add(item)
    return found


def _executed(rtds, path, octets, command):
    """What a device tells of when the time has come that a command names."""
    response = decode_message(
        bytes.fromhex(path.with_name(path.name.replace("_COMMAND_", "_RESPONSE_")).read_text())
    )
    use_case = by_message_code(command.message_code)
    role = next(role for role in (DeviceRole.GSME, DeviceRole.ESME) if role in use_case.targets)
    devices = ReferenceDevices(KeyStore.open(rtds / "keystore"))
    device = devices.device(role, command.recipient, use_case, [command.originator])
    now = load_envelope(device, response)
    LOADERS[use_case.payload_family](device, command, response)
    device.receive(octets, now)
    device.outgoing(now)
    # Reference commands are put off to some day years ahead.
    last = Instant(instant_of(response.date_time.to_datetime()) + 40 * 366 * DAY)
    found = set()
    while (due := device.wake_at()) is not None and due <= last:
        device.wake(due)
        for sent in device.outgoing(due):
            message = decode_message(sent.octets)
            if _of_instructions(message):
                found.add(_instruction(decode_payload(message))[1])
    return found


def test_the_hour_counts_by_the_devices_own_clock(tester):
    device = tester.home._reached(DeviceRole.ESME)
    start = device.template.start
    device.part(Clock).offset = HOUR
    cause = Cause(0x00DE, bytes(8), 1)
    due = date_time_of(Instant(start + HOUR + MINUTE)).to_octets()
    set_time(device, TIMES[9], due, start, cause)
    assert device.wake_at() == start + MINUTE
