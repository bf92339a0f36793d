"""The lower tester: remote parties, their counters and keys, and the eyes that look at what comes back.

A case tells the bench what to send and what it expects. Time is the home's own. A bench numbers its
commands up from the moment at which it was made, so that commands are in order from one case to the
next against a device that remembers, and equal in every fresh home (GBCS 4.3.1.5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from device_profiles.model import DeviceProfile
from harness.cases.case import CheckFailed, InconclusiveOutcome
from harness.cases.command import Command, Order, compose
from harness.cases.inspection import HEADER_CLAUSE, Answer, Received, inspect_answer
from harness.cases.wording import device_name, duration_text, heard_text, octets_text
from harness.codecs.envelope import decode_message
from harness.codecs.errors import DecodeError
from harness.codecs.message import Cra, Message
from harness.crypto.pki import SeededPki
from harness.crypto.utrn import COUNTER_STEP
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import MessageType
from harness.network.clock import MINUTE, Duration, Instant
from harness.network.entries import Entry, Feedback
from harness.network.port import Display, HomePort, InstalledDevice, Stimulus

SLEEPER_ANSWERS_WITHIN: Final = Duration(40 * MINUTE)
"""A GSME wakes every half hour, and its answer takes the hub's way back (GBCS 10.3.3)."""
ANSWERS_WITHIN: Final = Duration(5 * MINUTE)
"""Generous for every other device, over the slowest WAN."""


