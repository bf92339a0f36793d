"""How a device serves one use case with an ASN.1 payload: codec, check of the request, and answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange


def _always(_exchange: Exchange) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Asn1Answer:
    """One use case: ``serve`` puts a value into ``exchange.response`` that ``encode`` takes.

    ``fits`` says whether what was decoded is of this use case and goes with its message.
    """

    decode: Callable[[bytes], Any]
    serve: Callable[[Exchange], None]
    encode: Callable[[Any], bytes]
    fits: Callable[[Exchange], bool] = _always
