"""Which optional equipment a use case is about: a meter without a load switch is not told to open it.

It follows from what the rows name (SMETS parts B and C of section 5 for the second element and three
phases, and its parts on switches, valves, controllers and boost; CHTS for the second radio of a hub).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import Final

from harness.gbcs.catalogue import use_case


class Equipment(StrEnum):
    """What a device of one kind may have or not."""

    LOAD_SWITCH = "load-switch"
    VALVE = "valve"
    CONTROLLER = "controller"
    """A switch or a proportional controller for loads in the home."""
    PROPORTIONAL_CONTROLLER = "proportional-controller"
    BOOST = "boost"
    SECOND_ELEMENT = "second-element"
    THREE_PHASES = "three-phases"
    SUB_GHZ_RADIO = "sub-ghz-radio"


_BY_INSTANCE: Final = (
    ("0-0:96.3.10.255", Equipment.LOAD_SWITCH),
    ("0-0:10.0.106.255", Equipment.LOAD_SWITCH),
    ("0-17:99.98.2.255", Equipment.CONTROLLER),
    ("0-0:94.44.6.", Equipment.BOOST),
    ("0-0:94.44.7.255", Equipment.BOOST),
    ("0-0:13.0.1.255", Equipment.SECOND_ELEMENT),
    ("0-0:19.20.5.255", Equipment.SECOND_ELEMENT),
    ("1-0:52.", Equipment.THREE_PHASES),
    ("0-0:94.44.10.", Equipment.SUB_GHZ_RADIO),
)
"""Objects by the start of their instance."""
_BY_NAME: Final = (("Auxiliary", Equipment.CONTROLLER),)
"""Data by the start of what SMETS calls them."""
_BY_ZCL: Final = {
    (0x0702, 0x0B): Equipment.VALVE,
}
"""Commands by cluster and identifier."""
_BY_USE_CASE: Final = {
    **dict.fromkeys(("ECS47e", "ECS101", "ECS102", "ECS200"), frozenset({Equipment.PROPORTIONAL_CONTROLLER})),
    **dict.fromkeys(("DBCH06", "DBCH07", "DBCH08", "DBCH10", "DBCH11"), frozenset({Equipment.SUB_GHZ_RADIO})),
}
"""Use cases whose rows do not tell."""


@cache
def equipment_of(identifier: str) -> frozenset[Equipment]:
    """Everything that a device needs to have a use case. Raises KeyError for a name that is none."""
    row = use_case(identifier)
    found = set(_BY_USE_CASE.get(identifier, ()))
    for cosem in row.cosem:
        found.update(_starting(cosem.obis, _BY_INSTANCE))
        found.update(_starting(cosem.name, _BY_NAME))
    for zcl in row.zcl:
        if zcl.command is not None and (zcl.cluster, zcl.command) in _BY_ZCL:
            found.add(_BY_ZCL[zcl.cluster, zcl.command])
    return frozenset(found)


def _starting(text: str, table: Iterable[tuple[str, Equipment]]) -> Iterable[Equipment]:
    return (equipment for start, equipment in table if text.startswith(start))
