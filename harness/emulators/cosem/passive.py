"""Values that wait to come into force: which passive values an activation time or method is about.

A supplier writes next values first and then when they come into force: at once, at a time, or never,
which takes back what was put off (GBCS 9.2). Class 9000 keeps next values of objects whose own class
has no place for them (GBCS 7.3.5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.cosem_date_time import NEVER, NOW, CosemDateTime
from harness.emulators.cosem.objects import Objects
from harness.emulators.subjects.clock import Clock, moment_in
from harness.emulators.subjects.presets import Presets
from harness.emulators.subjects.put_off import PutOff
from harness.emulators.subjects.putting_off import Cause, tell_item
from harness.gbcs.use_case import obis_octets
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import CosemKey

EXTENDED_DATA: Final = 9000
_CALENDAR: Final = 20
_CHARGE: Final = 113
_ACCOUNT: Final = 111
_SCHEDULE: Final = 10
_SPECIAL_DAYS: Final = 11
_ACTIVE_ACCOUNT: Final = Data(DataTag.ENUM, 2)

Converted = Callable[[Data], Data]


def _as_it_is(value: Data) -> Data:
    return value


def _only_threshold(value: Data) -> Data:
    """One number as the array that a register monitor keeps."""
    return Data(DataTag.ARRAY, (value,))


def _active_mode(value: Data) -> Data:
    """Mode and status of an account: the next one is configured, the current one is active."""
    members = value.value
    mode = members[0] if isinstance(members, tuple) else value
    return Data(DataTag.STRUCTURE, (mode, _ACTIVE_ACCOUNT))


Step = tuple["CosemKey", "CosemKey", Converted]
"""A passive attribute, the active one that takes its value, and the form that the value takes there."""


def _attribute(class_id: int, instance: str, index: int) -> CosemKey:
    return (class_id, obis_octets(instance), index, False)


def _extended(
    number: int, class_id: int, instance: str, index: int, converted: Converted = _as_it_is
) -> tuple[CosemKey, tuple[Step, ...]]:
    """A next value in class 9000 for an attribute of another class."""
    place = f"0-0:94.44.128.{number}"
    step = (
        _attribute(EXTENDED_DATA, place, 4),
        _attribute(class_id, instance, index),
        converted,
    )
    return _attribute(EXTENDED_DATA, place, 6), (step,)


def _twin(number: int, class_id: int, rest: str) -> tuple[CosemKey, tuple[Step, ...]]:
    """An activation time in class 9000 for an object that has a passive twin, at channel 1."""
    step = (_attribute(class_id, f"0-1:{rest}", 2), _attribute(class_id, f"0-0:{rest}", 2), _as_it_is)
    return _attribute(EXTENDED_DATA, f"0-0:94.44.128.{number}", 6), (step,)


def _own(instance: str) -> tuple[CosemKey, tuple[Step, ...]]:
    """Class 9000 with an active value of its own."""
    step = (_attribute(EXTENDED_DATA, instance, 4), _attribute(EXTENDED_DATA, instance, 2), _as_it_is)
    return _attribute(EXTENDED_DATA, instance, 6), (step,)


def _calendar(instance: str) -> tuple[CosemKey, tuple[Step, ...]]:
    steps = (
        (_attribute(_CALENDAR, instance, passive), _attribute(_CALENDAR, instance, passive - 4), _as_it_is)
        for passive in (7, 8, 9)
    )
    return _attribute(_CALENDAR, instance, 10), tuple(steps)


def _charges() -> Iterable[tuple[CosemKey, tuple[Step, ...]]]:
    """A charge's next price comes into force at a time or by method 2."""
    for number in range(6):
        instance = f"0-0:19.20.{number}.255"
        step = (_attribute(_CHARGE, instance, 6), _attribute(_CHARGE, instance, 5), _as_it_is)
        yield _attribute(_CHARGE, instance, 7), (step,)
        yield (_CHARGE, obis_octets(instance), 2, True), (step,)


_THRESHOLDS: Final = (
    _attribute(EXTENDED_DATA, "0-0:63.1.1.255", 6),
    tuple(
        (_attribute(21, f"0-0:16.1.{tier}.255", 2), _attribute(21, f"0-0:16.0.{tier}.255", 2), _as_it_is)
        for tier in range(11, 19)
    ),
)
_PAYMENT_MODE: Final = (
    _attribute(_ACCOUNT, "0-1:19.0.0.255", 13),
    (
        (_attribute(_ACCOUNT, "0-1:19.0.0.255", 2), _attribute(_ACCOUNT, "0-0:19.0.0.255", 2), _active_mode),
        (_attribute(_ACCOUNT, "0-1:19.0.0.255", 11), _attribute(_ACCOUNT, "0-0:19.0.0.255", 11), _as_it_is),
    ),
)

ACTIVATED: Final[dict[CosemKey, tuple[Step, ...]]] = dict(
    (
        *map(_own, ("0-0:94.44.0.3", "0-0:94.44.2.0", "0-0:94.44.2.10", "0-0:94.44.2.20")),
        _extended(2, 112, "0-0:19.10.1.255", 9),
        _extended(3, 112, "0-0:19.10.1.255", 10),
        _extended(6, 71, "0-0:17.0.0.255", 6),
        _extended(7, 71, "0-0:17.0.0.255", 4),
        _extended(8, 71, "0-0:17.0.0.255", 7),
        _extended(9, _ACCOUNT, "0-0:19.0.0.255", 16),
        _extended(12, _ACCOUNT, "0-0:19.0.0.255", 18),
        _extended(13, _ACCOUNT, "0-0:19.0.0.255", 19),
        _extended(22, 21, "0-0:16.0.1.255", 2, _only_threshold),
        _twin(26, _SCHEDULE, "12.0.2.255"),
        _twin(28, _SCHEDULE, "12.0.1.255"),
        _twin(29, _SPECIAL_DAYS, "11.0.0.255"),
        _twin(30, _SPECIAL_DAYS, "11.0.1.255"),
        _twin(31, _SPECIAL_DAYS, "11.0.2.255"),
        _twin(35, _SPECIAL_DAYS, "11.0.3.255"),
        _THRESHOLDS,
        _PAYMENT_MODE,
        *map(_calendar, ("0-0:13.0.0.255", "0-0:13.0.1.255")),
        *_charges(),
    )
)
"""What each activation time (attribute) or activation (method) brings into force."""


def set_time(device: EmulatedDevice, key: CosemKey, when: bytes, now: Instant, cause: Cause) -> None:
    """Have passive values come into force at a date-time (12 octets), now or never.

    What is put off is told of when it is done, to who sent the command. Raises AccessRefused for octets
    that are no date-time.
    """
    moment = CosemDateTime.from_octets(when)
    due = None if moment in (NOW, NEVER) else moment_in(when)
    queue = device.part(PutOff)
    queue.cancel(key)
    if moment == NEVER:
        return
    if due is None or due <= device.part(Clock).now(now):
        activate(device, key)
    else:
        queue.put_off(key, due, lambda woken: _carry_out(device, key, woken, cause), now)


def activate(device: EmulatedDevice, key: CosemKey) -> None:
    """Bring passive values into force. One that nobody wrote leaves the active one as it is."""
    objects, presets = device.part(Objects), device.part(Presets)
    for passive, active, converted in ACTIVATED.get(key, ()):
        value = objects.written(passive)
        if value is not None:
            objects.put(active, converted(value))
            presets.forget(active)


def _carry_out(device: EmulatedDevice, key: CosemKey, now: Instant, cause: Cause) -> None:
    activate(device, key)
    tell_item(device, cause, key, now, done=True)
