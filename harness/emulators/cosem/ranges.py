"""Parts of logs: the range of time that a request asks for, and the entries in it.

A plain read gives it as a range descriptor in UTCTime seconds, a protected one as two date-times
(DLMS Blue Book: Profile generic; Data protection). Both ends belong to the range.
"""

from __future__ import annotations

from typing import Final

from harness.codecs.cosem_data import CompactArray, Data, DataTag
from harness.codecs.cosem_date_time import LENGTH
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.access import octets_in
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.clock import moment_in
from harness.network.clock import SECOND, Instant, utc_time_of

_RESTRICTING_OBJECT: Final = (
    DataTag.LONG_UNSIGNED,
    DataTag.OCTET_STRING,
    DataTag.INTEGER,
    DataTag.LONG_UNSIGNED,
)
_DESCRIPTOR: Final = (
    DataTag.STRUCTURE,
    DataTag.DOUBLE_LONG_UNSIGNED,
    DataTag.DOUBLE_LONG_UNSIGNED,
    DataTag.ARRAY,
)


def range_in(restriction: Data) -> tuple[Instant, Instant]:
    """From and to. Raises AccessRefused for anything that is no range."""
    members = restriction.value
    if restriction.tag is DataTag.STRUCTURE and isinstance(members, tuple) and len(members) == 2:
        start, end = map(moment_in, octets_in(restriction, (LENGTH, LENGTH)))
        return start, end
    stamping, first, last, _columns = _tagged(restriction, _DESCRIPTOR)
    _tagged(stamping, _RESTRICTING_OBJECT)
    return _instant(first), _instant(last)


def entries_in(log: Data, restriction: Data) -> Data:
    """The entries of a compact array of structures whose first member, UTCTime seconds, lies in a range."""
    start, end = map(utc_time_of, range_in(restriction))
    array = log.value
    if not isinstance(array, CompactArray):
        raise AccessRefused(DataAccessResult.READ_WRITE_DENIED)
    inside = tuple(entry for entry in array.elements if start <= _stamp(entry) <= end)
    return Data(log.tag, CompactArray(array.element, inside))


def _stamp(entry: Data) -> int:
    members = entry.value
    stamp = members[0].value if isinstance(members, tuple) and members else entry.value
    return stamp if isinstance(stamp, int) else 0


def _tagged(data: Data, tags: tuple[DataTag, ...]) -> tuple[Data, ...]:
    members = data.value
    if (
        data.tag is not DataTag.STRUCTURE
        or not isinstance(members, tuple)
        or tuple(member.tag for member in members) != tags
    ):
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    return members


def _instant(seconds: Data) -> Instant:
    value = seconds.value
    return Instant((value if isinstance(value, int) else 0) * SECOND)
