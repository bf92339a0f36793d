"""Electricity meters: single element, twin element and polyphase (SMETS2 section 5)."""

from __future__ import annotations

from typing import Final

from harness.emulators.bindings import (
    account_dlms,
    account_logs_dlms,
    billing_dlms,
    control_dlms,
    events_dlms,
    logs_dlms,
    metering_dlms,
    supply_dlms,
    tariff_dlms,
    voltage_dlms,
)
from harness.emulators.bindings.asked_nearby import answer_nearby
from harness.emulators.kind import Kind, together
from harness.emulators.kinds.cells import ELECTRICITY_METER_CELLS
from harness.emulators.kinds.contact_displays import electricity_supplier
from harness.emulators.kinds.displays import METER_DISPLAYS, own_price, own_register
from harness.emulators.kinds.dlms_rows import CLOCK_ROWS, FIRMWARE_ROWS, METER_IDENTITY_ROWS, protecting
from harness.emulators.kinds.history_displays import yesterday
from harness.emulators.subjects.keypad import ELECTRICITY_METER_KEYS
from harness.emulators.subjects.outage import mains_changed, phase_changed
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import PayloadFamily
from harness.network.port import Display

_ROWS: Final = (
    *metering_dlms.ROWS,
    *logs_dlms.ROWS,
    *billing_dlms.ROWS,
    *voltage_dlms.ROWS,
    *voltage_dlms.OTHER_PHASE_ROWS,
    *supply_dlms.ROWS,
    *control_dlms.ROWS,
    *events_dlms.METER_ROWS,
    protecting("0-0:43.2.7.255"),
    protecting("0-0:43.2.8.255"),
    *account_dlms.ROWS,
    *account_logs_dlms.ROWS,
    *tariff_dlms.ROWS,
)

KIND: Final = Kind(
    role=DeviceRole.ESME,
    alert_family=PayloadFamily.DLMS,
    cells=ELECTRICITY_METER_CELLS,
    alerted=(RemotePartyRole.SUPPLIER, RemotePartyRole.NETWORK_OPERATOR),
    cosem=(*FIRMWARE_ROWS, *METER_IDENTITY_ROWS, *CLOCK_ROWS, *_ROWS),
    displays={
        **METER_DISPLAYS,
        Display.IMPORT_REGISTER: own_register,
        Display.PRICE: own_price,
        Display.YESTERDAY: yesterday,
        Display.SUPPLIER: electricity_supplier,
    },
    keys=ELECTRICITY_METER_KEYS,
    answer_nearby=answer_nearby,
    log_partners=(DeviceRole.PPMID, DeviceRole.IHD, DeviceRole.HCALCS, DeviceRole.SAPC),
    on_power=(mains_changed,),
    watched=together(supply_dlms.WATCHED, logs_dlms.WATCHED, account_dlms.WATCHED, tariff_dlms.WATCHED),
    on_load_report=control_dlms.tell_of_load,
    on_phase=phase_changed,
)
