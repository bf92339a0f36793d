"""The one error of the codecs: where in the octets, in which field, and what was expected there."""


class CodecError(ValueError):
    """Octets that are not what the field should hold, or a value that the field cannot carry.

    ``offset`` counts octets from the start of what was given to the codec; for a value that
    cannot be encoded it is the offset at which the field would have started, or -1 where that
    is not known.
    """

    def __init__(self, field: str, reason: str, *, offset: int = -1) -> None:
        super().__init__(field, reason, offset)
        self.field = field
        self.reason = reason
        self.offset = offset

    def __str__(self) -> str:
        where = f" at octet {self.offset}" if self.offset >= 0 else ""
        return f"{self.field}{where}: {self.reason}"


class DecodeError(CodecError):
    """Octets that do not decode."""


class EncodeError(CodecError):
    """A value that does not encode."""
