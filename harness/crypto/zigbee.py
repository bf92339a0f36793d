"""ZigBee's symmetric cryptography: CCM* frames, AES-MMO hashes, install codes, derived link keys.

ZigBee r21 annexes A and B and clause 4.5.3; install codes as Smart Energy 1.x section 5.4.8.1 has
them. Keys are 16 octets. The primitives come from ``cryptography``; only the ways in which ZigBee
combines them are here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from harness.codecs.han.security import (
    ENC_MIC_32,
    MIC_LENGTH,
    Secured,
    SecurityHeader,
    authenticated_header,
)

BLOCK: Final = 16
INSTALL_CODE_LENGTHS: Final = (6, 8, 12, 16)
_CIPHERS_KEPT: Final = 256
_KEY_TRANSPORT_INPUT: Final = b"\x00"
_KEY_LOAD_INPUT: Final = b"\x02"


class ZigbeeSecurityError(ValueError):
    """A frame whose integrity code does not hold, or an install code that is not one."""


def _nonce(authenticated: bytes, source_eui64: int) -> bytes:
    """Source, frame counter and security control, as clause 4.5.2.2 orders them (13 octets)."""
    return source_eui64.to_bytes(8, "little") + authenticated[1:5] + authenticated[:1]


@lru_cache(_CIPHERS_KEPT)
def _cipher(key: bytes) -> AESCCM:
    """The cipher of a key: a home has few keys and many frames."""
    return AESCCM(key, tag_length=MIC_LENGTH)


def seal(key: bytes, header: SecurityHeader, frame_header: bytes, payload: bytes, *, source: int) -> bytes:
    """The octets of a secured payload: auxiliary header, ciphertext, integrity code. As ``secure``."""
    authenticated = authenticated_header(header)
    on_the_air = bytes((authenticated[0] & ~ENC_MIC_32 | header.level,)) + authenticated[1:]
    nonce = _nonce(authenticated, source)
    return on_the_air + _cipher(key).encrypt(nonce, payload, frame_header + authenticated)


def secure(
    key: bytes, header: SecurityHeader, frame_header: bytes, payload: bytes, *, source: int
) -> Secured:
    """Encrypt ``payload`` and authenticate it with the frame's header (4.3.1.1, 4.4.1.1).

    ``source`` is the sender's EUI-64, which goes into the nonce whether or not the header carries it.
    """
    authenticated = authenticated_header(header)
    sealed = _cipher(key).encrypt(_nonce(authenticated, source), payload, frame_header + authenticated)
    return Secured(header, sealed[:-MIC_LENGTH], sealed[-MIC_LENGTH:])


def unsecure(key: bytes, secured: Secured, frame_header: bytes, *, source: int) -> bytes:
    """The payload of a secured frame (4.3.1.2, 4.4.1.2). Raises ZigbeeSecurityError for a wrong MIC."""
    if secured.header.level not in (0, ENC_MIC_32):
        raise ZigbeeSecurityError(f"security level {secured.header.level}, expected {ENC_MIC_32}")
    authenticated = authenticated_header(secured.header)
    try:
        return _cipher(key).decrypt(
            _nonce(authenticated, source), secured.ciphertext + secured.mic, frame_header + authenticated
        )
    except InvalidTag:
        raise ZigbeeSecurityError("message integrity code does not hold") from None


def aes_mmo(octets: bytes) -> bytes:
    """Matyas-Meyer-Oseas hash over AES-128 (annex B.6): 16 octets. Input under 8,192 octets.

    Raises ValueError for longer input, which the annex pads in another way.
    """
    if len(octets) >= 1 << 13:
        raise ValueError("input of 8,192 octets or more")
    padded = octets + b"\x80"
    padded += bytes(-(len(padded) + 2) % BLOCK) + (len(octets) * 8).to_bytes(2, "big")
    state = bytes(BLOCK)
    for start in range(0, len(padded), BLOCK):
        block = padded[start : start + BLOCK]
        # The hash chains by using each state as the next key: one block a key is what ECB is for here.
        encrypted = Cipher(AES(state), ECB()).encryptor().update(block)  # noqa: S305 - see above
        state = bytes(left ^ right for left, right in zip(encrypted, block, strict=True))
    return state


def keyed_hash(key: bytes, octets: bytes) -> bytes:
    """HMAC over AES-MMO (annex B.1.4): 16 octets."""
    inner = aes_mmo(bytes(octet ^ 0x36 for octet in key) + octets)
    return aes_mmo(bytes(octet ^ 0x5C for octet in key) + inner)


@lru_cache(_CIPHERS_KEPT)
def key_transport_key(link_key: bytes) -> bytes:
    """The key that protects a transported network key (4.5.3)."""
    return keyed_hash(link_key, _KEY_TRANSPORT_INPUT)


@lru_cache(_CIPHERS_KEPT)
def key_load_key(link_key: bytes) -> bytes:
    """The key that protects a transported link key (4.5.3)."""
    return keyed_hash(link_key, _KEY_LOAD_INPUT)


def crc_x25(octets: bytes) -> int:
    """CRC-16/X-25: reflected polynomial 1021, initial value and final inversion FFFF."""
    crc = 0xFFFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc ^ 0xFFFF


def install_code_with_crc(code: bytes) -> bytes:
    """An install code with its CRC, least significant octet first. Raises ZigbeeSecurityError."""
    if len(code) not in INSTALL_CODE_LENGTHS:
        raise ZigbeeSecurityError(
            f"install code of {len(code)} octets, expected one of {INSTALL_CODE_LENGTHS}"
        )
    return code + crc_x25(code).to_bytes(2, "little")


@lru_cache(_CIPHERS_KEPT)
def link_key_of(install_code: bytes) -> bytes:
    """The preconfigured link key of an install code given with its CRC.

    Raises ZigbeeSecurityError for a wrong length or CRC.
    """
    if install_code != install_code_with_crc(install_code[:-2]):
        raise ZigbeeSecurityError("the CRC of the install code does not hold")
    return aes_mmo(install_code)
