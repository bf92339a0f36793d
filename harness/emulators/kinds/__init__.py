"""What each role's devices are made of: one module with one value ``KIND`` for each."""

from __future__ import annotations

from typing import Final

from harness.emulators.kind import Kind
from harness.emulators.kinds import chf, esme, gpf, gsme, hcalcs, ihd, ppmid, sapc
from harness.gbcs.roles import DeviceRole

KINDS: Final[dict[DeviceRole, Kind]] = {
    module.KIND.role: module.KIND for module in (chf, esme, gpf, gsme, hcalcs, ihd, ppmid, sapc)
}
"""Every kind by its role."""
