"""What several parts are held to: octets from outside, and what another's analyser makes of frames."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from harness.codecs.capture_keys import CaptureKey, tshark_options
from harness.codecs.pcapng import Capture, encode_capture

_ERROR: Final = str(0x800000)
_ASKED: Final = (
    "frame.protocols",
    "_ws.col.Info",
    "_ws.malformed",
    "_ws.expert.severity",
    "_ws.expert.message",
)


@dataclass(frozen=True)
class Analysed:
    """A packet as tshark reads it: its layers from the outside in, and what it calls it."""

    layers: tuple[str, ...]
    summary: str
    malformed: str
    severities: tuple[str, ...]
    remarks: str

    @property
    def complaint(self) -> str:
        """What is wrong with it: malformed, not decrypted, or of no kind that tshark knows."""
        if self.malformed or _ERROR in self.severities:
            return f"malformed {self.malformed}"
        # What is not decrypted is but remarked upon, and goes by the name of the layer that carries it
        said = f"{self.remarks} {self.summary}"
        return next((word for word in ("Encrypted", "Unknown", "Reserved") if word in said), "")


Analyse = Callable[[Capture, tuple[CaptureKey, ...]], list[Analysed]]


@pytest.fixture
def analyse(tmp_path: Path) -> Analyse:
    """Every packet of a capture, in order, as tshark reads it with keys; skips where there is no tshark."""
    program = shutil.which("tshark")
    if program is None:
        pytest.skip("tshark is not installed (Debian package tshark)")
    # A home of its own, so that no settings of whoever runs the tests take part
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    words = [word for field in _ASKED for word in ("-e", field)]

    def read(capture: Capture, keys: tuple[CaptureKey, ...]) -> list[Analysed]:
        path = tmp_path / "frames.pcapng"
        path.write_bytes(encode_capture(capture))
        command = [program, "-r", str(path), *tshark_options(keys), "-T", "fields", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        found = []
        for line in done.stdout.splitlines():
            layers, summary, malformed, severities, remarks = line.split("\t")
            found.append(
                Analysed(tuple(layers.split(":")), summary, malformed, tuple(severities.split(",")), remarks)
            )
        return found

    return read


@pytest.fixture(scope="session")
def ecs04b_vector() -> bytes:
    """The worked example of GBCS 18.4: a critical ECS04b command, signed and with its MAC."""
    return bytes.fromhex(
        "DD00000000000081A91100000000"
        "DF0901000000000000000108123456789ABCDEF008FFFFFFFFFFFFFFFE000200B335"
        "D92000000100030300700000130A00FF020300700000130A01FF020300700000130A02FF02"
        "03050000000005000000000500000000"
        "4059045AB0F554622B0360340B9D87B5A23ED5723B41DE3F206E58CDD10F915B9F"
        "E2E12E2DA3632478A8DF678E418895869AC1E55318CCE04D120D2D6B44DC167B"
        "5D832D15B57A56D620F198B3"
    )
