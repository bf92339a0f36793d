"""A person at the terminal does what a case asks for, and says what is to be seen."""

import click
import pytest
from click.testing import CliRunner

from harness.cli.by_hand import Prompted
from harness.gbcs.roles import DeviceRole
from harness.network.entries import Entry, Feedback
from harness.network.port import Display, Stimulus

ESME, PPMID = DeviceRole.ESME, DeviceRole.PPMID


def asked(act, answers: str) -> tuple[object, str]:
    """What came of asking a person who types ``answers``, and what was asked."""
    found: list[object] = []

    @click.command()
    def command() -> None:
        found.append(act(Prompted()))

    ran = CliRunner().invoke(command, input=answers)
    assert ran.exit_code == 0, ran.output
    return found[0], ran.output


def test_something_is_done() -> None:
    _, said = asked(lambda hands: hands.operate(ESME, Stimulus.POWER_OFF), "\n")
    assert "At the ESME: power-off" in said


@pytest.mark.parametrize(("typed", "shown"), [("25000\n", "25000"), ("\n", None)])
def test_a_display_is_read(typed: str, shown: str | None) -> None:
    found, said = asked(lambda hands: hands.read(ESME, Display.IMPORT_REGISTER), typed)
    assert found == shown
    assert "ESME show as import-register" in said


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("duplicate\n", Feedback.DUPLICATE),
        ("nonsense\naccepted\n", Feedback.ACCEPTED),
        ("no such key\n", None),
    ],
)
def test_something_is_entered(typed: str, shown: Feedback | None) -> None:
    found, said = asked(lambda hands: hands.enter(PPMID, Entry.UTRN, "1234", DeviceRole.GSME), typed)
    assert found == shown
    assert "At the PPMID for the GSME: utrn 1234. What does it show" in said
