"""A gas account's logs as ZCL commands, of the meter and of its mirror (GCS15b to GCS15e, GCS16b)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.codecs.zcl_types import Entry, ZclField, ZclStatus
from harness.emulators.refusal import CommandRefused
from harness.emulators.subjects.account_log import AccountLog, Held
from harness.emulators.subjects.billing_events import CHANGES, BillingEvent, BillingEvents
from harness.emulators.subjects.prepayment import Account
from harness.emulators.zcl.tables import repeated
from harness.emulators.zcl_access import ZclAnswer, ZclCommand
from harness.network.clock import SECOND, Instant, utc_time_of

if TYPE_CHECKING:
    from harness.codecs.zcl_types import ZclValue
    from harness.emulators.bindings.metering_gbz import Source
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange
    from harness.emulators.zcl.templates import Asked

_PREPAYMENT: Final = 0x0705
_GET_SNAPSHOT: Final = 0x07
_PUBLISH_SNAPSHOT: Final = 0x01
_GET_TOP_UPS: Final = 0x08
_PUBLISH_TOP_UPS: Final = 0x05
_GET_DEBTS: Final = 0x0A
_PUBLISH_DEBTS: Final = 0x06
_ALL: Final = 0xFFFF_FFFE
_LOGS: Final[dict[int, Callable[[EmulatedDevice], Iterable[Held | BillingEvent]]]] = {
    0x0001: lambda meter: meter.part(AccountLog).by_day,
    0x0002: lambda meter: meter.part(AccountLog).by_period,
    CHANGES: lambda meter: meter.part(BillingEvents).events,
}
"""By the cause of their snapshots."""


def _number(asked: Asked, field: str) -> int:
    value = asked.command[field]
    if not isinstance(value, int):
        raise CommandRefused(ZclStatus.INVALID_VALUE)
    return value


def _known(source: Source, exchange: Exchange) -> tuple[EmulatedDevice, Instant]:
    """The meter with its account up to date, and the moment as of which it is told of."""
    meter, at = source(exchange)
    meter.part(Account).at(at)
    return meter, at


def _answer(asked: Asked, command: int, **known: ZclValue) -> tuple[ZclAnswer, ...]:
    template = next(one for one in asked.answers if one.command == command)
    return (ZclAnswer(command, repeated(asked, template, **known)),)


def _snapshot(source: Source, exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """The entry at an offset into those of a range of time, the oldest first."""
    entries = _LOGS.get(_number(asked, "snapshot_cause"))
    if entries is None:
        raise CommandRefused(ZclStatus.NOT_FOUND)
    meter, at = _known(source, exchange)
    start, end = (_number(asked, name) * SECOND for name in ("earliest_start_time", "latest_end_time"))
    found = [one for one in entries(meter) if start <= one.at <= min(end, at)]
    offset = _number(asked, "snapshot_offset")
    if offset >= len(found):
        raise CommandRefused(ZclStatus.NOT_FOUND)
    held = found[offset].balances
    return _answer(
        asked,
        _PUBLISH_SNAPSHOT,
        snapshot_id=offset,
        snapshot_time=utc_time_of(found[offset].at),
        total_snapshots_found=len(found),
        accumulated_debt=held.accumulated,
        type_1_debt_remaining=held.time_debts[0],
        type_2_debt_remaining=held.time_debts[1],
        type_3_debt_remaining=held.payment_debt,
        emergency_credit_remaining=held.emergency,
        credit_remaining=held.meter,
    )


def _is_asked(asked: Asked, stamp: Instant, at: Instant) -> bool:
    """Whether an entry lies between the times that a command names, as far as the meter's report goes."""
    start = asked.component.from_date_time or 0
    latest = _number(asked, "latest_end_time")
    end = at if latest == _ALL else min(at, Instant(latest * SECOND))
    return start * SECOND <= stamp <= end


def _latest(entries: list[Entry], asked: Asked, most: str) -> tuple[Entry, ...]:
    wanted = tuple(reversed(entries))[: _number(asked, most)]
    if not wanted:
        raise CommandRefused(ZclStatus.NOT_FOUND)
    return wanted


def _top_ups(source: Source, exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """The last credits, the latest first."""
    meter, at = _known(source, exchange)
    entries = [
        Entry(
            (
                ZclField("code", one.token.encode()),
                ZclField("amount", one.amount),
                ZclField("time", utc_time_of(one.at)),
            )
        )
        for one in meter.part(AccountLog).credits
        if _is_asked(asked, one.at, at)
    ]
    return _answer(asked, _PUBLISH_TOP_UPS, top_ups=_latest(entries, asked, "number_of_records"))


def _debts(source: Source, exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """The last payments of the debt that payments recover, the latest first."""
    meter, at = _known(source, exchange)
    debt_type = _number(asked, "debt_type")
    entries = [
        Entry(
            (
                ZclField("collection_time", utc_time_of(one.at)),
                ZclField("amount_collected", one.amount),
                ZclField("debt_type", debt_type),
                ZclField("outstanding_debt", one.left),
            )
        )
        for one in meter.part(AccountLog).debt_payments
        if _is_asked(asked, one.at, at)
    ]
    return _answer(asked, _PUBLISH_DEBTS, debts=_latest(entries, asked, "number_of_debts"))


def commands(source: Source) -> tuple[ZclCommand, ...]:
    """Commands that read the account's logs of the meter or of its mirror."""
    return (
        ZclCommand(cluster=_PREPAYMENT, command=_GET_SNAPSHOT, act=partial(_snapshot, source)),
        ZclCommand(cluster=_PREPAYMENT, command=_GET_TOP_UPS, act=partial(_top_ups, source)),
        ZclCommand(cluster=_PREPAYMENT, command=_GET_DEBTS, act=partial(_debts, source)),
    )
