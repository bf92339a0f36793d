"""Parts of an answer that cannot be told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.gbz_types import GbzPayload
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange


def _restart(exchange: Exchange) -> None:
    response = exchange.response
    if isinstance(response, GbzPayload):
        components = tuple(replace(one, sequence=0) for one in reversed(response.components))
        exchange.response = replace(response, components=components)


DEFECT: Final = Defect(
    id="component-sequence-restarts",
    title="Answers the components of a GBZ command out of order, each under sequence number 0",
    clause="GBCS 7.2.9",
    applies_to=frozenset({DeviceKind.GSME}),
    before_encode=_restart,
)
