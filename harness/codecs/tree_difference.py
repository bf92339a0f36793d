"""What two messages say differently, field by field, in the words of their trees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.codecs.tree import message_tree, number_text

if TYPE_CHECKING:
    from harness.codecs.tree import Node

_FOLLOWS = frozenset({"length", "content_length", "mac", "signature"})
"""Fields whose octets follow from all the others: they differ wherever anything does."""


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field that two messages disagree on. A text is empty where a message does not have the field."""

    path: str
    expected: str
    came: str


def differences(expected: bytes, came: bytes) -> tuple[FieldDifference, ...]:
    """Fields in which a message differs from the one that was expected, in the order of the expected one.

    Lengths, MAC and signature are left out unless nothing else differs.
    """
    wanted, found = (dict(_fields(message_tree(octets))) for octets in (expected, came))
    names = [*wanted, *(path for path in found if path not in wanted)]
    differing = [
        FieldDifference(path, wanted.get(path, ""), found.get(path, ""))
        for path in names
        if wanted.get(path) != found.get(path)
    ]
    telling = [one for one in differing if one.path.rpartition(".")[2].partition("[")[0] not in _FOLLOWS]
    return tuple(telling or differing)


def _fields(node: Node, path: str = "") -> Iterator[tuple[str, str]]:
    """Leaves with their paths; of several children of one name each but the only one has its number."""
    count = Counter(child.name for child in node.children)
    seen: Counter[str] = Counter()
    for child in node.children:
        number = f"[{seen[child.name]}]" if count[child.name] > 1 else ""
        seen[child.name] += 1
        inner = f"{path}.{child.name}{number}" if path else f"{child.name}{number}"
        if child.children:
            yield from _fields(child, inner)
        else:
            yield inner, _text(child)


def _text(leaf: Node) -> str:
    value = leaf.value
    said = leaf.octets.hex().upper()
    if isinstance(value, int) and not isinstance(value, bool):
        said = number_text(leaf.name, value)
    elif isinstance(value, bytes):
        said = value.hex().upper()
    elif isinstance(value, str | bool):
        said = str(value)
    return f"{said} ({leaf.meaning})" if leaf.meaning else said
