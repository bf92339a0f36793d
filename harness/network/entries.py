"""What a person in the house keys in or presses at a device, and what the device shows them for it."""

from __future__ import annotations

from enum import StrEnum


class Entry(StrEnum):
    """Something that a person asks of a device by hand (SMETS2 4.5.2, 5.6.2, 6.4.4)."""

    UTRN = "utrn"
    """A prepayment token of twenty digits, at a meter or at a PPMID."""
    EMERGENCY_CREDIT = "emergency-credit"
    """Activate emergency credit, at a meter or through a PPMID."""
    ENABLE_SUPPLY = "enable-supply"
    """Turn a supply on that is armed: at a meter, or through a PPMID at an electricity meter."""
    BOOST = "boost"
    """Press the boost button of an electricity meter that has one."""
    CANCEL_BOOST = "cancel-boost"
    """Call a boost off at an electricity meter that has the button."""


class Feedback(StrEnum):
    """What became of an entry, as the device that it was made at shows it."""

    ACCEPTED = "accepted"
    ON_ITS_WAY = "on its way"
    """A gas meter that sleeps will be told when it wakes; a PPMID then shows what it said."""
    INVALID = "invalid"
    """Not a token: too short or long, not digits, or with a wrong check digit."""
    NOT_AUTHENTIC = "not authentic"
    """A token that is not the supplier's, or for another meter."""
    DUPLICATE = "duplicate"
    ABOVE_MAXIMUM_CREDIT = "above maximum credit"
    ABOVE_MAXIMUM_BALANCE = "above maximum balance"
    LOCKED_OUT = "locked out"
    """Tokens are not taken by hand for a while, as too many were wrong."""
    NOT_AVAILABLE = "not available"
    """Emergency credit that is not to be had now, or a supply that is not armed."""
    NO_ANSWER = "no answer"
    """The PPMID does not reach the meter."""
