"""What became of a command, for the event log: carried out or not (SMETS2 5.7.5.16, GBCS 16.2).

Reading changes nothing and would push out of the log what did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.codecs.dlms_types import AccessResponse, DataAccessResult
from harness.codecs.gbz_types import GbzPayload
from harness.codecs.zcl_types import FRAME_TYPE_MASK, GENERAL_FRAME_TYPE, ZclStatus
from harness.emulators.subjects.alerts import Alerts
from harness.emulators.zcl.templates import DEFAULT_RESPONSE
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.use_case import Access

if TYPE_CHECKING:
    from harness.codecs.gbz_types import GbzComponent
    from harness.emulators.exchange import Exchange


def note_outcome(exchange: Exchange) -> None:
    """Log a command by its message code, once it was served."""
    if exchange.ability.use_case.access is Access.READ:
        return
    code = AlertCode.HAN_COMMAND_DONE if _is_done(exchange.response) else AlertCode.HAN_COMMAND_FAILED
    command = exchange.message.message_code.to_bytes(2, "big")
    exchange.device.part(Alerts).event(code, exchange.now, information=command)


def _is_done(response: Any) -> bool:
    if isinstance(response, AccessResponse):
        return all(one.result == DataAccessResult.SUCCESS for one in response.results)
    if isinstance(response, GbzPayload):
        return not any(map(_is_refusal, response.components))
    return True


def _is_refusal(component: GbzComponent) -> bool:
    """A default response that says why not."""
    return (
        component.command == DEFAULT_RESPONSE
        and component.frame_control & FRAME_TYPE_MASK == GENERAL_FRAME_TYPE
        and component.payload[-1:] != bytes((ZclStatus.SUCCESS,))
    )
