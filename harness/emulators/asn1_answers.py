"""Which use cases with an ASN.1 payload devices answer; the catalogue says which of them a kind has."""

from __future__ import annotations

from typing import Final

from harness.codecs.asn1.credentials import ReplacementMode
from harness.emulators.asn1_answer import Asn1Answer
from harness.emulators.subjects.credentials import READ_CREDENTIALS
from harness.emulators.subjects.device_log import READ_DEVICE_LOG
from harness.emulators.subjects.firmware import ACTIVATE_FIRMWARE, READ_FIRMWARE_VERSION
from harness.emulators.subjects.gas_clock import SET_GAS_CLOCK
from harness.emulators.subjects.joining import JOIN, RESTORE_DEVICE_LOG, UNJOIN
from harness.emulators.subjects.own_credentials import (
    ISSUE_CREDENTIALS,
    PROVIDE_CERTIFICATE,
    UPDATE_CERTIFICATE,
)
from harness.emulators.subjects.update_credentials import (
    FIRST_CODE,
    LOAD_CONTROLLER_CODE,
    REPLACE_BY_CONTINGENCY,
    REPLACE_CREDENTIALS,
)

ANSWERS: Final[dict[int, Asn1Answer]] = {
    0x0008: READ_CREDENTIALS,
    0x000A: ISSUE_CREDENTIALS,
    0x000B: UPDATE_CERTIFICATE,
    0x000C: PROVIDE_CERTIFICATE,
    0x000D: JOIN,
    0x000E: JOIN,
    0x000F: UNJOIN,
    0x0010: UNJOIN,
    0x0012: ACTIVATE_FIRMWARE,
    0x0013: READ_DEVICE_LOG,
    0x007F: SET_GAS_CLOCK,
    0x008C: RESTORE_DEVICE_LOG,
    0x00AB: JOIN,
    0x00AF: JOIN,
    **dict.fromkeys(range(FIRST_CODE, FIRST_CODE + ReplacementMode.ANY_BY_CONTINGENCY), REPLACE_CREDENTIALS),
    FIRST_CODE + ReplacementMode.ANY_BY_CONTINGENCY: REPLACE_BY_CONTINGENCY,
    0x011B: READ_CREDENTIALS,
    LOAD_CONTROLLER_CODE: REPLACE_CREDENTIALS,
    0x0129: READ_FIRMWARE_VERSION,
}
"""How each use case is answered, by its message code."""
