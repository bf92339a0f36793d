"""The MAC, against the library's general GCM and the validation suite."""

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM
from hypothesis import given
from hypothesis import strategies as st

from harness.crypto.mac import gmac, message_mac

KEY = st.binary(min_size=16, max_size=16)
ENTITY = st.binary(min_size=8, max_size=8)


@given(KEY, ENTITY, st.binary(max_size=500))
def test_the_mac_is_gcm_over_the_message_alone(key: bytes, originator: bytes, covered: bytes) -> None:
    encryptor = Cipher(AES(key), GCM(originator + bytes(4))).encryptor()
    encryptor.authenticate_additional_data(b"\x11" + bytes(4) + b"\x00" + covered)
    encryptor.finalize()
    assert gmac(key, originator, covered) == encryptor.tag
    assert message_mac(key, originator, covered) == encryptor.tag[:12]
