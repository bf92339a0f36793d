"""Replay counters against a small model: a floor for each party and class, only upwards, for good."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harness.codecs.asn1.credentials import CredentialStatus
from harness.codecs.asn1.payloads import decode_asn1
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra, Supplementary
from harness.emulators.subjects.counters import CounterClass, ReplayCounters
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE
from harness.network.port import Stimulus

BROKER, SUPPLIER = RemotePartyRole.ACCESS_CONTROL_BROKER, RemotePartyRole.SUPPLIER
CHF, ESME = DeviceRole.CHF, DeviceRole.ESME
COMMANDS = ("ECS04b", "ECS42", "ECS43", "ECS70")
COUNTERS = st.integers(1, 40) | st.integers(1, (1 << 63) - 1)
STRANGERS = (0, 1, None)
"""Suppliers that a hub does not know, by number, and the broker on its own behalf."""


class ReplayMachine(RuleBasedStateMachine):
    """Commands with any counters, restarts and outages between them.

    The rule, from GBCS 4.3.1.5: a command that needs protection is taken exactly when its counter is
    above that of every such command of its party taken before, whichever use case it was of. Top-ups
    count apart from all else. For a party that the broker speaks for, that party's own counter counts,
    and the broker's does not.
    """

    make = None  # given by the test

    @initialize()
    def begin(self):
        self.bench = self.make()
        self.highest = dict.fromkeys(("general", "top-up", *STRANGERS), 0)
        self.serial = 1 << 40

    def answered(self, octets, counter):
        self.bench.home.send(octets)
        answered = False
        while (heard := self.bench.home.receive(within=MINUTE)) is not None:
            message = decode_message(heard)
            answered |= message.cra is Cra.RESPONSE and message.originator_counter == counter
        return answered

    def accepted(self, name, counter):
        return self.answered(self.bench.command(name, ESME, counter=counter), counter)

    def judge(self, floor, counter, *, accepted):
        assert accepted == (counter > self.highest[floor])
        self.highest[floor] = max(self.highest[floor], counter)

    @rule(name=st.sampled_from(COMMANDS), counter=COUNTERS)
    def protected_command(self, name, counter):
        self.judge("general", counter, accepted=self.accepted(name, counter))

    @rule(counter=COUNTERS)
    def top_up(self, counter):
        """A token of noughts is answered as one that does not hold, and has used its counter."""
        self.judge("top-up", counter, accepted=self.accepted("CS01a", counter))

    @rule(step=st.integers(-2, 2), name=st.sampled_from((*COMMANDS, "CS01a")))
    def near_the_floor(self, step, name):
        floor = "top-up" if name == "CS01a" else "general"
        counter = max(1, self.highest[floor] + step)
        self.judge(floor, counter, accepted=self.accepted(name, counter))

    def forwarded(self, stranger, counter, own):
        """A command of the broker to the hub, for itself or for somebody that the hub does not know."""
        fields = None
        if stranger is not None:
            party = self.bench.party(SUPPLIER, stranger).entity_id
            fields = Supplementary(remote_party=party, remote_party_counter=counter)
        message = self.bench.message(
            "CCS02", CHF, self.bench.PAYLOADS["CCS02"], sender=BROKER, counter=own, supplementary=fields
        )
        return self.answered(self.bench.protected(message, CHF, sender=BROKER), own)

    @rule(stranger=st.sampled_from(STRANGERS), counter=COUNTERS)
    def command_of_the_broker(self, stranger, counter):
        # What the broker counts itself is of no account where it speaks for others.
        self.serial -= 1
        own = counter if stranger is None else self.serial
        self.judge(stranger, counter, accepted=self.forwarded(stranger, counter, own))

    @rule(stranger=st.sampled_from(STRANGERS), step=st.integers(-1, 1))
    def broker_near_the_floor(self, stranger, step):
        self.command_of_the_broker(stranger, max(1, self.highest[stranger] + step))

    @rule(counter=COUNTERS)
    def read(self, counter):
        assert self.accepted("ECS52", counter)

    @rule(role=st.sampled_from((ESME, CHF)))
    def restart(self, role):
        self.bench.home.operate(role, Stimulus.RESTART)

    @rule(role=st.sampled_from((ESME, CHF)))
    def outage(self, role):
        self.bench.home.operate(role, Stimulus.POWER_OFF)
        self.bench.home.operate(role, Stimulus.POWER_ON)

    @rule(counter=COUNTERS, name=st.sampled_from(("ECS43", "CS01a")))
    def forged_command(self, counter, name):
        octets = self.bench.command(name, ESME, counter=counter)
        self.bench.home.send(octets[:-1] + bytes((octets[-1] ^ 0x80,)))
        self.bench.home.wait(MINUTE)

    @invariant()
    def floors_are_those_of_the_model(self):
        counters = self.bench.home._reached(ESME).part(ReplayCounters)
        assert counters.floor(SUPPLIER) == self.highest["general"]
        assert counters.floor(SUPPLIER, CounterClass.TOP_UP) == self.highest["top-up"]


def test_replay_counters_follow_the_rule(make_tester):
    machine = type("Machine", (ReplayMachine,), {"make": staticmethod(make_tester)})
    case = machine.TestCase
    case.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
    case("runTest").runTest()


def test_parties_have_floors_of_their_own(tester):
    tester.exchange("ECS43", ESME, counter=9_000)
    message = tester.exchange("CS02a", ESME, sender=BROKER)
    supplier, operator, _ = decode_asn1(message.message_code, Cra.RESPONSE, message.payload).details
    assert (supplier.current_counter, operator.current_counter) == (9_000, 0)
    assert operator.status is CredentialStatus.SUCCESS
