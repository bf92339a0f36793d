"""Standalone auxiliary proportional controllers: DLMS devices without a meter (SMETS2 section 9)."""

from __future__ import annotations

from typing import Final

from harness.emulators.bindings import control_dlms, events_dlms
from harness.emulators.kind import Kind
from harness.emulators.kinds.cells import CONTROLLER_CELLS
from harness.emulators.kinds.displays import EVERY_DISPLAY
from harness.emulators.kinds.dlms_rows import CLOCK_ROWS, FIRMWARE_ROWS, METER_IDENTITY_ROWS
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import PayloadFamily

KIND: Final = Kind(
    role=DeviceRole.SAPC,
    alert_family=PayloadFamily.DLMS,
    cells=CONTROLLER_CELLS,
    alerted=(RemotePartyRole.SUPPLIER,),
    cosem=(*FIRMWARE_ROWS, *METER_IDENTITY_ROWS, *CLOCK_ROWS, *control_dlms.ROWS, *events_dlms.EVENT_ROWS),
    displays=EVERY_DISPLAY,
    log_partners=(DeviceRole.ESME,),
    on_load_report=control_dlms.tell_of_load,
)
