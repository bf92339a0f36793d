"""Over-the-air upgrade images: the ZigBee OTA header, the manufacturer's image, and who vouches for it.

Layout (ZigBee OTA cluster 11.4, least significant octet first; GBCS 11.2):

    file identifier 0BEEF11E (4) | header version 0100 (2) | header length (2) | field control (2)
    | manufacturer code (2) | image type (2) | file version (4) | stack version (2) | header string (32)
    | total image size (4) | [minimum hardware version (2) | maximum hardware version (2)]
    | manufacturer image | force replace (1) | 40 | signature (64)

The hardware versions are there when bit 0x04 of field control is set; its other bits, for fields that
this network does not use, are refused. Header length and total size follow from the rest and are
checked. CS06 activates an image by the SHA-256 of the manufacturer image alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from construct import If, Struct, this

from harness.codecs.declaration import Field, Fixed, Little, Octets, Rest, build, parse, parse_whole
from harness.codecs.errors import DecodeError, EncodeError

FILE_IDENTIFIER: Final = 0x0BEEF11E
HEADER_VERSION: Final = 0x0100
HARDWARE_VERSIONS_PRESENT: Final = 0x0004
STACK_VERSION: Final = 0x0002
HEADER_STRING_LENGTH: Final = 32
SIGNATURE_LENGTH: Final = 64
_SHORT_HEADER: Final = 56
_LONG_HEADER: Final = 60


@dataclass(frozen=True, slots=True)
class HardwareVersions:
    """First and last hardware version that the image is for: version octet, then revision octet."""

    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtaImage:
    """An upgrade image. ``header_string`` is 32 octets, ``signature`` 64 octets r‖s over the image."""

    manufacturer: int
    image_type: int
    file_version: int
    image: bytes
    signature: bytes
    hardware: HardwareVersions | None = None
    stack_version: int = STACK_VERSION
    header_string: bytes = bytes(HEADER_STRING_LENGTH)
    force_replace: bool = False


_HEADER: Final = Struct(
    Field("file_identifier", Fixed(FILE_IDENTIFIER.to_bytes(4, "little"))),
    Field("header_version", Fixed(HEADER_VERSION.to_bytes(2, "little"))),
    Field("header_length", Little(2)),
    Field("field_control", Little(2)),
    Field("manufacturer", Little(2)),
    Field("image_type", Little(2)),
    Field("file_version", Little(4)),
    Field("stack_version", Little(2)),
    Field("header_string", Octets(HEADER_STRING_LENGTH)),
    Field("total_size", Little(4)),
    Field("minimum_hardware", If(this.field_control == HARDWARE_VERSIONS_PRESENT, Little(2))),
    Field("maximum_hardware", If(this.field_control == HARDWARE_VERSIONS_PRESENT, Little(2))),
)
_AUTHORISATION: Final = Struct(
    Field("force_replace", Octets(1)),
    Field("signature_length", Fixed(bytes((SIGNATURE_LENGTH,)))),
    Field("signature", Rest()),
)
_AUTHORISATION_LENGTH: Final = 2 + SIGNATURE_LENGTH
_SAME_NAME: Final = ("manufacturer", "image_type", "file_version", "stack_version", "header_string")


def decode_ota_image(octets: bytes) -> OtaImage:
    """Take an upgrade image apart. Raises DecodeError."""
    header, start = parse(_HEADER, octets)
    if header.field_control & ~HARDWARE_VERSIONS_PRESENT:
        raise DecodeError(
            "field_control", f"{header.field_control:04X} names fields that are not used", offset=8
        )
    if header.header_length != start:
        raise DecodeError("header_length", f"expected {start}, found {header.header_length}", offset=6)
    if header.total_size != len(octets):
        raise DecodeError(
            "total_size", f"says {header.total_size}, there are {len(octets)} octets", offset=52
        )
    end = len(octets) - _AUTHORISATION_LENGTH
    if end < start:
        raise DecodeError("signature", "no room for the authorising party's signature", offset=start)
    try:
        authorisation = parse_whole(_AUTHORISATION, octets[end:])
    except DecodeError as error:
        raise DecodeError(error.field, error.reason, offset=end + error.offset) from None
    if authorisation.force_replace not in {b"\0", b"\1"}:
        raise DecodeError(
            "force_replace", f"expected 00 or 01, found {authorisation.force_replace.hex()}", offset=end
        )
    hardware = None
    if header.field_control:
        hardware = HardwareVersions(header.minimum_hardware, header.maximum_hardware)
    return OtaImage(
        image=octets[start:end],
        signature=authorisation.signature,
        hardware=hardware,
        force_replace=authorisation.force_replace == b"\1",
        **{name: header[name] for name in _SAME_NAME},
    )


def encode_ota_image(image: OtaImage) -> bytes:
    """Put an upgrade image together. Raises EncodeError."""
    if len(image.signature) != SIGNATURE_LENGTH:
        raise EncodeError("signature", f"expected {SIGNATURE_LENGTH} octets, got {len(image.signature)}")
    hardware = image.hardware
    length = _LONG_HEADER if hardware is not None else _SHORT_HEADER
    header = {
        "header_length": length,
        "field_control": HARDWARE_VERSIONS_PRESENT if hardware is not None else 0,
        "total_size": length + len(image.image) + _AUTHORISATION_LENGTH,
        "minimum_hardware": hardware and hardware.minimum,
        "maximum_hardware": hardware and hardware.maximum,
        "file_identifier": None,
        "header_version": None,
        **{name: getattr(image, name) for name in _SAME_NAME},
    }
    authorisation = {
        "force_replace": bytes((image.force_replace,)),
        "signature_length": None,
        "signature": image.signature,
    }
    return build(_HEADER, header) + image.image + build(_AUTHORISATION, authorisation)
