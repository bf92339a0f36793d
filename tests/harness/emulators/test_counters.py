"""Replay counters against a small model of the rule: one floor for each party, only upwards, for good."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harness.codecs.asn1.credentials import CredentialStatus
from harness.codecs.asn1.payloads import decode_asn1
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.emulators.subjects.counters import ReplayCounters
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE
from harness.network.port import Stimulus

SUPPLIER = RemotePartyRole.SUPPLIER
COMMANDS = ("ECS04b", "ECS42", "ECS43", "ECS70")
COUNTERS = st.integers(1, 40) | st.integers(1, (1 << 63) - 1)


class ReplayMachine(RuleBasedStateMachine):
    """Commands of one party with any counters, restarts and outages between them.

    The rule, from GBCS 4.3.1.5: a command that needs protection is taken exactly when its counter is
    above that of every such command taken before, whichever use case it was of.
    """

    tester = None  # given by the test

    @initialize()
    def begin(self):
        self.bench = self.make()
        self.highest = 0

    def accepted(self, name, counter):
        self.bench.home.send(self.bench.command(name, DeviceRole.ESME, counter=counter))
        answered = False
        while (octets := self.bench.home.receive(within=MINUTE)) is not None:
            message = decode_message(octets)
            answered |= message.cra is Cra.RESPONSE and message.originator_counter == counter
        return answered

    @rule(name=st.sampled_from(COMMANDS), counter=COUNTERS)
    def protected_command(self, name, counter):
        assert self.accepted(name, counter) == (counter > self.highest)
        self.highest = max(self.highest, counter)

    @rule(step=st.integers(-2, 2), name=st.sampled_from(COMMANDS))
    def near_the_floor(self, step, name):
        self.protected_command(name, max(1, self.highest + step))

    @rule(counter=COUNTERS)
    def read(self, counter):
        assert self.accepted("ECS52", counter)

    @rule()
    def restart(self):
        self.bench.home.operate(DeviceRole.ESME, Stimulus.RESTART)

    @rule()
    def outage(self):
        self.bench.home.operate(DeviceRole.ESME, Stimulus.POWER_OFF)
        self.bench.home.operate(DeviceRole.ESME, Stimulus.POWER_ON)

    @rule(counter=COUNTERS)
    def forged_command(self, counter):
        octets = self.bench.command("ECS43", DeviceRole.ESME, counter=counter)
        self.bench.home.send(octets[:-1] + bytes((octets[-1] ^ 0x80,)))
        self.bench.home.wait(MINUTE)

    @invariant()
    def told_in_credentials(self):
        device = self.bench.home._reached(DeviceRole.ESME)
        assert device.part(ReplayCounters).floor(SUPPLIER) == self.highest


def test_replay_counters_follow_the_rule(make_tester):
    machine = type("Machine", (ReplayMachine,), {"make": staticmethod(make_tester)})
    case = machine.TestCase
    case.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
    case("runTest").runTest()


def test_parties_have_floors_of_their_own(tester):
    tester.exchange("ECS43", DeviceRole.ESME, counter=9_000)
    message = tester.exchange("CS02a", DeviceRole.ESME, sender=RemotePartyRole.ACCESS_CONTROL_BROKER)
    supplier, operator, _ = decode_asn1(message.message_code, Cra.RESPONSE, message.payload).details
    assert (supplier.current_counter, operator.current_counter) == (9_000, 0)
    assert operator.status is CredentialStatus.SUCCESS
