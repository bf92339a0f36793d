"""NWK and APS frames with and without their security (ZigBee r21, clauses 4.3.1 and 4.4.1).

A frame's header, which says that the frame is secured, is authenticated with its encrypted payload. The
caller keeps frame counters: none may be used twice with a key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from harness.codecs.han import aps, nwk
from harness.codecs.han.aps import ApsFrame, encode_aps
from harness.codecs.han.nwk import NwkFrame, encode_nwk
from harness.codecs.han.security import (
    KeyIdentifier,
    Secured,
    SecurityHeader,
    decode_secured,
)
from harness.crypto.zigbee import (
    ZigbeeSecurityError,
    key_load_key,
    key_transport_key,
    seal,
    unsecure,
)

_KEY_OF: Final[dict[KeyIdentifier, Callable[[bytes], bytes]]] = {
    KeyIdentifier.DATA: lambda key: key,
    KeyIdentifier.KEY_TRANSPORT: key_transport_key,
    KeyIdentifier.KEY_LOAD: key_load_key,
}


def protect_nwk(frame: NwkFrame, key: bytes, *, source: int, counter: int, key_sequence: int = 0) -> NwkFrame:
    """The frame secured with the network key by the device of EUI-64 ``source``, which sends it."""
    header = SecurityHeader(
        key=KeyIdentifier.NETWORK, frame_counter=counter, source_eui64=source, key_sequence=key_sequence
    )
    marked = nwk.with_payload(frame, frame.payload, security=True)
    _, sealed = _sealed_nwk(marked, key, header)
    return nwk.with_payload(marked, sealed, security=True)


def protected_nwk(frame: NwkFrame, key: bytes, header: SecurityHeader) -> bytes:
    """The octets of a frame that says that it is secured, under a header that names its sender."""
    return b"".join(_sealed_nwk(frame, key, header))


def _sealed_nwk(frame: NwkFrame, key: bytes, header: SecurityHeader) -> tuple[bytes, bytes]:
    before = _before(encode_nwk(frame), frame.payload)
    return before, seal(key, header, before, frame.payload, source=header.source_eui64 or 0)


def _before(octets: bytes, payload: bytes) -> bytes:
    """A frame's header: its octets up to the payload, which comes last."""
    return octets[: len(octets) - len(payload)]


def unprotect_nwk(frame: NwkFrame, key: bytes, secured: Secured | None = None) -> NwkFrame:
    """The frame as it was before; ``secured`` is its payload where that was taken apart already.

    Raises DecodeError and ZigbeeSecurityError.
    """
    secured = secured or decode_secured(frame.payload)
    if secured.header.key is not KeyIdentifier.NETWORK or secured.header.source_eui64 is None:
        raise ZigbeeSecurityError("a NWK frame is secured with the network key and names its sender")
    before = _before(encode_nwk(frame), frame.payload)
    payload = unsecure(key, secured, before, source=secured.header.source_eui64)
    return nwk.with_payload(frame, payload, security=False)


def protect_aps(frame: ApsFrame, link_key: bytes, header: SecurityHeader, *, source: int) -> ApsFrame:
    """The frame secured with a link key, or with the key derived from it that the header names.

    ``source`` is the sender's EUI-64; the header carries it where the receiver may not know it.
    """
    marked = aps.with_payload(frame, frame.payload, security=True)
    _, sealed = _sealed_aps(marked, link_key, header, source)
    return aps.with_payload(marked, sealed, security=True)


def protected_aps(frame: ApsFrame, link_key: bytes, header: SecurityHeader, *, source: int) -> bytes:
    """The octets of a frame that says that it is secured. As ``protect_aps``."""
    return b"".join(_sealed_aps(frame, link_key, header, source))


def _sealed_aps(frame: ApsFrame, link_key: bytes, header: SecurityHeader, source: int) -> tuple[bytes, bytes]:
    before = _before(encode_aps(frame), frame.payload)
    return before, seal(_KEY_OF[header.key](link_key), header, before, frame.payload, source=source)


def unprotect_aps(
    frame: ApsFrame, link_key: bytes, *, source: int, secured: Secured | None = None
) -> ApsFrame:
    """The frame as it was before, sent by the device of EUI-64 ``source``.

    ``secured`` is its payload where that was taken apart already. Raises DecodeError and
    ZigbeeSecurityError.
    """
    secured = secured or decode_secured(frame.payload)
    if secured.header.source_eui64 not in (None, source):
        raise ZigbeeSecurityError("the frame names another sender")
    derive = _KEY_OF.get(secured.header.key)
    if derive is None:
        raise ZigbeeSecurityError("secured with the network key, expected a link key")
    before = _before(encode_aps(frame), frame.payload)
    payload = unsecure(derive(link_key), secured, before, source=source)
    return aps.with_payload(frame, payload, security=False)
