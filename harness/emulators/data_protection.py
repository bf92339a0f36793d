"""Reading sensitive attributes: method ``get_protected_attributes`` of a data protection object (class 30).

The argument lists what to read, with a range where one is wanted, and names the parties between which
the answer is encrypted; the answer repeats that with the parties changed over (GBCS 7.3.9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from harness.codecs.axdr import encode_data
from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.access import read_attribute
from harness.emulators.exchange import CosemKey, Reading
from harness.emulators.refusal import AccessRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.emulators.exchange import Exchange

CLASS_ID: Final = 30
_RESTRICTED_BY_DATE: Final = 1
_UNRESTRICTED: Final = 0
_AUTHENTICATED_AND_ENCRYPTED: Final = Data(DataTag.ENUM, 2)
_TRANSACTION: Final = b"\x04"
"""First octet of a transaction identifier: GBCS numbers these as it numbers the keys of sensitive data."""
_NOTHING: Final = Data(DataTag.OCTET_STRING, b"")
_AGREED_KEY: Final = Data(
    DataTag.STRUCTURE,
    (
        Data(DataTag.ENUM, 2),
        Data(DataTag.STRUCTURE, (Data(DataTag.OCTET_STRING, b"\x02"), _NOTHING)),
    ),
)


Wanted = tuple[CosemKey, Data | None]
"""An attribute to be read, and the range that is asked for."""


def get_protected_attributes(exchange: Exchange, argument: Data) -> Data:
    """What was asked for, encrypted for the party that asked."""
    try:
        wanted = wanted_in(argument)
        protection = protection_in(argument)
    except (TypeError, ValueError) as unmatched:
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED) from unmatched
    device = exchange.device.entity_id
    if len(wanted) > len(exchange.ability.keys):
        raise AccessRefused(DataAccessResult.SCOPE_OF_ACCESS_VIOLATED)
    if protection != _protection(exchange, exchange.party, device):
        raise AccessRefused(DataAccessResult.SCOPE_OF_ACCESS_VIOLATED)
    readings = [_read(exchange, *one) for one in wanted]
    return Data(
        DataTag.STRUCTURE,
        (
            Data(DataTag.ARRAY, (_protection(exchange, device, exchange.message.originator),)),
            Data(DataTag.OCTET_STRING, _protected(exchange, readings)),
        ),
    )


def wanted_in(argument: Data) -> tuple[Wanted, ...]:
    """What an argument lists. Raises TypeError or ValueError where it is none."""
    listed, _ = _members(argument, DataTag.STRUCTURE, 2)
    return tuple(map(_wanted, _members(listed, DataTag.ARRAY)))


def protection_in(argument: Data) -> Data:
    """The one set of protection parameters in an argument. Raises TypeError or ValueError for none."""
    _, protections = _members(argument, DataTag.STRUCTURE, 2)
    (protection,) = _members(protections, DataTag.ARRAY, 1)
    return protection


def ciphertext_in(answer: Data) -> bytes:
    """The protected text of an answer. Raises TypeError or ValueError where it is none."""
    _, protected = _members(answer, DataTag.STRUCTURE, 2)
    if not isinstance(protected.value, bytes):
        raise TypeError(protected.tag)
    return protected.value


def _protection(exchange: Exchange, originator: bytes, recipient: bytes) -> Data:
    transaction = _TRANSACTION + exchange.message.originator_counter.to_bytes(8, "big")
    return Data(
        DataTag.STRUCTURE,
        (
            _AUTHENTICATED_AND_ENCRYPTED,
            Data(
                DataTag.STRUCTURE,
                (
                    Data(DataTag.OCTET_STRING, transaction),
                    Data(DataTag.OCTET_STRING, originator),
                    Data(DataTag.OCTET_STRING, recipient),
                    _NOTHING,
                    _AGREED_KEY,
                ),
            ),
        ),
    )


def _protected(exchange: Exchange, readings: Sequence[Reading]) -> bytes:
    plain = encode_data(Data(DataTag.STRUCTURE, tuple(reading.value for reading in readings)))
    if any(reading.sensitive for reading in readings):
        return exchange.encrypted(plain)
    return plain


def _wanted(listed: Data) -> Wanted:
    class_id, instance, index, _data_index, restriction = _members(listed, DataTag.STRUCTURE, 5)
    kind, value = _members(restriction, DataTag.STRUCTURE, 2)
    if kind.value not in {_UNRESTRICTED, _RESTRICTED_BY_DATE}:
        raise ValueError(kind.value)
    key: Any = (class_id.value, instance.value, index.value, False)
    return key, None if kind.value == _UNRESTRICTED else value


def _read(exchange: Exchange, key: CosemKey, restriction: Data | None) -> Reading:
    if key not in exchange.ability.keys:
        raise AccessRefused(DataAccessResult.SCOPE_OF_ACCESS_VIOLATED)
    row = exchange.device.template.objects.get(key)
    if row is None:
        raise AccessRefused(DataAccessResult.OBJECT_UNDEFINED)
    return read_attribute(exchange, row, restriction)


def _members(data: Data, tag: DataTag, count: int | None = None) -> tuple[Data, ...]:
    """Members of a structure or array. Raises TypeError or ValueError for anything else."""
    if data.tag is not tag or not isinstance(data.value, tuple):
        raise TypeError(data.tag)
    if count is not None and len(data.value) != count:
        raise ValueError(len(data.value))
    return data.value
