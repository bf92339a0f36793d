"""The billing calendar of a gas meter, and the alert about each reading (GCS25, GCS25a, GCS53)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.gbz_types import GbzComponent
from harness.codecs.zcl import encode_command
from harness.codecs.zcl_types import FROM_SERVER, ZclField, ZclStatus
from harness.codecs.zcl_types import ZclCommand as ZclMessage
from harness.emulators.refusal import CommandRefused
from harness.emulators.subjects import logs
from harness.emulators.subjects.billing import BillingCalendar, BillingSpan, Unit
from harness.emulators.subjects.events import Event, GbzDetails, Sensitive, tell
from harness.emulators.subjects.publications import Publications
from harness.emulators.subjects.trust import Cell, TrustStore
from harness.emulators.zcl_access import ZclAnswer, ZclCommand
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import RemotePartyRole
from harness.network.clock import SECOND, Instant, utc_time_of

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange
    from harness.emulators.zcl.templates import Asked

_METERING: Final = 0x0702
_PRICE: Final = 0x0700
_PUBLISH_BILLING_PERIOD: Final = 0x09
_PUBLISH_SNAPSHOT: Final = 0x06
_CLUSTER_COMMAND: Final = 0x01
_NO_DEFAULT_RESPONSE: Final = 0x10
_END_OF_BILLING_PERIOD: Final = 0x0002
_BLOCK_TIERS: Final = 6
_FOUR_BLOCKS_OF_ONE_TIER: Final = 0x14
_TIERS: Final = 4
_NOW: Final = 0
_NEVER: Final = 0xFFFF_FFFF
_UNITS: Final = {1: Unit.DAYS, 2: Unit.WEEKS, 3: Unit.MONTHS}
"""By the low four bits of a duration type."""


def _publish(exchange: Exchange, asked: Asked) -> tuple[ZclAnswer, ...]:
    """Take a calendar: when the first period starts, and how long all of them are."""
    command = asked.command
    start, length, duration_type = (
        command[name]
        for name in ("billing_period_start_time", "billing_period_duration", "billing_period_duration_type")
    )
    if not isinstance(start, int) or not isinstance(length, int) or not isinstance(duration_type, int):
        raise CommandRefused(ZclStatus.INVALID_VALUE)
    unit = _UNITS.get(duration_type & 0x0F)
    if unit is None:
        raise CommandRefused(ZclStatus.INVALID_VALUE)
    message = (exchange.message.originator, exchange.message.originator_counter)
    exchange.device.part(Publications).publish(_PRICE, _PUBLISH_BILLING_PERIOD, command, message)
    if start != _NEVER:
        begun = exchange.now if start == _NOW else Instant(start * SECOND)
        rules = (BillingSpan(begun, length, unit),)
        exchange.device.part(BillingCalendar).change(rules, exchange.now, tell_reading)
    return ()


def tell_reading(device: EmulatedDevice, ended: Instant) -> None:
    """Tell the supplier what the registers showed at the end of a billing period."""
    supplier = device.part(TrustStore).anchor(RemotePartyRole.SUPPLIER, Cell.DIGITAL_SIGNATURE)
    if supplier is None:
        return
    frame_control = FROM_SERVER | _CLUSTER_COMMAND | _NO_DEFAULT_RESPONSE
    component = GbzComponent(
        cluster=_METERING, frame_control=frame_control, sequence=0, command=_PUBLISH_SNAPSHOT, payload=b""
    )
    payload = encode_command(_METERING, frame_control, _PUBLISH_SNAPSHOT, _snapshot(device, ended))
    tell(
        device,
        Event(
            AlertCode.BILLING_DATA_LOG_UPDATED,
            use_case("GCS53").message_codes[0],
            GbzDetails(1, b"", (component,), (Sensitive(payload),)),
            (supplier.entity_id,),
        ),
        ended,
    )


def _snapshot(device: EmulatedDevice, ended: Instant) -> ZclMessage:
    register, tiers, *blocks = logs.register_reading(device, ended)
    fields = {
        "snapshot_id": 0,
        "snapshot_time": utc_time_of(ended),
        "total_snapshots_found": 1,
        "command_index": 0,
        "total_number_of_commands": 1,
        "snapshot_cause": _END_OF_BILLING_PERIOD,
        "snapshot_payload_type": _BLOCK_TIERS,
        "current_summation": register,
        "tier_summations": tiers[:_TIERS] if isinstance(tiers, tuple) else (),
        "tiers_and_block_thresholds_in_use": _FOUR_BLOCKS_OF_ONE_TIER,
        "tier_block_summations": tuple(block[0] for block in blocks if isinstance(block, tuple)),
    }
    return ZclMessage("Publish Snapshot", tuple(ZclField(name, value) for name, value in fields.items()))


COMMANDS: Final = (
    ZclCommand(cluster=_PRICE, command=_PUBLISH_BILLING_PERIOD, act=_publish, from_server=True),
)
