"""An emulated device: octets in, octets out, time as an argument.

What it can do and how it deviates is in its template, which all devices of one profile share; what
happened to it is in its parts, which come into being when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from harness.crypto.certificates import KeyUsage, parse_certificate
from harness.crypto.errors import CertificateError
from harness.emulators.processing import process
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.subjects.outage import PHASE_TURNS
from harness.emulators.subjects.tamper import PHYSICAL, Body
from harness.emulators.subjects.trust import Cell, TrustStore
from harness.gbcs.alert_codes import AlertCode
from harness.network.clock import Instant
from harness.network.device import Outgoing
from harness.network.entries import Feedback
from harness.network.port import Display, Stimulus

if TYPE_CHECKING:
    from harness.emulators.surroundings import Surroundings
    from harness.emulators.template import DeviceTemplate
    from harness.gbcs.roles import DeviceRole, RemotePartyRole
    from harness.network.entries import Entry


class Part(Protocol):
    """State on one subject; made with the device that it belongs to."""

    def __init__(self, device: EmulatedDevice, /) -> None: ...


_DONE: Final = frozenset({Feedback.ACCEPTED, Feedback.ON_ITS_WAY})
PartType = TypeVar("PartType", bound=Part)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a device is about to show or to tell the devices around it: of what, its text, and when."""

    what: Display
    text: str | None
    at: Instant


@dataclass(frozen=True, slots=True)
class Arriving:
    """An upgrade image that reaches a device: which device of the home it is for, its octets, and when."""

    target: DeviceRole
    image: bytes
    at: Instant


