"""From a checked definition and the models that it speaks of to a Matrix, gathering every problem."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from device_profiles.checking import hint, in_order
from device_profiles.errors import InputError, InputProblem
from device_profiles.loader import profiles_of
from device_profiles.marked_yaml import MarkedDocument, Place
from device_profiles.model import DeviceKind, DeviceModel, DeviceProfile
from test_matrix.claims import Claim, claim
from test_matrix.documents import ConstraintDocument, FactorDocument, Granularity, MatrixDocument
from test_matrix.elimination import TooEntangled
from test_matrix.expression import ExpressionError
from test_matrix.levels import NO_DEVICE, device_levels
from test_matrix.matrix import REGION, Factor, Level, Matrix
from test_matrix.names import Names
from test_matrix.tabulate import answer, tabulated
from test_matrix.version_pairs import VersionPairs


@dataclass(frozen=True, slots=True)
class _Rule:
    """A constraint whose expression has been checked."""

    id: str
    because: str
    claim: Claim


@dataclass(frozen=True, slots=True)
class Builder:
    """What one matrix is built from. ``level`` overrides the levels of the definition."""

    document: MarkedDocument
    definition: MatrixDocument
    standard: tuple[ConstraintDocument, ...]
    version_pairs: VersionPairs
    level: Granularity | None = None
    _problems: list[InputProblem] = field(default_factory=list, init=False)

    def build(self, models: Sequence[DeviceModel]) -> Matrix:
        """The matrix. Raises InputError with every problem of the definition."""
        names = self._factor_names()
        factors = [self._factor(name, models) for name in names]
        rules = [*self._standard_rules(names), *self._own_rules(names)]
        if self._problems:
            raise InputError(in_order(self._problems))
        try:
            matrix = Matrix(
                name=self.definition.name,
                title=self.definition.title,
                level=(self.level or self.definition.level).value,
                factors=tuple(factors),
                cases=tuple(self.definition.cases),
                alike=self.definition.alike,
                constraints=tuple(
                    tabulated(rule.id, rule.because, rule.claim, factors, self.version_pairs)
                    for rule in rules
                ),
            )
            matrix.count()
        except TooEntangled as error:
            expected = f"expected constraints that each look at less: {error}"
            raise InputError([self.document.problem(("constraints",), expected)]) from None
        return matrix

    def _complain(self, place: Place, expected: str) -> None:
        self._problems.append(self.document.problem(place, expected))

    def _factor_names(self) -> list[str]:
        """Names of the factors in the order in which they are written: the order of the axes."""
        names = [
            str(place[1]) for place in self.document.keys_at if len(place) == 2 and place[0] == "factors"
        ]
        if not names:
            self._complain(("factors",), "expected at least one factor")
        return names

    def _factor(self, name: str, models: Sequence[DeviceModel]) -> Factor:
        if name == REGION:
            regions = self.definition.factors.region or []
            return Factor(name, None, tuple(Level(region, region, region=region) for region in regions))
        kind = DeviceKind(name)
        wanted: FactorDocument = getattr(self.definition.factors, name)
        granularity = self.level or wanted.level or self.definition.level
        profiles = [profile for model in models if model.kind is kind for profile in profiles_of(model)]
        levels = device_levels(self._filtered(wanted, kind, profiles), granularity)
        if not levels:
            why = "none satisfies the condition" if profiles else f"the profiles have no {kind}"
            self._complain(("factors", name), f"expected at least one device: {why}")
        return Factor(name, kind, (NO_DEVICE, *levels) if wanted.optional else levels)

    def _filtered(
        self, wanted: FactorDocument, kind: DeviceKind, profiles: Sequence[DeviceProfile]
    ) -> Sequence[DeviceProfile]:
        """The profiles of which the condition is true: what is unknown satisfies no filter."""
        if wanted.where is None:
            return profiles
        names = Names(factors=(), device=kind, bare=True)
        condition = self._claim(wanted.where, names, ("factors", kind.value, "where"))
        if condition is None:
            return profiles
        return [profile for profile in profiles if self._satisfies(condition, profile)]

    def _satisfies(self, condition: Claim, profile: DeviceProfile) -> bool:
        level = Level(profile.key, profile.label, profile)
        facts = {atom: answer(atom, level, self.version_pairs) for atom in condition.atoms}
        return condition.verdict(facts) is True

    def _claim(self, text: str, names: Names, place: Place) -> Claim | None:
        try:
            return claim(text, names)
        except ExpressionError as error:
            self._problems.append(self.document.problem_within(place, error.offset, error.expected))
            return None

    def _own_rules(self, names: Sequence[str]) -> Iterator[_Rule]:
        standard = {constraint.id for constraint in self.standard}
        seen: set[str] = set(standard)
        for index, constraint in enumerate(self.definition.constraints):
            place: Place = ("constraints", index)
            if constraint.id in seen:
                whose = "a standard constraint" if constraint.id in standard else "another constraint"
                self._complain((*place, "id"), f"expected an id of its own: {whose} has {constraint.id}")
            seen.add(constraint.id)
            for identity, scope in _instances(constraint, names):
                found = self._claim(constraint.require, scope, (*place, "require"))
                if found is not None:
                    yield _Rule(identity, constraint.because, found)

    def _standard_rules(self, names: Sequence[str]) -> Iterator[_Rule]:
        """Standard constraints, as far as the matrix has the factors that they speak of."""
        known = [constraint.id for constraint in self.standard]
        for index, identity in enumerate(self.definition.leave_out):
            if identity not in known:
                self._complain(("leave_out", index), f"unknown standard constraint: {hint(identity, known)}")
        for constraint in self.standard:
            if constraint.id in self.definition.leave_out:
                continue
            for identity, scope in _instances(constraint, (REGION, *DeviceKind)):
                found = claim(constraint.require, scope)
                if all(atom.factor in names for atom in found.atoms):
                    yield _Rule(identity, constraint.because, found)


def _instances(constraint: ConstraintDocument, factors: Sequence[str]) -> Iterator[tuple[str, Names]]:
    """A constraint once, or once for each kind that it is written for."""
    if not constraint.for_each:
        yield constraint.id, Names(tuple(factors))
    for kind in constraint.for_each:
        yield f"{constraint.id}/{kind}", Names(tuple(factors), device=kind)
