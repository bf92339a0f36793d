"""Values in words: times, units, texts, instructions. For trees and reports; nothing decides by them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.cosem_date_time import DEVIATION_UNSPECIFIED, LENGTH, NEVER, NOW, CosemDateTime
from harness.gbcs.alert_codes import alert_meaning
from harness.gbcs.catalogue import by_message_code
from harness.gbcs.item_names import item_of
from harness.gbcs.use_case import ItemKind, obis_text

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_UNITS: Final = {
    13: "m3",
    14: "m3 corrected",
    27: "W",
    28: "VA",
    29: "var",
    30: "Wh",
    31: "VAh",
    32: "varh",
    33: "A",
    35: "V",
    44: "Hz",
    254: "other unit",
    255: "no unit",
}
_TIME_NAMES: Final = ("timestamp", "from_value", "to_value")
_SHORTEST_TEXT: Final = 3
_INSTRUCTION_LENGTH: Final = 19
_REFUSED_LENGTH: Final = 10


def moment_text(moment: CosemDateTime) -> str:
    """A COSEM date-time as people write it; ``-`` is unspecified, ``now`` and ``never`` have their names."""
    if moment in _MARKERS:
        return _MARKERS[moment]
    year = "-" if moment.year == 0xFFFF else f"{moment.year:04d}"
    date = "-".join([year, *(_field(part) for part in (moment.month, moment.day))])
    time = ":".join(_field(part) for part in (moment.hour, moment.minute, moment.second))
    zone = "" if moment.deviation == DEVIATION_UNSPECIFIED else f" deviation {moment.deviation} min"
    status = "" if moment.status == 0xFF else f" status {moment.status:#04x}"
    return f"{date} {time}{zone}{status}"


_MARKERS: Final = {NOW: "now", NEVER: "never"}


def _field(part: int) -> str:
    return "--" if part == 0xFF else f"{part:02d}"


def utc_time_text(seconds: int) -> str:
    """ZigBee UTCTime: seconds since 2000; its two highest values mark what no time says."""
    if seconds in {0, 0xFFFFFFFF}:
        return ""
    return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}Z"


def data_meaning(name: str, data: Data) -> str:
    """What a COSEM value of this name says, where it is more than the value itself."""
    value = data.value
    if isinstance(value, bytes):
        return _octets_meaning(name, value)
    if isinstance(value, bool) or not isinstance(value, int):
        return ""
    if name == "alert_code":
        return alert_meaning(value) or "unknown alert code"
    if data.tag is DataTag.ENUM and name.endswith("unit"):
        return _UNITS.get(value, "")
    if data.tag is DataTag.DOUBLE_LONG_UNSIGNED and name in _TIME_NAMES:
        return utc_time_text(value)
    return ""


def _octets_meaning(name: str, octets: bytes) -> str:
    if name == "executed_instruction" and len(octets) == _INSTRUCTION_LENGTH:
        return f"{_command_of(octets)}: {object_text(octets[10:])}"
    if name == "unsupported_command" and len(octets) == _REFUSED_LENGTH:
        return _command_of(octets)
    if name == "logical_name" and len(octets) == 6:
        return obis_text(octets)
    if _is_date_time(octets):
        return moment_text(CosemDateTime.from_octets(octets))
    if len(octets) >= _SHORTEST_TEXT and octets.isascii() and octets.decode("ascii").isprintable():
        return f'"{octets.decode("ascii")}"'
    return ""


def _is_date_time(octets: bytes) -> bool:
    """GBCS writes date-times without deviation, which is what tells them from other twelve octets."""
    return len(octets) == LENGTH and octets[9:11] == b"\x80\x00"


def _command_of(octets: bytes) -> str:
    """Message code (2) and originator counter (8) of a command."""
    return command_text(int.from_bytes(octets[:2], "big"), int.from_bytes(octets[2:10], "big"))


def command_text(code: int, counter: int) -> str:
    """Message code and originator counter of a command."""
    use_case = by_message_code(code)
    return f"{use_case.id if use_case else f'message code {code:#06x}'} counter {counter}"


def object_text(octets: bytes) -> str:
    """Class (2), instance (6) and attribute (1), with the name that the catalogue has for it."""
    class_id, instance, index = int.from_bytes(octets[:2], "big"), octets[2:8], octets[8]
    item = item_of("", (class_id, instance, ItemKind.ATTRIBUTE, index))
    name = f" {item.title}" if item else ""
    return f"class {class_id} {obis_text(instance)} attribute {index}{name}"
