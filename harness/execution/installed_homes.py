"""Homes that an install record tells of, as whoever runs cases asks for them: a link for each case."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from harness.cases.suite import select
from harness.crypto.pki import SeededPki
from harness.execution.digests import digest_of
from harness.execution.perform import seed_octets
from harness.execution.planning import make_plan
from harness.network.port import OutOfReach
from harness.transports.coordination import Wired
from harness.transports.errors import TransportError
from harness.transports.installed_home import InstalledHome
from test_matrix.single import matrix_of

if TYPE_CHECKING:
    from device_profiles.home import HomeProfile
    from harness.execution.install_record import InstallRecord
    from harness.execution.plan import Plan
    from harness.transports.hands import Hands


class InstalledHomes:
    """The home of one record, over a link of its own each time. ``home`` is the last one."""

    def __init__(self, record: InstallRecord, hands: Hands | None = None) -> None:
        self.record = record
        self._hands = hands
        self.home: InstalledHome | None = None

    @cached_property
    def pki(self) -> SeededPki:
        """The keys of the parties that the devices trust."""
        return SeededPki(seed_octets(self.record.seed))

    def build(self, profile: HomeProfile, /, *, frames: bool = False) -> InstalledHome:
        """The home, whatever it was through before. Raises OutOfReach where it cannot be reached."""
        if frames:
            raise OutOfReach("what devices say to each other is not heard over this link")
        self.close()
        record = self.record
        try:
            link = record.connect()
        except TransportError as error:
            raise OutOfReach(str(error)) from None
        hands = Wired(link) if record.wired and self._hands is None else self._hands
        self.home = InstalledHome(profile, record.devices, link, record.pace(), line=record.line, hands=hands)
        return self.home

    def close(self) -> None:
        """Let go of the link."""
        if self.home is not None:
            self.home.close()


def installed_plan(record: InstallRecord, patterns: tuple[str, ...]) -> Plan:
    """The plan of some cases, or of all, on the one home of a record. Each is stored as it is done."""
    plan = make_plan(
        matrix_of(record.profile, record.name), select(patterns), seed=record.seed, chunk_executions=1
    )
    return replace(plan, engine=digest_of((plan.engine, record.digest)))
