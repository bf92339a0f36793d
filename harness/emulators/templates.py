"""Makes device templates from profiles, each once: identity, trust, abilities, loads and defects together."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Final

from device_profiles.errors import InputError, InputProblem
from device_profiles.model import DeviceKind, DeviceProfile, EsmeVariant, Feature, HanBand, WanTechnology
from harness.crypto.agreement import SharedSecrets
from harness.crypto.certificates import KeyUsage, parse_certificate
from harness.emulators.abilities import Makeup, abilities_of, cosem_objects, has_version, zcl_tables
from harness.emulators.agreement import OwnKey
from harness.emulators.defect import Hooks, all_defects, hooks_of
from harness.emulators.equipment import equipment_in
from harness.emulators.identity import (
    digest_of,
    entity_id_of,
    install_code_of,
    running_image,
    waiting_image,
)
from harness.emulators.kinds import KINDS
from harness.emulators.load import ELECTRICITY, GAS, LoadModel
from harness.emulators.sleep import WAKE_INTERVAL
from harness.emulators.subjects.replacement import anchor_of
from harness.emulators.subjects.trust import Anchor, Anchors, Cell, parties_of
from harness.emulators.template import DeviceTemplate
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import Duration, Instant
from harness.network.link import HAN_CHARACTERS, WAN_CHARACTERS, LinkCharacter
from harness.network.port import InstalledDevice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.crypto.pki import Credentials, SeededPki
    from harness.emulators.kind import Kind
    from harness.emulators.template import Ability

    Cells = Mapping[RemotePartyRole, tuple[Cell, ...]]

ROLES_OF: Final = {
    DeviceKind.COMMS_HUB: (DeviceRole.CHF, DeviceRole.GPF),
    DeviceKind.ESME: (DeviceRole.ESME,),
    DeviceKind.GSME: (DeviceRole.GSME,),
    DeviceKind.PPMID: (DeviceRole.PPMID,),
    DeviceKind.IHD: (DeviceRole.IHD,),
    DeviceKind.HCALCS: (DeviceRole.HCALCS,),
    DeviceKind.SAPC: (DeviceRole.SAPC,),
}
"""The functions that a box on the wall holds."""
_GAS_ROLES: Final = frozenset({DeviceRole.GSME})
_TYPE_2: Final = frozenset({DeviceRole.IHD})
_ACTIVATION: Final = 0x0012
_THOUSANDTHS: Final = 1_000
_Key = tuple[str, tuple[str, ...], frozenset[Feature], EsmeVariant | None, DeviceRole, int]
"""What a template follows from: a profile's key, what people may change under that key, and which piece."""


class TemplateMaker:
    """Templates and install records of one seed, each made once."""

    def __init__(self, seed: bytes, start: Instant, pki: SeededPki) -> None:
        self._seed = seed
        self._start = start
        self._pki = pki
        self._secrets = SharedSecrets()
        self._templates: dict[_Key, DeviceTemplate] = {}
        self._records: dict[bytes, InstalledDevice] = {}
        self._anchors: dict[tuple[DeviceRole, int], Anchors] = {}

    def template(self, role: DeviceRole, profile: DeviceProfile, piece: int = 0) -> DeviceTemplate:
        """The template of a profile in one place. Raises InputError for a defect that there is not.

        ``piece`` tells devices of one profile apart that come into the same home, each with its identity.
        """
        key = (profile.key, profile.firmware.defects, profile.features, profile.model.variant, role, piece)
        found = self._templates.get(key)
        if found is None:
            found = self._templates[key] = self._make(role, profile, piece)
        return found

    def record(self, template: DeviceTemplate) -> InstalledDevice:
        """What the install record says of a device."""
        found = self._records.get(template.entity_id)
        if found is None:
            found = self._records[template.entity_id] = self._make_record(template)
        return found

    def _make_record(self, template: DeviceTemplate) -> InstalledDevice:
        role, entity_id = template.kind.role, template.entity_id
        if role in _TYPE_2:
            return InstalledDevice(role, entity_id, b"", b"", install_code=install_code_of(entity_id))
        credentials = self._pki.device(entity_id)
        is_hub = role in ROLES_OF[DeviceKind.COMMS_HUB]
        return InstalledDevice(
            role,
            entity_id,
            credentials.ds_certificate,
            credentials.ka_certificate,
            template.waiting_image,
            b"" if is_hub else install_code_of(entity_id),
        )

    def _make(self, role: DeviceRole, profile: DeviceProfile, piece: int) -> DeviceTemplate:
        kind = KINDS[role]
        name = f"{profile.key}/{piece}" if piece else profile.key
        entity_id = entity_id_of(self._seed, name, role)
        credentials = self._pki.device(entity_id)
        makeup = _makeup(kind, profile)
        chance = digest_of(self._seed, "device", name, role.name)
        abilities = abilities_of(makeup)
        cells = _cells(kind, abilities)
        anchors = self._anchors_of(kind.role, cells)
        return DeviceTemplate(
            kind=kind,
            profile=profile,
            entity_id=entity_id,
            signing_key=credentials.ds_private,
            agreement=OwnKey(credentials.ka_private, self._secrets),
            certificate_for=partial(_certificate, credentials),
            cells=cells,
            anchors=anchors,
            known_parties=parties_of(anchors),
            abilities=abilities,
            objects=makeup.objects,
            zcl_attributes=makeup.attributes,
            zcl_commands=makeup.commands,
            hooks=_hooks(profile),
            start=self._start,
            loads=_loads(role, chance, self._start),
            balances=_amounts(chance),
            opening_counter=1_000 + int.from_bytes(chance[:2], "big"),
            running_image=running_image(profile),
            waiting_image=waiting_image(profile) if _ACTIVATION in abilities else None,
            phase=Duration(int.from_bytes(chance[2:8], "big") % WAKE_INTERVAL),
            link_character=_link_character(role, profile),
            link_seed=int.from_bytes(chance[8:16], "big"),
            reports_unsupported=_reports_unsupported(role, makeup),
        )

    def _anchors_of(self, role: DeviceRole, cells: Cells) -> Anchors:
        found = self._anchors.get((role, len(cells)))
        if found is None:
            found = self._anchors[role, len(cells)] = {
                party: {cell: self._anchor(party, cell) for cell in places} for party, places in cells.items()
            }
        return found

    def _anchor(self, party: RemotePartyRole, cell: Cell) -> Anchor:
        """What a cell holds from the start: the first party of its role, or the root authority."""
        credentials = self._pki.party(party)
        der = {
            Cell.CERTIFICATE_SIGNING: lambda: self._pki.root_certificate,
            Cell.DIGITAL_SIGNATURE: lambda: credentials.ds_certificate,
            Cell.KEY_AGREEMENT: lambda: credentials.ka_certificate,
            Cell.PREPAYMENT_KEY_AGREEMENT: lambda: credentials.prepayment_certificate or b"",
        }[cell]()
        return anchor_of(parse_certificate(der), credentials.entity_id)


