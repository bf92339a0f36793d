"""A command for somebody else, cut short or too long has no effect at all (GBCS 6.2.4, 7.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, Purpose, preamble
from harness.cases.command import Command
from harness.cases.refusal import Refusal, expect_refused
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.tampering import (
    for_another_device,
    truncated_message,
    with_longer_payload,
    with_shorter_payload,
)
from harness.gbcs.alert_codes import AlertCode

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_FORMAT: Final = frozenset({AlertCode.COMMAND_FORMAT_OR_INTEGRITY_FAILED})


@dataclass(frozen=True, slots=True)
class _Way:
    """One way in which a command is not for this device, or not of its form."""

    purpose: Purpose
    detail: str
    flaw: str
    why: str
    clause: str
    spoil: Callable[[Command], bytes]
    alerts: frozenset[int]
    catches: tuple[str, ...] = ()


_WAYS: Final = (
    _Way(
        Purpose.WRONG_RECIPIENT,
        "",
        "it is addressed to another device",
        "a command that goes astray must not act where it lands",
        "GBCS 6.2.4, 7.2.7",
        for_another_device,
        frozenset(),
        ("foreign-command-answered",),
    ),
    _Way(
        Purpose.TRUNCATED,
        "",
        "its second half is missing",
        "half a message must neither act nor bring the device down",
        "GBCS 6.2.4, 7.2.5",
        truncated_message,
        _FORMAT,
    ),
    _Way(
        Purpose.TRUNCATED,
        "payload",
        "its payload ends too early",
        "what is missing must not be guessed",
        "GBCS 6.2.4, 7.2.9",
        with_shorter_payload,
        _FORMAT,
    ),
    _Way(
        Purpose.OVER_LONG,
        "",
        "octets follow its payload",
        "what a device skips over, somebody else's parser may obey",
        "GBCS 6.2.4, 7.2.9",
        with_longer_payload,
        _FORMAT,
        ("trailing-octets-accepted",),
    ),
)


def _run(bench: Bench, subject: Subject, way: _Way) -> None:
    with preamble():
        subject.prepare(bench)
    octets = way.spoil(subject.command(bench))
    expect_refused(bench, subject.target, octets, Refusal(way.clause, way.flaw, way.alerts), subject.effect)


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        for way in _WAYS:
            yield subject.case(
                way.purpose,
                detail=way.detail,
                title=f"The {subject.device} refuses a command where {way.flaw}: {subject.doing}",
                why=way.why,
                clause=way.clause,
                run=partial(_run, subject=subject, way=way),
                catches=way.catches,
            )


CASES: Final = tuple(_cases())
