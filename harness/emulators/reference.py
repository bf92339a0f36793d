"""Devices that stand in for those of reference messages: their identifiers and certificates, not their keys.

What such a device shares with a party comes from the party's side. Its signatures are its own, made
with a key that no certificate names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from device_profiles.model import (
    DeviceKind,
    DeviceModel,
    DeviceProfile,
    EsmeVariant,
    Firmware,
    SpecificationFamily,
    TechnicalSpecification,
    Version,
)
from harness.crypto.certificates import KeyUsage
from harness.crypto.keystore import KeyStore, KeyUse
from harness.crypto.pki import SeededPki
from harness.emulators.agreement import PartiesKeys
from harness.emulators.device import EmulatedDevice
from harness.emulators.home import START
from harness.emulators.kinds import KINDS
from harness.emulators.subjects.trust import Anchor, Cell, parties_of
from harness.emulators.templates import ROLES_OF, TemplateMaker
from harness.gbcs.catalogue import use_cases
from harness.gbcs.equipment import Equipment, equipment_of
from harness.gbcs.roles import DeviceRole, RemotePartyRole

if TYPE_CHECKING:
    from harness.emulators.template import DeviceTemplate
    from harness.gbcs.use_case import UseCase

_SEED: Final = b"reference devices"
_KIND_OF: Final = {role: kind for kind, roles in ROLES_OF.items() for role in roles}
_USES: Final = {
    Cell.CERTIFICATE_SIGNING: KeyUse.DIGITAL_SIGNATURE,
    Cell.DIGITAL_SIGNATURE: KeyUse.DIGITAL_SIGNATURE,
    Cell.KEY_AGREEMENT: KeyUse.KEY_AGREEMENT,
    Cell.PREPAYMENT_KEY_AGREEMENT: KeyUse.PREPAYMENT_KEY_AGREEMENT,
}


_KEY_USES: Final = {
    KeyUsage.DIGITAL_SIGNATURE: KeyUse.DIGITAL_SIGNATURE,
    KeyUsage.KEY_AGREEMENT: KeyUse.KEY_AGREEMENT,
}


class ReferenceDevices:
    """Makes devices of the entities in a key store, each with everything that its role can have."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys
        self._maker = TemplateMaker(_SEED, START, SeededPki(_SEED))

    def device(
        self, role: DeviceRole, entity_id: bytes, use_case: UseCase, parties: Iterable[bytes]
    ) -> EmulatedDevice:
        """A device as it is before anything happened to it.

        Its version is the last that has the use case. Of the parties with a role, it knows the first
        of ``parties`` (entity identifiers), and else the first in the key store.
        """
        anchors = {
            party: cells for party in KINDS[role].cells if (cells := self._cells(role, party, tuple(parties)))
        }
        template = replace(
            self._template(role, use_case),
            entity_id=entity_id,
            agreement=PartiesKeys(entity_id, self._keys),
            certificate_for=partial(self._certificate, entity_id),
            anchors=anchors,
            known_parties=parties_of(anchors),
        )
        return EmulatedDevice(template, _Alone())

    def _certificate(self, entity_id: bytes, usage: KeyUsage) -> bytes | None:
        use = _KEY_USES.get(usage)
        found = None if use is None else self._keys.certificate(entity_id, use)
        return None if found is None else found.der

    def _template(self, role: DeviceRole, use_case: UseCase) -> DeviceTemplate:
        version = _NEWEST if use_case.until is None else Version.parse(use_case.until)
        return self._maker.template(role, _profile(_KIND_OF[role], version, _variant(use_case)))

    def _cells(
        self, role: DeviceRole, party: RemotePartyRole, parties: tuple[bytes, ...]
    ) -> dict[Cell, Anchor]:
        found = {}
        for cell in KINDS[role].cells[party]:
            for entity_id in self._candidates(party, parties):
                certificate = self._keys.certificate(entity_id, _USES[cell])
                if certificate is not None and certificate.role is party:
                    found[cell] = Anchor(entity_id, certificate.subject_key_id, certificate.public_key)
                    break
        return found

    def _candidates(self, party: RemotePartyRole, parties: tuple[bytes, ...]) -> Iterator[bytes]:
        yield from parties
        yield from self._holders[party]

    @cached_property
    def _holders(self) -> Mapping[RemotePartyRole, tuple[bytes, ...]]:
        return {party: self._keys.holders(party) for party in RemotePartyRole}


class _Alone:
    """Surroundings of a device that nothing else is joined with."""

    @staticmethod
    def joined(_roles: object) -> tuple[()]:
        return ()

    @staticmethod
    def heard(_role: object, _listener: object) -> None:
        return None

    @staticmethod
    def ask(_role: object, _listener: object, _cluster: object, _frame: object) -> None:
        return None

    @staticmethod
    def certificate_of(_entity_id: object) -> None:
        return None

    @staticmethod
    def is_near(_entity_id: object) -> bool:
        return False

    @staticmethod
    def told(_what: object, _listener: object) -> None:
        return None

    @staticmethod
    def last_heard(_entity_id: object) -> None:
        return None

    @staticmethod
    def needs_sub_ghz(_entity_id: object) -> bool:
        return False

    @staticmethod
    def let_in(_entity_id: object, _hashed_key: object) -> bool:
        return False

    @staticmethod
    def send_away(_entity_id: object) -> None:
        return None

    @staticmethod
    def hand_image(_role: object, _image: object) -> None:
        return None


def _newest() -> Version:
    named = (Version.parse(version) for one in use_cases() for version in (one.since, one.until) if version)
    return max(named)


_NEWEST: Final = _newest()


def _variant(use_case: UseCase) -> EsmeVariant:
    """A meter with three phases for what only those have, and with two elements for all else."""
    has_phases = Equipment.THREE_PHASES in equipment_of(use_case.id)
    return EsmeVariant.POLYPHASE if has_phases else EsmeVariant.TWIN_ELEMENT


def _profile(kind: DeviceKind, version: Version, variant: EsmeVariant) -> DeviceProfile:
    """A device of no maker, of which nothing is said but its kind and its GBCS version."""
    family = SpecificationFamily.CHTS if kind is DeviceKind.COMMS_HUB else SpecificationFamily.SMETS
    firmware = Firmware("00000000", TechnicalSpecification(family, version), version)
    model = DeviceModel(
        kind=kind,
        name=f"reference {kind}",
        maker="",
        manufacturer="0000",
        model="0000",
        hardware_version="00",
        hardware_revision="00",
        firmwares=(firmware,),
        variant=variant if kind is DeviceKind.ESME else None,
        features_known=False,
    )
    return DeviceProfile(model, firmware)
