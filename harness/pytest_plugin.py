"""The conformance cases under pytest. Lazy: costs nothing in a run that does not ask for it.

``pytest --home …`` and ``pytest --device-profile …`` make every case an ordinary item, named by its id:
``-k``, ``-m``, ``-x``, ``--junitxml`` and the rest do what they always do.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """What is under test, and how homes are made."""
    group = parser.getgroup("gbcs", "GBCS conformance cases")
    group.addoption(
        "--home",
        action="append",
        default=[],
        dest="gbcs_homes",
        metavar="HOME",
        help="Run the cases against a home: comms_hub=PROFILE,esme=PROFILE,… or a YAML file of such pairs. "
        "A PROFILE is the key of a built-in profile or model, or a profile file.",
    )
    group.addoption(
        "--device-profile",
        action="append",
        default=[],
        dest="gbcs_profiles",
        metavar="PROFILE",
        help="Run the cases that a device takes part in, among built-in devices without defects.",
    )
    group.addoption(
        "--installed",
        action="append",
        default=[],
        dest="gbcs_installed",
        metavar="FILE",
        help="Run the cases against the devices of this install record, over its link.",
    )
    group.addoption(
        "--home-seed",
        type=int,
        default=None,
        dest="gbcs_seed",
        metavar="NUMBER",
        help="Decides keys and loads, as in harness run --seed.",
    )
    group.addoption(
        "--home-frames",
        action="store_true",
        dest="gbcs_frames",
        help="Give every home a network of frames, as in harness run --frames.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Bring in what runs cases, if anybody asked for it."""
    if any(config.getoption(name) for name in ("gbcs_homes", "gbcs_profiles", "gbcs_installed")):
        items = importlib.import_module("harness.pytest_items")
        config.pluginmanager.register(items.plugin_for(config), "gbcs-conformance")
