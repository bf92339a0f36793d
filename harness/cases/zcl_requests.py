"""GBZ payloads of commands, from the catalogue's templates and with values for what those leave open.

GBCS 7.2.9 and 7.3, ZCL 2.5 and the ZSE clusters. A value follows from the field's name; numbers of which
nothing is known are small.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from harness.cases.cosem_values import Value
from harness.codecs.gbz_types import GbzComponent, GbzPayload
from harness.codecs.zcl import encode_zcl_payload
from harness.codecs.zcl_commands import GENERAL, commands
from harness.codecs.zcl_types import (
    FRAME_TYPE_MASK,
    FROM_SERVER,
    GENERAL_FRAME_TYPE,
    AttributeRecord,
    Entry,
    ZclCommand,
    ZclField,
    ZclValue,
)
from harness.gbcs.gbz_messages import PLACE, ComponentTemplate, command_templates
from harness.gbcs.use_case import UseCase
from harness.network.clock import Instant, utc_time_of

READ_ATTRIBUTES: Final = 0x00
IMMEDIATELY: Final = 0
NEVER: Final = 0xFFFF_FFFF
"""UTCTime of an activation that takes back what was planned."""
_PRICES_NEVER: Final = 0xFFFF_FFFE
"""What stands in place of ``NEVER`` in a price matrix, whose start time must not be the highest value."""
_SIGN_BIT: Final = 0x8000_0000
_OPTIONAL_FIELDS: Final = frozenset(
    {"extended_message_control", "event_group_id", "log_id", "configuration_value_match"}
)
_DAYS: Final = 0x21
"""Unit of a billing period: days, from its start time on (ZSE D.4.2.4.3)."""
_PREFERRED: Final = {"tariff_type_charging_scheme": -1}
"""A tariff by blocks, as it is the one that block thresholds belong to; else the first value allowed."""
_SIGNED: Final = frozenset(
    {"cut_off_value", "debt_amount", "debt_recovery_amount", "credit_adjustment_value"}
)


@dataclass(frozen=True, slots=True)
class ZclFilling:
    """What values depend on: the moment of writing, when a change takes effect, and the part of a log.

    ``activation`` is UTCTime, ``IMMEDIATELY`` or ``NEVER``; ``given`` are values by the name of their field.
    """

    at: Instant
    span: tuple[Instant, Instant]
    activation: int = IMMEDIATELY
    given: tuple[tuple[str, Value], ...] = ()


_NOUGHT: Final = (0,)
"""What a field may be where another of the components alone has a use for it."""


def gbz_request(row: UseCase, filling: ZclFilling) -> GbzPayload:
    """The payload of a use case's command. Raises ValueError for one without templates."""
    templates = command_templates(row.id)
    if not templates:
        raise ValueError(f"{row.id} has no template")
    made: list[GbzComponent] = []
    for template in templates:
        for place in range(max(template.least, 1)):
            made.append(_component(template, filling, len(made), place))
    return GbzPayload(tuple(made))


def attributes_of(row: UseCase) -> tuple[int, ...]:
    """Identifiers of the attributes that a use case reads, in its command's order."""
    return tuple(one.attribute for template in command_templates(row.id) for one in template.attributes)


def _component(template: ComponentTemplate, filling: ZclFilling, sequence: int, place: int) -> GbzComponent:
    component = GbzComponent(
        cluster=template.cluster,
        frame_control=template.frame_control,
        sequence=sequence,
        command=template.command,
        from_date_time=_from_date_time(template, filling) if template.from_date_time else None,
    )
    payload = encode_zcl_payload(component, _command(template, filling, place))
    return GbzComponent(
        cluster=component.cluster,
        frame_control=component.frame_control,
        sequence=sequence,
        command=component.command,
        payload=payload,
        from_date_time=component.from_date_time,
    )


def _from_date_time(template: ComponentTemplate, filling: ZclFilling) -> int:
    """Reading commands begin their range with it, changing ones say when they take effect."""
    name = _layout_of(template)[0]
    return utc_time_of(filling.span[0]) if name.startswith("Get ") else filling.activation


def _command(template: ComponentTemplate, filling: ZclFilling, place: int) -> ZclCommand:
    name, fields = _layout_of(template)
    if template.attributes:
        records = tuple(AttributeRecord(one.attribute) for one in template.attributes)
        return ZclCommand(name, (ZclField("attributes", records),))
    made = [
        ZclField(field, _value(name, field, template, filling, place))
        for field in fields
        if field in template.choices or not _left_out(name, field)
    ]
    return ZclCommand(name, tuple(made))


def _left_out(command: str, field: str) -> bool:
    return field in _OPTIONAL_FIELDS and command in {"Display Message", "Set Event Configuration"}


