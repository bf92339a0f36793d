"""What an access response must hold: its request's items, each done, and values of the right type.

GBCS 7.2.10 (access service), 7.3.9 (sensitive attributes), DLMS Green Book 9.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from harness.cases.case import CheckFailed
from harness.cases.cosem_requests import invoke_id_of, protection_of
from harness.cases.inspection import SENSITIVE_CLAUSE, Answer, decrypted, payload_instead_of
from harness.codecs.axdr import decode_data
from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms_types import (
    AccessKind,
    AccessRequest,
    AccessResponse,
    AccessResult,
    DataAccessResult,
)
from harness.codecs.errors import DecodeError

ACCESS_CLAUSE: Final = "GBCS 7.2.10"
_ANSWERED_AS: Final = {
    AccessKind.GET_WITH_SELECTION: AccessKind.GET,
    AccessKind.SET_WITH_SELECTION: AccessKind.SET,
}
"""A result does not say whether there was a selection."""


def items_done(answer: Answer) -> tuple[Data, ...]:
    """The data of an access response all of whose items were carried out. Raises CheckFailed."""
    response = access_response(answer)
    for place, one in enumerate(response.results, 1):
        if one.result != DataAccessResult.SUCCESS:
            raise CheckFailed(
                ACCESS_CLAUSE,
                f"item {place} carried out",
                f"result {result_text(one.result)}",
                instead=payload_instead_of(answer, _all_done(response)),
            )
    return response.data


def _all_done(response: AccessResponse) -> AccessResponse:
    done = tuple(AccessResult(one.kind, DataAccessResult.SUCCESS) for one in response.results)
    return replace(response, results=done)


def access_response(answer: Answer) -> AccessResponse:
    """The payload as an access response that belongs to its request. Raises CheckFailed."""
    response, request = answer.payload, answer.command.payload
    if not isinstance(response, AccessResponse) or not isinstance(request, AccessRequest):
        raise CheckFailed(ACCESS_CLAUSE, "an access response", type(response).__name__)
    wanted = invoke_id_of(answer.command.order.counter)
    if response.invoke_id != wanted:
        right = payload_instead_of(answer, replace(response, invoke_id=wanted))
        found = f"{response.invoke_id:08X}"
        raise CheckFailed(ACCESS_CLAUSE, f"invoke id {wanted:08X}", found, instead=right)
    kinds = [_ANSWERED_AS.get(item.kind, item.kind) for item in request.specifications]
    answered = [one.kind for one in response.results]
    if answered != kinds:
        raise CheckFailed(ACCESS_CLAUSE, f"results for {_kinds_text(kinds)}", _kinds_text(answered))
    return response


def unprotected(answer: Answer) -> Data:
    """What a data protection object answered, decrypted. Raises CheckFailed."""
    (data,) = items_done(answer)
    protections, protected = structure_of(data, 2, SENSITIVE_CLAUSE, "the protected answer")
    order = answer.command.order
    swapped = protection_of(order.counter, order.device.entity_id, answer.command.sender.entity_id)
    if protections != Data(DataTag.ARRAY, (swapped,)):
        raise CheckFailed(
            SENSITIVE_CLAUSE,
            "the command's protection parameters with originator and recipient changed over",
            data_text(protections),
            instead=_with_first_datum(answer, Data(data.tag, (Data(DataTag.ARRAY, (swapped,)), protected))),
        )
    octets = octets_of(protected, SENSITIVE_CLAUSE, "the protected values")
    try:
        return decode_data(decrypted(answer, octets))
    except DecodeError as error:
        raise CheckFailed(SENSITIVE_CLAUSE, "COSEM data under the encryption", str(error)) from None


def _with_first_datum(answer: Answer, datum: Data) -> bytes:
    response = access_response(answer)
    return payload_instead_of(answer, replace(response, data=(datum, *response.data[1:])))


def structure_of(data: Data, members: int | None, clause: str, what: str) -> tuple[Data, ...]:
    """Members of a structure of a given size, or of any size. Raises CheckFailed."""
    value = data.value
    if data.tag is DataTag.STRUCTURE and isinstance(value, tuple) and members in (None, len(value)):
        return value
    size = "" if members is None else f" of {members}"
    raise CheckFailed(clause, f"{what}: a structure{size}", data_text(data))


def octets_of(data: Data, clause: str, what: str, length: int | None = None) -> bytes:
    """Octets of an octet-string. Raises CheckFailed."""
    value = data.value
    if data.tag is DataTag.OCTET_STRING and isinstance(value, bytes) and length in (None, len(value)):
        return value
    size = "" if length is None else f" of {length}"
    raise CheckFailed(clause, f"{what}: an octet-string{size}", data_text(data))


def number_of(data: Data, tag: DataTag, clause: str, what: str) -> int:
    """A number of a given type. Raises CheckFailed."""
    if data.tag is tag and isinstance(data.value, int):
        return data.value
    raise CheckFailed(clause, f"{what}: {tag_text(tag)}", data_text(data))


def expect_data(data: Data, wanted: Data, clause: str, what: str) -> None:
    """Check that a value is the one that the specification sets. Raises CheckFailed."""
    if data != wanted:
        raise CheckFailed(clause, f"{what}: {data_text(wanted)}", data_text(data))


def data_text(data: Data) -> str:
    """A COSEM value in one line."""
    value = data.value
    if isinstance(value, bytes):
        return f"{tag_text(data.tag)} {value.hex().upper()}"
    if isinstance(value, tuple):
        return f"{tag_text(data.tag)} ({', '.join(data_text(member) for member in value)})"
    return tag_text(data.tag) if value is None else f"{tag_text(data.tag)} {value}"


def tag_text(tag: DataTag) -> str:
    """A COSEM type as the Blue Book writes it."""
    return tag.name.lower().replace("_", "-")


def result_text(result: int) -> str:
    """A result with its number."""
    try:
        return f"{DataAccessResult(result).name.lower().replace('_', '-')} ({result})"
    except ValueError:
        return str(result)


def _kinds_text(kinds: Iterable[AccessKind]) -> str:
    return ", ".join(kind.name.lower() for kind in kinds) or "nothing"
