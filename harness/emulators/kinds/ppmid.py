"""Prepayment interfaces: they show both meters, and take a few remote commands (SMETS2 section 6)."""

from __future__ import annotations

from typing import Final

from harness.emulators.kind import Kind
from harness.emulators.kinds.cells import IN_HOME_CELLS
from harness.emulators.kinds.displays import IN_HOME_DISPLAYS
from harness.emulators.subjects.request_by_hand import KEYS, shown_of_last_entry, take_answer
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import PayloadFamily
from harness.network.port import Display

KIND: Final = Kind(
    role=DeviceRole.PPMID,
    alert_family=PayloadFamily.GBZ,
    cells=IN_HOME_CELLS,
    alerted=(RemotePartyRole.SUPPLIER,),
    displays={**IN_HOME_DISPLAYS, Display.LAST_ENTRY: shown_of_last_entry},
    keys=KEYS,
    take_answer=take_answer,
    log_partners=(DeviceRole.ESME, DeviceRole.GSME, DeviceRole.GPF),
)
