"""The hub's list against a small model of the rules, over what the hub says on the wire.

The rules, from CHTS 4.5.1 and GBCS 13.7: a list holds sixteen devices; a device on it comes in while
joining is open if it has power and the key that the list has of it, which is that of its install code or
the one that it had with the last hub it joined; one that is taken off leaves. A backup restores the list.
"""

from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from device_profiles.model import DeviceKind
from harness.codecs.axdr import encode_data
from harness.codecs.cosem_data import NULL, Data, DataTag
from harness.codecs.dlms import decode_access_response
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE
from harness.network.port import Stimulus

LOG, FORMER = "0068 00001e0300ff", "0068 00001e0301ff"
RESIDENTS = (DeviceRole.ESME, DeviceRole.PPMID)
"""Devices of the home that the model follows."""
STRANGERS = tuple(bytes(7) + bytes((number,)) for number in range(12))
WHO = st.sampled_from((DeviceRole.ESME,) * 6 + (DeviceRole.PPMID, STRANGERS[0], STRANGERS[1]))
"""Mostly the meter, which can be asked whether it is there."""
INSTALLED, WRONG = "install code", "wrong key"
ROOM = 16


@dataclass
class Entry:
    """What the list has of a device: which key, and whether it came in with it."""

    key: object
    joined: bool = False


@dataclass
class Backup:
    """A backup as the hub told it, and what the model knows of the keys in it."""

    data: Data
    keys: dict


def octets(value):
    return Data(DataTag.OCTET_STRING, value)


def structure(*members):
    return Data(DataTag.STRUCTURE, members)


class HubMachine(RuleBasedStateMachine):
    """Devices added, removed and restored, hubs replaced, and power lost between them."""

    make = profile = None  # given by the test

    @initialize()
    def begin(self):
        self.trustee = self.make(DeviceRole.CHF)
        self.home = self.trustee.tester.home
        self.ids = {role: self.home.devices[role].entity_id for role in DeviceRole}
        others = [role for role in DeviceRole if role not in (DeviceRole.CHF, DeviceRole.GPF)]
        self.hub = 0
        self.entries = {self.ids[role]: Entry(0, joined=True) for role in others}
        self.last_hub = {self.ids[role]: 0 for role in others}
        self.present = set(self.last_hub)
        self.dark = set()
        self.former = []
        self.backup = self.told()

    # The wire

    def ask(self, code, items, *arguments):
        """Results and data of one command of the broker."""
        trustee, broker = self.trustee, self.trustee.broker
        counter, count = trustee.next_counter(broker), len(arguments)
        payload = bytes.fromhex(f"d920{counter:06x}00 {count:02x} {items} {count:02x}")
        message = trustee.ask(code, payload + b"".join(map(encode_data, arguments)), broker, counter=counter)
        while self.home.receive(within=MINUTE) is not None:
            pass
        answer = decode_access_response(message.payload)
        return [one.result for one in answer.results], answer.data

    def lists(self):
        results, data = self.ask(0x00FE, f"03 {LOG} 04 03 {FORMER} 04", NULL, NULL)
        assert results == [0, 0]
        return data

    def told(self):
        """The present list as a backup that can be restored."""
        _, network, entries = self.lists()[0].value
        return Backup(structure(network, entries), {one: entry.key for one, entry in self.entries.items()})

    # The model

    def come_in(self, device, entry):
        if device in self.last_hub and device not in self.dark:
            entry.joined = entry.key in (INSTALLED, self.last_hub[device])
            if entry.joined:
                self.last_hub[device] = entry.key = self.hub
                self.present.add(device)

    @rule(count=st.integers(8, 12))
    def crowd(self, count):
        for stranger in STRANGERS[:count]:
            self.add(stranger, knows=False)

    @rule(who=WHO, knows=st.booleans())
    def add(self, who, knows):
        device = self.ids.get(who, who)
        code = self.home.devices[who].install_code if knows and who in RESIDENTS else bytes(range(16))
        given = structure(octets(device), Data(DataTag.ENUM, 1), octets(code), Data(DataTag.ENUM, 5))
        opening = Data(DataTag.LONG_UNSIGNED, 30), Data(DataTag.BOOLEAN, True)
        results, _ = self.ask(0x0001, f"03 {LOG} 01 02 {LOG} 03 02 {LOG} 02", given, *opening)
        if device not in self.entries and len(self.entries) >= ROOM:
            # The command stops at the first item that fails, so joining is not opened.
            assert results[0] != 0
            return
        assert results == [0, 0, 0]
        self.entries[device] = Entry(INSTALLED if knows and who in RESIDENTS else WRONG)
        for one, entry in self.entries.items():
            if not entry.joined:
                self.come_in(one, entry)

    @rule(count=st.integers(8, 12))
    def clear_out(self, count):
        for stranger in STRANGERS[:count]:
            self.remove(stranger)

    @rule(who=WHO)
    def remove(self, who):
        device = self.ids.get(who, who)
        results, _ = self.ask(0x0002, f"03 {LOG} 02", octets(device))
        assert (results == [0]) == (device in self.entries)
        if self.entries.pop(device, None) is not None:
            self.former = [*self.former, device][-ROOM:]
            self.present.discard(device)

    @rule()
    def back_up(self):
        self.backup = self.told()

    @precondition(lambda self: self.backup.keys)
    @rule()
    def restore(self):
        results, _ = self.ask(0x0003, f"03 {LOG} 05", self.backup.data)
        kept = {one: entry for one, entry in self.entries.items() if one not in self.backup.keys}
        assert (results == [0]) == (len(kept) + len(self.backup.keys) <= ROOM)
        if results == [0]:
            restored = {one: Entry(key) for one, key in self.backup.keys.items()}
            for one, entry in restored.items():
                self.come_in(one, entry)
            self.entries = kept | restored

    @rule()
    def replace_hub(self):
        self.home.replace_hub(self.profile(DeviceKind.COMMS_HUB))
        self.trustee.device = self.trustee.tester.device(DeviceRole.CHF)
        self.hub += 1
        self.entries, self.former, self.present = {}, [], set()

    @rule(role=st.sampled_from((DeviceRole.ESME, DeviceRole.PPMID)))
    def switch_power(self, role):
        dark = self.ids[role] in self.dark
        self.home.operate(role, Stimulus.POWER_ON if dark else Stimulus.POWER_OFF)
        self.dark ^= {self.ids[role]}

    @invariant()
    def lists_are_those_of_the_model(self):
        present, former = self.lists()
        assert [entry.value[0].value for entry in present.value[2].value] == list(self.entries)
        assert [entry.value[0].value for entry in former.value[2].value] == self.former

    @invariant()
    def meter_answers_where_the_model_has_it_on_the_network(self):
        meter = self.ids[DeviceRole.ESME]
        self.home.send(self.trustee.tester.command("ECS52", DeviceRole.ESME))
        answered = False
        while (heard := self.home.receive(within=MINUTE)) is not None:
            answered |= decode_message(heard).cra is Cra.RESPONSE
        assert answered == (meter in self.present - self.dark)


def test_hub_list_follows_the_rules(make_trustee, profile):
    given = {"make": staticmethod(make_trustee), "profile": staticmethod(profile)}
    machine = type("Machine", (HubMachine,), given)
    case = machine.TestCase
    case.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
    case("runTest").runTest()
