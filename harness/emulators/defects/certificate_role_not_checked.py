"""Anybody's certificate in anybody's place."""

from __future__ import annotations

from functools import partial
from typing import Final

from device_profiles.model import DeviceKind
from harness.emulators.defect import Defect
from harness.emulators.forgiving import Fault, forgive

DEFECT: Final = Defect(
    id="certificate-role-not-checked",
    title="Takes a certificate into the trust anchor cell of another role than its own",
    clause="GBCS 4.3.2.6, 13.3",
    field_defect=53,
    applies_to=frozenset(DeviceKind) - {DeviceKind.IHD},
    before_encode=partial(forgive, forgiven=Fault.ROLE),
)
