"""What all devices of one role have in common, as one value: objects, handlers, displays, trust.

One module of ``harness.emulators.kinds`` for each role holds it; templates narrow it down to what a
profile's version and features leave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from harness.emulators.access import CosemRow
from harness.emulators.exchange import CosemKey
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import PayloadFamily
from harness.network.clock import Instant
from harness.network.entries import Entry, Feedback
from harness.network.port import Display, Stimulus

if TYPE_CHECKING:
    from harness.codecs.envelope import MessageParts
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.subjects.trust import Cell
    from harness.emulators.zcl_access import ZclAttribute, ZclCommand

Shown = Callable[["EmulatedDevice", Instant], str | None]
Change = Callable[["EmulatedDevice"], None]
Entered = Callable[["EmulatedDevice", str, DeviceRole | None, Instant], Feedback | None]
"""Takes an entry with its text, at which meter it is aimed, and when; None where there is no such key."""
AnswerNearby = Callable[["EmulatedDevice", bytes, int, bytes, Instant], bytes | None]
"""Answers a ZCL frame: whose (entity identifier), its cluster, its octets, when; None for silence."""
TakeAnswer = Callable[["EmulatedDevice", "MessageParts", Instant], bool]
"""Takes an answer to something that the device asked another for; says whether it was one."""
Happening = Callable[["EmulatedDevice", Instant], None]
Done = Callable[["EmulatedDevice", Stimulus, Instant], None]
"""Follows something that is done to the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A role's make-up.

    ``alert_family`` is the form of its alerts (DLMS or GBZ). ``cells`` are the trust anchor cells that
    it has, by role; ``alerted`` the remote parties that hear of security events. ``log_partners`` are the
    roles that its device log can hold. ``on_power`` follows a change of power, ``watched`` a new value in
    an object that nothing but its row keeps, ``on_load_report`` what a load that it controls says,
    ``on_phase`` one phase of its supply.
    """

    role: DeviceRole
    alert_family: PayloadFamily
    cells: Mapping[RemotePartyRole, tuple[Cell, ...]] = field(default_factory=dict)
    alerted: tuple[RemotePartyRole, ...] = ()
    cosem: tuple[CosemRow, ...] = ()
    zcl_attributes: tuple[ZclAttribute, ...] = ()
    zcl_commands: tuple[ZclCommand, ...] = ()
    displays: Mapping[Display, Shown] = field(default_factory=dict)
    keys: Mapping[Entry, Entered] = field(default_factory=dict)
    answer_nearby: AnswerNearby | None = None
    take_answer: TakeAnswer | None = None
    log_partners: tuple[DeviceRole, ...] = ()
    on_power: tuple[Happening, ...] = ()
    watched: Mapping[CosemKey, Change] = field(default_factory=dict)
    on_load_report: Happening | None = None
    on_phase: Done | None = None


def together(*watched: Mapping[CosemKey, Change]) -> Mapping[CosemKey, Change]:
    """What follows new values in several tables: all that any of them has for an object, in their order."""
    changes: dict[CosemKey, tuple[Change, ...]] = {}
    for one in watched:
        for key, change in one.items():
            changes[key] = (*changes.get(key, ()), change)
    return {key: partial(_all, several) for key, several in changes.items()}


def _all(changes: tuple[Change, ...], device: EmulatedDevice) -> None:
    for change in changes:
        change(device)