class EmulatedDevice:
    """One device of one home.

    ``signing_key`` and ``agreement`` are its keys in force, the template's until they are replaced.
    ``counter`` is its own, for alerts and for what it encrypts; ``boots`` counts restarts; ``notes``
    is room for what a defect has to remember; ``heard`` is whether displays around it hear of it.
    """

    __slots__ = (
        "_outbox",
        "_parts",
        "_scheduled",
        "_timers",
        "agreement",
        "boots",
        "counter",
        "heard",
        "notes",
        "power_changed",
        "powered",
        "signing_key",
        "surroundings",
        "template",
    )

    def __init__(self, template: DeviceTemplate, surroundings: Surroundings) -> None:
        self.template = template
        self.surroundings = surroundings
        self.signing_key = template.signing_key
        self.agreement = template.agreement
        self.powered = True
        self.heard = True
        self.power_changed = template.start
        self.boots = 0
        self.counter = template.opening_counter
        self.notes: dict[str, Any] = {}
        self._parts: dict[type[Part], Part] = {}
        self._outbox: list[Outgoing] = []
        self._scheduled = 0
        self._timers: list[tuple[Instant, int, Callable[[Instant], None]]] = []

    @property
    def entity_id(self) -> bytes:
        """EUI-64, 8 octets."""
        return self.template.entity_id

    def part(self, kind: type[PartType]) -> PartType:
        """The device's state on a subject."""
        found = self._parts.get(kind)
        if found is None:
            found = self._parts[kind] = kind(self)
        return found  # type: ignore[return-value]  # the key is the value's own type

    def next_counter(self) -> int:
        """The device's own counter, advanced by one."""
        self.counter += 1
        return self.counter

    def secret_with(self, role: RemotePartyRole) -> bytes | None:
        """The secret shared with the known party of a role, 32 octets; None without its key."""
        anchor = self.part(TrustStore).anchor(role, Cell.KEY_AGREEMENT)
        if anchor is None:
            return None
        return self.agreement.with_known(anchor.entity_id, anchor.public_key)

    def secret_with_certificate(self, certificate: bytes | None, party: bytes) -> bytes | None:
        """The secret shared with a party by its certificate (DER); None where that is not one of its keys."""
        try:
            parsed = parse_certificate(certificate or b"")
        except CertificateError:
            return None
        if parsed.entity_id != party or parsed.usage is not KeyUsage.KEY_AGREEMENT:
            return None
        return self.agreement.with_stranger(party, parsed.public_key)

    def receive(self, octets: bytes, now: Instant) -> None:
        """Take one message off a link. Without power nothing happens."""
        if self.powered:
            process(self, octets, now)

    def send(self, message: Outgoing) -> None:
        """Put a message into the outbox."""
        hooks = self.template.hooks.before_send
        if not hooks:
            self._outbox.append(message)
            return
        messages: Sequence[Outgoing] = (message,)
        for hook in hooks:
            messages = [sent for one in messages for sent in hook(self, one)]
        self._outbox.extend(messages)

    def outgoing(self, now: Instant) -> Sequence[Outgoing]:  # noqa: ARG002 - the interface of every device
        """Drain what the device wants sent."""
        drained, self._outbox = self._outbox, []
        return drained

    def schedule(self, at: Instant, action: Callable[[Instant], None]) -> None:
        """Have something done later. It waits for power if there is none then."""
        self._scheduled += 1
        heappush(self._timers, (at, self._scheduled, action))

    def wake_at(self) -> Instant | None:
        """When something is due, or None."""
        return self._timers[0][0] if self._timers and self.powered else None

    def wake(self, now: Instant) -> None:
        """Do what was due up to ``now``."""
        while self.powered and self._timers and self._timers[0][0] <= now:
            heappop(self._timers)[2](now)

    def arriving(self, image: Arriving) -> bytes | None:
        """An upgrade image as the firmware takes it; None where it takes none."""
        taken: bytes | None = image.image
        for hook in self.template.hooks.on_image:
            taken = None if taken is None else hook(self, replace(image, image=taken))
        return taken

    def restart(self) -> None:
        """Start again, as after an activation; whatever is stored for good is still there."""
        self.boots += 1

    def operate(self, stimulus: Stimulus, now: Instant) -> None:
        """Something is done to the device by hand."""
        match stimulus:
            case Stimulus.RESTART:
                self.restart()
            case Stimulus.POWER_OFF if self.powered:
                self._power(now, on=False)
            case Stimulus.POWER_ON if not self.powered:
                self._power(now, on=True)
                self.restart()
                self.wake(now)
            case Stimulus.LOAD_REPORTS if self.powered:
                if self.template.kind.on_load_report is None:
                    raise ValueError(f"{self.template.kind.role.name}: it controls no load")
                self.template.kind.on_load_report(self, now)
            case _ if stimulus in PHASE_TURNS and self.powered:
                if self.template.kind.on_phase is None:
                    raise ValueError(f"{self.template.kind.role.name}: it has one phase")
                self.template.kind.on_phase(self, stimulus, now)
            case _ if stimulus in PHYSICAL and self.powered:
                self.part(Body).undergo(stimulus, now)

    def enter(self, entry: Entry, text: str, about: DeviceRole | None, now: Instant) -> Feedback | None:
        """Something is keyed in or pressed; what is shown for it, None where there is no such key."""
        entered = self.template.kind.keys.get(entry)
        feedback = None if entered is None or not self.powered else entered(self, text, about, now)
        if feedback is not None:
            code = AlertCode.USER_COMMAND_DONE if feedback in _DONE else AlertCode.USER_COMMAND_FAILED
            self.part(Alerts).event(code, now)
        return feedback

    def _power(self, now: Instant, *, on: bool) -> None:
        self.powered = on
        self.power_changed = now
        for changed in self.template.kind.on_power:
            changed(self, now)

    def display(self, what: Display, now: Instant) -> str | None:
        """What the device's own display shows; None where it does not show this, or is dark."""
        show = self.template.kind.displays.get(what)
        shown = None if show is None or not self.powered else show(self, now)
        for hook in self.template.hooks.on_display:
            shown = hook(self, Shown(what, shown, now))
        return shown
