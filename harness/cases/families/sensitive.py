"""Personal data are encrypted for the party that asked, whoever carries them (GBCS 6.3.4, 7.3.9)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.command import asks_for_sensitive_data
from harness.cases.inspection import SENSITIVE_CLAUSE
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import octets_text
from harness.cases.zcl_answers import DEFAULT_RESPONSE
from harness.codecs.cosem_data import Data
from harness.codecs.dlms_types import AccessResponse
from harness.codecs.gbz_types import GbzPayload
from harness.gbcs.gbz_messages import response_templates

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.codecs.payload import Payload

_HEADER: Final = bytes.fromhex("3100000000")
_NOT_FOUND: Final = b"\x8b"
_LEAST: Final = len(_HEADER) + 12


def _run(bench: Bench, subject: Subject) -> None:
    first, second = (_protected(bench, subject) for _ in range(2))
    if first == second and first:
        raise CheckFailed(
            "GBCS 6.3.4", "another key for each answer, so another ciphertext", f"{octets_text(first)} twice"
        )


def _protected(bench: Bench, subject: Subject) -> bytes:
    """The protected text of an answer: header, ciphertext, tag; empty where there is nothing to tell."""
    payload = bench.exchange(subject.command(bench)).payload
    if _tells_nothing(payload):
        return b""
    octets = _protected_octets(payload)
    place = octets.find(_HEADER)
    if place < 0 or len(octets) - place < _LEAST:
        raise CheckFailed(
            SENSITIVE_CLAUSE,
            "sensitive values as 31 00000000, ciphertext and tag",
            octets_text(octets) if octets else "no encrypted part",
        )
    return octets[place:]


def _tells_nothing(payload: Payload) -> bool:
    """Whether each component says that what was asked for is not there, as an empty log does."""
    return isinstance(payload, GbzPayload) and all(
        one.command == DEFAULT_RESPONSE and one.payload[1:] == _NOT_FOUND for one in payload.components
    )


def _protected_octets(payload: Payload) -> bytes:
    """Where the protected text stands in an answer, empty where there is no such place."""
    if isinstance(payload, GbzPayload):
        return b"".join(one.payload for one in payload.components if one.protection is not None)
    if isinstance(payload, AccessResponse):
        return b"".join(_last_octets(data) for data in payload.data)
    return b""


def _last_octets(data: Data) -> bytes:
    """The octet-string that a structure ends with."""
    value = data.value
    if isinstance(value, tuple) and value:
        return _last_octets(value[-1])
    return value if isinstance(value, bytes) else b""


def _is_always_there(subject: Subject) -> bool:
    """Whether there is something to encrypt in every home; a gas meter's logs may be empty."""
    return not any(template.alternative for template in response_templates(subject.use_case))


def _cases() -> Iterator[Case]:
    for subject in SUBJECTS:
        if not asks_for_sensitive_data(subject.row) or not subject.accepted:
            continue
        yield subject.case(
            Purpose.SENSITIVE,
            title=f"The {subject.device} encrypts personal data for their reader: {subject.doing}",
            why="consumption tells when somebody is at home; nobody on the way may read it",
            clause="GBCS 6.3.4, 7.3.9",
            run=partial(_run, subject=subject),
            catches=("sensitive-value-in-clear",) if _is_always_there(subject) else (),
        )


CASES: Final = tuple(_cases())
