"""The billing calendar of an electricity meter, and the alert about each reading (ECS30, ECS26d, ECS68)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.codecs.axdr import encode_data
from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.dlms_types import DataAccessResult
from harness.emulators.bindings.cosem_values import attribute
from harness.emulators.bindings.logs_dlms import billing_entry
from harness.emulators.refusal import AccessRefused
from harness.emulators.subjects.billing import BillingCalendar, BillingDay
from harness.emulators.subjects.events import DlmsDetails, Event, Sensitive, tell
from harness.emulators.subjects.trust import Cell, TrustStore
from harness.gbcs.alert_codes import AlertCode
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import RemotePartyRole
from harness.network.clock import Instant

if TYPE_CHECKING:
    from harness.emulators.device import EmulatedDevice
    from harness.emulators.exchange import Exchange


def _read_calendar(exchange: Exchange) -> Data:
    rules = exchange.device.part(BillingCalendar).rules
    return Data(
        DataTag.ARRAY,
        tuple(
            Data(
                DataTag.STRUCTURE,
                (Data(DataTag.OCTET_STRING, rule.time), Data(DataTag.OCTET_STRING, rule.date)),
            )
            for rule in rules
            if isinstance(rule, BillingDay)
        ),
    )


def _write_calendar(exchange: Exchange, value: Data) -> None:
    entries = value.value if isinstance(value.value, tuple) else ()
    days = tuple(BillingDay(*_octets_of(entry)) for entry in entries)
    exchange.device.part(BillingCalendar).change(days, exchange.now, tell_reading)


def _octets_of(entry: Data) -> tuple[bytes, bytes]:
    members = entry.value if isinstance(entry.value, tuple) else ()
    octets = [member.value for member in members if isinstance(member.value, bytes)]
    if len(octets) != 2:
        raise AccessRefused(DataAccessResult.TYPE_UNMATCHED)
    return octets[0], octets[1]


def tell_reading(device: EmulatedDevice, ended: Instant) -> None:
    """Tell the supplier what the registers showed at the end of a billing period."""
    supplier = device.part(TrustStore).anchor(RemotePartyRole.SUPPLIER, Cell.DIGITAL_SIGNATURE)
    if supplier is None:
        return
    entry = Data(DataTag.STRUCTURE, (billing_entry(device, ended),))
    tell(
        device,
        Event(
            AlertCode.BILLING_DATA_LOG_UPDATED,
            use_case("ECS68").message_codes[0],
            DlmsDetails((Sensitive(encode_data(entry)),)),
            (supplier.entity_id,),
        ),
        ended,
    )


ROWS: Final = (attribute((22, "0-0:15.0.0.255", 4), _read_calendar, _write_calendar),)
