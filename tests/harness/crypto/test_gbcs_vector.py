"""The worked example of GBCS 18.4: a critical command, its signature, and its broker's MAC."""

import pytest

from harness.codecs.envelope import decode_message, encode_message, split_message
from harness.crypto.agreement import shared_secret
from harness.crypto.keys import private_key_from_octets, public_key_from_octets, public_octets
from harness.crypto.protection import mac_holds, protect, signature_holds

MESSAGE = bytes.fromhex(
    "DD00000000000081A91100000000DF0901000000000000000108123456789ABCDEF008FFFFFFFFFFFFFFFE000200B335D92000000100"
    "030300700000130A00FF020300700000130A01FF020300700000130A02FF020305000000000500000000050000000040"
    "59045AB0F554622B0360340B9D87B5A23ED5723B41DE3F206E58CDD10F915B9FE2E12E2DA3632478A8DF678E418895869AC1E55318CCE0"
    "4D120D2D6B44DC167B5D832D15B57A56D620F198B3"
)
SIGNER = private_key_from_octets(
    bytes.fromhex("3A6B2EAA0D9F25A9E455983FEB5BB947528121911BF3B76BE5661C89DBF24B26")
)
SIGNER_POINT = bytes.fromhex(
    "76628E1C84EF7935548AE5D62C7BB3AD28964CF794F0387A697EEC19CDD98F46"
    "0A4D5E19087EF7216ED89C29831A6EE838C8DE88EF34F11D3F41F36D80B2A5D5"
)
BROKER = private_key_from_octets(
    bytes.fromhex("E4A6CFB431471CFCAE491FD566D19C87082CF9FA7722D7FA24B2B3F5669DBEFB")
)
DEVICE = public_key_from_octets(
    bytes.fromhex(
        "2DB45A3F21889438B42C8F464C75292BACF5FDDB5DA0B492501B299CBFE92D8F"
        "DB90FC8FF4026129838B1BCAD1402CAE47FE7D8084E409A41AFCE16D63579C5F"
    )
)


def test_the_key_pair_belongs_together() -> None:
    assert public_octets(SIGNER.public_key()) == SIGNER_POINT


def test_the_signature_verifies() -> None:
    assert signature_holds(MESSAGE, public_key_from_octets(SIGNER_POINT))
    assert signature_holds(decode_message(MESSAGE), public_key_from_octets(b"\x04" + SIGNER_POINT))


def test_the_mac_is_reproduced() -> None:
    z = shared_secret(BROKER, DEVICE)
    assert mac_holds(MESSAGE, z)
    assert mac_holds(decode_message(MESSAGE), z)
    assert protect(decode_message(MESSAGE), mac_secret=z) == MESSAGE


def test_signing_the_pre_command_gives_a_message_that_holds() -> None:
    pre_command = decode_message(encode_message(decode_message(MESSAGE))[14 : -12 - 65])
    assert pre_command.signature is None
    signed = protect(pre_command, signer=SIGNER, mac_secret=shared_secret(BROKER, DEVICE))
    assert signed != MESSAGE, "the example's nonce was drawn, ours follows RFC 6979"
    assert split_message(signed).signed == split_message(MESSAGE).signed
    assert signature_holds(signed, SIGNER.public_key())
    assert mac_holds(signed, shared_secret(BROKER, DEVICE))


@pytest.mark.parametrize("place", range(14, len(MESSAGE), 7))
def test_no_octet_can_change_unnoticed(place: int) -> None:
    z = shared_secret(BROKER, DEVICE)
    parts = split_message(MESSAGE)
    octets = bytearray(parts.authenticated)
    octets[(place - 14) % len(octets)] ^= 1
    tampered = MESSAGE[:14] + bytes(octets) + MESSAGE[-12:]
    try:
        assert not mac_holds(tampered, z)
    except ValueError:
        return  # the envelope is no longer one