class Bench:
    """One case's workplace. ``port`` is the home; ``parties`` are who its devices were told to trust."""

    __slots__ = ("_counter", "_inbox", "_residents", "_top_up_counter", "parties", "port")

    def __init__(self, port: HomePort, parties: SeededPki) -> None:
        self.port = port
        self.parties = parties
        self._counter: int = port.now
        self._top_up_counter = 0
        self._inbox: list[Received] = []
        self._residents: dict[bytes, DeviceRole] | None = None

    @property
    def now(self) -> Instant:
        """The present moment of the home."""
        return self.port.now

    def device(self, role: DeviceRole) -> InstalledDevice:
        """The install record of a device."""
        try:
            return self.port.devices[role]
        except KeyError:
            raise InconclusiveOutcome(f"the install record has no {device_name(role)}") from None

    @property
    def residents(self) -> Mapping[bytes, DeviceRole]:
        """Which device has which entity identifier."""
        if self._residents is None:
            self._residents = {device.entity_id: role for role, device in self.port.devices.items()}
        return self._residents

    def wait(self, duration: Duration) -> None:
        """Let time run; what arrives meanwhile stays to be taken."""
        self.port.wait(duration)

    def operate(self, role: DeviceRole, stimulus: Stimulus) -> None:
        """Do something to a device by hand."""
        self.port.operate(self.device(role).role, stimulus)

    def enter(
        self, role: DeviceRole, entry: Entry, text: str = "", *, about: DeviceRole | None = None
    ) -> Feedback | None:
        """Key something in or press something at a device; what it shows for it, None for no such key."""
        return self.port.enter(self.device(role).role, entry, text, about=about)

    def distribute_image(self, role: DeviceRole, image: bytes) -> None:
        """Have the DCC send a device an upgrade image (OTA header, image, signature)."""
        self.port.distribute_image(self.device(role).role, image)

    def replace_hub(self, hub: DeviceProfile) -> None:
        """Have an installer put another hub in the old one's place."""
        self.port.replace_hub(hub)
        self._residents = None

    def replace_device(self, device: DeviceProfile) -> None:
        """Have an installer put another device in the place of the one of its kind."""
        self.port.replace_device(device)
        self._residents = None

    def display(self, role: DeviceRole, what: Display) -> str | None:
        """Read a device's display; None where it does not show this."""
        return self.port.read_display(self.device(role).role, what)

    def next_counter(self) -> int:
        """A counter above all that were given out before, to whichever party."""
        self._counter += 1
        return self._counter

    def next_top_up_counter(self) -> int:
        """A counter for a prepayment token: above all that were given out, its low half zero (GBCS 14.3)."""
        self._top_up_counter = (max(self._counter, self._top_up_counter) // COUNTER_STEP + 1) * COUNTER_STEP
        return self._top_up_counter

    def command(  # noqa: PLR0913 - all but three have a default that nearly every case takes
        self,
        identifier: str,
        target: DeviceRole,
        role: RemotePartyRole,
        *,
        party: int = 0,
        counter: int | None = None,
        argument: object = None,
        behind: RemotePartyRole | None = None,
    ) -> Command:
        """The next command of a party to a device; ``counter`` is given where a case is about counters.

        ``behind`` is the role of a party that the device does not know, for which the sender speaks.
        """
        return compose(
            self.parties,
            Order(
                identifier,
                self.device(target),
                role,
                party,
                self._counter_for(identifier) if counter is None else counter,
                self.port.now,
                argument,
                behind,
            ),
        )

    def _counter_for(self, identifier: str) -> int:
        top_up = use_case(identifier).message_type is MessageType.TOP_UP
        return self.next_top_up_counter() if top_up else self.next_counter()

    def send(self, command: Command) -> None:
        """Hand a command to the network."""
        self.port.send(command.octets)

    def send_octets(self, octets: bytes, *, to: DeviceRole) -> None:
        """Hand octets to the network for one device, whatever they say."""
        self.port.send(octets, to=to)

    def exchange(self, command: Command) -> Answer:
        """Send a command and take its answer, with everything about it checked but what it says."""
        self.port.send(command.octets)
        return self.answer_to(command)

    def answer_to(self, command: Command) -> Answer:
        """The answer to a command that was sent before, checked as ``exchange`` does."""
        return self.answers_to((command,))[0]

    def answers_to(self, commands: Sequence[Command]) -> list[Answer]:
        """The answers to commands to different devices that were all sent, in the order of their arrival."""
        waiting = {command.order.device.entity_id: command for command in commands}
        answers = []
        while waiting:
            received = self.await_message(
                lambda message: message.cra is Cra.RESPONSE and message.originator in waiting,
                max(patience_with(command.order.device.role) for command in waiting.values()),
            )
            if received is None:
                raise self._silence(next(iter(waiting.values())))
            answers.append(inspect_answer(waiting.pop(received.message.originator), received))
        return answers

    def await_message(self, wanted: Callable[[Message], bool], within: Duration) -> Received | None:
        """The first message that is wanted, of those that came and those that come within a time."""
        for index, received in enumerate(self._inbox):
            if wanted(received.message):
                return self._inbox.pop(index)
        until = self.port.now + within
        while (left := Duration(until - self.port.now)) >= 0:
            octets = self.port.receive(within=left)
            if octets is None:
                return None
            received = self._read(octets)
            if wanted(received.message):
                return received
            self._inbox.append(received)
        return None

    def messages(self, within: Duration) -> tuple[Received, ...]:
        """Let the time run out, and take everything that came up to its end."""
        self.await_message(lambda _: False, within)
        taken = tuple(self._inbox)
        self._inbox.clear()
        return taken

    def _silence(self, command: Command) -> CheckFailed:
        role = command.order.device.role
        within = duration_text(patience_with(role))
        return CheckFailed(
            HEADER_CLAUSE,
            f"a response of the {device_name(role)} to {command.use_case.id} within {within}",
            self.heard(),
        )

    def heard(self) -> str:
        """The messages that nobody took, in words."""
        return heard_text(received.message for received in self._inbox)

    def _read(self, octets: bytes) -> Received:
        try:
            return Received(octets, _decoded(octets), self.port.now)
        except DecodeError as error:
            raise CheckFailed(
                "GBCS 7.2", "a message in the form of GBCS", f"{error}, in {octets_text(octets)}"
            ) from None


# Homes of one run say the same things over and over.
_decoded: Final = lru_cache(maxsize=4096)(decode_message)


def patience_with(role: DeviceRole) -> Duration:
    """How long to wait for a device before calling it silent."""
    return SLEEPER_ANSWERS_WITHIN if role is DeviceRole.GSME else ANSWERS_WITHIN
