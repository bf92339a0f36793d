"""A device is as it was after whatever it refused: nothing was done, not even in part (GBCS 6.2.4).

The other families look at the answer and at the alert. Here a device gets one refused command after
another, and is then asked for what they would have changed, on its display and in its messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.command import STRANGER
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.tampering import (
    for_another_device,
    with_corrupted_mac,
    with_foreign_signature,
    with_longer_payload,
    with_shorter_payload,
)

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 6.2.4, 13.3"


def _run(bench: Bench, subject: Subject) -> None:
    with preamble():
        subject.prepare(bench)
        before = subject.seen(bench)
    for octets in _refused(bench, subject):
        bench.send_octets(octets, to=subject.target)
        bench.wait(patience_with(subject.target))
    after = subject.seen(bench)
    if after != before:
        raise CheckFailed(_CLAUSE, f"the {subject.device} as it was before: {before}", f"{after}")


def _refused(bench: Bench, subject: Subject) -> Iterator[bytes]:
    """Commands that must not be carried out, each for another reason."""
    yield with_corrupted_mac(subject.command(bench))
    if subject.signer is not None:
        stranger = bench.parties.party(subject.signer, STRANGER)
        yield with_foreign_signature(subject.command(bench, subject.signer), stranger.ds_private)
    yield for_another_device(subject.command(bench))
    yield with_shorter_payload(subject.command(bench))
    yield with_longer_payload(subject.command(bench))
    for role in subject.refused[:1]:
        yield subject.command(bench, role).octets


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        if subject.accepted and subject.leaves_traces:
            yield subject.case(
                Purpose.NO_SIDE_EFFECT,
                title=f"The {subject.device} is as it was after all that it refused: {subject.doing}",
                why=f"a command that is refused must not leave a trace: {subject.matters}",
                clause=_CLAUSE,
                run=partial(_run, subject=subject),
            )


CASES: Final = tuple(_cases())
