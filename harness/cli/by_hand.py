"""Installed devices as the command line reaches them, and the person who stands beside them."""

from __future__ import annotations

from pathlib import Path

import click

from device_profiles.errors import InputError, InputProblem
from harness.execution.install_record import read_install_record
from harness.execution.installed_homes import InstalledHomes
from harness.gbcs.roles import DeviceRole
from harness.network.entries import Entry, Feedback
from harness.network.port import Display, Stimulus
from harness.transports.errors import TransportError


def reachable(path: Path, *, by_hand: bool = False) -> InstalledHomes:
    """The home of an install record. Raises InputError for a faulty record, and where nothing is reached."""
    record = read_install_record(path)
    try:
        record.connect().close()
    except TransportError as error:
        raise InputError([InputProblem(str(path), 0, 0, "link", str(error))]) from None
    return InstalledHomes(record, Prompted() if by_hand else None)


class Prompted:
    """Asks the person at the terminal to do it, and to say what is to be seen."""

    def operate(self, role: DeviceRole, stimulus: Stimulus, /) -> None:
        """Wait until it is done."""
        click.prompt(
            f"At the {role.name}: {stimulus}. Return when done", default="", show_default=False, err=True
        )

    def enter(
        self, role: DeviceRole, entry: Entry, text: str, about: DeviceRole | None, /
    ) -> Feedback | None:
        """What the device shows for an entry; None for no such key."""
        whom = f" for the {about.name}" if about is not None else ""
        said = click.prompt(
            f"At the {role.name}{whom}: {entry} {text}".rstrip() + ". What does it show",
            type=click.Choice([*(one.value for one in Feedback), "no such key"]),
            err=True,
        )
        return None if said == "no such key" else Feedback(said)

    def read(self, role: DeviceRole, what: Display, /) -> str | None:
        """What a device shows; None where nothing is said."""
        said: str = click.prompt(
            f"What does the {role.name} show as {what} (return where it does not show this)",
            default="",
            show_default=False,
            err=True,
        )
        return said or None
