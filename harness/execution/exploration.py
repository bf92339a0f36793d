"""Looking for a sequence of commands after which a device breaks an invariant, and making it short.

Hypothesis makes up the sequences and shrinks what it finds. Equal seeds find equal sequences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from harness.cases.bench import Bench
from harness.cases.known_parties import KNOWN_PARTIES
from harness.cases.subjects import SUBJECTS
from harness.execution.sequence import Fault, Player, Step, Violation
from harness.gbcs.catalogue import use_case
from harness.gbcs.roles import RemotePartyRole

if TYPE_CHECKING:
    from device_profiles.home import HomeProfile
    from harness.emulators.home import HomeFactory
    from harness.emulators.statement import Statement

_SPOILT: Final = (Fault.MAC, Fault.TRUNCATED, Fault.OVER_LONG)
_LONGEST_WAIT: Final = 60


@dataclass(frozen=True, slots=True)
class Broken:
    """A sequence after which an invariant does not hold: no step of it can be left out."""

    steps: tuple[Step, ...]
    violation: Violation


class Explorer:
    """Explores one device of a home."""

    def __init__(self, factory: HomeFactory, home: HomeProfile, statement: Statement) -> None:
        self._factory = factory
        self._home = home
        self._role = statement.role
        self._choices = tuple(self._choices_of(statement))

    def play(self, steps: Sequence[Step]) -> Violation | None:
        """Play one sequence in a fresh home."""
        try:
            Player(self._bench, self._role).play(steps)
        except Violation as violation:
            return violation
        return None

    def explore(self, *, seed: int, sequences: int, longest: int) -> Broken | None:
        """The shortest sequence found that breaks an invariant, None where all of them hold."""
        found: list[Broken] = []

        @seeded(seed)
        @settings(
            database=None,
            deadline=None,
            max_examples=sequences,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=tuple(HealthCheck),
            print_blob=False,
            report_multiple_bugs=False,
        )
        @given(st.lists(st.sampled_from(self._choices), min_size=1, max_size=longest))
        def hold(steps: list[Step]) -> None:
            violation = self.play(steps)
            if violation is not None:
                found.append(Broken(tuple(steps), violation))
                raise violation

        try:
            hold()
        except Violation:
            # The last one that failed is the one that could not be made shorter.
            return found[-1]
        return None

    def _choices_of(self, statement: Statement) -> Sequence[Step]:
        steps: list[Step] = []
        known = KNOWN_PARTIES.get(self._role, frozenset())
        subjects = {one.use_case: one for one in SUBJECTS if one.target is self._role}
        for supported in statement.commands:
            row = supported.use_case
            if row.id not in subjects:
                continue
            allowed = [
                role
                for role in subjects[row.id].accepted
                if role in supported.roles and role not in row.signature_only_roles
            ]
            for role in allowed:
                if not self._can_be_sent(row.id, role):
                    continue
                steps += [Step(row.id, role), Step(row.id, role, minutes=_LONGEST_WAIT)]
                steps += [Step(row.id, role, fault) for fault in _SPOILT]
                steps += [Step(row.id, role, Fault.STRANGER)]
                if row.message_type.is_critical and role not in row.mac_only_roles:
                    steps.append(Step(row.id, role, Fault.SIGNATURE))
                if row.replay_protected:
                    steps.append(Step(row.id, role, Fault.REPLAYED))
            if allowed:
                steps += [
                    Step(row.id, role, Fault.UNAUTHORISED)
                    for role in sorted(known - supported.roles)
                    if self._can_be_sent(row.id, role)
                ]
        return steps

    def _bench(self) -> Bench:
        return Bench(self._factory.build(self._home), self._factory.pki)

    def _can_be_sent(self, name: str, role: RemotePartyRole) -> bool:
        """Whether a command can be made of the catalogue alone, with nothing that a person must choose."""
        bench = self._bench()
        try:
            bench.command(name, self._role, role)
        except (TypeError, KeyError, ValueError):
            return False
        return True


def steps_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Steps in the types that JSON has."""
    return [
        {
            "use_case": step.use_case,
            "role": step.role.name.lower(),
            "fault": str(step.fault),
            "minutes": step.minutes,
        }
        for step in steps
    ]


def steps_from(entries: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps of ``steps_json``. Raises ValueError for anything else."""
    try:
        return tuple(
            Step(
                use_case(entry["use_case"]).id,
                RemotePartyRole[str(entry["role"]).upper()],
                Fault(entry["fault"]),
                int(entry["minutes"]),
            )
            for entry in entries
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a step: {error}") from None
