"""Who does by hand what a case asks for: at a device that is not emulated, a person or nobody."""

from __future__ import annotations

from typing import Protocol

from harness.gbcs.roles import DeviceRole
from harness.network.entries import Entry, Feedback
from harness.network.port import Display, OutOfReach, Stimulus


class Hands(Protocol):
    """The hands and eyes of a tester. Each raises OutOfReach for what cannot be done."""

    def operate(self, role: DeviceRole, stimulus: Stimulus, /) -> None:
        """Do something to a device."""
        ...

    def enter(
        self, role: DeviceRole, entry: Entry, text: str, about: DeviceRole | None, /
    ) -> Feedback | None:
        """Key something in or press something; what the device shows for it, None for no such key."""
        ...

    def read(self, role: DeviceRole, what: Display, /) -> str | None:
        """What a device shows; None where it does not show this."""
        ...


class Nobody:
    """Nobody is there."""

    def operate(self, role: DeviceRole, stimulus: Stimulus, /) -> None:
        """Raises OutOfReach."""
        raise OutOfReach(f"nobody is at the {role.name} to bring about: {stimulus}")

    def enter(
        self,
        role: DeviceRole,
        entry: Entry,
        text: str,  # noqa: ARG002 - part of the protocol
        about: DeviceRole | None,  # noqa: ARG002 - as above
        /,
    ) -> Feedback | None:
        """Raises OutOfReach."""
        raise OutOfReach(f"nobody is at the {role.name} to enter: {entry}")

    def read(self, role: DeviceRole, what: Display, /) -> str | None:
        """Raises OutOfReach."""
        raise OutOfReach(f"nobody is at the {role.name} to read: {what}")
