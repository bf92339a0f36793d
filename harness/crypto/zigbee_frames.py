"""NWK and APS frames with and without their security (ZigBee r21, clauses 4.3.1 and 4.4.1).

A frame's header, which says that the frame is secured, is authenticated with its encrypted payload. The
caller keeps frame counters: none may be used twice with a key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from harness.codecs.han.aps import ApsFrame, encode_aps
from harness.codecs.han.nwk import NwkFrame, encode_nwk
from harness.codecs.han.security import (
    KeyIdentifier,
    SecurityHeader,
    decode_secured,
    encode_secured,
)
from harness.crypto.zigbee import (
    ZigbeeSecurityError,
    key_load_key,
    key_transport_key,
    secure,
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
    bare = replace(frame, security=True, payload=b"")
    return replace(
        bare, payload=encode_secured(secure(key, header, encode_nwk(bare), frame.payload, source=source))
    )


def unprotect_nwk(frame: NwkFrame, key: bytes) -> NwkFrame:
    """The frame as it was before. Raises DecodeError and ZigbeeSecurityError."""
    secured = decode_secured(frame.payload)
    if secured.header.key is not KeyIdentifier.NETWORK or secured.header.source_eui64 is None:
        raise ZigbeeSecurityError("a NWK frame is secured with the network key and names its sender")
    bare = encode_nwk(replace(frame, payload=b""))
    payload = unsecure(key, secured, bare, source=secured.header.source_eui64)
    return replace(frame, security=False, payload=payload)


def protect_aps(frame: ApsFrame, link_key: bytes, header: SecurityHeader, *, source: int) -> ApsFrame:
    """The frame secured with a link key, or with the key derived from it that the header names.

    ``source`` is the sender's EUI-64; the header carries it where the receiver may not know it.
    """
    bare = replace(frame, security=True, payload=b"")
    sealed = secure(_KEY_OF[header.key](link_key), header, encode_aps(bare), frame.payload, source=source)
    return replace(bare, payload=encode_secured(sealed))


def unprotect_aps(frame: ApsFrame, link_key: bytes, *, source: int) -> ApsFrame:
    """The frame as it was before, sent by the device of EUI-64 ``source``.

    Raises DecodeError and ZigbeeSecurityError.
    """
    secured = decode_secured(frame.payload)
    if secured.header.source_eui64 not in (None, source):
        raise ZigbeeSecurityError("the frame names another sender")
    derive = _KEY_OF.get(secured.header.key)
    if derive is None:
        raise ZigbeeSecurityError("secured with the network key, expected a link key")
    payload = unsecure(derive(link_key), secured, encode_aps(replace(frame, payload=b"")), source=source)
    return replace(frame, security=False, payload=payload)
