"""An account's logs as COSEM profiles, read by range of time (ECS20a, ECS20c, ECS20d, ECS21b)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import CompactArray, Data, DataTag, TypeDescription
from harness.emulators.access import CosemRow
from harness.emulators.bindings.cosem_values import number
from harness.emulators.cosem.ranges import entries_in
from harness.emulators.subjects.account_log import AccountLog, Held
from harness.emulators.subjects.prepayment import Account
from harness.gbcs.use_case import obis_octets
from harness.network.clock import Instant, utc_time_of

if TYPE_CHECKING:
    from harness.emulators.exchange import Exchange
    from harness.emulators.subjects.ledger import Balances

_PROFILE: Final = 7
_NUMBER: Final = TypeDescription(DataTag.DOUBLE_LONG_UNSIGNED)
_AMOUNTS: Final = 6
_OF_AMOUNT: Final = TypeDescription(DataTag.STRUCTURE, (_NUMBER, _NUMBER))
_OF_BALANCES: Final = TypeDescription(
    DataTag.STRUCTURE, (_NUMBER, *(TypeDescription(DataTag.DOUBLE_LONG),) * _AMOUNTS)
)
_Entries = Callable[[AccountLog], Iterable[Data]]


def _entry(at: Instant, *values: Data) -> Data:
    return Data(DataTag.STRUCTURE, (number(utc_time_of(at)), *values))


def amounts_held(held: Balances) -> Iterable[Data]:
    """Balances in the order in which entries of logs have them."""
    amounts = (held.emergency, held.meter, held.payment_debt, *held.time_debts, held.accumulated)
    return (Data(DataTag.DOUBLE_LONG, amount) for amount in amounts)


def _held(entries: Iterable[Held]) -> Iterable[Data]:
    return (_entry(one.at, *amounts_held(one.balances)) for one in entries)


def _select(entries: _Entries, element: TypeDescription, exchange: Exchange, restriction: Data) -> Data:
    device = exchange.device
    device.part(Account).at(exchange.now)
    found = CompactArray(element, tuple(entries(device.part(AccountLog))))
    return entries_in(Data(DataTag.COMPACT_ARRAY, found), restriction)


def _log(instance: str, entries: _Entries, element: TypeDescription, *, sensitive: bool = False) -> CosemRow:
    return CosemRow(
        class_id=_PROFILE,
        instance=obis_octets(instance),
        index=2,
        select=partial(_select, entries, element),
        sensitive=sensitive,
    )


ROWS: Final = (
    _log("0-0:98.1.1.255", lambda log: _held(log.by_period), _OF_BALANCES, sensitive=True),
    _log(
        "0-0:98.1.4.255",
        lambda log: (_entry(one.at, number(one.amount)) for one in log.debt_payments),
        _OF_AMOUNT,
    ),
    _log(
        "0-0:98.1.5.255",
        lambda log: (_entry(one.at, number(one.amount)) for one in log.credits),
        _OF_AMOUNT,
    ),
    _log("0-0:98.1.8.255", lambda log: _held(log.by_day), _OF_BALANCES, sensitive=True),
)