def _cells(kind: Kind, abilities: Mapping[int, Ability]) -> Cells:
    """The kind's cells; a load controller's only from the version on that lets it send something."""
    newcomer = RemotePartyRole.LOAD_CONTROLLER
    if any(newcomer in ability.roles for ability in abilities.values()):
        return kind.cells
    return {party: places for party, places in kind.cells.items() if party is not newcomer}


def _certificate(credentials: Credentials, usage: KeyUsage) -> bytes | None:
    if usage is KeyUsage.DIGITAL_SIGNATURE:
        return credentials.ds_certificate
    return credentials.ka_certificate if usage is KeyUsage.KEY_AGREEMENT else None


def _makeup(kind: Kind, profile: DeviceProfile) -> Makeup:
    # A source that says nothing of features describes an ordinary device, which has them.
    features = profile.features if profile.model.features_known else frozenset(Feature)
    version, equipment = profile.firmware.gbcs, equipment_in(profile)
    own = {row.key: row for row in kind.cosem if row.feature is None or row.feature in features}
    attributes, commands = zcl_tables(kind.role, version, equipment)
    own_commands = (row for row in kind.zcl_commands if row.feature is None or row.feature in features)
    return Makeup(
        kind.role,
        version,
        equipment,
        {**cosem_objects(kind.role, version, equipment), **own},
        {**attributes, **{row.key: row for row in kind.zcl_attributes}},
        {**commands, **{row.key: row for row in own_commands}},
    )


def _reports_unsupported(role: DeviceRole, makeup: Makeup) -> bool:
    alert = use_case("ECS100")
    return role in alert.targets and has_version(alert, makeup.version)


@cache
def _hooks_of(names: tuple[str, ...], kind: DeviceKind) -> Hooks:
    known = all_defects()
    return hooks_of(known[name] for name in names if kind in known[name].applies_to)


def _hooks(profile: DeviceProfile) -> Hooks:
    unknown = [name for name in profile.firmware.defects if name not in all_defects()]
    if unknown:
        path = profile.model.source or profile.key
        raise InputError(
            InputProblem(
                path, 0, 0, "defects", f"no such defect: {name}; there are {', '.join(all_defects())}"
            )
            for name in unknown
        )
    return _hooks_of(profile.firmware.defects, profile.kind)


def _loads(role: DeviceRole, chance: bytes, start: Instant) -> tuple[tuple[LoadModel, int], ...]:
    """Loads of two elements, with registers that have counted for some years, in thousandths."""
    shape = GAS if role in _GAS_ROLES else ELECTRICITY
    made = []
    for element in (b"primary", b"secondary"):
        years = int.from_bytes(chance[16:20], "big") % 8 + 2
        load = LoadModel(shape, chance[:32] + element, start)
        a_day = sum(load.amount(period) for period in range(48))
        made.append((load, a_day * 365 * years + chance[20] * _THOUSANDTHS))
    return tuple(made)


def _amounts(chance: bytes) -> tuple[int, int, int]:
    """Meter balance, emergency credit balance and debt in millipence, none of them nought."""
    return tuple(  # type: ignore[return-value]  # three slices, three amounts
        1_000 * (1 + int.from_bytes(chance[at : at + 2], "big") % most)
        for at, most in ((24, 5_000), (26, 500), (28, 2_000))
    )


def _link_character(role: DeviceRole, profile: DeviceProfile) -> LinkCharacter:
    """The hub's link is the wide area network, every other device's the home area network."""
    model = profile.model
    if role in ROLES_OF[DeviceKind.COMMS_HUB]:
        return WAN_CHARACTERS[min(model.wan, default=WanTechnology.CELLULAR_2G_3G)]
    return HAN_CHARACTERS[min(model.bands, default=HanBand.GHZ_2_4)]
