"""A subject of conformance: one use case on one kind of device, with all that its cases have in common.

Families of cases are made by crossing subjects with purposes. A new use case is a new subject.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from device_profiles.model import DeviceKind, Feature, Version
from harness.cases.applicability import KIND_OF, Applicability, all_of, has, of_version, with_feature
from harness.cases.case import Case, Purpose
from harness.cases.wording import device_name
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import DeviceRole, RemotePartyRole

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.command import Command
    from harness.gbcs.use_case import UseCase

Effect = Callable[["Bench"], str | None]
"""What a person sees change when a command is carried out; None where there is nothing to see."""

_SIGNING: Final = frozenset({RemotePartyRole.RECOVERY, RemotePartyRole.TRANSITIONAL_COS})
_HOLDING: Final = _SIGNING | {RemotePartyRole.SUPPLIER, RemotePartyRole.ACCESS_CONTROL_BROKER}
_METERING: Final = _HOLDING | {RemotePartyRole.NETWORK_OPERATOR}
KNOWN_PARTIES: Final = {
    DeviceRole.CHF: frozenset(
        {RemotePartyRole.RECOVERY, RemotePartyRole.ACCESS_CONTROL_BROKER, RemotePartyRole.WAN_PROVIDER}
    ),
    DeviceRole.GPF: _METERING,
    DeviceRole.ESME: _METERING,
    DeviceRole.GSME: _METERING,
    DeviceRole.PPMID: _HOLDING,
    DeviceRole.HCALCS: _HOLDING,
    DeviceRole.SAPC: _METERING,
}
"""Remote parties that send messages and whose credentials a kind of device holds (GBCS 4.3.2.5)."""


def nothing(_bench: Bench) -> None:
    """There is nothing to prepare, to add or to see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One use case on one kind of device.

    ``number`` tells the targets of a use case apart in case ids and never changes. ``doing`` says in
    words what the command has the device do, ``matters`` what depends on it. ``verify`` sends the
    command as a role and checks what comes of it. ``argument`` is what an order needs beyond the
    usual. ``effect`` is what a person sees of the command, ``prepare`` brings the device into a state
    in which that shows. ``beside`` are further participants.
    """

    use_case: str
    target: DeviceRole
    number: int
    doing: str
    matters: str
    verify: Callable[[Bench, Subject, RemotePartyRole], None]
    argument: Callable[[Bench], object] = nothing
    prepare: Callable[[Bench], None] = nothing
    effect: Effect = nothing
    feature: Feature | None = None
    beside: tuple[DeviceKind, ...] = ()

    @property
    def row(self) -> UseCase:
        """The use case in the catalogue."""
        return use_case(self.use_case)

    @property
    def device(self) -> str:
        """The target in words."""
        return device_name(self.target)

    @property
    def accepted(self) -> tuple[RemotePartyRole, ...]:
        """Known parties that may send the command, in the order of their numbers."""
        return tuple(sorted(self.row.roles_at(self.target) & KNOWN_PARTIES[self.target]))

    @property
    def refused(self) -> tuple[RemotePartyRole, ...]:
        """Known parties that may not."""
        return tuple(sorted(KNOWN_PARTIES[self.target] - self.row.roles_at(self.target)))

    @property
    def has_preamble(self) -> bool:
        """Whether the device has to be brought into a state first."""
        return self.prepare is not nothing

    @property
    def sender(self) -> RemotePartyRole:
        """The party that sends the command where a case is not about who does: the first one with a MAC."""
        return next(role for role in self.accepted if role not in self.row.signature_only_roles)

    @property
    def signer(self) -> RemotePartyRole | None:
        """The first party that signs the command, None where nobody does."""
        row = self.row
        for role in self.accepted:
            if role in row.signature_only_roles or (
                row.message_type.is_critical and role not in row.mac_only_roles
            ):
                return role
        return None

    @property
    def participants(self) -> tuple[DeviceKind, ...]:
        """The hub, which everything passes, the target, and what the answer depends on."""
        involved = {DeviceKind.COMMS_HUB, KIND_OF[self.target], *self.beside}
        return tuple(kind for kind in DeviceKind if kind in involved)

    @property
    def applies(self) -> Applicability:
        """Devices there, version and equipment."""
        row, kind = self.row, KIND_OF[self.target]
        since, until = _version(row.since), _version(row.until)
        requirements = [has(*self.participants), of_version(kind, row.id, since=since, until=until)]
        if self.feature is not None:
            requirements.append(with_feature(kind, self.feature))
        return all_of(*requirements)

    def case(  # noqa: PLR0913 - keywords, each of which stands in the case by the same name
        self,
        purpose: Purpose,
        *,
        title: str,
        why: str,
        clause: str,
        run: Callable[[Bench], None],
        detail: str = "",
        catches: tuple[str, ...] = (),
    ) -> Case:
        """A case of this subject; ``detail`` goes into the id where one purpose makes several."""
        words = f"{purpose}_{detail}" if detail else str(purpose)
        return Case(
            case_id=f"TC_{self.use_case}_{words}_{self.number}",
            title=title,
            why=why,
            clause=clause,
            use_case=self.use_case,
            purpose=purpose,
            participants=self.participants,
            applies=self.applies,
            run=run,
            catches=catches,
        )

    def command(
        self, bench: Bench, role: RemotePartyRole | None = None, *, party: int = 0, counter: int | None = None
    ) -> Command:
        """The next command of this use case, by its usual sender or another."""
        return bench.command(
            self.use_case,
            self.target,
            self.sender if role is None else role,
            party=party,
            counter=counter,
            argument=self.argument(bench),
        )


def _version(text: str | None) -> Version | None:
    return None if text is None else Version.parse(text)
