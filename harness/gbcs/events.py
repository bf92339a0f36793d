"""What becomes of each event at each kind of device: its log, its alert, who is told (GBCS 16.2).

The table is ``events.yaml``, which explains its columns; it is read when first asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, Flag, StrEnum
from functools import cache
from typing import Final

from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import CatalogueError, read_data, use_case
from harness.gbcs.roles import DeviceRole


class EventLog(StrEnum):
    """Logs that events are written into. That of auxiliary controllers holds orders, not events."""

    EVENT = "event"
    SECURITY = "security"
    POWER = "power"
    CHANNEL = "channel"


class Told(Enum):
    """Who hears of an event."""

    KNOWN = "known"
    SUPPLIER = "supplier"
    NETWORK_OPERATOR = "network"
    BROKER = "broker"
    SENDER = "sender"


class Treatment(Flag):
    """What a device does about an event: log it, tell it over the WAN or the HAN, sound an alarm."""

    NONE = 0
    LOGGED = 1
    WAN = 2
    HAN = 4
    ALARM = 8


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event at one kind of device.

    ``alerts`` are names of the use cases that can tell of it there, the usual one first. ``settable``
    is what a party can set, and what happens at first but for the alarm; None where nobody can.
    """

    code: AlertCode
    log: EventLog | None
    alerts: tuple[str, ...]
    told: Told
    settable: Treatment | None

    @property
    def treatment(self) -> Treatment:
        """What happens where nobody set anything."""
        if self.settable is None:
            return Treatment.LOGGED | Treatment.WAN
        return self.settable & ~Treatment.ALARM


def event_row(code: int, role: DeviceRole) -> EventRow | None:
    """What becomes of an event at a device; None for one that it does not have."""
    return _rows()[role].get(code)


def events_of(role: DeviceRole) -> tuple[EventRow, ...]:
    """The events of a kind of device, by their codes."""
    return tuple(_rows()[role].values())


_DEVICES: Final = {
    "E": DeviceRole.ESME,
    "G": DeviceRole.GSME,
    "C": DeviceRole.CHF,
    "P": DeviceRole.GPF,
    "D": DeviceRole.PPMID,
    "A": DeviceRole.HCALCS,
    "S": DeviceRole.SAPC,
}
_LETTERS: Final = {"L": Treatment.LOGGED, "W": Treatment.WAN, "H": Treatment.HAN}


@cache
def _rows() -> Mapping[DeviceRole, Mapping[int, EventRow]]:
    found: dict[DeviceRole, dict[int, EventRow]] = {role: {} for role in DeviceRole}
    for line in read_data("events.yaml"):
        try:
            for role, row in _of_line([cell.strip() for cell in line.split(" | ")]):
                if found[role].setdefault(row.code, row) is not row:
                    raise ValueError(f"{row.code:04X} is listed twice for {role.name}")  # noqa: TRY301 - its line
        except (KeyError, ValueError) as error:
            raise CatalogueError(f"events.yaml: {line}: {error}") from error
    return {role: dict(sorted(rows.items())) for role, rows in found.items()}


def _of_line(cells: list[str]) -> Iterable[tuple[DeviceRole, EventRow]]:
    codes, devices, log, alerts, told, settings = cells
    named = [] if alerts == "-" else [use_case(name) for name in alerts.split()]
    for role in _DEVICES.values() if devices == "*" else (_DEVICES[one] for one in devices.split()):
        for code in _codes(codes):
            yield (
                role,
                EventRow(
                    code,
                    None if log == "-" else EventLog(log),
                    tuple(one.id for one in named if role in one.targets),
                    Told(told),
                    _settable(settings),
                ),
            )


def _codes(text: str) -> Iterable[AlertCode]:
    for part in text.split():
        first, _, last = part.partition("-")
        span = range(int(first, 16), int(last or first, 16) + 1)
        yield from (code for code in AlertCode if code in span)


def _settable(letters: str) -> Treatment | None:
    if letters == "-":
        return None
    found = Treatment.NONE
    for letter in letters:
        found |= _LETTERS[letter]
    return found | Treatment.ALARM if Treatment.LOGGED in found else found
