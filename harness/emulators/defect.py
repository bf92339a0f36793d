"""What a seeded firmware defect is, and how the ones there are get found.

A defect is one module of ``harness.emulators.defects`` with one value ``DEFECT``. Devices know the
seams and nothing of any defect; a profile's firmware names the defects that it carries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from device_profiles.model import DeviceKind
from harness.emulators import defects as defects_package
from harness.network.device import Outgoing

if TYPE_CHECKING:
    from harness.emulators.device import Arriving, EmulatedDevice, Shown
    from harness.emulators.exchange import Exchange, Operation, Reading
    from harness.emulators.framed.network import HomeNetwork, Stack


class Seam(StrEnum):
    """The places at which a defect may change what a device does. The list is closed."""

    BEFORE_VERIFY = "before_verify"
    ON_READ = "on_read"
    ON_EXECUTE = "on_execute"
    BEFORE_ENCODE = "before_encode"
    AFTER_ENCODE = "after_encode"
    BEFORE_SEND = "before_send"
    ON_DISPLAY = "on_display"
    """What a person reads off a device passes none of the other seams, as no message tells it."""
    ON_IMAGE = "on_image"
    """Nor does an upgrade image, which comes through the hub and in no message."""
    ON_STACK = "on_stack"
    """Below messages, in homes of frames: the stack by which a device is on the home area network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One way in which firmware deviates. ``field_defect`` is its number in the list of defects seen in life.

    One without a number stands for a layer of which that list has few.

    ``before_verify`` may leave out checks. ``on_read`` gives back the reading that is answered;
    ``on_execute`` the operation that is carried out, None for none at all, which the device then
    reports as done. ``before_encode`` may change the response, ``after_encode`` its payload's
    octets before they are protected, and ``before_send`` what goes out, alerts included. ``on_display``
    gives back what is shown, and what the displays in the home are told; ``on_image`` the upgrade image
    that is taken, at the hub that passes it on and at the device that it is for, None for none at all.
    ``on_stack`` may change a device's stack once it is set up; the hub's is that of its network.
    """

    id: str
    title: str
    clause: str
    applies_to: frozenset[DeviceKind]
    field_defect: int | None = None
    before_verify: Callable[[Exchange], None] | None = None
    on_read: Callable[[Exchange, Reading], Reading] | None = None
    on_execute: Callable[[Exchange, Operation], Operation | None] | None = None
    before_encode: Callable[[Exchange], None] | None = None
    after_encode: Callable[[Exchange, bytes], bytes] | None = None
    before_send: Callable[[EmulatedDevice, Outgoing], Sequence[Outgoing]] | None = None
    on_display: Callable[[EmulatedDevice, Shown], str | None] | None = None
    on_image: Callable[[EmulatedDevice, Arriving], bytes | None] | None = None
    on_stack: Callable[[HomeNetwork, Stack | None], None] | None = None


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the defects of one firmware hang into each seam, in the order in which it names them."""

    before_verify: tuple[Callable[[Exchange], None], ...] = ()
    on_read: tuple[Callable[[Exchange, Reading], Reading], ...] = ()
    on_execute: tuple[Callable[[Exchange, Operation], Operation | None], ...] = ()
    before_encode: tuple[Callable[[Exchange], None], ...] = ()
    after_encode: tuple[Callable[[Exchange, bytes], bytes], ...] = ()
    before_send: tuple[Callable[[EmulatedDevice, Outgoing], Sequence[Outgoing]], ...] = ()
    on_display: tuple[Callable[[EmulatedDevice, Shown], str | None], ...] = ()
    on_image: tuple[Callable[[EmulatedDevice, Arriving], bytes | None], ...] = ()
    on_stack: tuple[Callable[[HomeNetwork, Stack | None], None], ...] = ()


@cache
def all_defects() -> Mapping[str, Defect]:
    """Every defect there is, by id, in the order of ids."""
    found = (
        import_module(f"{defects_package.__name__}.{module.name}").DEFECT
        for module in iter_modules(defects_package.__path__)
    )
    return {defect.id: defect for defect in sorted(found, key=lambda defect: defect.id)}


def hooks_of(defects: Iterable[Defect]) -> Hooks:
    """The hooks of some defects, by seam."""
    chosen = tuple(defects)
    return Hooks(
        **{
            seam: tuple(hook for defect in chosen if (hook := getattr(defect, seam)) is not None)
            for seam in Seam
        }
    )
