"""What cannot be carried out: the reasons that responses give for one item of a command."""

from __future__ import annotations

from enum import IntEnum

from harness.codecs.dlms_types import DataAccessResult


class ZclStatus(IntEnum):
    """Status octets of ZCL responses (ZCL 2.6.3)."""

    SUCCESS = 0x00
    FAILURE = 0x01
    MALFORMED_COMMAND = 0x80
    UNSUPPORTED_CLUSTER_COMMAND = 0x81
    UNSUPPORTED_GENERAL_COMMAND = 0x82
    INVALID_FIELD = 0x85
    UNSUPPORTED_ATTRIBUTE = 0x86
    NOT_FOUND = 0x8B
    HARDWARE_FAILURE = 0xC0


class AccessRefused(Exception):  # noqa: N818 - an outcome that the response reports, not an error
    """An item of an access request fails; ``result`` is what its place in the response says."""

    def __init__(self, result: DataAccessResult) -> None:
        super().__init__(result)
        self.result = result


class CommandRefused(Exception):  # noqa: N818 - an outcome that the response reports, not an error
    """A ZCL command or attribute cannot be served; ``status`` is what the response says."""

    def __init__(self, status: ZclStatus) -> None:
        super().__init__(status)
        self.status = status


class NoSharedKey(Exception):  # noqa: N818 - an outcome that the response reports, not an error
    """A party asked for sensitive data without a key agreement key that the device could use."""
