"""What a conformance case is, and the ways in which one ends (ISO/IEC 9646).

A case runs against one home through its Bench. Coming back means PASS; CheckFailed means FAIL;
InconclusiveOutcome means that the device gave no ground for either; anything else is our own ERROR.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind

if TYPE_CHECKING:
    from harness.cases.bench import Bench


class Purpose(StrEnum):
    """What a case sets out to show. The value is the word for it in case ids."""

    NOMINAL = "nominal"
    CONSISTENT = "consistent"
    WRONG_ROLE = "wrong_role"
    REPLAY = "replay"
    COUNTER_FLOOR = "counter_floor"
    CORRUPTED_MAC = "corrupted_mac"
    CORRUPTED_SIGNATURE = "corrupted_signature"
    MISSING_SIGNATURE = "missing_signature"
    WRONG_RECIPIENT = "wrong_recipient"
    TRUNCATED = "truncated"
    OVER_LONG = "over_long"
    WRONG_MESSAGE_CODE = "wrong_message_code"
    WRONG_TYPE = "wrong_type"
    UNSUPPORTED = "unsupported"
    UNKNOWN_PARTY = "unknown_party"
    FUTURE_DATED = "future_dated"
    SENSITIVE = "sensitive"
    NO_SIDE_EFFECT = "no_side_effect"
    LOGGED = "logged"
    ALERT = "alert"
    JOURNEY = "journey"


class CheckFailed(AssertionError):  # noqa: N818 - the name of a verdict, not of an error
    """The device did not do what a clause asks of it. Each part is one line for a person to read.

    ``instead`` holds the octets of the message that would have been right, where the check tells all of it.
    """

    def __init__(self, clause: str, expected: str, observed: str, *, instead: bytes = b"") -> None:
        super().__init__(clause, expected, observed)
        self.clause = clause
        self.expected = expected
        self.observed = observed
        self.instead = instead

    def __str__(self) -> str:
        return f"{self.clause}: expected {self.expected}; observed {self.observed}"


class InconclusiveOutcome(Exception):  # noqa: N818 - the name of a verdict, not of an error
    """Something other than the device's conformance stopped the case: neither a pass nor a fail."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@contextmanager
def preamble() -> Iterator[None]:
    """What has to work before a case can look at its own question; where it does not, there is no answer."""
    try:
        yield
    except CheckFailed as failed:
        raise InconclusiveOutcome(f"the preamble failed: {failed}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One conformance case.

    ``title`` says in one line what is checked and ``why`` what goes wrong in the field without it.
    ``participants`` are the kinds of device whose behaviour can change the verdict, the comms hub
    included where messages pass it; ``applies`` looks at nothing but them and gives None, or the
    reason for not applying. ``covers`` are further use cases that the case brings about, such as the
    alert that follows a command. A case with ``on_frames`` is about the home area network itself: its
    homes always have one of frames. A case that ``leads`` is about what the others rely on, and goes before
    them. ``catches`` names the seeded defects that this case must fail.
    ``source_digest`` changes whenever the case's own source or parameters do; the suite fills it in.
    """

    case_id: str
    title: str
    why: str
    clause: str
    use_case: str
    purpose: Purpose
    participants: tuple[DeviceKind, ...]
    applies: Callable[[HomeProfile], str | None]
    run: Callable[[Bench], None]
    whole_home: bool = False
    on_frames: bool = False
    leads: bool = False
    covers: tuple[str, ...] = ()
    catches: tuple[str, ...] = ()
    source_digest: str = ""
