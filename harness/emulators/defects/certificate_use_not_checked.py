"""A key that signs where one that agrees belongs."""

from __future__ import annotations

from functools import partial
from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.forgiving import Fault, forgive

DEFECT: Final = Defect(
    id="certificate-use-not-checked",
    title="Takes a certificate into a trust anchor cell whatever its key usage is",
    clause="GBCS 4.3.2.6, 13.3",
    field_defect=53,
    applies_to=frozenset(DeviceKind) - {DeviceKind.IHD},
    before_encode=partial(forgive, forgiven=Fault.USE),
)