def _layout_of(template: ComponentTemplate) -> tuple[str, tuple[str, ...]]:
    """Name and fields of a template's command."""
    if template.frame_control & FRAME_TYPE_MASK == GENERAL_FRAME_TYPE:
        name, layout = GENERAL[template.command]
    else:
        from_server = bool(template.frame_control & FROM_SERVER)
        name, layout = commands()[template.cluster, from_server, template.command]
    return name, tuple(layout.parts)


def _value(
    command: str, field: str, template: ComponentTemplate, filling: ZclFilling, place: int
) -> ZclValue:
    choices = template.choices.get(field)
    for name, given in filling.given:
        if name == field and choices != _NOUGHT:
            return given.encode() if isinstance(given, str) else given
    if choices is not None:
        choice = choices[_PREFERRED.get(field, 0)]
        if isinstance(choice, str):
            return place if choice == PLACE else 0
        negative = isinstance(choice, int) and field in _SIGNED and choice & _SIGN_BIT
        return choice - 2 * _SIGN_BIT if negative and isinstance(choice, int) else choice
    if command == "Publish Price Matrix" and field == "start_time" and filling.activation == NEVER:
        return _PRICES_NEVER
    made = _BY_COMMAND.get((command, field)) or _BY_NAME.get(field)
    return 1 if made is None else made(filling)


def _activation(filling: ZclFilling) -> int:
    return filling.activation


def _now(filling: ZclFilling) -> int:
    return utc_time_of(filling.at)


def _from(filling: ZclFilling) -> int:
    return utc_time_of(filling.span[0])


def _until(filling: ZclFilling) -> int:
    return utc_time_of(filling.span[1])


def _always(value: ZclValue) -> Callable[[ZclFilling], ZclValue]:
    return lambda _filling: value


def _entry(**fields: ZclValue) -> Entry:
    return Entry(tuple(ZclField(name, value) for name, value in fields.items()))


def _schedule(filling: ZclFilling) -> ZclValue:
    """A day on which one action holds all the time."""
    action = next((value for name, value in filling.given if name == "action"), 1)
    return (_entry(start_minutes=0, action=action if isinstance(action, int) else 1),)


_BY_COMMAND: Final[dict[tuple[str, str], Callable[[ZclFilling], ZclValue]]] = {
    ("Get Event Log", "start_time"): _from,
    ("Get Event Log", "end_time"): _until,
    ("Display Message", "start_time"): _always(0),
    ("Publish Change of Tenancy", "implementation_date_time"): _now,
}
_BY_NAME: Final[dict[str, Callable[[ZclFilling], ZclValue]]] = {
    "issuer_event_id": _now,
    "issuer_calendar_id": _now,
    "message_id": _now,
    "start_time": _activation,
    "implementation_date_time": _activation,
    "earliest_start_time": _from,
    "latest_end_time": _until,
    "earliest_sample_time": _from,
    "billing_period_start_time": _now,
    "block_period_start_time": _now,
    "billing_period_duration_type": _always(_DAYS),
    "block_period_duration_type": _always(_DAYS),
    "number_of_samples": _always(48),
    "schedule": _schedule,
    "seasons": _always((_entry(start_date=bytes.fromhex("FF0101FF"), week_id=1),)),
    "special_days": _always((_entry(date=bytes.fromhex("FF0C19FF"), day_id=1),)),
    "prices": _always(tuple(_entry(tier_block_id=tier, price=9_600) for tier in range(4))),
    "number_of_price_tiers_in_use": _always(0),
    "number_of_block_thresholds_in_use": _always(3),
    "tier_and_threshold_count": _always(3),
    "thresholds": _always((10, 20, 30)),
    "standing_charge": _always(22_465),
    "conversion_factor": _always(102_264),
    "calorific_value": _always(400),
    "uncontrolled_flow_threshold": _always(61_680),
    "stabilisation_period": _always(60),
    "measurement_period": _always(300),
    "emergency_credit_limit": _always(500_000),
    "emergency_credit_threshold": _always(100_000),
    "maximum_credit_level": _always(50_000_000),
    "maximum_credit_per_top_up": _always(10_000_000),
    "low_credit_warning_level": _always(200_000),
    "overall_debt_cap": _always(1_000_000),
    "debt_amount": _always(1_000),
    "debt_recovery_amount": _always(100),
    "debt_recovery_balance_percentage": _always(100),
    "credit_adjustment_value": _always(1_000),
    "cut_off_value": _always(0),
    "message": _always(b"A message"),
    "customer_id_number": _always(b"1234"),
    "site_id": _always(b"1234567890"),
    "proposed_provider_name": _always(b"Supplier"),
    "proposed_provider_contact_details": _always(b"0333 202 4650"),
    "top_up_code": _always(b"00000000000000000000"),
    "event_configuration": _always(0x5B),
    "event_ids": _always((0x81AA, 0x81AB)),
}
