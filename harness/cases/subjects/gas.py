"""Use cases of gas meters and of the proxy that answers for them while they sleep."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
from harness.cases.case import CheckFailed
from harness.cases.inspection import Answer
from harness.cases.observation import (
    balance_left,
    expect_between,
    expect_display,
    register_shown,
    supply_state,
)
from harness.cases.subject import Subject
from harness.cases.subjects.firmware import expect_version
from harness.cases.wording import octets_text
from harness.cases.zcl_answers import attributes_read, component_of, expect_default_response, number_in
from harness.codecs.gbz_types import GbzPayload
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.command import Command

METERING: Final = 0x0702
PREPAYMENT: Final = 0x0705
SUMMATION: Final = 0x0000
UNIT_OF_MEASURE: Final = 0x0300
MULTIPLIER: Final = 0x0301
DIVISOR: Final = 0x0302
_CUBIC_METRES: Final = 0x01
_CHANGE_SUPPLY: Final = 0x0B
_SUPPLY_STATUS_RESPONSE: Final = 0x0C
_CREDIT_ADJUSTMENT: Final = 0x05
_GSME: Final = DeviceRole.GSME
_GPF: Final = DeviceRole.GPF
_REGISTER_CLAUSE: Final = "SMETS2 4.6.5.4"
_VALVE_CLAUSE: Final = "SMETS2 4.5.3.10"
_BALANCE_CLAUSE: Final = "SMETS2 4.5.3.19"
_DM3_IN_M3: Final = 1_000


def read_consumption(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """GCS13a: read and check the consumption register, of the meter itself or as the proxy has it."""
    before = register_shown(bench, _GSME, Display.GAS_REGISTER) if subject.target is _GSME else None
    answer = bench.exchange(subject.command(bench, role))
    volume = consumption_in(answer)
    after = register_shown(bench, _GSME, Display.GAS_REGISTER)
    if subject.target is _GSME:
        expect_between(volume, before, after, _REGISTER_CLAUSE, "consumption in dm3")
    elif after is not None and volume > after:
        raise CheckFailed(_REGISTER_CLAUSE, f"a mirrored consumption of at most {after} dm3", f"{volume} dm3")


def consumption_in(answer: Answer) -> int:
    """The consumption in dm3 that an answer to GCS13a says, with unit and scaling checked."""
    read = attributes_read(answer)
    unit = number_in(read, UNIT_OF_MEASURE)
    if unit != _CUBIC_METRES:
        raise CheckFailed(_REGISTER_CLAUSE, "unit 0x01, cubic metres", f"unit {unit:#04x}")
    multiplier, divisor = number_in(read, MULTIPLIER), number_in(read, DIVISOR)
    if not multiplier or not divisor:
        raise CheckFailed(
            _REGISTER_CLAUSE,
            "multiplier and divisor other than 0",
            f"multiplier {multiplier}, divisor {divisor}",
        )
    return number_in(read, SUMMATION) * multiplier * _DM3_IN_M3 // divisor


def close_valve(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """GCS32: close the valve."""
    command = subject.command(bench, role)
    answer = bench.exchange(command)
    component = component_of(answer)
    if component.command == _SUPPLY_STATUS_RESPONSE:
        wanted = _supply_status(command)
        if component.payload != wanted:
            raise CheckFailed(
                "GBCS 7.3, ZSE D.3.3.3.1.13",
                f"the command's provider, event and time, and supply off: {octets_text(wanted)}",
                octets_text(component.payload),
            )
    else:
        expect_default_response(component, _CHANGE_SUPPLY)
    expect_display(bench, _GSME, Display.SUPPLY_STATE, "disabled", _VALVE_CLAUSE)


def _supply_status(command: Command) -> bytes:
    """What the response to Change Supply repeats of its command: provider, event, time; and supply off."""
    if not isinstance(command.payload, GbzPayload):
        raise TypeError(type(command.payload))
    (request,) = command.payload.components
    return request.payload[:8] + request.payload[12:16] + b"\x00"


def reset_balance(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """GCS40b: put every balance to nought."""
    expect_default_response(component_of(bench.exchange(subject.command(bench, role))), _CREDIT_ADJUSTMENT)
    expect_display(bench, _GSME, Display.METER_BALANCE, "0", _BALANCE_CLAUSE)


def read_firmware_version(bench: Bench, subject: Subject, role: RemotePartyRole) -> None:
    """GCS38: read the gas meter's firmware version, off itself or as the proxy has it."""
    answer = bench.exchange(subject.command(bench, role))
    (version,) = attributes_read(answer).values()
    expect_version(bench, _GSME, version)


def _reading(target: DeviceRole, number: int) -> Subject:
    return Subject(
        use_case="GCS13a",
        target=target,
        number=number,
        doing="reading the gas consumption",
        matters="bills are made from this value, its unit and its time",
        verify=read_consumption,
        beside=(DeviceKind.GSME,),
    )


def _version(target: DeviceRole, number: int) -> Subject:
    return Subject(
        use_case="GCS38",
        target=target,
        number=number,
        doing="reading the gas meter's firmware version",
        matters="what is updated, recalled or certified goes by this version",
        verify=read_firmware_version,
        beside=(DeviceKind.GSME,),
    )


CONSUMPTION_AT_PROXY: Final = _reading(_GPF, 1)
CONSUMPTION_AT_METER: Final = _reading(_GSME, 2)
VALVE_CLOSED: Final = Subject(
    use_case="GCS32",
    target=_GSME,
    number=1,
    doing="closing the valve",
    matters="whoever can do this can cut off a home, and opening the valve again takes a visit",
    verify=close_valve,
    effect=partial(supply_state, role=_GSME),
)
BALANCE_RESET: Final = Subject(
    use_case="GCS40b",
    target=_GSME,
    number=1,
    doing="resetting the meter balance",
    matters="the next customer must not pay the last one's debt",
    verify=reset_balance,
    effect=partial(balance_left, role=_GSME),
)
SUBJECTS: Final[tuple[Subject, ...]] = (
    CONSUMPTION_AT_PROXY,
    CONSUMPTION_AT_METER,
    _version(_GPF, 1),
    _version(_GSME, 2),
    VALVE_CLOSED,
    BALANCE_RESET,
)
