"""A device comes onto the hub's network with its own install code, and with no other (GBCS 13.7, CCS01)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.applicability import KIND_OF
from harness.cases.case import Case, Purpose, preamble
from harness.cases.hub_entries import add_device, take_off
from harness.cases.refusal import Refusal, expect_silence
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.wording import device_name
from harness.gbcs.roles import DeviceRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 13.7, CHTS 4.5.1.2, CCS01"
_OTHER_CODE: Final = Refusal(_CLAUSE, "it is not on the network, as its install code is another")
_READING: Final = {
    DeviceRole.ESME: "CS02a",
    DeviceRole.GSME: "CS02a",
    DeviceRole.PPMID: "CS02a",
    DeviceRole.HCALCS: "CS02a",
}
"""A command that each device answers once it is on the network."""


def _run_back(bench: Bench, reading: Subject) -> None:
    role = reading.target
    with preamble():
        code = take_off(bench, role)
        add_device(bench, role, code)
    bench.exchange(reading.command(bench))


def _run_wrong(bench: Bench, reading: Subject) -> None:
    role = reading.target
    with preamble():
        code = take_off(bench, role)
        add_device(bench, role, bytes(octet ^ 0xFF for octet in code))
    expect_silence(bench, bench.device(role), reading.command(bench).octets, _OTHER_CODE)


def _cases() -> Iterator[Case]:
    by_name = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
    adding = by_name["CCS01", DeviceRole.CHF]
    for number, (role, name) in enumerate(_READING.items(), 1):
        reading = by_name[name, role]
        subject = replace(adding, beside=(KIND_OF[role], *reading.beside), number=number)
        device = device_name(role)
        yield subject.case(
            Purpose.JOURNEY,
            detail="joins_again",
            title=f"The {device} is back on the network, and answers, once it is added with its install code",
            why="an engineer who sees no device come in leaves a home without service",
            clause=_CLAUSE,
            run=partial(_run_back, reading=reading),
        )
        yield subject.case(
            Purpose.NO_SIDE_EFFECT,
            detail="wrong_install_code",
            title=f"The hub lets no {device} in whose install code is not the one that it was given",
            why="the neighbour's meter must not end up on this network, nor anything that pretends to be it",
            clause=_CLAUSE,
            run=partial(_run_wrong, reading=reading),
        )


CASES: Final = tuple(_cases())
