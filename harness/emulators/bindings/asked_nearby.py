"""What an electricity meter answers to devices around it: PPMID and switch (PECS01 to 03, HECS01).

Requests and answers are ZCL frames. Only a device in the meter's device log shares a link key with it,
so any other gets silence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from harness.codecs.errors import DecodeError
from harness.codecs.han.zcl_frame import (
    ZclFrame,
    ZclFrameType,
    decode_zcl_command,
    decode_zcl_frame,
    encode_zcl_frame,
    with_zcl_command,
)
from harness.codecs.zcl_types import ZclCommand, ZclField, ZclStatus
from harness.emulators.bindings.account_gbz import TOP_UP_RESULTS
from harness.emulators.bindings.control_dlms import ELSEWHERE
from harness.emulators.subjects.clock import Clock
from harness.emulators.subjects.controllers import Controllers, Direction, Target
from harness.emulators.subjects.device_log import DeviceLog
from harness.emulators.subjects.keypad import activate_emergency, enable_supply
from harness.emulators.subjects.prepayment import Account
from harness.emulators.subjects.remote_switch import (
    GET_SCHEDULED_EVENTS,
    LOAD_CONTROL,
    LOAD_CONTROL_EVENT,
)
from harness.emulators.subjects.request_by_hand import (
    ACTIVATE_EMERGENCY,
    DEFAULT_RESPONSE,
    LOCAL_CHANGE_SUPPLY,
    METERING,
    PREPAYMENT,
    SUPPLY_ON,
    TOP_UP,
    TOP_UP_RESPONSE,
)
from harness.emulators.subjects.top_up import Source, TopUpOutcome, TopUps
from harness.gbcs.roles import DeviceType
from harness.network.clock import Instant, utc_time_of

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice

_NO_AMOUNT: Final = -1
_EVERY_CLASS: Final = 0x0FFF
_LONGEST_EVENT: Final = 1_440
"""Minutes."""
_VOLUNTARY: Final = 1
_Said = tuple[int, ZclFrameType, ZclCommand]


def _acknowledged(command: int, status: ZclStatus) -> _Said:
    said = ZclCommand(
        "Default Response", (ZclField("command_identifier", command), ZclField("status", status))
    )
    return DEFAULT_RESPONSE, ZclFrameType.GENERAL, said


def _done(command: int, *, done: bool) -> _Said:
    return _acknowledged(command, ZclStatus.SUCCESS if done else ZclStatus.FAILURE)


def _top_up(device: EmulatedDevice, asked: ZclCommand, now: Instant) -> _Said:
    code = asked["top_up_code"]
    utrn = code.decode("ascii", errors="replace") if isinstance(code, bytes) else ""
    outcome, value = device.part(TopUps).enter(utrn, now, Source.PPMID)
    accepted = outcome is TopUpOutcome.ACCEPTED
    left = device.part(Account).at(now).meter if accepted else _NO_AMOUNT
    fields = (
        ZclField("result_type", TOP_UP_RESULTS[outcome]),
        ZclField("top_up_value", value if accepted else _NO_AMOUNT),
        ZclField("source_of_top_up", Source.PPMID.value),
        ZclField("credit_remaining", left),
    )
    return TOP_UP_RESPONSE, ZclFrameType.CLUSTER, ZclCommand("Consumer Top Up Response", fields)


def _emergency(device: EmulatedDevice, _asked: ZclCommand, now: Instant) -> _Said:
    return _done(ACTIVATE_EMERGENCY, done=activate_emergency(device, now))


def _supply(device: EmulatedDevice, asked: ZclCommand, now: Instant) -> _Said:
    wanted = asked["proposed_supply_status"] == SUPPLY_ON
    return _done(LOCAL_CHANGE_SUPPLY, done=wanted and enable_supply(device, now))


def _switch(device: EmulatedDevice, _asked: ZclCommand, now: Instant) -> _Said:
    """What the switch is to do now, until it asks again."""
    moment = device.part(Clock).now(now)
    level = device.part(Controllers).level(Target(Direction.OUTPUT, ELSEWHERE), moment)
    fields = {
        "issuer_event_id": utc_time_of(moment),
        "device_class": _EVERY_CLASS,
        "utility_enrolment_group": 0,
        "start_time": 0,
        "duration_in_minutes": _LONGEST_EVENT,
        "criticality_level": _VOLUNTARY,
        "cooling_temperature_offset": 0xFF,
        "heating_temperature_offset": 0xFF,
        "cooling_temperature_set_point": 0x8000,
        "heating_temperature_set_point": 0x8000,
        "average_load_adjustment_percentage": 0x80,
        "duty_cycle": level,
        "event_control": 0,
    }
    said = tuple(ZclField(name, value) for name, value in fields.items())
    return LOAD_CONTROL_EVENT, ZclFrameType.CLUSTER, ZclCommand("Load Control Event", said)


_ACTS: Final[dict[tuple[DeviceType, int, int], Callable[[EmulatedDevice, ZclCommand, Instant], _Said]]] = {
    (DeviceType.PPMID, PREPAYMENT, TOP_UP): _top_up,
    (DeviceType.PPMID, PREPAYMENT, ACTIVATE_EMERGENCY): _emergency,
    (DeviceType.PPMID, METERING, LOCAL_CHANGE_SUPPLY): _supply,
    (DeviceType.HCALCS, LOAD_CONTROL, GET_SCHEDULED_EVENTS): _switch,
}


def answer_nearby(
    device: EmulatedDevice, source: bytes, cluster: int, octets: bytes, now: Instant
) -> bytes | None:
    """Answer a ZCL frame of a device around (its entity identifier); None for silence."""
    entry = device.part(DeviceLog).find(source)
    if entry is None:
        return None
    try:
        frame = decode_zcl_frame(octets)
        asked = decode_zcl_command(cluster, frame)
    except DecodeError:
        return None
    act = None if frame.from_server else _ACTS.get((entry.device_type, cluster, frame.command))
    if act is None:
        command, kind, said = _acknowledged(frame.command, ZclStatus.UNSUPPORTED_CLUSTER_COMMAND)
    else:
        command, kind, said = act(device, asked, now)
    answer = ZclFrame(frame_type=kind, sequence=frame.sequence, command=command, from_server=True)
    return encode_zcl_frame(with_zcl_command(cluster, answer, said))
