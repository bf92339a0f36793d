"""Homes of built-in devices without defects, for cases to run in."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from device_profiles import catalogue, profiles_of
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind, DeviceProfile
from harness.cases.bench import Bench
from harness.codecs.envelope import decode_message
from harness.codecs.message import Message
from harness.crypto.agreement import shared_secret
from harness.crypto.pki import SeededPki
from harness.crypto.protection import protect
from harness.emulators.home import EmulatedHome, HomeFactory
from harness.gbcs.roles import RemotePartyRole
from harness.network.clock import Duration


def clean(kind: DeviceKind) -> DeviceProfile:
    """The last built-in profile of a kind that carries no defect."""
    profiles = (profile for model in catalogue() if model.kind is kind for profile in profiles_of(model))
    return [profile for profile in profiles if not profile.firmware.defects][-1]


@pytest.fixture(scope="session")
def factory() -> HomeFactory:
    return HomeFactory(b"tests of cases")


@pytest.fixture(scope="session")
def full_home() -> HomeProfile:
    """One device of every kind, as good as they come."""
    return HomeProfile({kind: clean(kind) for kind in DeviceKind})


@pytest.fixture
def home(factory: HomeFactory, full_home: HomeProfile) -> EmulatedHome:
    return factory.build(full_home)


@pytest.fixture
def bench(factory: HomeFactory, home: EmulatedHome) -> Bench:
    return Bench(home, factory.pki)


@pytest.fixture
def bench_of(factory: HomeFactory) -> Callable[[HomeProfile], Bench]:
    return lambda profile: Bench(factory.build(profile), factory.pki)


class AlteringHome:
    """A home whose messages are changed on their way out, and protected anew as their device would."""

    def __init__(
        self, home: EmulatedHome, pki: SeededPki, change: Callable[[Message], Message | None]
    ) -> None:
        self._home = home
        self._pki = pki
        self._change = change
        parties = (pki.party(role) for role in RemotePartyRole)
        self._parties = {party.entity_id: party for party in parties}

    def __getattr__(self, name: str) -> object:
        return getattr(self._home, name)

    def receive(self, *, within: Duration) -> bytes | None:
        until = self._home.now + within
        while (octets := self._home.receive(within=Duration(until - self._home.now))) is not None:
            message = self._change(decode_message(octets))
            if message is not None:
                return self._protected(message)
        return None

    def _protected(self, message: Message) -> bytes:
        device = self._pki.device(message.originator)
        if message.signature:
            return protect(replace(message, mac=None), signer=device.ds_private)
        recipient = self._parties[message.recipient]
        return protect(message, mac_secret=shared_secret(device.ka_private, recipient.ka_public))


@pytest.fixture
def altering(
    factory: HomeFactory, full_home: HomeProfile
) -> Callable[[Callable[[Message], Message | None]], Bench]:
    """A bench at a sound home whose messages a function changes; None swallows one."""
    return lambda change: Bench(AlteringHome(factory.build(full_home), factory.pki, change), factory.pki)
