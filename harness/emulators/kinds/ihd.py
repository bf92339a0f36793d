"""In-home displays: Type 2 devices, which show what they hear and take no remote commands (GBCS 10)."""

from __future__ import annotations

from typing import Final

from harness.emulators.kind import Kind
from harness.emulators.kinds.displays import IN_HOME_DISPLAYS
from harness.gbcs.roles import DeviceRole
from harness.gbcs.use_case import PayloadFamily

KIND: Final = Kind(
    role=DeviceRole.IHD,
    alert_family=PayloadFamily.NONE,
    displays=IN_HOME_DISPLAYS,
)
