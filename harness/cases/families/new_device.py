"""A device is replaced by another of its kind: a new identity, with nothing of the old one (GBCS 13.7, 13.8).

The new one is a stranger until it is on the hub's list with its own install code, and joined with whom it
speaks with. What the old one's keys protect it does not obey, what the old one was told it does not know, and
the hub's copy of a gas meter becomes that of the new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from harness.cases.applicability import KIND_OF, all_of
from harness.cases.asn1_requests import Partner
from harness.cases.case import Case, CheckFailed, Purpose, preamble
from harness.cases.command import Order, compose
from harness.cases.hub_entries import add_device, hub_lists, remove_device
from harness.cases.outcomes import was_done
from harness.cases.refusal import Refusal, expect_refused, expect_silence
from harness.cases.subject import Subject, nothing
from harness.cases.subjects import SUBJECTS
from harness.cases.subjects.gas import CONSUMPTION_AT_PROXY
from harness.cases.wording import device_name, octets_text
from harness.codecs.asn1.joining import DeviceLogResponse
from harness.gbcs.roles import DeviceRole
from harness.network.clock import HOUR, Duration
from harness.network.port import Display

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.network.port import InstalledDevice

_CLAUSE: Final = "GBCS 6.2.4, 13.7, 13.8, CHTS 4.5.1, CCS01, CCS02"
_OF_THE_OLD: Final = Refusal(_CLAUSE, "it is protected with the key of the device that it replaced")
_NOT_LISTED: Final = Refusal(_CLAUSE, "the hub was not told of it")
_GONE: Final = Refusal(_CLAUSE, "it was taken away")
_ASKED: Final = "CS07"
"""What every device with credentials tells whenever it is asked: whom it is joined with."""
_CONTACT: Final = {DeviceRole.ESME: "ECS16", DeviceRole.GSME: "GCS44"}
_REPORTED: Final = Duration(HOUR)
"""A gas meter wakes every half hour."""
_BY_NAME: Final = {(subject.use_case, subject.target): subject for subject in SUBJECTS}


def _octets_for(bench: Bench, asking: Subject, device: InstalledDevice) -> bytes:
    """A command to a device as some install record has it."""
    order = Order(_ASKED, device, asking.sender, 0, bench.next_counter(), bench.now)
    return compose(bench.parties, order).octets


def _run(bench: Bench, asking: Subject) -> None:
    role = asking.target
    with preamble():
        told = _tell(bench, role)
        old = bench.device(role)
        bench.replace_device(bench.port.profile.devices[KIND_OF[role]])
    new = bench.device(role)
    if new.entity_id == old.entity_id:
        raise CheckFailed(_CLAUSE, "another identity in the install record", octets_text(new.entity_id))
    early = _octets_for(bench, asking, new)
    expect_silence(bench, new, early, _NOT_LISTED)
    add_device(bench, role, new.install_code)
    log = bench.exchange(asking.command(bench)).payload
    if not isinstance(log, DeviceLogResponse) or log.entries:
        raise CheckFailed(_CLAUSE, "an empty device log, as it is joined with nobody yet", f"{log}")
    foreign = _octets_for(bench, asking, replace(old, entity_id=new.entity_id))
    expect_refused(bench, role, foreign, _OF_THE_OLD, nothing)
    expect_silence(bench, old, _octets_for(bench, asking, old), _GONE)
    if told is not None and bench.display(role, Display.SUPPLIER) == told:
        raise CheckFailed(_CLAUSE, "nothing on display that the old one was told", told)
    _check_list(bench, old, new)
    if role is DeviceRole.GSME:
        _check_copy(bench, old, new)


def _tell(bench: Bench, role: DeviceRole) -> str | None:
    """Tell the old meter something that shows; what it shows."""
    if role not in _CONTACT:
        return None
    bench.exchange(_BY_NAME[_CONTACT[role], role].command(bench))
    return bench.display(role, Display.SUPPLIER)


def _check_list(bench: Bench, old: InstalledDevice, new: InstalledDevice) -> None:
    """The hub's list has the old one until it is taken off, and the new one from when it was added."""
    remove_device(bench, old.entity_id)
    present, former = hub_lists(bench)
    if old.entity_id in present.keys or old.entity_id not in former.keys:
        raise CheckFailed(_CLAUSE, "the old device among those taken off the list", "it is not there")
    if new.entity_id not in present.keys:
        raise CheckFailed(_CLAUSE, "the new device in the hub's list", "it is not there")


def _check_copy(bench: Bench, old: InstalledDevice, new: InstalledDevice) -> None:
    """The hub's copy is of the meter that its proxy is joined with: the new one."""
    for name, device in (("CS04B", old), ("CS03B", new)):
        partner = Partner(device.entity_id, device.role.device_type, device.key_agreement_certificate)
        subject = _BY_NAME[name, DeviceRole.GPF]
        command = bench.command(name, DeviceRole.GPF, subject.sender, argument=partner)
        answer = bench.exchange(command)
        if name == "CS03B" and not was_done(answer):
            raise CheckFailed(
                _CLAUSE, "the proxy joined with the new meter", octets_text(answer.message.payload)
            )
    bench.wait(_REPORTED)
    CONSUMPTION_AT_PROXY.verify(bench, CONSUMPTION_AT_PROXY, CONSUMPTION_AT_PROXY.sender)


def _cases() -> Iterator[Case]:
    adding, removing, listing = (_BY_NAME[name, DeviceRole.CHF] for name in ("CCS01", "CCS02", "CCS07"))
    roles = (DeviceRole.ESME, DeviceRole.GSME, DeviceRole.PPMID, DeviceRole.HCALCS)
    for number, role in enumerate(roles, 1):
        asking = _BY_NAME[_ASKED, role]
        subject = replace(adding, beside=asking.participants, number=number)
        yield subject.case(
            Purpose.JOURNEY,
            detail="new_device",
            title=f"Another {device_name(role)} in the old one's place is itself, with nothing of that",
            why="a device that is taken down may be mended and sold: its keys must open nothing that is left",
            clause=_CLAUSE,
            run=partial(_run, asking=asking),
            applies=all_of(*(one.applies for one in (subject, removing, listing, asking))),
        )


CASES: Final = tuple(_cases())
