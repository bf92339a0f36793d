"""Gas registers and logs as ZCL attributes and commands, of the meter and of its mirror (GCS13-18, 33, 60).

The gas proxy holds the same logs, as far as the meter's last report goes (CHTS 4.4.3).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.codecs.zcl_types import ZclStatus
from harness.emulators.load import HALF_HOUR
from harness.emulators.refusal import CommandRefused
from harness.emulators.subjects import logs
from harness.emulators.subjects.billing import BillingCalendar
from harness.emulators.subjects.billing_events import CHANGES, READ_AT_CHANGES
from harness.emulators.subjects.network_log import NetworkLog
from harness.emulators.subjects.supply import Supply, SupplyState
from harness.emulators.subjects.tariff_registers import TariffRegisters
from harness.emulators.zcl.tables import repeated
from harness.emulators.zcl_access import ZclAnswer, ZclAttribute, ZclCommand, ZclType
from harness.network.clock import DAY, SECOND, Duration, Instant, utc_time_of

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange
    from harness.emulators.zcl.templates import Asked

Source = Callable[["Exchange"], "tuple[EmulatedDevice, Instant]"]
"""The meter that is told of, and the moment as of which. Raises CommandRefused where none is known."""
_METERING: Final = 0x0702
_GET_SNAPSHOT: Final = 0x06
_PUBLISH_SNAPSHOT: Final = 0x06
_START_SAMPLING: Final = 0x07
_START_SAMPLING_RESPONSE: Final = 0x0D
_GET_SAMPLED_DATA: Final = 0x08
_SAMPLED_DATA: Final = 0x07
_UINT16: Final = 0x21
_UINT32: Final = 0x23
_DAILY: Final = 0x0001
_END_OF_BILLING_PERIOD: Final = 0x0002
_FOUR_BLOCKS_OF_ONE_TIER: Final = 0x14
_TIERS: Final = 4
_BATTERY_LIFE: Final = 15 * 365
"""Days that a new battery lasts."""
_NETWORK_LOG: Final = 2
_MOST_IN_ONE_ANSWER: Final = 19_056
SUPPLY_STATUS: Final = {SupplyState.DISABLED: 0, SupplyState.ARMED: 1, SupplyState.ENABLED: 2}


def _tier(source: Source, number: int, exchange: Exchange) -> int:
    meter, at = source(exchange)
    return meter.part(TariffRegisters).tiers(at)[number]


def _block(source: Source, number: int, exchange: Exchange) -> int:
    meter, at = source(exchange)
    return meter.part(TariffRegisters).blocks(at)[number][0]


def _supply_status(source: Source, exchange: Exchange) -> int:
    meter, at = source(exchange)
    return SUPPLY_STATUS[meter.part(Supply).state_at(at)]


def _battery(source: Source, exchange: Exchange) -> int:
    meter, at = source(exchange)
    used = meter.template.entity_id[-1] + at // DAY - meter.template.start // DAY
    return max(0, _BATTERY_LIFE - used)


def _bill_to_date(source: Source, exchange: Exchange) -> int:
    """Cost since the billing period began, in millipence."""
    meter, at = source(exchange)
    ends = meter.part(BillingCalendar).periods(Instant(0), at, at)
    return meter.part(TariffRegisters).cost(ends[-1] if ends else meter.template.start, at)


_LOGS: Final = {
    _DAILY: logs.DAILY_READ,
    _END_OF_BILLING_PERIOD: logs.BILLING_READ,
    CHANGES: READ_AT_CHANGES,
}


def _number(asked: Asked, field: str) -> int:
    value = asked.command[field]
    if not isinstance(value, int):
        raise CommandRefused(ZclStatus.INVALID_VALUE)
    return value


def _moment(seconds: int) -> Instant:
    return Instant(seconds * SECOND)


def _snapshot(source: Source, exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """The entry of a log at an offset into those of a range of time, the oldest first."""
    log = _LOGS.get(_number(asked, "snapshot_cause"))
    if log is None:
        raise CommandRefused(ZclStatus.NOT_FOUND)
    meter, at = source(exchange)
    start, end = (_moment(_number(asked, name)) for name in ("earliest_start_time", "latest_end_time"))
    stamps = list(log.stamps(meter, start, min(end, at), at))
    offset = _number(asked, "snapshot_offset")
    if offset >= len(stamps):
        raise CommandRefused(ZclStatus.NOT_FOUND)
    register, tiers, *blocks = log.entry(meter, stamps[offset])
    said = repeated(
        asked,
        next(one for one in asked.answers if one.command == _PUBLISH_SNAPSHOT),
        snapshot_id=offset,
        snapshot_time=utc_time_of(stamps[offset]),
        total_snapshots_found=len(stamps),
        current_summation=_single(register),
        tier_summations=_several(tiers)[:_TIERS],
        tiers_and_block_thresholds_in_use=_FOUR_BLOCKS_OF_ONE_TIER,
        tier_block_summations=tuple(_several(block)[0] for block in blocks),
    )
    return (ZclAnswer(_PUBLISH_SNAPSHOT, said),)


def _single(value: logs.Number) -> int:
    return value if isinstance(value, int) else value[0]


def _several(value: logs.Number) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,)


def _samples(source: Source, exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """Consumption period by period, from the first that begins at or after a time."""
    meter, at = source(exchange)
    start = _moment(_number(asked, "earliest_sample_time"))
    most = min(_number(asked, "number_of_samples"), _MOST_IN_ONE_ANSWER)
    sample = _number(asked, "sample_id")
    if sample == _NETWORK_LOG:
        first, samples = meter.part(NetworkLog).samples(at, most)
    else:
        if sample not in _SAMPLED:
            raise CommandRefused(ZclStatus.NOT_FOUND)
        log, period = _SAMPLED[sample]
        end = Instant(min(at, start + (most + 1) * period))
        found = list(log.entries(meter, Instant(start + period), end, at))[:most]
        first = Instant(found[0][0] - period) if found else start
        samples = tuple(_single(values[0]) for _, values in found)
    if not samples:
        raise CommandRefused(ZclStatus.NOT_FOUND)
    said = repeated(
        asked,
        next(one for one in asked.answers if one.command == _SAMPLED_DATA),
        sample_start_time=utc_time_of(first),
        number_of_samples=len(samples),
        samples=samples,
    )
    return (ZclAnswer(_SAMPLED_DATA, said),)


_SAMPLED: Final[dict[int, tuple[logs.Log, Duration]]] = {
    0: (logs.PROFILE_IMPORT, HALF_HOUR),
    1: (logs.DAILY_CONSUMPTION, DAY),
}
"""Logs by their sample number, with their periods."""


def _start_sampling(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """Begin the network data log anew (GCS31)."""
    exchange.device.part(NetworkLog).start(exchange.now, _number(asked, "max_number_of_samples"))
    (answer,) = (one for one in asked.answers if one.command == _START_SAMPLING_RESPONSE)
    return (ZclAnswer(_START_SAMPLING_RESPONSE, repeated(asked, answer, sample_id=_NETWORK_LOG)),)


def attributes(source: Source) -> tuple[ZclAttribute, ...]:
    """Attributes of the meter or of its mirror."""
    summations = (
        *((0x0100 + 2 * number, partial(_tier, source, number)) for number in range(_TIERS)),
        *((0x0700 + number, partial(_block, source, number)) for number in range(4)),
    )
    return (
        *(
            ZclAttribute(
                cluster=_METERING, attribute=attribute, type=ZclType.UINT48, read=read, sensitive=True
            )
            for attribute, read in summations
        ),
        ZclAttribute(
            cluster=_METERING,
            attribute=0x0014,
            type=ZclType.ENUM8,
            read=partial(_supply_status, source),
        ),
        ZclAttribute(cluster=_METERING, attribute=0x0205, type=_UINT16, read=partial(_battery, source)),
        ZclAttribute(cluster=_METERING, attribute=0x0A00, type=_UINT32, read=partial(_bill_to_date, source)),
    )


def commands(source: Source) -> tuple[ZclCommand, ...]:
    """Commands that read logs of the meter or of its mirror."""
    return (
        ZclCommand(cluster=_METERING, command=_GET_SNAPSHOT, act=partial(_snapshot, source)),
        ZclCommand(cluster=_METERING, command=_GET_SAMPLED_DATA, act=partial(_samples, source)),
    )


METER_COMMANDS: Final = (ZclCommand(cluster=_METERING, command=_START_SAMPLING, act=_start_sampling),)
"""What only the meter itself does."""
