"""One setting changed, and every hub in the street calls home at the same time."""

from __future__ import annotations

from typing import Final

from device_profiles.model import DeviceKind
from harness.codecs.dlms_types import AccessResponse, DataAccessResult
from harness.emulators.bindings.hub_dlms import back_up
from harness.emulators.defect import Defect
from harness.emulators.exchange import Exchange
from harness.gbcs.catalogue import use_case
from harness.network.clock import SECOND, Instant

_SETTING: Final = frozenset(use_case("DBCH04").message_codes)
_TIMES: Final = 12


def _register(exchange: Exchange) -> None:
    response, hub = exchange.response, exchange.device
    if exchange.message.message_code not in _SETTING or not isinstance(response, AccessResponse):
        return
    if all(one.result == DataAccessResult.SUCCESS for one in response.results):
        for time in range(_TIMES):
            hub.schedule(Instant(exchange.now + time * SECOND), lambda now: back_up(hub, now))


DEFECT: Final = Defect(
    id="hub-registers-again-at-once",
    title="Registers anew with all its devices, again and again, as soon as a setting is changed",
    clause="CHTS 4.5.1, GBCS 16.2, CS14",
    field_defect=29,
    applies_to=frozenset({DeviceKind.COMMS_HUB}),
    before_encode=_register,
)
