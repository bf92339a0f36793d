"""Every flow of a home area network, read by another's analyser with the keys of its devices."""

import importlib.util
import sys
from pathlib import Path

import pytest

from harness.network.han.capture import capture_keys_of


def _beside(name):
    """A module beside this file: test folders are no packages."""
    full = f"tests_harness_network_han_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        module = sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[full]


FLOWS = _beside("flows").FLOWS


@pytest.mark.parametrize("name", FLOWS)
def test_every_flow_is_read_by_another_analyser(analyse, name):
    flow = FLOWS[name]
    home = flow.play()
    read = analyse(home.recorder.capture(), capture_keys_of(home.nodes))
    assert len(read) == len(home.recorder.frames)
    assert [frame for frame in read if frame.complaint] == []
    said = "\n".join(frame.summary for frame in read)
    assert [words for words in flow.called if words not in said] == []
    assert [words for words in flow.without if words in said] == []


@pytest.mark.parametrize(
    ("name", "left_out"),
    [("a listed device joins", "replaced"), ("tunnels are closed and asked for again", "link")],
)
def test_what_no_key_opens_is_noticed(analyse, name, left_out):
    # The network key is told on the way, under a key that was replaced since
    home = FLOWS[name].play()
    keys = tuple(key for key in capture_keys_of(home.nodes) if not key.label.startswith(left_out))
    read = analyse(home.recorder.capture(), keys)
    assert {frame.complaint for frame in read} == {"", "Encrypted"}


@pytest.mark.parametrize("name", FLOWS)
def test_every_flow_is_the_same_each_time(name):
    runs = [FLOWS[name].play().recorder.frames for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0]
