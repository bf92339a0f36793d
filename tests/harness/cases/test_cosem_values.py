"""Values given by name land in the elements of arrays that their numbers say, and arrays are long enough."""

import pytest

from harness.cases.cosem_values import Filling, Value, filled
from harness.codecs.cosem_data import Data, DataTag
from harness.codecs.cosem_shapes import Group, Part, Series, Shape
from harness.network.clock import Instant


def _part(name: str) -> Part:
    return Part(name, f"Table: {name}", "", DataTag.UNSIGNED, None, (), twin_element=False)


ACTION = Group("action", (_part("at"), _part("selects")))
DAY = Group("day", (_part("number"), Series("actions", ACTION, 1, 48)))
DAYS = Series("days", DAY, 1, 16)


def _plain(data: Data) -> object:
    return [_plain(one) for one in data.value] if isinstance(data.value, tuple) else data.value


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ((), [[1, [[1, 1]]]]),
        ((("selects", 7),), [[1, [[1, 7]]]]),
        ((("Table: selects", 7),), [[1, [[1, 7]]]]),
        ((("selects#1", 7),), [[1, [[1, 1], [1, 7]]]]),
        ((("number#1", 9),), [[1, [[1, 1]]], [9, [[1, 1]]]]),
        ((("selects#1#0", 7),), [[1, [[1, 1]]], [1, [[1, 7]]]]),
        ((("selects#1#2", 7), ("at#0#0", 5)), [[1, [[5, 1]]], [1, [[1, 1], [1, 1], [1, 7]]]]),
        ((("selects#0", 3), ("selects#1#0", 7)), [[1, [[1, 3]]], [1, [[1, 3]]]]),
        ((("selects#1#0", 7), ("selects#0", 3)), [[1, [[1, 3]]], [1, [[1, 7]]]]),
    ],
)
def test_values_land_where_their_numbers_say(given: tuple[tuple[str, Value], ...], wanted: object) -> None:
    shape: Shape = DAYS
    assert _plain(filled(shape, Filling(Instant(0), given=given))) == wanted
