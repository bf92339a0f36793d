"""What a word of an expression names: an attribute of a factor, or nothing (then it is a literal)."""

from __future__ import annotations

from dataclasses import dataclass

from device_profiles.checking import hint
from device_profiles.model import DeviceKind
from test_matrix.attributes import ATTRIBUTES, REGION_ATTRIBUTE, Attribute
from test_matrix.expression import ExpressionError, Word
from test_matrix.matrix import REGION

DEVICE = "device"
"""Stands for each kind in turn that a constraint is written for; in a filter, for the device it is about."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One attribute of one factor."""

    factor: str
    attribute: str

    @property
    def meaning(self) -> Attribute:
        """What kind of answer it gives."""
        return REGION_ATTRIBUTE if self.factor == REGION else ATTRIBUTES[self.attribute]


@dataclass(frozen=True, slots=True)
class Names:
    """The names that an expression can use.

    ``factors`` may stand before a dot; ``device`` is the factor that the word ``device`` means;
    ``bare`` lets an attribute stand alone, meaning that of ``device``.
    """

    factors: tuple[str, ...]
    device: str | None = None
    bare: bool = False

    def resolve(self, word: Word) -> Atom | None:
        """The attribute that ``word`` names, or None for a literal.

        Raises ExpressionError for an attribute that devices do not have, and for a kind of device that
        the matrix has no factor for.
        """
        if word.quoted:
            return None
        if word.text == REGION and REGION in self.factors:
            return Atom(REGION, REGION)
        head, dot, attribute = word.text.partition(".")
        if self.bare and not dot and head in ATTRIBUTES:
            return Atom(self.device or DEVICE, head)
        factor = self._factor(head)
        if factor is None:
            self._refuse_missing(word, head, dot)
            return None
        if attribute not in ATTRIBUTES:
            said = hint(attribute, ATTRIBUTES)
            raise ExpressionError(word.offset, f"unknown attribute {attribute or 'after ' + head}: {said}")
        return Atom(factor, attribute)

    def _factor(self, head: str) -> str | None:
        if head == DEVICE and self.device is not None:
            return self.device
        return head if head in self.factors and head != REGION else None

    def _refuse_missing(self, word: Word, head: str, dot: str) -> None:
        known = head in {kind.value for kind in DeviceKind} and dot
        if known or word.text == REGION:
            what = f"it has {', '.join(self.factors)}" if self.factors else "a filter sees one device alone"
            raise ExpressionError(word.offset, f"there is no factor {head} here: {what}")

    def unknown(self, word: Word) -> ExpressionError:
        """The complaint about a word that should have been an attribute."""
        head, dot, _ = word.text.partition(".")
        if dot and not word.quoted and head[:1].isalpha():
            names = [*self.factors, *([DEVICE] if self.device else [])]
            return ExpressionError(word.offset, f"unknown factor {head}: {hint(head, names)}")
        example = "gbcs" if self.bare else f"{self.factors[-1] if self.factors else DEVICE}.gbcs"
        return ExpressionError(word.offset, f"expected an attribute such as {example}; got {word.text}")
