"""What a command about an account does, in whatever form it comes: a token, or emergency credit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data
from harness.codecs.zcl_types import ZclField
from harness.emulators.zcl.templates import Asked
from harness.gbcs.use_case import obis_octets

if TYPE_CHECKING:
    from harness.emulators.exchange import Operation

_ENTER_TOKEN: Final = frozenset({(115, obis_octets("0-0:19.40.0.255"), 1, True), (0x0705, 0x04, True)})
_ACTIVATE_EMERGENCY: Final = frozenset({(112, obis_octets("0-0:19.10.1.255"), 3, True), (0x0705, 0x00, True)})
_TOKEN: Final = "top_up_code"  # noqa: S105 - the name of a field


def token_in(operation: Operation) -> str | None:
    """The token, twenty digits where it is one, that an operation enters; None for any other operation."""
    if operation.key not in _ENTER_TOKEN:
        return None
    argument = operation.argument
    value = argument.command[_TOKEN] if isinstance(argument, Asked) else argument.value
    return value.decode("ascii", errors="replace") if isinstance(value, bytes) else None


def with_token(operation: Operation, token: str) -> Operation:
    """An operation that enters another token."""
    argument = operation.argument
    if isinstance(argument, Data):
        return replace(operation, argument=Data(argument.tag, token.encode()))
    fields = tuple(
        ZclField(field.name, token.encode()) if field.name == _TOKEN else field
        for field in argument.command.fields
    )
    command = replace(argument.command, fields=fields)
    return replace(operation, argument=replace(argument, command=command))


def activates_emergency(operation: Operation) -> bool:
    """Whether an operation activates emergency credit."""
    return operation.key in _ACTIVATE_EMERGENCY
