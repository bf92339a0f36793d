"""Upgrade images as a manufacturer makes them and a supplier vouches for them (GBCS 11.2)."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind
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


def distribute(  # noqa: PLR0913 - all but three have a default that nearly every case takes
    bench: Bench,
    role: DeviceRole,
    step: int,
    *,
    spoilt: bool = False,
    other_hardware: bool = False,
    length: int = _LENGTH,
) -> DistributedImage:
    """Send a device an image that is ``step`` versions newer than what it was installed with.

    One that is ``spoilt`` is not what was vouched for: by the WAN provider for a hub, by the supplier for
    others. One for ``other_hardware`` is for the revision after the device's. ``length`` is a multiple of
    32 octets.
    """
    profile = bench.port.profile.get(KIND_OF[role])
    if profile is None:
        raise InconclusiveOutcome(f"the profile of the {device_name(role)} is not known")
    version = (int(profile.firmware.version, 16) + step).to_bytes(_VERSION_LENGTH, "big")
    content = sha256(version).digest() * (length // 32)
    hub = KIND_OF[role] is DeviceKind.COMMS_HUB
    party = bench.parties.party(RemotePartyRole.WAN_PROVIDER if hub else RemotePartyRole.SUPPLIER)
    signature = sign(party.ds_private, content[:-1] if spoilt else content)
    image = _image(profile, version, content, signature, 1 if other_hardware else 0)
    bench.distribute_image(role, image)
    return DistributedImage(sha256(content).digest(), version)


def _image(profile: DeviceProfile, version: bytes, content: bytes, signature: bytes, later: int) -> bytes:
    """An image for a device's hardware, or for what comes ``later`` than that by so many revisions."""
    model = profile.model
    hardware = int(model.hardware_version + model.hardware_revision, 16) + later
    return encode_ota_image(
        OtaImage(
            manufacturer=int(model.manufacturer, 16),
            image_type=0,
            file_version=int.from_bytes(version, "big"),
            image=content,
            signature=signature,
            hardware=HardwareVersions(hardware, hardware),
        )
    )
