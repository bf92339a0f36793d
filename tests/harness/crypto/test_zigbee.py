"""ZigBee cryptography against published vectors, and what tampering must do."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.han.security import (
    KeyIdentifier,
    Secured,
    SecurityHeader,
    decode_secured,
    encode_secured,
    encode_security_header,
)
from harness.crypto.zigbee import (
    ZigbeeSecurityError,
    _cipher,
    _nonce,
    aes_mmo,
    crc_x25,
    install_code_with_crc,
    keyed_hash,
    link_key_of,
    secure,
    unsecure,
)


def test_hash_of_one_octet_is_the_published_one() -> None:
    # ZigBee specification annex C.5.1
    assert aes_mmo(b"\xc0").hex().upper() == "AE3A102A28D43EE0D4A09E22788B206C"


def test_hash_of_one_block_is_the_published_one() -> None:
    # ZigBee specification annex C.5.2
    message = bytes.fromhex("C0C1C2C3C4C5C6C7C8C9CACBCCCDCECF")
    assert aes_mmo(message).hex().upper() == "A7977E88BC0B61E8210827109A228F2D"


def test_keyed_hash_is_the_published_one() -> None:
    # ZigBee specification annex C.6.1
    key = bytes.fromhex("404142434445464748494A4B4C4D4E4F")
    assert keyed_hash(key, b"\xc0").hex().upper() == "4512807BF94CB3400F0E2C25FB76E999"


def test_install_code_gives_the_published_link_key() -> None:
    # Smart Energy specification, install code example
    code = bytes.fromhex("83FED3407A939723A5C639B26916D505")
    assert install_code_with_crc(code).hex().upper() == "83FED3407A939723A5C639B26916D505C3B5"
    assert link_key_of(install_code_with_crc(code)).hex().upper() == "66B6900981E1EE3CA4206B6B861C02BB"


# ZigBee specification annex C.3 (also IEEE 802.15.4 annex C): integrity code of 8 octets
CCM_KEY = bytes(range(0xC0, 0xD0))
CCM_NONCE = bytes.fromhex("A0A1A2A3A4A5A6A7 03020100 06")
CCM_HEADER, CCM_PAYLOAD = bytes(range(8)), bytes(range(8, 0x1F))
CCM_CIPHERTEXT = bytes.fromhex("1A55A36ABB6C610D066B3375649CEF10D4664ECAD854A8")
CCM_MIC = bytes.fromhex("0A895CC1D8FF9469")


def test_the_nonce_is_put_together_as_the_published_one() -> None:
    source = int.from_bytes(CCM_NONCE[:8], "little")
    header = SecurityHeader(key=KeyIdentifier.DATA, frame_counter=0x00010203)
    on_the_air = encode_security_header(header)
    assert _nonce(b"\x06" + on_the_air[1:], source) == CCM_NONCE


def test_the_cipher_gives_the_published_octets() -> None:
    whole = AESCCM(CCM_KEY, tag_length=len(CCM_MIC)).encrypt(CCM_NONCE, CCM_PAYLOAD, CCM_HEADER)
    assert whole == CCM_CIPHERTEXT + CCM_MIC
    # A shorter integrity code leaves what is enciphered as it is
    sealed = _cipher(CCM_KEY).encrypt(CCM_NONCE, CCM_PAYLOAD, CCM_HEADER)
    assert sealed[:-4] == CCM_CIPHERTEXT


def _ccm_mic(key: bytes, nonce: bytes, header: bytes, payload: bytes) -> bytes:
    """The integrity code of 4 octets from the block cipher alone (ZigBee annex A.2.2 and A.2.3)."""
    cipher = Cipher(AES(key), modes.ECB()).encryptor()  # noqa: S305 - the block alone, as the annex defines it
    flags = 0x40 | (4 - 2) // 2 << 3 | 1
    blocks = bytes((flags,)) + nonce + len(payload).to_bytes(2, "big")
    for part in (len(header).to_bytes(2, "big") + header, payload):
        blocks += part + bytes(-len(part) % 16)
    state = bytes(16)
    for place in range(0, len(blocks), 16):
        state = cipher.update(bytes(a ^ b for a, b in zip(state, blocks[place : place + 16], strict=True)))
    stream = cipher.update(b"\x01" + nonce + bytes(2))
    return bytes(a ^ b for a, b in zip(state[:4], stream[:4], strict=True))


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=1, max_size=40), st.binary(max_size=90))
def test_the_integrity_code_is_that_of_the_definition(key: bytes, header: bytes, payload: bytes) -> None:
    assert _cipher(key).encrypt(CCM_NONCE, payload, header)[-4:] == _ccm_mic(key, CCM_NONCE, header, payload)


def test_crc_check_value() -> None:
    assert crc_x25(b"123456789") == 0x906E


@given(st.sampled_from([6, 8, 12, 16]).flatmap(lambda n: st.binary(min_size=n, max_size=n)), st.data())
def test_an_install_code_with_any_bit_wrong_is_refused(code: bytes, data: st.DataObject) -> None:
    whole = bytearray(install_code_with_crc(code))
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ZigbeeSecurityError):
        link_key_of(bytes(whole))


@given(length=st.integers(0, 40).filter(lambda n: n not in {6, 8, 12, 16}))
def test_an_install_code_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ZigbeeSecurityError):
        install_code_with_crc(bytes(length))


_HEADERS = st.one_of(
    st.builds(
        SecurityHeader,
        key=st.just(KeyIdentifier.NETWORK),
        frame_counter=st.integers(0, 2**32 - 1),
        source_eui64=st.none() | st.integers(0, 2**64 - 1),
        key_sequence=st.integers(0, 255),
    ),
    st.builds(
        SecurityHeader,
        key=st.sampled_from([KeyIdentifier.DATA, KeyIdentifier.KEY_TRANSPORT, KeyIdentifier.KEY_LOAD]),
        frame_counter=st.integers(0, 2**32 - 1),
        source_eui64=st.none() | st.integers(0, 2**64 - 1),
    ),
)
_KEYS = st.binary(min_size=16, max_size=16)


@given(_KEYS, _HEADERS, st.binary(max_size=20), st.binary(max_size=90), st.integers(0, 2**64 - 1))
def test_what_is_secured_comes_back(
    key: bytes, header: SecurityHeader, frame_header: bytes, payload: bytes, source: int
) -> None:
    secured = secure(key, header, frame_header, payload, source=source)
    received = decode_secured(encode_secured(secured))
    assert received == secured
    assert unsecure(key, received, frame_header, source=source) == payload


@given(_KEYS, _HEADERS, st.binary(max_size=20), st.binary(max_size=90), st.integers(0, 2**64 - 1), st.data())
def test_any_bit_changed_on_the_air_is_noticed(  # noqa: PLR0917 - one argument for each thing that varies
    key: bytes, header: SecurityHeader, frame_header: bytes, payload: bytes, source: int, data: st.DataObject
) -> None:
    secured = secure(key, header, frame_header, payload, source=source)
    octets = bytearray(secured.ciphertext + secured.mic)
    bit = data.draw(st.integers(0, len(octets) * 8 - 1))
    octets[bit // 8] ^= 1 << bit % 8
    changed = Secured(header, bytes(octets[:-4]), bytes(octets[-4:]))
    with pytest.raises(ZigbeeSecurityError):
        unsecure(key, changed, frame_header, source=source)
