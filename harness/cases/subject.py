"""A subject of conformance: one use case on one kind of device, with all that its cases have in common.

Families of cases are made by crossing subjects with purposes. A new use case is a new subject.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from device_profiles.model import DeviceKind, Version
from harness.cases.applicability import KIND_OF, Applicability, all_of, has, of_version, with_equipment
from harness.cases.case import Case, Purpose
from harness.cases.known_parties import KNOWN_PARTIES, KNOWN_SINCE, can_sign_at, parties_of, sends
from harness.cases.wording import device_name, party_name
from harness.gbcs.catalogue import use_case
from harness.gbcs.equipment import Equipment, equipment_of
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import MessageType

if TYPE_CHECKING:
    from harness.cases.bench import Bench
    from harness.cases.command import Command
    from harness.gbcs.use_case import UseCase

Effect = Callable[["Bench"], str | None]
"""What a person sees change when a command is carried out; None where there is nothing to see."""


def nothing(_bench: Bench) -> None:
    """There is nothing to prepare, to add or to see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One use case on one kind of device.

    ``number`` tells the targets of a use case apart in case ids and never changes. ``doing`` says in
    words what the command has the device do, ``matters`` what depends on it. ``verify`` sends the
    command as a role and checks what comes of it. ``argument`` is what an order needs beyond the
    usual. ``effect`` is what a person sees of the command, ``prepare`` brings the device into a state
    in which that shows. ``traces`` is what the device itself tells of it, which takes messages of its
    own. ``beside`` are further participants, and ``stand_in`` the argument that does without them.
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
    traces: Effect = nothing
    beside: tuple[DeviceKind, ...] = ()
    stand_in: Callable[[Bench], object] | None = None
    device: str = field(init=False)
    participants: tuple[DeviceKind, ...] = field(init=False)
    """The hub, which everything passes, the target, and what the answer depends on."""
    applies: Applicability = field(init=False, compare=False)
    """Devices there, version and equipment."""

    def __post_init__(self) -> None:
        involved = {DeviceKind.COMMS_HUB, KIND_OF[self.target], *self.beside}
        participants = tuple(kind for kind in DeviceKind if kind in involved)
        object.__setattr__(self, "device", device_name(self.target))
        object.__setattr__(self, "participants", participants)
        object.__setattr__(self, "applies", all_of(has(*participants), *self._requirements()))

    def _requirements(self) -> list[Applicability]:
        row, kind = self.row, KIND_OF[self.target]
        since, until = _version(row.since), _version(row.until)
        return [of_version(kind, row.id, since=since, until=until), *self.equipped]

    @property
    def equipped(self) -> list[Applicability]:
        """That the device has what the use case is about. A SAPC is a controller itself."""
        needed = equipment_of(self.use_case)
        if self.target is DeviceRole.SAPC:
            needed -= {Equipment.CONTROLLER, Equipment.PROPORTIONAL_CONTROLLER}
        return [with_equipment(KIND_OF[self.target], one) for one in sorted(needed)]

    @property
    def refused_alone(self) -> Subject:
        """The same where the command is refused: then nobody whom the command alone names has a part in it.

        Whom the target asks by itself stays: one that answers what it must not asks them, too.
        """
        if self.stand_in is None:
            return self
        return replace(self, beside=(), argument=self.stand_in)

    @property
    def row(self) -> UseCase:
        """The use case in the catalogue."""
        return use_case(self.use_case)

    @property
    def accepted(self) -> tuple[RemotePartyRole, ...]:
        """Known parties that may send the command, in the order of their numbers.

        Not those whose signature it would need and whose key for that the device does not hold.
        """
        target = self.target
        allowed = sorted(self.row.roles_at(target) & parties_of(target))
        able = (role for role in allowed if not self.signs(role) or can_sign_at(role, target))
        return tuple(role for role in able if sends(self.use_case, role))

    @property
    def refused(self) -> tuple[RemotePartyRole, ...]:
        """Known parties that may not."""
        return tuple(sorted(KNOWN_PARTIES[self.target] - self.row.roles_at(self.target)))

    @property
    def has_preamble(self) -> bool:
        """Whether the device has to be brought into a state first."""
        return self.prepare is not nothing

    def seen(self, bench: Bench) -> str | None:
        """Everything that is to be seen of the command, in the house and in messages; None for nothing."""
        shown, told = self.effect(bench), self.traces(bench)
        return "; ".join(one for one in (shown, told) if one is not None) or None

    @property
    def leaves_traces(self) -> bool:
        """Whether anything is to be seen of the command."""
        return self.effect is not nothing or self.traces is not nothing

    @property
    def is_top_up(self) -> bool:
        """Whether the command is a prepayment token, with checks of its own."""
        return self.row.message_type is MessageType.TOP_UP

    def signs(self, role: RemotePartyRole) -> bool:
        """Whether a party signs the command."""
        row = self.row
        return role in row.signature_only_roles or (
            row.message_type.is_critical and role not in row.mac_only_roles
        )

    @property
    def sender(self) -> RemotePartyRole:
        """The party that sends the command where a case is not about who does: the first one with a MAC."""
        return next(role for role in self.accepted if role not in self.row.signature_only_roles)

    @property
    def signer(self) -> RemotePartyRole | None:
        """The first party that signs the command, None where nobody does."""
        return next(filter(self.signs, self.accepted), None)

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
        covers: tuple[str, ...] = (),
        role: RemotePartyRole | None = None,
        applies: Applicability | None = None,
    ) -> Case:
        """A case of this subject.

        ``why`` goes on with what depends on the subject. ``detail`` goes into the id where one purpose
        makes several. ``covers`` are alerts that have to follow. ``role`` is that of a party whom older
        versions do not know; ``applies`` stands in place of when the subject does.
        """
        words = f"{purpose}_{detail}" if detail else str(purpose)
        applies = self.applies if applies is None else applies
        since = None if role is None else KNOWN_SINCE.get(role)
        if role is not None and since is not None:
            known = of_version(KIND_OF[self.target], f"the {party_name(role)}", since=since, until=None)
            applies = all_of(applies, known)
        return Case(
            case_id=f"TC_{self.use_case}_{words}_{self.number}",
            title=title,
            why=why if self.matters in why else f"{why}; {self.matters}",
            clause=clause,
            use_case=self.use_case,
            purpose=purpose,
            participants=self.participants,
            applies=applies,
            run=run,
            catches=catches,
            covers=covers,
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
