"""What all devices of one profile share: identity, trust, abilities, objects, defects. Never changes.

A home makes its devices from templates, so that making one costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.emulators.exchange import CosemKey, ZclKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

    from device_profiles.model import DeviceProfile, EsmeVariant
    from harness.codecs.cosem_shapes import Shape
    from harness.crypto.certificates import KeyUsage
    from harness.emulators.access import CosemRow
    from harness.emulators.agreement import Agreement
    from harness.emulators.defect import Hooks
    from harness.emulators.exchange import Exchange
    from harness.emulators.kind import Kind
    from harness.emulators.load import LoadModel
    from harness.emulators.subjects.trust import Anchors, Cell, Parties
    from harness.emulators.zcl_access import ZclAttribute, ZclCommand
    from harness.gbcs.roles import RemotePartyRole
    from harness.gbcs.use_case import UseCase
    from harness.network.clock import Duration, Instant
    from harness.network.link import LinkCharacter
    from harness.network.port import DistributedImage


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """One use case that a device has: its row of the catalogue, and how the device serves it.

    ``roles`` may send it to this device. ``keys`` are the items that its payload may name (CosemKey
    or ZclKey), ``constants`` the only values that some of them may be given, ``shapes`` what COSEM
    items hold or take. ``decode`` reads the
    payload, ``fits`` says whether what was read belongs to the use case, ``serve`` carries it out and
    leaves the response, which ``encode`` writes. ``signer`` gives the key that must have signed the
    command where that is none of the originator's cells.
    """

    use_case: UseCase
    critical: bool
    roles: frozenset[RemotePartyRole]
    keys: frozenset[Any]
    constants: Mapping[Any, tuple[object, ...]]
    decode: Callable[[bytes], Any]
    fits: Callable[[Exchange], bool]
    serve: Callable[[Exchange], None]
    encode: Callable[[Any], bytes]
    signer: Callable[[Exchange], EllipticCurvePublicKey | None] | None = None
    shapes: Mapping[CosemKey, Shape | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DeviceTemplate:
    """A profile in one place of a home, ready to make devices from.

    ``signing_key`` is the device's own, ``agreement`` its way to the secrets that it shares, and
    ``certificate_for`` gives its certificates (DER). ``cells`` are its places for trust anchors.
    ``known_parties`` tells the roles of each entity identifier in the trust anchor cells. ``loads`` are
    its flows with the registers' opening values in thousandths; ``balances`` are in millipence.
    ``phase`` is when, within its period, a sleepy device wakes.
    """

    kind: Kind
    profile: DeviceProfile
    entity_id: bytes
    signing_key: EllipticCurvePrivateKey
    agreement: Agreement
    certificate_for: Callable[[KeyUsage], bytes | None]
    cells: Mapping[RemotePartyRole, tuple[Cell, ...]]
    anchors: Anchors
    known_parties: Parties
    abilities: Mapping[int, Ability]
    objects: Mapping[CosemKey, CosemRow]
    zcl_attributes: Mapping[ZclKey, ZclAttribute]
    zcl_commands: Mapping[ZclKey, ZclCommand]
    hooks: Hooks
    start: Instant
    loads: tuple[tuple[LoadModel, int], ...]
    balances: tuple[int, ...]
    opening_counter: int
    running_image: DistributedImage
    waiting_image: DistributedImage | None
    phase: Duration
    link_character: LinkCharacter
    link_seed: int
    reports_unsupported: bool

    @property
    def variant(self) -> EsmeVariant | None:
        """Metrology of an electricity meter."""
        return self.profile.model.variant
