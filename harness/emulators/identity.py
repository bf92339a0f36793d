"""Who a device is: an entity identifier and credentials that follow from the run's seed and its profile.

The same profile has the same identity in every home of a run, so that keys, certificates and shared
secrets are worked out once a process.
"""

from __future__ import annotations

from hashlib import blake2b, sha256
from typing import TYPE_CHECKING

from harness.network.port import DistributedImage

if TYPE_CHECKING:
    from device_profiles.model import DeviceProfile
    from harness.gbcs.roles import DeviceRole

_LOCAL = b"\x02"
"""First octet of an EUI-64 that no manufacturer's block holds (IEEE 802, locally administered)."""


def digest_of(seed: bytes, *labels: str, size: int = 32) -> bytes:
    """Octets that follow from a seed and what they are for."""
    return blake2b("\x1f".join(labels).encode(), key=sha256(seed).digest(), digest_size=size).digest()


def entity_id_of(seed: bytes, profile_key: str, role: DeviceRole) -> bytes:
    """Entity identifier (EUI-64) of the device that a profile is in one place of a home."""
    return _LOCAL + digest_of(seed, "entity", profile_key, role.name, size=7)


def install_code_of(entity_id: bytes) -> bytes:
    """The install code printed on a device, 16 octets without its CRC."""
    return blake2b(entity_id, digest_size=16, person=b"install code").digest()


def image_hash_of(model_key: str, version: str) -> bytes:
    """SHA-256 by which a fictional manufacturer image is known where its profile publishes none."""
    return sha256(f"{model_key}/{version}".encode()).digest()


def running_image(profile: DeviceProfile) -> DistributedImage:
    """The image that the device was running when the home was made."""
    firmware = profile.firmware
    published = bytes.fromhex(firmware.image_hash) if firmware.image_hash else None
    return DistributedImage(
        published or image_hash_of(profile.model.key, firmware.version), bytes.fromhex(firmware.version)
    )


def waiting_image(profile: DeviceProfile) -> DistributedImage:
    """The image that waits on the device: its model's next, or one made up after the last."""
    versions = [firmware.version for firmware in profile.model.firmwares]
    current = profile.firmware.version
    behind = versions[versions.index(current) + 1 :] if current in versions else []
    for firmware in profile.model.firmwares:
        if firmware.version in behind and firmware.version != current:
            published = bytes.fromhex(firmware.image_hash) if firmware.image_hash else None
            image_hash = published or image_hash_of(profile.model.key, firmware.version)
            return DistributedImage(image_hash, bytes.fromhex(firmware.version))
    version = ((int(current, 16) + 1) & 0xFFFF_FFFF).to_bytes(4, "big")
    return DistributedImage(image_hash_of(profile.model.key, version.hex().upper()), version)
