"""Upgrade images as a manufacturer makes them and a supplier vouches for them (GBCS 11.2)."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from harness.cases.applicability import KIND_OF
from harness.cases.case import InconclusiveOutcome
from harness.cases.wording import device_name
from harness.codecs.ota import HardwareVersions, OtaImage, encode_ota_image
from harness.crypto.signature import sign
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.port import DistributedImage

if TYPE_CHECKING:
    from device_profiles.model import DeviceProfile
    from harness.cases.bench import Bench

_VERSION_LENGTH: Final = 4
_LENGTH: Final = 480


def distribute(bench: Bench, role: DeviceRole, step: int, *, spoilt: bool = False) -> DistributedImage:
    """Send a device an image that is ``step`` versions newer than what it was installed with.

    One that is ``spoilt`` is not what the supplier vouched for.
    """
    profile = bench.port.profile.get(KIND_OF[role])
    if profile is None:
        raise InconclusiveOutcome(f"the profile of the {device_name(role)} is not known")
    version = (int(profile.firmware.version, 16) + step).to_bytes(_VERSION_LENGTH, "big")
    content = sha256(version).digest() * (_LENGTH // 32)
    vouched_for = content[:-1] if spoilt else content
    bench.distribute_image(role, _image(bench, profile, version, content, vouched_for))
    return DistributedImage(sha256(content).digest(), version)


def _image(bench: Bench, profile: DeviceProfile, version: bytes, content: bytes, vouched_for: bytes) -> bytes:
    model = profile.model
    hardware = int(model.hardware_version + model.hardware_revision, 16)
    supplier = bench.parties.party(RemotePartyRole.SUPPLIER)
    return encode_ota_image(
        OtaImage(
            manufacturer=int(model.manufacturer, 16),
            image_type=0,
            file_version=int.from_bytes(version, "big"),
            image=content,
            signature=sign(supplier.ds_private, vouched_for),
            hardware=HardwareVersions(hardware, hardware),
        )
    )
