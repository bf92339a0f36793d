"""HAN connected auxiliary load control switches (SMETS2 section 7)."""

from __future__ import annotations

from typing import Final

from harness.emulators.kind import Kind
from harness.emulators.kinds.cells import IN_HOME_CELLS
from harness.emulators.kinds.displays import EVERY_DISPLAY
from harness.emulators.subjects.remote_switch import shown_of_switch
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import PayloadFamily
from harness.network.port import Display

KIND: Final = Kind(
    role=DeviceRole.HCALCS,
    alert_family=PayloadFamily.GBZ,
    cells=IN_HOME_CELLS,
    alerted=(RemotePartyRole.SUPPLIER,),
    displays={**EVERY_DISPLAY, Display.SWITCH: shown_of_switch},
    log_partners=(DeviceRole.ESME,),
)
