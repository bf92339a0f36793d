"""Where to look first, for somebody who has to find out why a case did not pass.

A hint follows from what was expected and what came, and where that says little from what the case is about.
It is a place to begin, not a diagnosis.
"""

from __future__ import annotations

import re
from typing import Final

_SYMPTOMS: Final = {
    "the preamble failed": (
        "The case's own question was never put: see to the case that is about the step that failed."
    ),
    "no response .*MAC": (
        "Is the MAC checked first, over all of the message, with the key agreed with its originator?"
    ),
    "no response .*signature": (
        "Is the signature held against the certificate in the sender's own cell, over all of it?"
    ),
    "no response .*addressed to another": (
        "Is the recipient compared with the device's identifier before all else?"
    ),
    "no response .*counter|counter .*below": (
        "Are counters kept for each originator, where they outlast a restart?"
    ),
    "no response": "What does the device's security log say that it made of the message?",
    "response with its command's counter": (
        "A response repeats its command's counter; the device's is for alerts."
    ),
    "time of the answer in the header": (
        "Where is the header of the response built, and does it know the use case?"
    ),
    "every alert once": "What sends alerts again, and how is the list of their recipients put together?",
    "to raise alert|alert .* nothing": (
        "Is the alert enabled, is the event in the log, and does anybody get the alert?"
    ),
    "encrypted": (
        "Is the attribute in the list of sensitive ones, and is it encrypted for the party that asked?"
    ),
    "payload of the form": "Begin at the offset and field that are named: lengths, and what is left out.",
    "does not verify|does not hold": (
        "Compare what is protected octet for octet, then the certificate or key in force."
    ),
    "a response of the .* within": (
        "Did the message reach the device, was that asleep, and did it log a refusal?"
    ),
}
"""By what was expected and came; the first that is found in it."""
_PURPOSES: Final = {
    "nominal": "Compare the values with what the device itself shows, then type, scaler and unit.",
    "consistent": "Two places that tell of one thing disagree: which of them does the device keep?",
    "wrong_role": "Which roles does the device let send this use case, and in which cell does it look?",
    "replay": "Where does the device keep the counters that it accepted, and when does it write them?",
    "counter_floor": "What do the counters start from once credentials have been replaced?",
    "corrupted_mac": "Nothing may happen before the MAC is found to be right.",
    "corrupted_signature": "Nothing may happen before the signature is found to be right.",
    "missing_signature": "A critical command without a signature is none: which length is looked at?",
    "wrong_recipient": "Which identifier does the device compare with its own, and on how many octets?",
    "truncated": "A payload that ends early must not be carried out as far as it goes.",
    "over_long": "What follows the last field of a payload makes it invalid, whatever it is.",
    "wrong_message_code": "The message code has to be that of the payload's items and form.",
    "wrong_type": "Types and sizes have to be checked before values.",
    "unsupported": "Compare version and options of the firmware with what the profile states of it.",
    "unknown_party": "What does the device do with originators of whom it has no certificate?",
    "future_dated": "Where is what is put off kept, by which clock does it fall due, and what tells of it?",
    "sensitive": "For whom is the value encrypted, and with which counter?",
    "no_side_effect": "What is changed before all checks are over?",
    "logged": "Which of the logs does the event belong to, and what pushes it out again?",
    "alert": "See the alert configuration, the recipients, and what is said behind code and time.",
    "journey": "Follow the exchange to the first step that is not as the step before has it.",
}
"""By what a case sets out to show; one for every purpose there is."""


def hint(purpose: str, expected: str, observed: str, reason: str = "") -> str:
    """A line for whoever looks into a finding; "" for a purpose that is not known.

    ``reason`` says it all where nothing was ``expected``, as for what stayed inconclusive.
    """
    said = f"{expected} {observed}" if expected else reason
    for symptom, text in _SYMPTOMS.items():
        if re.search(symptom, said):
            return text
    return _PURPOSES.get(purpose, "")
