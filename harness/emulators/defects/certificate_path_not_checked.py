"""A certificate that nobody has to vouch for."""

from __future__ import annotations

from functools import partial
from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.forgiving import Fault, forgive

DEFECT: Final = Defect(
    id="certificate-path-not-checked",
    title="Takes a certificate from which no path leads to the root that it holds",
    clause="GBCS 4.3.2.6, 13.3",
    field_defect=53,
    applies_to=frozenset(DeviceKind) - {DeviceKind.IHD},
    before_encode=partial(forgive, forgiven=Fault.PATH),
)
