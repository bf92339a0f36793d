"""The hub's list is what commands made of it, whoever reads it and how (CHTS 4.5.1; GBCS CCS02 to CCS07)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.applicability import all_of
from harness.cases.case import Case, CheckFailed, Purpose
from harness.cases.cosem_answers import items_done, octets_of, structure_of
from harness.cases.hub_entries import HubList, hub_lists
from harness.cases.subject import Subject
from harness.cases.subjects import SUBJECTS
from harness.cases.terms import Terms
from harness.cases.wording import octets_text
from harness.gbcs.roles import DeviceRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench

_CLAUSE: Final = "CHTS 4.5.1, 4.6.2.1, GBCS CCS02, CCS03, CCS07"
_NETWORK: Final = bytes.fromhex("0200DB000000A001")
_DEVICE: Final = bytes.fromhex("0200DB0000000002")
"""A network and a device that are nowhere."""
_KEY: Final = bytes(range(0x60, 0x70))


def _do(bench: Bench, subject: Subject, *given: tuple[str, bytes]) -> None:
    argument = Terms(given=given)
    items_done(
        bench.exchange(bench.command(subject.use_case, subject.target, subject.sender, argument=argument))
    )


def _expect(*, holds: bool, expected: str, lists: tuple[HubList, HubList]) -> None:
    if not holds:
        found = ", ".join(map(octets_text, lists[0].keys)) or "nothing"
        raise CheckFailed(_CLAUSE, expected, f"network {octets_text(lists[0].network)} with {found}")


def _run(bench: Bench, restoring: Subject, removing: Subject) -> None:
    before, _ = hub_lists(bench)
    _do(
        bench,
        restoring,
        ("extended_PAN_ID", _NETWORK),
        ("MAC_address", _DEVICE),
        ("hashed_TC_link_key", _KEY),
    )
    lists = hub_lists(bench)
    present = lists[0]
    _expect(
        holds=present.network == _NETWORK and present.keys == {**before.keys, _DEVICE: _KEY},
        expected=f"network {octets_text(_NETWORK)}, and {octets_text(_DEVICE)} beside those before",
        lists=lists,
    )
    _do(bench, removing, ("unregister_device", _DEVICE))
    lists = hub_lists(bench)
    _expect(
        holds=lists[0].keys == before.keys and _DEVICE in lists[1].keys,
        expected=f"{octets_text(_DEVICE)} among those taken off, and nowhere else",
        lists=lists,
    )


def _agree(bench: Bench, watching: Subject) -> None:
    present, _ = hub_lists(bench)
    (active,) = items_done(bench.exchange(watching.command(bench)))
    heard = {
        octets_of(structure_of(entry, None, _CLAUSE, "an entry")[0], _CLAUSE, "a device", 8)
        for entry in (active.value if isinstance(active.value, tuple) else ())
    }
    if heard != present.keys.keys():
        apart = min(heard ^ present.keys.keys())
        raise CheckFailed(
            _CLAUSE, "the same devices in CCS06 and CCS07", f"{octets_text(apart)} in one of them"
        )


_HUB: Final = {one.use_case: one for one in SUBJECTS if one.target is DeviceRole.CHF}
_READING: Final = _HUB["CCS07"]

CASES: Final[tuple[Case, ...]] = (
    _HUB["CCS03"].case(
        Purpose.CONSISTENT,
        detail="restored_list",
        title="The hub's list has what was restored, and no longer has what was removed",
        why="a hub that loses what it was restored with leaves a home dark after its replacement",
        clause=_CLAUSE,
        run=partial(_run, restoring=_HUB["CCS03"], removing=_HUB["CCS02"]),
        applies=all_of(_HUB["CCS03"].applies, _HUB["CCS02"].applies, _READING.applies),
    ),
    _HUB["CCS06"].case(
        Purpose.CONSISTENT,
        detail="same_list",
        title="The hub tells of the same devices whether its list or its radio is asked for",
        why="an engineer who is shown two lists trusts neither",
        clause=_CLAUSE,
        run=partial(_agree, watching=_HUB["CCS06"]),
        applies=all_of(_HUB["CCS06"].applies, _READING.applies),
    ),
)
