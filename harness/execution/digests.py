"""What verdicts depend on, as digests: results are addressed by them, and a run is resumed by them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

_ENGINE: Final = ("harness.gbcs", "harness.codecs", "harness.crypto", "harness.emulators", "harness.network")
"""What a verdict comes out of, beside cases (which carry their own digest) and profiles."""
_SOURCES: Final = (".py", ".yaml")


def digest_of(parts: Iterable[str]) -> str:
    """SHA-256 (hexadecimal) of texts, each kept apart from the next."""
    content = hashlib.sha256()
    for part in parts:
        octets = part.encode()
        content.update(len(octets).to_bytes(8, "big") + octets)
    return content.hexdigest()


@cache
def engine_digest() -> str:
    """SHA-256 (hexadecimal) of the catalogue, codecs, cryptography, emulated devices and links."""
    content = hashlib.sha256()
    for package in _ENGINE:
        for name, octets in _sources(files(package), package):
            content.update(f"{name} {len(octets)}\n".encode() + octets)
    return content.hexdigest()


def _sources(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _sources(entry, f"{name}/{entry.name}")
        elif entry.name.endswith(_SOURCES):
            yield f"{name}/{entry.name}", entry.read_bytes()
