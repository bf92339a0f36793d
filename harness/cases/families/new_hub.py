"""A hub is replaced: nobody is behind the new one until it has the backup of the old (CHTS 4.5.1; CCS03)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.applicability import all_of
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.cosem_answers import items_done
from harness.cases.hub_entries import hub_lists
from harness.cases.refusal import Refusal, expect_silence
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.gbcs.roles import DeviceRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "CHTS 4.5.1, GBCS CCS03, CCS07"
_UNKNOWN: Final = Refusal(_CLAUSE, "its hub was told of nobody")
_READ_FROM: Final = {DeviceRole.ESME: "ECS52", DeviceRole.GSME: "GCS38", DeviceRole.PPMID: "CS02a"}
"""Something that each device tells whenever it is asked."""


def _backup_of(bench: Bench, device: bytes) -> tuple[bytes, bytes]:
    """The hub's network, and its hashed key of a device."""
    present, _ = hub_lists(bench)
    if device not in present.keys:
        raise CheckFailed(_CLAUSE, "the device in the hub's list", "other devices only")
    return present.network, present.keys[device]


def _run(bench: Bench, asking: Subject, restoring: Subject) -> None:
    device = bench.device(asking.target).entity_id
    with preamble():
        network, key = _backup_of(bench, device)
        hub = bench.port.profile.devices[DeviceKind.COMMS_HUB]
    bench.replace_hub(hub)
    installed = bench.device(asking.target)
    expect_silence(bench, installed, asking.command(bench).octets, _UNKNOWN)
    backup = Terms(given=(("extended_PAN_ID", network), ("MAC_address", device), ("hashed_TC_link_key", key)))
    command = bench.command(restoring.use_case, restoring.target, restoring.sender, argument=backup)
    items_done(bench.exchange(command))
    asking.verify(bench, asking, asking.sender)


_BY_NAME: Final = {(subject.use_case, subject.target): subject for subject in SUBJECTS}
_READING: Final = _BY_NAME["CCS07", DeviceRole.CHF]
_RESTORING: Final = _BY_NAME["CCS03", DeviceRole.CHF]


def _case(asking: Subject) -> Case:
    return asking.case(
        Purpose.JOURNEY,
        detail="new_hub",
        title=f"The {asking.device} is reached through a new hub once that has the backup of the old one",
        why="a hub breaks in the middle of a contract, and nobody wants to install the whole home anew",
        clause=_CLAUSE,
        run=partial(_run, asking=asking, restoring=_RESTORING),
        applies=all_of(asking.applies, _READING.applies, _RESTORING.applies),
    )


CASES: Final = tuple(_case(_BY_NAME[name, target]) for target, name in _READ_FROM.items())
