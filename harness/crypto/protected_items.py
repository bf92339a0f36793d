"""Where a payload holds sensitive data: found by its form, whatever the use case (GBCS 8).

DLMS: an array of protection parameters, saying "encrypted", and an octet string right behind it, as a
data protection object (class 30) answers and as an alert carries what a billing calendar froze. GBZ: a
component with the additional header of encryption. In the parameters 1 is encryption alone and 2 is
authenticated encryption.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms_types import AccessResponse, DataNotification
from harness.codecs.gbz_types import GbzAlert, GbzComponent, GbzPayload

_ENCRYPTED: Final = frozenset({1, 2})
_PARAMETERS: Final = 5
"""Transaction id, originator, recipient, other information, key information."""


class ProtectedItem(NamedTuple):
    """One piece of sensitive data: where it stands, and its protected text as ``sensitive`` has it.

    ``component`` is the GBZ component that it is the payload of, which has its length before it; None
    in DLMS.
    """

    place: str
    text: bytes
    component: GbzComponent | None = None


def protected_items(payload: object) -> tuple[ProtectedItem, ...]:
    """The sensitive data of a typed payload, in order; none for a payload that carries no such form."""
    match payload:
        case AccessResponse(data=data):
            found = _in_members(data, "data")
        case DataNotification(body=body):
            found = _in_data(body, "body")
        case GbzPayload(components=components) | GbzAlert(components=components):
            found = _in_components(components)
        case _:
            return ()
    return tuple(found)


def _in_data(data: Data, place: str) -> Iterator[ProtectedItem]:
    if data.tag in (DataTag.STRUCTURE, DataTag.ARRAY) and isinstance(data.value, tuple):
        yield from _in_members(data.value, place)


def _in_members(members: tuple[Data, ...], place: str) -> Iterator[ProtectedItem]:
    for number, (parameters, text) in enumerate(pairwise(members), 1):
        if text.tag is DataTag.OCTET_STRING and isinstance(text.value, bytes) and _says_encrypted(parameters):
            yield ProtectedItem(f"{place}[{number}]", text.value)
    for number, member in enumerate(members):
        yield from _in_data(member, f"{place}[{number}]")


def _says_encrypted(data: Data) -> bool:
    """Whether this is an array of protection parameters that speaks of encryption."""
    if data.tag is not DataTag.ARRAY or not isinstance(data.value, tuple) or not data.value:
        return False
    return all(_is_encryption(one) for one in data.value)


def _is_encryption(data: Data) -> bool:
    if data.tag is not DataTag.STRUCTURE or not isinstance(data.value, tuple) or len(data.value) != 2:
        return False
    kind, options = data.value
    if kind.tag is not DataTag.ENUM or kind.value not in _ENCRYPTED:
        return False
    return (
        options.tag is DataTag.STRUCTURE
        and isinstance(options.value, tuple)
        and len(options.value) == _PARAMETERS
    )


def _in_components(components: tuple[GbzComponent, ...]) -> Iterator[ProtectedItem]:
    for number, component in enumerate(components):
        if component.protection is not None:
            yield ProtectedItem(f"components[{number}]", component.payload, component)
