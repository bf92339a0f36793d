"""Hints follow from what was seen, and every purpose has one to fall back on."""

import pytest

from harness.cases.case import Purpose
from harness.records.hints import hint


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_purpose_has_a_hint_of_its_own(purpose: Purpose) -> None:
    own = hint(purpose.value, "one thing", "another")
    assert own
    others = {hint(other.value, "one thing", "another") for other in Purpose if other is not purpose}
    assert own not in others


def test_an_unknown_purpose_has_none() -> None:
    assert hint("", "one thing", "another") == ""


@pytest.mark.parametrize(
    ("expected", "observed", "said"),
    [
        ("no response of the ESME: the MAC is not that of the message", "response 0x0026", "MAC"),
        ("no response of the GSME: the signature is somebody else's", "response 0x0026", "certificate"),
        ("no response of the GSME: counter 7 was used before the restart", "response 0x0026", "restart"),
        ("a response with its command's counter, 7", "9", "repeats its command's counter"),
        ("the ESME to raise alert 0x8F3D", "nothing", "enabled"),
        ("a response of the PPMID to CS02a within 1 h", "none", "reach the device"),
    ],
)
def test_what_was_seen_goes_before_what_the_case_is_about(expected: str, observed: str, said: str) -> None:
    assert said in hint("nominal", expected, observed)


def test_a_preamble_that_failed_is_about_another_case() -> None:
    assert "never put" in hint("journey", "", "", "the preamble failed: GBCS 7.2: expected one; observed two")
    assert hint("journey", "one", "two") != hint("journey", "", "", "the preamble failed: x")
