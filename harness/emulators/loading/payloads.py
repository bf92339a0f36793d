"""Which loader reads the payload of an answer, by the family of its encoding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from harness.emulators.loading.asn1 import load_asn1
from harness.emulators.loading.dlms import load_dlms
from harness.emulators.loading.gbz import load_gbz
from harness.gbcs.use_case import PayloadFamily

if TYPE_CHECKING:
    from harness.codecs.message import Message
    from harness.emulators.device import EmulatedDevice

Loader = Callable[["EmulatedDevice", "Message", "Message"], None]
"""Puts what the answer (third) to a command (second) reports into a device. Raises DecodeError."""

LOADERS: Final[Mapping[PayloadFamily, Loader]] = {
    PayloadFamily.DLMS: load_dlms,
    PayloadFamily.GBZ: load_gbz,
    PayloadFamily.ASN1: load_asn1,
}
