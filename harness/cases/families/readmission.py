"""A device comes onto the hub's network with its own install code, and with no other (GBCS 13.7, CCS01)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.applicability import KIND_OF
from harness.cases.bench import patience_with
from harness.cases.case import Case, CheckFailed, InconclusiveOutcome, Purpose, preamble
from harness.cases.outcomes import was_done
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.wording import device_name, octets_text
from harness.codecs.message import Cra
from harness.gbcs.roles import DeviceRole
from harness.network.clock import MINUTE, Duration

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "GBCS 13.7, CHTS 4.5.1.2, CCS01"
_JOINED: Final = Duration(2 * MINUTE)
_READING: Final = {
    DeviceRole.ESME: "CS02a",
    DeviceRole.GSME: "CS02a",
    DeviceRole.PPMID: "CS02a",
    DeviceRole.HCALCS: "CS02a",
}
"""A command that each device answers once it is on the network."""


def _add(bench: Bench, adding: Subject, role: DeviceRole, install_code: bytes) -> None:
    device = bench.device(role)
    given = (
        ("ieee_address", device.entity_id),
        ("key", install_code),
        ("device_type", int(role.device_type)),
    )
    command = bench.command("CCS01", DeviceRole.CHF, adding.sender, argument=Terms(given=given))
    answer = bench.exchange(command)
    if not was_done(answer):
        raise CheckFailed(_CLAUSE, "a device added to the list", octets_text(answer.message.payload))
    bench.wait(_JOINED)


def _take_off(bench: Bench, adding: Subject, role: DeviceRole) -> bytes:
    """Have a device leave; give its install code."""
    device = bench.device(role)
    if not device.install_code:
        raise InconclusiveOutcome(f"the install record has no install code of the {device_name(role)}")
    given = Terms(given=(("unregister_device", device.entity_id),))
    bench.exchange(bench.command("CCS02", DeviceRole.CHF, adding.sender, argument=given))
    return device.install_code


def _run_back(bench: Bench, adding: Subject, reading: Subject) -> None:
    role = reading.target
    with preamble():
        code = _take_off(bench, adding, role)
        _add(bench, adding, role, code)
    bench.exchange(reading.command(bench))


def _run_wrong(bench: Bench, adding: Subject, reading: Subject) -> None:
    role = reading.target
    with preamble():
        code = _take_off(bench, adding, role)
        _add(bench, adding, role, bytes(octet ^ 0xFF for octet in code))
    bench.send(reading.command(bench))
    device = bench.device(role)
    for received in bench.messages(patience_with(role)):
        if received.message.cra is Cra.RESPONSE and received.message.originator == device.entity_id:
            raise CheckFailed(
                _CLAUSE,
                f"no {device_name(role)} on the network: its install code is another",
                f"its answer to {reading.use_case}",
            )


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
            run=partial(_run_back, adding=adding, reading=reading),
        )
        yield subject.case(
            Purpose.NO_SIDE_EFFECT,
            detail="wrong_install_code",
            title=f"The hub lets no {device} in whose install code is not the one that it was given",
            why="the neighbour's meter must not end up on this network, nor anything that pretends to be it",
            clause=_CLAUSE,
            run=partial(_run_wrong, adding=adding, reading=reading),
        )


CASES: Final = tuple(_cases())
