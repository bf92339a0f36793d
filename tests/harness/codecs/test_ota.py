"""Upgrade images: round trips, the header's published shape, and faults."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.errors import DecodeError, EncodeError
from harness.codecs.ota import HardwareVersions, OtaImage, decode_ota_image, encode_ota_image

_SHORT = st.integers(0, 0xFFFF)
_IMAGES = st.builds(
    OtaImage,
    manufacturer=_SHORT,
    image_type=_SHORT,
    file_version=st.integers(0, 2**32 - 1),
    image=st.binary(max_size=200),
    signature=st.binary(min_size=64, max_size=64),
    hardware=st.none() | st.builds(HardwareVersions, _SHORT, _SHORT),
    stack_version=_SHORT,
    header_string=st.binary(min_size=32, max_size=32),
    force_replace=st.booleans(),
)


@given(_IMAGES)
def test_images_come_back(image: OtaImage) -> None:
    assert decode_ota_image(encode_ota_image(image)) == image


def test_the_header_is_as_zigbee_has_it() -> None:
    image = OtaImage(
        manufacturer=0x1234,
        image_type=0x5678,
        file_version=0x0123ABCD,
        image=b"image",
        signature=bytes(64),
        hardware=HardwareVersions(0x0100, 0x01FF),
    )
    octets = encode_ota_image(image)
    assert octets[:20].hex() == "1ef1ee0b00013c00040034127856cdab23010200"
    assert octets[52:60].hex() == "830000000001ff01"
    assert octets[60:67] == b"image\0\x40"
    assert len(octets) == 0x83


@given(_IMAGES, st.data())
def test_cut_or_changed_images_are_refused_or_mean_something_else(
    image: OtaImage, data: st.DataObject
) -> None:
    octets = encode_ota_image(image)
    with pytest.raises(DecodeError):
        decode_ota_image(octets[: data.draw(st.integers(0, len(octets) - 1))])
    changed = bytearray(octets)
    changed[data.draw(st.integers(0, len(octets) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        assert decode_ota_image(bytes(changed)) != image
    except DecodeError as error:
        assert error.field  # noqa: PT017 - both outcomes are allowed, but not an error without a field


@given(st.binary(max_size=200))
def test_nothing_but_the_typed_error(octets: bytes) -> None:
    with pytest.raises(DecodeError):
        decode_ota_image(octets)


def test_a_signature_of_another_length_is_refused() -> None:
    image = OtaImage(manufacturer=0, image_type=0, file_version=0, image=b"", signature=b"")
    with pytest.raises(EncodeError, match="signature"):
        encode_ota_image(image)
