"""The account as COSEM objects: balances, debts, limits, top-ups.

CS01a, ECS02, ECS03, ECS04a, ECS04b, ECS07, ECS08, ECS08a, ECS09, ECS19 and ECS26a.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.access import CosemRow
from harness.emulators.bindings.cosem_tables import bits, charges, members, number, octets, schedule
from harness.emulators.bindings.cosem_values import attribute, forget, integer_in, method
from harness.emulators.cosem.objects import Objects
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.afterwards import Afterwards
from harness.emulators.subjects.ledger import UNLIMITED, Balances, PaymentMode, RefusedByAccount, Terms
from harness.emulators.subjects.prepayment import (
    NEVER_DISABLED,
    Account,
    Balance,
    Charges,
    Debt,
    Recovery,
)
from harness.emulators.subjects.top_up import Source, TopUpOutcome, TopUps
from harness.gbcs.use_case import obis_octets
from harness.network.clock import DAY, HOUR, SECOND, Duration

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import CosemKey, Exchange
    from harness.network.clock import Instant

_Item = tuple[int, str, int]
_POUND: Final = 100_000
"""Millipence; the recovery cap counts whole units of the currency."""
_CREDIT: Final = "0-0:19.10.{}.255"
_CHARGE: Final = "0-0:19.20.{}.255"
_ACCOUNT: Final = "0-0:19.0.0.255"
_BALANCES: Final[_Item] = (1, "0-0:94.44.34.30", 2)
_START_OF_CALENDAR: Final = 32
_METER_CREDIT: Final = obis_octets(_CREDIT.format(0))
_EMERGENCY_CREDIT: Final = obis_octets(_CREDIT.format(1))
_TIME_DEBTS: Final = (obis_octets(_CHARGE.format(1)), obis_octets(_CHARGE.format(2)))

MODE: Final[_Item] = (111, _ACCOUNT, 2)
COLLECTION: Final[_Item] = (111, _ACCOUNT, 11)
LOW_CREDIT: Final[_Item] = (111, _ACCOUNT, 16)
CAP: Final[_Item] = (111, _ACCOUNT, 18)
CAP_PERIOD: Final[_Item] = (111, _ACCOUNT, 19)
EMERGENCY_LIMIT: Final[_Item] = (112, _CREDIT.format(1), 9)
EMERGENCY_THRESHOLD: Final[_Item] = (112, _CREDIT.format(1), 10)
DISABLEMENT: Final[_Item] = (21, "0-0:16.0.1.255", 2)
MAXIMUM_CREDIT: Final[_Item] = (9000, "0-0:94.44.2.10", 2)
MAXIMUM_BALANCE: Final[_Item] = (9000, "0-0:94.44.2.20", 2)
PER_PAYMENT: Final[_Item] = (113, _CHARGE.format(3), 13)
PERIODS: Final[tuple[_Item, _Item]] = ((113, _CHARGE.format(1), 8), (113, _CHARGE.format(2), 8))
RATES: Final[tuple[_Item, _Item]] = ((113, _CHARGE.format(1), 5), (113, _CHARGE.format(2), 5))
STANDING: Final[_Item] = (113, _CHARGE.format(4), 5)
CALENDAR: Final[_Item] = (10, "0-0:12.0.1.255", 2)
CALENDAR_DAYS: Final[_Item] = (11, "0-0:11.0.2.255", 2)


def _amount(value: int) -> Data:
    return Data(DataTag.DOUBLE_LONG, value)


_FIRST: Final[dict[_Item, Data]] = {
    LOW_CREDIT: _amount(0),
    CAP: Data(DataTag.LONG_UNSIGNED, 0xFFFF),
    CAP_PERIOD: _amount(7 * DAY // SECOND),
    EMERGENCY_LIMIT: _amount(0),
    EMERGENCY_THRESHOLD: _amount(0),
    DISABLEMENT: Data(DataTag.ARRAY, (_amount(0),)),
    MAXIMUM_CREDIT: _amount(UNLIMITED),
    MAXIMUM_BALANCE: _amount(UNLIMITED),
    PER_PAYMENT: Data(DataTag.LONG_UNSIGNED, 0),
    **dict.fromkeys(PERIODS, Data(DataTag.DOUBLE_LONG_UNSIGNED, HOUR // SECOND)),
}
"""What a meter is delivered with, where it differs from what follows from the rows."""
_WRITTEN: Final = frozenset({PER_PAYMENT, *PERIODS})


@cache
def _key(item: _Item) -> CosemKey:
    class_id, instance, index = item
    return (class_id, obis_octets(instance), index, False)


def _held(device: EmulatedDevice, item: _Item) -> Data | None:
    found = device.part(Objects).written(_key(item))
    return _FIRST.get(item) if found is None else found


def _whole(device: EmulatedDevice, item: _Item) -> int:
    return number(_held(device, item))


def terms_of(device: EmulatedDevice) -> Terms:
    """What the objects say of payment, limits and recovery."""
    mode = members(_held(device, MODE))
    prepaid = bool(mode) and number(mode[0]) == PaymentMode.PREPAYMENT.value
    links = [
        (octets(link[0]), octets(link[1]), bits(link[2]))
        for link in map(members, members(_held(device, COLLECTION)))
        if len(link) == 3
    ]
    debts = [link for link in links if link[1] in _TIME_DEBTS]
    return Terms(
        mode=PaymentMode.PREPAYMENT if prepaid else PaymentMode.CREDIT,
        emergency_limit=_whole(device, EMERGENCY_LIMIT),
        emergency_threshold=_whole(device, EMERGENCY_THRESHOLD),
        disablement_threshold=number(next(iter(members(_held(device, DISABLEMENT))), None)),
        low_credit_threshold=_whole(device, LOW_CREDIT),
        maximum_balance=_whole(device, MAXIMUM_BALANCE),
        maximum_credit=_whole(device, MAXIMUM_CREDIT),
        suspend_in_emergency=bool(links) and all(link[0] != _EMERGENCY_CREDIT for link in debts),
        suspend_when_disabled=any(link[0] == _METER_CREDIT and link[2][:1] == "0" for link in debts),
        per_payment=_whole(device, PER_PAYMENT),
        payment_cap=_POUND * _whole(device, CAP),
    )


def charges_of(device: EmulatedDevice) -> Charges:
    """What the objects say of charges apart from energy, and of when the supply is never disabled."""
    first, second = (
        Recovery(_single(device, rate), _span(device, period))
        for rate, period in zip(RATES, PERIODS, strict=True)
    )
    calendar = schedule(
        _held(device, CALENDAR), _held(device, CALENDAR_DAYS), {_START_OF_CALENDAR: NEVER_DISABLED}
    )
    return Charges(
        standing=_single(device, STANDING),
        recoveries=(first, second),
        cap_period=_span(device, CAP_PERIOD),
        never_disabled=calendar,
    )


def _single(device: EmulatedDevice, item: _Item) -> int:
    return next((price for _, price in charges(_held(device, item))), 0)


def _span(device: EmulatedDevice, item: _Item) -> Duration:
    return Duration(max(_whole(device, item), 1) * SECOND)


def configured(device: EmulatedDevice) -> None:
    """Something about the account changed: heed it as soon as the device does something by itself."""
    device.part(Afterwards).heed(_configure)


def _configure(device: EmulatedDevice, now: Instant) -> None:
    device.part(Account).configure(terms_of(device), charges_of(device), now)


def _read_held(item: _Item, exchange: Exchange) -> Data:
    first = _FIRST[item]
    return exchange.device.part(Objects).value(_key(item), lambda _origin: first)


def _write_held(item: _Item, exchange: Exchange, value: Data) -> None:
    exchange.device.part(Objects).put(_key(item), value)


def _held_row(item: _Item) -> CosemRow:
    write = partial(_write_held, item) if item in _WRITTEN else None
    return attribute(item, partial(_read_held, item), write)


def _read_balances(exchange: Exchange) -> Data:
    balances = exchange.device.part(Account).at(exchange.now)
    amounts = (
        balances.meter,
        balances.emergency,
        balances.accumulated,
        *balances.time_debts,
        balances.payment_debt,
    )
    return Data(DataTag.STRUCTURE, tuple(map(_amount, amounts)))


def _set(balance: Balance, exchange: Exchange, argument: Data) -> None:
    amount = integer_in(argument, DataTag.DOUBLE_LONG)
    exchange.device.part(Account).put(balance, amount, exchange.now)
    forget(exchange, _BALANCES)


def _adjust(exchange: Exchange, argument: Data) -> None:
    amount = integer_in(argument, DataTag.DOUBLE_LONG)
    exchange.device.part(Account).adjust(amount, exchange.now)
    forget(exchange, _BALANCES)


def _adjust_debt(debt: Debt, exchange: Exchange, argument: Data) -> None:
    amount = integer_in(argument, DataTag.DOUBLE_LONG)
    exchange.device.part(Account).adjust_debt(debt, amount, exchange.now)
    forget(exchange, _BALANCES)


def _activate_emergency(exchange: Exchange, _argument: Data) -> None:
    try:
        exchange.device.part(Account).activate_emergency(exchange.now)
    except RefusedByAccount as refused:
        raise AccessRefused(DataAccessResult.OTHER_REASON) from refused
    forget(exchange, _BALANCES)


def _prepare_emergency(device: EmulatedDevice, _argument: Data, _answer: Data) -> None:
    """Have emergency credit be available."""
    terms = Terms(mode=PaymentMode.PREPAYMENT, emergency_limit=_POUND, emergency_threshold=_POUND)
    device.part(Account).prime(Balances(), terms)


def _enter_token(exchange: Exchange, argument: Data) -> None:
    utrn = octets(argument).decode("ascii", errors="replace")
    outcome, _ = exchange.device.part(TopUps).enter(
        utrn, exchange.now, Source.REMOTE, exchange.message.originator_counter
    )
    if outcome is not TopUpOutcome.ACCEPTED:
        raise AccessRefused(DataAccessResult.HARDWARE_FAULT)
    forget(exchange, _BALANCES)


ROWS: Final = (
    attribute(_BALANCES, _read_balances, sensitive=True),
    *map(_held_row, _FIRST),
    method((112, _CREDIT.format(0), 1), _adjust),
    *(method((112, _CREDIT.format(int(one)), 2), partial(_set, one)) for one in Balance),
    CosemRow(
        class_id=112,
        instance=_EMERGENCY_CREDIT,
        index=3,
        act=_activate_emergency,
        prepare=_prepare_emergency,
    ),
    *(method((113, _CHARGE.format(int(debt)), 4), partial(_adjust_debt, debt)) for debt in Debt),
    method((115, "0-0:19.40.0.255", 1), _enter_token),
)
WATCHED: Final = {
    _key(item): configured for item in (*_FIRST, MODE, COLLECTION, *RATES, STANDING, CALENDAR, CALENDAR_DAYS)
}
"""Whose change the account follows."""
