"""The gas tariff as ZCL: calendars, prices and thresholds (GCS01a, GCS01b, GCS05, GCS21f, GCS23)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.codecs.zcl_types import Entry
from harness.emulators.subjects.gas_tariff import GasTariff
from harness.emulators.subjects.prepayment import Account
from harness.emulators.subjects.week_plan import Season, SpecialDay
from harness.emulators.zcl.tables import served
from harness.emulators.zcl_access import ZclAnswer, ZclAttribute, ZclCommand
from harness.network.clock import MINUTE

if TYPE_CHECKING:
    from harness.emulators.bindings.metering_gbz import Source as MeterSource
    from harness.emulators.exchange import Exchange
    from harness.emulators.zcl.templates import Asked

_PRICE: Final = 0x0700
_CALENDAR: Final = 0x0707
_NON_DISABLEMENT: Final = 3
_BLOCK_TARIFF: Final = 0x10
_BY_TIER: Final = 0x01
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UINT32: Final = 0x23
_UINT48: Final = 0x25
_NO_THRESHOLD: Final = 0xFFFF_FFFF_FFFF
_TIERS: Final = (1, 2, 3, 4)
_THRESHOLDS: Final = 3

Heed = Callable[["Exchange", "GasTariff", "Asked"], None]


def _whole(asked: Asked, name: str) -> int:
    value = asked.command[name]
    return value if isinstance(value, int) else 0


def _several(asked: Asked, name: str) -> tuple[object, ...]:
    value = asked.command[name]
    return tuple(value) if isinstance(value, tuple) else ()


def _entries(asked: Asked, name: str) -> tuple[tuple[object, object], ...]:
    """Lists of pairs."""
    found = (one for one in _several(asked, name) if isinstance(one, Entry))
    return tuple((one.fields[0].value, one.fields[1].value) for one in found)


def _date(value: object) -> bytes:
    """A ZCL date (year from 1900, month, day, weekday) in the five octets of COSEM."""
    octets = value if isinstance(value, bytes) else b"\xff" * 4
    year = b"\xff\xff" if octets[0] == 0xFF else (1900 + octets[0]).to_bytes(2, "big")
    return year + octets[1:4]


def _whole_of(value: object) -> int:
    return value if isinstance(value, int) else 0


def _calendar(_exchange: Exchange, tariff: GasTariff, asked: Asked) -> None:
    tariff.calendar(_whole(asked, "issuer_calendar_id")).kind = _whole(asked, "calendar_type")


def _day(_exchange: Exchange, tariff: GasTariff, asked: Asked) -> None:
    actions = (
        (_whole_of(start) * MINUTE, _whole_of(action)) for start, action in _entries(asked, "schedule")
    )
    calendar = tariff.calendar(_whole(asked, "issuer_calendar_id"))
    calendar.days[_whole(asked, "day_id")] = tuple(sorted(actions))


def _week(_exchange: Exchange, tariff: GasTariff, asked: Asked) -> None:
    calendar = tariff.calendar(_whole(asked, "issuer_calendar_id"))
    days = tuple(_whole(asked, f"day_id_ref_{day}") for day in _DAYS)
    calendar.weeks[bytes((_whole(asked, "week_id"),))] = days


def _seasons(_exchange: Exchange, tariff: GasTariff, asked: Asked) -> None:
    found = []
    for start, week in _entries(asked, "seasons"):
        date = _date(start)
        found.append(Season(int.from_bytes(date[:2], "big"), date[2], date[3], bytes((_whole_of(week),))))
    tariff.calendar(_whole(asked, "issuer_calendar_id")).seasons = tuple(found)


def _special_days(exchange: Exchange, tariff: GasTariff, asked: Asked) -> None:
    """The last part of a calendar: with it, all of it is there."""
    calendar = tariff.calendar(_whole(asked, "issuer_calendar_id"))
    entries = _entries(asked, "special_days")
    calendar.special = tuple(SpecialDay(_date(date), _whole_of(day)) for date, day in entries)
    if calendar.kind == _NON_DISABLEMENT:
        tariff.apply_non_disablement(calendar.plan(), exchange.now)
    else:
        tariff.apply(exchange.now)


def _information(exchange: Exchange, tariff: GasTariff, asked: Asked) -> None:
    tariff.by_blocks = _whole(asked, "tariff_type_charging_scheme") == _BLOCK_TARIFF
    tariff.set_standing_charge(_whole(asked, "standing_charge"), exchange.now)


def _prices(exchange: Exchange, tariff: GasTariff, asked: Asked) -> None:
    """Prices by tier, from 1, or by block, from 0."""
    prices = {_whole_of(number): _whole_of(price) for number, price in _entries(asked, "prices")}
    if _whole(asked, "sub_payload_control") & _BY_TIER:
        tariff.tier_prices = prices
    else:
        tariff.block_prices = {block + 1: price for block, price in prices.items()}
    tariff.apply(exchange.now)


def _thresholds(exchange: Exchange, tariff: GasTariff, asked: Asked) -> None:
    tariff.thresholds = tuple(map(_whole_of, _several(asked, "thresholds")))
    tariff.apply(exchange.now)


def _conversion_factor(exchange: Exchange, tariff: GasTariff, asked: Asked) -> None:
    tariff.conversion_factor = _whole(asked, "conversion_factor")
    tariff.apply(exchange.now)


def _calorific_value(exchange: Exchange, tariff: GasTariff, asked: Asked) -> None:
    tariff.calorific_value = _whole(asked, "calorific_value")
    tariff.apply(exchange.now)


def _heeded(heed: Heed, exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """Remember what is published for those who read it back, and go by it."""
    answers = served(exchange, asked)
    heed(exchange, exchange.device.part(GasTariff), asked)
    return answers


_HEEDED: Final[dict[tuple[int, int], Heed]] = {
    (_CALENDAR, 0x00): _calendar,
    (_CALENDAR, 0x01): _day,
    (_CALENDAR, 0x02): _week,
    (_CALENDAR, 0x03): _seasons,
    (_CALENDAR, 0x04): _special_days,
    (_PRICE, 0x02): _conversion_factor,
    (_PRICE, 0x03): _calorific_value,
    (_PRICE, 0x04): _information,
    (_PRICE, 0x05): _prices,
    (_PRICE, 0x06): _thresholds,
}
COMMANDS: Final = tuple(
    ZclCommand(cluster=cluster, command=command, act=partial(_heeded, heed), from_server=True)
    for (cluster, command), heed in _HEEDED.items()
)


def _read(source: MeterSource, read: Callable[[GasTariff], int], exchange: Exchange) -> int:
    return read(source(exchange)[0].part(GasTariff))


def _standing_charge(source: MeterSource, exchange: Exchange) -> int:
    return source(exchange)[0].part(Account).charges.standing


def _threshold(place: int) -> Callable[[GasTariff], int]:
    return lambda tariff: tariff.thresholds[place] if place < len(tariff.thresholds) else _NO_THRESHOLD


def _tier_price(tier: int) -> Callable[[GasTariff], int]:
    return lambda tariff: tariff.tier_prices.get(tier, 0)


def _block_price(block: int) -> Callable[[GasTariff], int]:
    return lambda tariff: tariff.block_prices.get(block, 0)


_ATTRIBUTES: Final[tuple[tuple[int, int, Callable[[GasTariff], int]], ...]] = (
    *((0x0100 + place, _UINT48, _threshold(place)) for place in range(_THRESHOLDS)),
    *((0x0400 + block - 1, _UINT32, _block_price(block)) for block in _TIERS),
    *((0x0400 + 0x10 * tier, _UINT32, _tier_price(tier)) for tier in _TIERS),
    (0x0302, _UINT32, lambda tariff: tariff.conversion_factor),
    (0x0304, _UINT32, lambda tariff: tariff.calorific_value),
)


def attributes(source: MeterSource) -> tuple[ZclAttribute, ...]:
    """Attributes of the meter or of its mirror."""
    return (
        *(
            ZclAttribute(
                cluster=_PRICE, attribute=attribute, type=data_type, read=partial(_read, source, read)
            )
            for attribute, data_type, read in _ATTRIBUTES
        ),
        ZclAttribute(cluster=_PRICE, attribute=0x0301, type=_UINT32, read=partial(_standing_charge, source)),
    )
