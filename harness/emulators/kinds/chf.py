"""The hub's own function: it carries messages, and answers a few itself (CHTS 4)."""

from __future__ import annotations

from typing import Final

from harness.emulators.bindings import events_dlms, hub_dlms, radio_dlms
from harness.emulators.kind import Kind
from harness.emulators.kinds.cells import COMMS_HUB_CELLS
from harness.emulators.kinds.displays import EVERY_DISPLAY
from harness.emulators.kinds.dlms_rows import FIRMWARE_ROWS, HUB_IDENTITY_ROWS
from harness.emulators.subjects.radio_duty import SETTINGS, settings_changed
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import PayloadFamily

_ITSELF: Final = frozenset({DeviceRole.CHF, DeviceRole.GPF})
"""Functions of one box, which no radio has to let in."""

KIND: Final = Kind(
    role=DeviceRole.CHF,
    alert_family=PayloadFamily.DLMS,
    cells=COMMS_HUB_CELLS,
    alerted=(RemotePartyRole.ACCESS_CONTROL_BROKER,),
    cosem=(*FIRMWARE_ROWS, *HUB_IDENTITY_ROWS, *hub_dlms.ROWS, *radio_dlms.ROWS, *events_dlms.EVENT_ROWS),
    displays=EVERY_DISPLAY,
    watched={SETTINGS: settings_changed},
    log_partners=tuple(role for role in DeviceRole if role not in _ITSELF),
)
