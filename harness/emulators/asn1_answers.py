"""Which use cases with an ASN.1 payload devices answer; the catalogue says which of them a kind has."""

from __future__ import annotations

from typing import Final

from harness.emulators.subjects.credentials import READ_CREDENTIALS
from harness.emulators.subjects.device_log import READ_DEVICE_LOG
from harness.emulators.subjects.firmware import ACTIVATE_FIRMWARE

ANSWERS: Final = {
    "CS02a": READ_CREDENTIALS,
    "CS02f": READ_CREDENTIALS,
    "CS06": ACTIVATE_FIRMWARE,
    "CS07": READ_DEVICE_LOG,
}
