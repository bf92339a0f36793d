"""What people do with the hub's list, and what it tells of it (CHTS 4.5.1; GBCS CCS01, CCS02, CCS07)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.cases.case import CheckFailed, InconclusiveOutcome
from harness.cases.cosem_answers import items_done, octets_of, structure_of
from harness.cases.outcomes import was_done
from harness.cases.terms import Terms
from harness.cases.wording import device_name, octets_text
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE, Duration

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.codecs.cosem_data import Data

_CLAUSE: Final = "CHTS 4.5.1, 4.6.2.1, GBCS CCS01, CCS02, CCS07"
_BROKER: Final = RemotePartyRole.ACCESS_CONTROL_BROKER
_JOINED: Final = Duration(2 * MINUTE)
_PERIOD: Final = 30


@dataclass(frozen=True, slots=True)
class HubList:
    """What CCS07 tells of one list: the network, and hashed keys by device."""

    network: bytes
    keys: dict[bytes, bytes]


def _list_in(data: Data) -> HubList:
    _, network, entries = structure_of(data, 3, _CLAUSE, "a list")
    keys = {}
    for entry in entries.value if isinstance(entries.value, tuple) else ():
        device, key = structure_of(entry, 2, _CLAUSE, "an entry")
        keys[octets_of(device, _CLAUSE, "a device", 8)] = octets_of(key, _CLAUSE, "a hashed key", 16)
    return HubList(octets_of(network, _CLAUSE, "the network", 8), keys)


def hub_lists(bench: Bench) -> tuple[HubList, HubList]:
    """The list that counts, and that of what was taken off it (CCS07)."""
    present, former = items_done(bench.exchange(bench.command("CCS07", DeviceRole.CHF, _BROKER)))
    return _list_in(present), _list_in(former)


def add_device(
    bench: Bench, role: DeviceRole, install_code: bytes, *, period: int = _PERIOD, wait: Duration = _JOINED
) -> None:
    """Add a device to the list with an install code (CCS01), and wait. Raises CheckFailed.

    ``period`` is for how many seconds devices may join.
    """
    device = bench.device(role)
    given = (
        ("ieee_address", device.entity_id),
        ("key", install_code),
        ("device_type", int(role.device_type)),
        ("join_timeout", period),
    )
    answer = bench.exchange(bench.command("CCS01", DeviceRole.CHF, _BROKER, argument=Terms(given=given)))
    if not was_done(answer):
        raise CheckFailed(_CLAUSE, "a device added to the list", octets_text(answer.message.payload))
    bench.wait(wait)


def take_off(bench: Bench, role: DeviceRole) -> bytes:
    """Have a device leave (CCS02); give its install code. Raises InconclusiveOutcome where there is none."""
    device = bench.device(role)
    if not device.install_code:
        raise InconclusiveOutcome(f"the install record has no install code of the {device_name(role)}")
    remove_device(bench, device.entity_id)
    return device.install_code


def remove_device(bench: Bench, entity_id: bytes) -> None:
    """Take a device off the list, whether it is there or not (CCS02)."""
    given = Terms(given=(("unregister_device", entity_id),))
    bench.exchange(bench.command("CCS02", DeviceRole.CHF, _BROKER, argument=given))
