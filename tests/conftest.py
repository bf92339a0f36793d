"""Where the reference data is, and a clear skip where it is not."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says something of the machine and its load, not of the code.
settings.register_profile("repository", deadline=None)
settings.register_profile("at-length", deadline=None, max_examples=3000)
settings.load_profile("repository")

_DEFAULT = Path(__file__).resolve().parents[2] / "shared"


def _shared() -> Path:
    return Path(os.environ.get("GBCS_SHARED", _DEFAULT))


def _reference(part: str) -> Path:
    path = _shared() / part
    if not path.exists():
        pytest.skip(f"reference data {part} is not at {path}; set GBCS_SHARED to the folder that holds it")
    return path


@pytest.fixture(scope="session")
def rtds() -> Path:
    """Folder of the Reference Test Data Set: ``messages`` and ``keystore``."""
    return _reference("rtds")


@pytest.fixture(scope="session")
def cpl() -> Path:
    """Folder of the Central Products List, CSV and XLSX."""
    return _reference("cpl")


@pytest.fixture(scope="session")
def covering_array_models() -> Path:
    """Folder of constrained covering-array models."""
    return _reference("cit")
