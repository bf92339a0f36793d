"""How a device serves one use case with an ASN.1 payload: check of the request, and answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    from harness.emulators.exchange import Exchange


def _always(_exchange: Exchange) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Asn1Answer:
    """One use case: ``serve`` leaves the response's typed payload.

    ``fits`` says whether what was decoded goes with its message. ``signer`` gives the key that the
    command must be signed with where that is none of the originator's cells.
    """

    serve: Callable[[Exchange], None]
    fits: Callable[[Exchange], bool] = _always
    signer: Callable[[Exchange], EllipticCurvePublicKey | None] | None = None
