"""The account of a gas meter as ZCL attributes and commands, and as its mirror shows it.

CS01b, PCS01, GCS02-06, GCS14, GCS21b, GCS21j and GCS40a-d.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.codecs.zcl_types import ZclStatus
from harness.emulators.refusal import CommandRefused
from harness.emulators.subjects.billing_events import BillingEvents
from harness.emulators.subjects.ledger import UNLIMITED, Balances, PaymentMode, RefusedByAccount, Terms
from harness.emulators.subjects.prepayment import Account, Balance, Debt, Recovery
from harness.emulators.subjects.top_up import Source, TopUpOutcome, TopUps
from harness.emulators.zcl.tables import acknowledged, repeated
from harness.emulators.zcl_access import ZclAnswer, ZclAttribute, ZclCommand
from harness.gbcs.use_case import MessageType
from harness.network.clock import DAY, HOUR, Instant

if TYPE_CHECKING:
    from harness.emulators.bindings.metering_gbz import Source as MeterSource
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange
    from harness.emulators.zcl.templates import Asked

PREPAYMENT: Final = 0x0705
_CREDIT_REMAINING: Final = 0x0001
"""In clear where it is read alone, and encrypted along with what is sensitive."""
_INT32: Final = 0x2B
_UINT32: Final = 0x23
_UINT16: Final = 0x21
_ENUM8: Final = 0x30
_BITMAP16: Final = 0x19
_NO_CHANGE: Final = -1
_PREPAYMENT_ENABLED: Final = 0x0002
_EMERGENCY_COLLECTION: Final = 0x0400
_COLLECTION_WHEN_DISABLED: Final = 0x0800
_CREDIT_MODE: Final = 0x0C94
_PREPAYMENT_MODE: Final = 0x0097
_TOP_UP_RESPONSE: Final = 0x03
_NO_AMOUNT: Final = -1
_DAILY: Final = 1
_LARGEST: Final = 0xFFFF_FFFF


def _balances(source: MeterSource, read: Callable[[Balances], int], exchange: Exchange) -> int:
    meter, at = source(exchange)
    return read(meter.part(Account).at(at))


def _account(source: MeterSource, read: Callable[[Account], int], exchange: Exchange) -> int:
    return read(source(exchange)[0].part(Account))


def _payment_control(account: Account) -> int:
    terms = account.terms
    if terms.mode is PaymentMode.CREDIT:
        return _CREDIT_MODE
    in_emergency = 0 if terms.suspend_in_emergency else _EMERGENCY_COLLECTION
    when_disabled = 0 if terms.suspend_when_disabled else _COLLECTION_WHEN_DISABLED
    return _PREPAYMENT_MODE | in_emergency | when_disabled


def _recovery_attributes(place: int) -> tuple[tuple[int, int, Callable[[Account], int]], ...]:
    """Frequency and amount of one time-based debt."""
    return (
        (0x0216 + 0x10 * place, _ENUM8, lambda account: int(account.charges.recoveries[place].period == DAY)),
        (0x0217 + 0x10 * place, _UINT32, lambda account: account.charges.recoveries[place].amount),
    )


_BALANCES: Final[tuple[tuple[int, int, Callable[[Balances], int]], ...]] = (
    (_CREDIT_REMAINING, _INT32, lambda balances: balances.meter),
    (0x0002, _INT32, lambda balances: balances.emergency),
    (0x0005, _INT32, lambda balances: balances.accumulated),
    (0x0211, _UINT32, lambda balances: balances.time_debts[0]),
    (0x0221, _UINT32, lambda balances: balances.time_debts[1]),
    (0x0231, _UINT32, lambda balances: balances.payment_debt),
)
_TERMS: Final[tuple[tuple[int, int, Callable[[Account], int]], ...]] = (
    (0x0000, _BITMAP16, _payment_control),
    (0x0006, _INT32, lambda account: _capped(account.terms.payment_cap)),
    (0x0010, _UINT32, lambda account: account.terms.emergency_limit),
    (0x0011, _UINT32, lambda account: account.terms.emergency_threshold),
    (0x0021, _UINT32, lambda account: account.terms.maximum_balance),
    (0x0022, _UINT32, lambda account: account.terms.maximum_credit),
    (0x0031, _UINT32, lambda account: account.terms.low_credit_threshold),
    (0x0040, _INT32, lambda account: account.terms.disablement_threshold),
    (0x0239, _UINT16, lambda account: account.terms.per_payment),
    *_recovery_attributes(0),
    *_recovery_attributes(1),
)


def _capped(cap: int | None) -> int:
    return UNLIMITED if cap is None else cap


def attributes(source: MeterSource) -> tuple[ZclAttribute, ...]:
    """Attributes of the meter or of its mirror."""
    return (
        *(
            ZclAttribute(
                cluster=PREPAYMENT,
                attribute=attribute,
                type=data_type,
                read=partial(_balances, source, read),
                sensitive=attribute != _CREDIT_REMAINING,
            )
            for attribute, data_type, read in _BALANCES
        ),
        *(
            ZclAttribute(
                cluster=PREPAYMENT, attribute=attribute, type=data_type, read=partial(_account, source, read)
            )
            for attribute, data_type, read in _TERMS
        ),
    )


def _number(asked: Asked, field: str) -> int:
    value = asked.command[field]
    if not isinstance(value, int):
        raise CommandRefused(ZclStatus.INVALID_VALUE)
    return value


def _configure(exchange: Exchange, terms: Terms) -> None:
    account = exchange.device.part(Account)
    account.configure(terms, account.charges, exchange.now)


def _change_mode(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """Credit or prepayment, and when debt is collected (GCS02, GCS03)."""
    control, cut_off = (
        _number(asked, "proposed_payment_control_configuration"),
        _number(asked, "cut_off_value"),
    )
    terms = exchange.device.part(Account).terms
    exchange.device.part(BillingEvents).note(exchange.now)
    changed = replace(
        terms,
        mode=PaymentMode.PREPAYMENT if control & _PREPAYMENT_ENABLED else PaymentMode.CREDIT,
        suspend_in_emergency=not control & _EMERGENCY_COLLECTION,
        suspend_when_disabled=not control & _COLLECTION_WHEN_DISABLED,
        disablement_threshold=terms.disablement_threshold if cut_off == _NO_CHANGE else cut_off,
    )
    _configure(exchange, changed)
    return acknowledged(asked)


def _set_emergency_credit(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    terms = exchange.device.part(Account).terms
    limit, threshold = (_number(asked, f"emergency_credit_{one}") for one in ("limit", "threshold"))
    _configure(exchange, replace(terms, emergency_limit=limit, emergency_threshold=threshold))
    return ()


def _set_cap(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    cap = _number(asked, "overall_debt_cap")
    _configure(exchange, replace(exchange.device.part(Account).terms, payment_cap=cap))
    return ()


def _set_low_credit(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    level = _number(asked, "low_credit_warning_level")
    _configure(exchange, replace(exchange.device.part(Account).terms, low_credit_threshold=level))
    return ()


def _set_maximum(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    terms = exchange.device.part(Account).terms
    level, top_up = _number(asked, "maximum_credit_level"), _number(asked, "maximum_credit_per_top_up")
    _configure(exchange, replace(terms, maximum_balance=level, maximum_credit=top_up))
    return ()


_DEBTS: Final = {1: Debt.TIME_1, 3: Debt.TIME_2, 5: Debt.PAYMENT}
"""Debts by the number that says which of them is changed by an amount."""


def _change_debt(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """Add to one debt, and set how it is recovered (GCS04)."""
    debt = _DEBTS.get(_number(asked, "debt_amount_type"))
    if debt is None:
        raise CommandRefused(ZclStatus.INVALID_VALUE)
    account, now = exchange.device.part(Account), exchange.now
    terms, charges = account.terms, account.charges
    if debt is Debt.PAYMENT:
        terms = replace(terms, per_payment=_number(asked, "debt_recovery_balance_percentage"))
    else:
        daily = _number(asked, "debt_recovery_frequency") == _DAILY
        recovery = Recovery(_number(asked, "debt_recovery_amount"), DAY if daily else HOUR)
        first, second = charges.recoveries
        charges = replace(
            charges, recoveries=(recovery, second) if debt is Debt.TIME_1 else (first, recovery)
        )
    account.configure(terms, charges, now)
    account.adjust_debt(debt, _number(asked, "debt_amount"), now)
    return ()


def _activate_emergency(exchange: Exchange, _asked: Asked) -> tuple[ZclAnswer, ...]:
    try:
        exchange.device.part(Account).activate_emergency(exchange.now)
    except RefusedByAccount as refused:
        raise CommandRefused(ZclStatus.FAILURE) from refused
    return ()


def _adjust_credit(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """Change the account by an amount, or put it, or all of it, to nought (GCS40a-d)."""
    act = _ADJUSTMENTS[_number(asked, "credit_adjustment_type")]
    act(exchange.device.part(Account), _number(asked, "credit_adjustment_value"), exchange.now)
    return ()


_ADJUSTMENTS: Final[dict[int, Callable[[Account, int, Instant], None]]] = {
    0: lambda account, value, now: account.adjust(value, now),
    1: lambda account, _value, now: account.reset(now),
    2: lambda account, _value, now: account.put(Balance.METER, 0, now),
    3: lambda account, value, now: account.adjust(value, now),
}
TOP_UP_RESULTS: Final = {
    TopUpOutcome.ACCEPTED: 0,
    TopUpOutcome.MALFORMED: 1,
    TopUpOutcome.NOT_AUTHENTIC: 1,
    TopUpOutcome.DUPLICATE: 2,
    TopUpOutcome.ABOVE_MAXIMUM_BALANCE: 4,
    TopUpOutcome.SUSPENDED: 5,
    TopUpOutcome.ABOVE_MAXIMUM_CREDIT: 6,
}
"""The number that the answer to a top-up has for what became of it."""


def _top_up(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """Take a token, from the network or from an in-home device; say what it was worth, and the balance."""
    code = asked.command["top_up_code"]
    utrn = code.decode("ascii", errors="replace") if isinstance(code, bytes) else ""
    remote = exchange.ability.use_case.message_type is MessageType.TOP_UP
    outcome, value = exchange.device.part(TopUps).enter(
        utrn,
        exchange.now,
        Source.REMOTE if remote else Source.PPMID,
        exchange.message.originator_counter if remote else None,
    )
    accepted = outcome is TopUpOutcome.ACCEPTED
    (answer,) = (one for one in asked.answers if one.command == _TOP_UP_RESPONSE)
    said = repeated(
        asked,
        answer,
        result_type=TOP_UP_RESULTS[outcome],
        top_up_value=value if accepted else _NO_AMOUNT,
        credit_remaining=exchange.device.part(Account).at(exchange.now).meter if accepted else _NO_AMOUNT,
    )
    return (ZclAnswer(_TOP_UP_RESPONSE, said),)


def _prepare_top_up(device: EmulatedDevice, answers: tuple[ZclAnswer, ...]) -> None:
    """Have the balance be what a top-up brings to what the answer says."""
    for answer in answers:
        value, left = answer.message["top_up_value"], answer.message["credit_remaining"]
        if isinstance(value, int) and isinstance(left, int) and value != _NO_AMOUNT:
            device.part(Account).prime(Balances(meter=left - value), Terms())


def _prepare_emergency(device: EmulatedDevice, _answers: tuple[ZclAnswer, ...]) -> None:
    """Have emergency credit be available."""
    terms = Terms(mode=PaymentMode.PREPAYMENT, emergency_limit=_LARGEST, emergency_threshold=_LARGEST)
    device.part(Account).prime(Balances(), terms)


COMMANDS: Final = (
    ZclCommand(cluster=PREPAYMENT, command=0x00, act=_activate_emergency, prepare=_prepare_emergency),
    ZclCommand(cluster=PREPAYMENT, command=0x02, act=_change_debt),
    ZclCommand(cluster=PREPAYMENT, command=0x03, act=_set_emergency_credit),
    ZclCommand(cluster=PREPAYMENT, command=0x04, act=_top_up, prepare=_prepare_top_up),
    ZclCommand(cluster=PREPAYMENT, command=0x05, act=_adjust_credit),
    ZclCommand(cluster=PREPAYMENT, command=0x06, act=_change_mode),
    ZclCommand(cluster=PREPAYMENT, command=0x09, act=_set_low_credit),
    ZclCommand(cluster=PREPAYMENT, command=0x0B, act=_set_maximum),
    ZclCommand(cluster=PREPAYMENT, command=0x0C, act=_set_cap),
)
