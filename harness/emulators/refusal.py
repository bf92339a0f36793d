"""What cannot be carried out: the reasons that responses give for one item of a command."""

from __future__ import annotations

from harness.codecs.zcl_types import ZclStatus


class AccessRefused(Exception):  # noqa: N818 - an outcome that the response reports, not an error
    """An item of an access request fails; ``result`` is what its place in the response says.

    That is a DataAccessResult, or a number that some other device answered with.
    """

    def __init__(self, result: int) -> None:
        super().__init__(result)
        self.result = result


class CommandRefused(Exception):  # noqa: N818 - an outcome that the response reports, not an error
    """A ZCL command or attribute cannot be served; ``status`` is what the response says."""

    def __init__(self, status: ZclStatus) -> None:
        super().__init__(status)
        self.status = status


class NoSharedKey(Exception):  # noqa: N818 - an outcome that the response reports, not an error
    """A party asked for sensitive data without a key agreement key that the device could use."""
