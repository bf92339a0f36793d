"""A lower tester of its own for emulated devices: payloads in hexadecimal, keys from the home's seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import pytest

from device_profiles.home import HomeProfile
from device_profiles.model import (
    DeviceKind,
    DeviceModel,
    DeviceProfile,
    EsmeVariant,
    Feature,
    Firmware,
    SpecificationFamily,
    TechnicalSpecification,
    Version,
)
from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra, Message, Supplementary
from harness.crypto.agreement import shared_secret
from harness.crypto.pki import Credentials, SeededPki
from harness.crypto.protection import mac_holds, protect, signature_holds
from harness.crypto.sensitive import decrypt_sensitive, sensitive_key, sensitive_parties
from harness.emulators.home import EmulatedHome, HomeFactory
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE, Duration

LONG = Duration(40 * MINUTE)
_FAMILIES = {DeviceKind.COMMS_HUB: SpecificationFamily.CHTS}
_FEATURES = {
    DeviceKind.ESME: frozenset({Feature.LOAD_SWITCH}),
    DeviceKind.GSME: frozenset({Feature.VALVE}),
}


def make_profile(
    kind: DeviceKind,
    *,
    gbcs: str = "4.1",
    defects: Iterable[str] = (),
    variant: EsmeVariant | None = None,
    features: frozenset[Feature] | None = None,
) -> DeviceProfile:
    """A device of our own: one model, two firmwares, of which it runs the first."""
    specification = TechnicalSpecification(
        _FAMILIES.get(kind, SpecificationFamily.SMETS), Version.parse("5.1")
    )
    firmware = Firmware("0123ABCD", specification, Version.parse(gbcs), defects=tuple(defects))
    model = DeviceModel(
        kind=kind,
        name=f"Test {kind}",
        maker="Test",
        manufacturer="F1FF",
        model="0001",
        hardware_version="01",
        hardware_revision="00",
        firmwares=(firmware, replace(firmware, version="0123ABCE")),
        variant=variant or (EsmeVariant.SINGLE_ELEMENT if kind is DeviceKind.ESME else None),
        features=_FEATURES.get(kind, frozenset()) if features is None else features,
    )
    return DeviceProfile(model, firmware)


def whole_home(**changes: DeviceProfile) -> HomeProfile:
    """A home with one device of every kind, some of them given by name of kind."""
    return HomeProfile({kind: changes.get(kind, make_profile(kind)) for kind in DeviceKind})


@dataclass
class LowerTester:
    """Remote parties of one home. ``counter`` numbers their commands."""

    home: EmulatedHome
    pki: SeededPki
    counter: int = 1_000
    PAYLOADS: Mapping[str, str] = field(default_factory=lambda: PAYLOADS)

    def party(self, role: RemotePartyRole, index: int = 0) -> Credentials:
        return self.pki.party(role, index)

    def device(self, role: DeviceRole) -> Credentials:
        return self.pki.device(self.home.devices[role].entity_id)

    def message(
        self,
        name: str,
        target: DeviceRole,
        payload: str,
        *,
        sender: RemotePartyRole = RemotePartyRole.SUPPLIER,
        counter: int | None = None,
        supplementary: Supplementary | None = None,
    ) -> Message:
        """A command; in the payload {counter}, {low}, {party} and {device} are filled in."""
        if counter is None:
            self.counter += 1
            counter = self.counter
        party, device = self.party(sender).entity_id, self.device(target).entity_id
        speaker = party if supplementary is None else supplementary.remote_party
        filled = payload.format(
            counter=f"{counter:016x}",
            low=f"{counter & 0xFFFFFF:06x}",
            short=f"{counter & 0xFFFF:04x}",
            party=speaker.hex(),
            device=device.hex(),
        )
        return Message(
            cra=Cra.COMMAND,
            originator_counter=counter,
            originator=party,
            recipient=device,
            message_code=use_case(name).message_codes[0],
            payload=bytes.fromhex(filled),
            supplementary=supplementary,
        )

    def protected(
        self, message: Message, target: DeviceRole, *, sender: RemotePartyRole = RemotePartyRole.SUPPLIER
    ) -> bytes:
        """Protection as the use case wants it: the sender's signature if critical, and the broker's MAC."""
        row = next(case for case in map(use_case, PAYLOADS) if message.message_code in case.message_codes)
        signer = self.party(sender).ds_private if row.message_type.is_critical else None
        broker = self.party(RemotePartyRole.ACCESS_CONTROL_BROKER)
        return protect(
            message, signer=signer, mac_secret=shared_secret(broker.ka_private, self.device(target).ka_public)
        )

    def command(
        self,
        name: str,
        target: DeviceRole,
        *,
        sender: RemotePartyRole = RemotePartyRole.SUPPLIER,
        counter: int | None = None,
        payload: str | None = None,
    ) -> bytes:
        message = self.message(name, target, payload or PAYLOADS[name], sender=sender, counter=counter)
        return self.protected(message, target, sender=sender)

    def receive(self) -> bytes | None:
        return self.home.receive(within=LONG)

    def exchange(
        self,
        name: str,
        target: DeviceRole,
        *,
        sender: RemotePartyRole = RemotePartyRole.SUPPLIER,
        counter: int | None = None,
        payload: str | None = None,
    ) -> Message:
        """Send a command and take its response, whose protection must hold."""
        self.home.send(self.command(name, target, sender=sender, counter=counter, payload=payload))
        return self.response(target, sender=sender)

    def response(self, target: DeviceRole, *, sender: RemotePartyRole = RemotePartyRole.SUPPLIER) -> Message:
        octets = self.receive()
        assert octets is not None, "silence"
        message = decode_message(octets)
        assert message.cra is Cra.RESPONSE
        device = self.device(target)
        if message.mac is not None:
            assert mac_holds(octets, shared_secret(self.party(sender).ka_private, device.ka_public))
        else:
            assert signature_holds(octets, device.ds_public)
        return message

    def alerts(self, within: Duration = LONG) -> list[Message]:
        """Every message that comes in a while; each must be a signed alert."""
        found = []
        while (octets := self.home.receive(within=within)) is not None:
            message = decode_message(octets)
            assert message.cra is Cra.ALERT
            role = next(
                role for role, record in self.home.devices.items() if record.entity_id == message.originator
            )
            assert signature_holds(octets, self.device(role).ds_public)
            found.append(message)
        return found

    def decrypted(
        self, message: Message, protected: bytes, sender: RemotePartyRole = RemotePartyRole.SUPPLIER
    ) -> bytes:
        """Sensitive octets of a response, as the party that asked reads them."""
        device = self.pki.device(message.originator)
        secret = shared_secret(self.party(sender).ka_private, device.ka_public)
        return decrypt_sensitive(
            sensitive_key(secret, sensitive_parties(message)), message.originator, protected
        )


_PROTECTION = "0101 0202 1602 0205 0909 04{counter} 0908{party} 0908{device} 0900 0202 1602 0202 090102 0900"


def _protected_read(method: str, item: str, restriction: str) -> str:
    wanted = f"0101 0205 {item} 120000 {restriction}"
    return f"d920{{low}}00 01 03 001e {method} 01 01 0202 {wanted} {_PROTECTION}"


_ALL_TIMES = "0204 0204 120001 0906 00005e2c64ff 0f02 120000 0600000000 06ffffffff 0100"


def _log_read(instance: str) -> str:
    """Everything that a log holds."""
    return f"d920{{low}}00 01 04 0007 {instance} 02 01 {_ALL_TIMES} 01 00"


def _set_events(party: str, place: str) -> str:
    """Which events, and what becomes of each: bits that a test fills in."""
    return f"d920{{low}}00 01 02 0001 00{party}6162{place}ff 02 01 04820200" + 64 * "00"


PAYLOADS = {
    "ECS52": "d920{low}00 01 01 0001 0000000201ff 02 01 00",
    "ECS17b": _protected_read("00002b0208ff", "120001 0906 00005e2c220a 0f02", "0202 1600 00"),
    "ECS22b": _protected_read(
        "00002b0207ff",
        "120007 0906 0000630100ff 0f02",
        "0202 1601 0202 090c07ea0202ff000000008000ff 090c07ea0203ff000000008000ff",
    ),
    "ECS04b": "d920{low}00 03 03 0070 0000130a00ff 02 03 0070 0000130a01ff 02 03 0070 0000130a02ff 02"
    " 03 0500000000 0500000000 0500000000",
    "ECS42": "d920{low}00 01 03 0009 00000a006aff 01 01 120033",
    "ECS43": "d920{low}00 01 03 0009 00000a006aff 01 01 120034",
    "ECS44": "d920{low}00 01 03 0009 00000a006aff 01 01 120036",
    "ECS70": "d920{low}00 05 02 0008 0000010000ff 09 03 0008 0000010000ff 05 03 0008 0000010000ff 04"
    " 01 0008 0000010000ff 02 01 0008 0000010000ff 04"
    " 05 1605 0203 090cffffffffffffffffff8000ff 090c07ea0203ff000000008000ff 090c07ea0204ff000000008000ff"
    " 0f00 00 00",
    "GCS13a": "0109 01 01 0702 000b 00 00 00 0203 0103 0003 0000",
    "GCS17": "0109 01 01 0702 000c 01 00 08 0000 80bd1431 00 3000",
    "GCS38": "0109 01 01 0702 0005 00 00 00 0602",
    "GCS32": "0109 01 01 0702 0015 01 00 0b 00000000 804a371c 00000000 00000000 00 01",
    "GCS39": "0109 01 01 0702 0015 01 00 0b 00000000 804a371c 00000000 00000000 01 01",
    "GCS40a": "0109 01 01 0705 0010 01 00 05 804a371c 00000000 00 64000000",
    "GCS40b": "0109 01 01 0705 0010 01 00 05 804a371c 00000000 01 00000000",
    "CS01a": "d920{low}00 01 03 0073 0000132800ff 01 01 0914" + 20 * "30",
    "ECS15a": "d920{low}00 01 03 0007 0000636200ff 01 01 0f00",
    "ECS35a": _log_read("0000636200ff"),
    "ECS35b": _log_read("0000636201ff"),
    "ECS35e": _log_read("0000636204ff"),
    "ECS25a": _set_events("1e", "0b"),
    "ECS25a1": _set_events("1e", "0c"),
    "ECS25a2": _set_events("1e", "0d"),
    "ECS25a3": _set_events("1e", "0e"),
    "ECS25b": _set_events("21", "0b"),
    "ECS25b3": _set_events("21", "0e"),
    "ECS25r1": "d920{low}00 04 01 0001 001e61620fff 02 01 0001 001e616210ff 02"
    " 01 0001 001e616211ff 02 01 0001 001e616212ff 02 04 00000000",
    "ECS25r2": "d920{low}00 02 01 0001 002161620fff 02 01 0001 0021616212ff 02 02 0000",
    "CS10a": "0109 01 01 0709 0011 01 00 00 13 0000 00000000 ffffffff 00 0000",
    "CS10b": "0109 01 01 0709 0011 01 00 00 04 0000 00000000 ffffffff 00 0000",
    "CS11": "0109 01 01 0709 0004 01 00 01 03",
    "GCS20": "0109 01 01 0708 0010 09 00 04 00000000 00000000 00 00 01 0000",
    "GCS20r": "0109 01 01 0708 0005 09 00 05 ff81",
    "CCS02": "d920{low}00 01 03 0068 00001e0300ff 02 01 0908" + 8 * "77",
    "CS02a": "3014 3007 020104 03020308 3009 020102 020103 020106",
    "CS07": "0500",
    "CS06": "3026 0420" + 32 * "5a" + "0202{short}",
}


@pytest.fixture(scope="session")
def factory() -> HomeFactory:
    return HomeFactory(b"emulators")


@pytest.fixture
def make_tester(factory: HomeFactory) -> Callable[..., LowerTester]:
    """A home of the given profiles, by name of kind, and its tester."""

    def make(**changes: DeviceProfile) -> LowerTester:
        return LowerTester(factory.build(whole_home(**changes)), factory.pki)

    return make


@pytest.fixture
def tester(make_tester: Callable[..., LowerTester]) -> LowerTester:
    return make_tester()


@pytest.fixture
def profile() -> Callable[..., DeviceProfile]:
    return make_profile
