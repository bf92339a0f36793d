from hypothesis import given
from hypothesis import strategies as st

from harness.records.types import FrameRecord
from reports.frames import (
    MOST_FRAMES,
    MOST_LINES,
    MOST_OCTETS,
    column_of,
    decoded,
    lay_out,
    tree_lines,
)


def frame(note: str, octets: bytes = b"\x01", at: int = 0) -> FrameRecord:
    return FrameRecord(at, "WAN", "ESME", note, octets)


def node(name: str, *children: dict, value: object = None, meaning: str = "") -> dict:
    return {"name": name, "value": value, "meaning": meaning, "children": list(children)}


def test_a_step_is_what_was_sent_and_what_came_of_it() -> None:
    notes = ("sent", "received", "expected", "sent", "sent", "received", "received")
    steps = lay_out([frame(note, bytes([place])) for place, note in enumerate(notes)], None)
    shape = [(len(step.sent), len(step.received), len(step.expected)) for step in steps]
    assert shape == [(1, 1, 1), (2, 2, 0)]


def test_an_alert_before_anything_was_sent_is_a_step() -> None:
    assert [len(step.received) for step in lay_out([frame("received"), frame("sent")], None)] == [1, 0]


def test_notes_may_say_more() -> None:
    assert column_of(frame("Expected: the same counter")) == "expected"
    assert column_of(frame("sent again")) == "sent"
    assert column_of(frame("alert 8F0A")) == "received"
    assert column_of(frame("")) == "received"


def test_octets_that_differ_are_marked_in_both() -> None:
    (step,) = lay_out(
        [frame("sent", b"\x00"), frame("received", b"\x01\x02\x03"), frame("expected", b"\x01\xff")], None
    )
    (came,), (wanted,) = step.received, step.expected
    assert [(run.text, run.differs) for run in came.rows[0].runs] == [("01", False), ("02 03", True)]
    assert [(run.text, run.differs) for run in wanted.rows[0].runs] == [("01", False), ("FF", True)]
    assert [run.differs for run in step.sent[0].rows[0].runs] == [False]


def test_fields_that_differ_are_marked_in_both() -> None:
    def decode(octets: bytes) -> dict:
        items = (node("item", value=octet) for octet in octets)
        return node("message", node("same", value=1, meaning="one"), *items)

    (step,) = lay_out([frame("received", b"\x05\x06"), frame("expected", b"\x05\x07\x08")], decode)
    differing = [(line.name, line.value) for line in step.received[0].tree if line.differs]
    assert differing == [("item", "6")]
    differing = [(line.name, line.value) for line in step.expected[0].tree if line.differs]
    assert differing == [("item", "7"), ("item", "8")]


def test_a_tree_is_flat_and_in_order() -> None:
    root = node("message", node("a", node("b", value=0)), node("c", value=False, meaning="off"))
    lines = [(line.depth, line.name, line.value, line.meaning) for line in tree_lines(root)]
    assert lines == [(0, "message", "", ""), (1, "a", "", ""), (2, "b", "0", ""), (1, "c", "False", "off")]


def test_endless_trees_and_texts_are_cut() -> None:
    deep = node("x", value="y" * 10_000)
    for _ in range(5000):
        deep = node("x", deep)
    lines = tree_lines(deep)
    assert len(lines) == MOST_LINES + 1
    assert lines[-1].meaning == "more is left out here"
    assert len(tree_lines(node("x", value="y" * 10_000))[0].value) < 1000


def test_long_frames_and_exchanges_are_cut_and_say_so() -> None:
    steps = lay_out([frame("sent", bytes(MOST_OCTETS + 5))] * (MOST_FRAMES + 10), None)
    assert sum(len(step.sent) for step in steps) == MOST_FRAMES
    shown = steps[0].sent[0]
    assert shown.omitted == 5
    assert sum(len(run.text.split()) for row in shown.rows for run in row.runs) == MOST_OCTETS


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_a_dump_has_every_octet_once(octets: bytes, other: bytes) -> None:
    (step,) = lay_out([frame("received", octets), frame("expected", other)], None)
    rows = step.received[0].rows
    assert bytes.fromhex("".join(run.text for row in rows for run in row.runs)) == octets
    assert [row.offset for row in rows] == list(range(0, len(octets), 16))
    same = not any(run.differs for row in rows for run in row.runs)
    assert same == (octets == other[: len(octets)])


def test_whatever_a_decoder_raises_is_said() -> None:
    def fail(octets: bytes) -> dict:
        raise RecursionError("too deep")

    assert decoded(b"", fail) == ((), "RecursionError: too deep")
    assert decoded(b"", lambda octets: {"children": [3]})[1].startswith("AttributeError")
