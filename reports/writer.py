"""Writes the files of a site: pages from templates, data for scripts, assets.

Everything that comes from a run is untrusted. Pages escape it (autoescape is on for every template);
data files are JSON of ASCII characters with "<", ">" and "&" escaped too; file names are our own.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import numpy.typing as npt

from reports import words
from reports.verdicts import LOOKS

_UNSAFE = re.compile("[^\x00-\x7f]|[<>&]")
_HALF_PAIR = re.compile("[\ud800-\udfff]")


class SiteWriter:
    """One folder that becomes a site. Paths are relative to it, with "/" between parts."""

    def __init__(self, folder: Path, **shared: Any) -> None:
        """``shared`` is what every template can name."""
        self._folder = folder
        self._environment = jinja2.Environment(
            autoescape=True,
            loader=jinja2.FunctionLoader(_template),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            number=words.number,
            counted=words.counted,
            duration=words.duration,
            size=words.size,
            moment=words.moment,
            purpose=words.purpose_title,
            factor=words.factor_title,
            first_line=words.first_line,
        )
        self._environment.globals.update(shared, share=words.share, looks=LOOKS[::-1])

    def page(self, path: str, template: str, **context: Any) -> None:
        """Render ``template`` (its path in this package) to ``path``."""
        root = "../" * path.count("/")
        self._write(path, self._environment.get_template(template).render(context, root=root, path=path))

    def asset(self, path: str, source: str) -> None:
        """Copy a file of this package."""
        self._write(path, files("reports").joinpath(source).read_text(encoding="utf-8"))

    def data(self, name: str, value: object) -> None:
        """Write ``data/<name>.js``, which hands ``value`` to the scripts when a page loads it."""
        content = json.dumps([name, value], ensure_ascii=False, separators=(",", ":"))
        content = _UNSAFE.sub(_escaped, _HALF_PAIR.sub("\ufffd", content))
        self._write(f"data/{name}.js", f"harness.put(...{content});\n")

    def _write(self, path: str, text: str) -> None:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # A name may hold half a surrogate pair, which is no character.
        target.write_bytes(_HALF_PAIR.sub("\ufffd", text).encode())


def packed(array: npt.NDArray[Any]) -> str:
    """The array's numbers for a data file: little-endian, compressed (RFC 1950), in base64."""
    octets = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"))).tobytes()
    return base64.b64encode(zlib.compress(octets, 9)).decode("ascii")


def _escaped(character: re.Match[str]) -> str:
    """The JSON escape of a character, a pair of them beyond the first plane."""
    octets = character[0].encode("utf-16-be")
    return "".join(f"\\u{octets[place : place + 2].hex()}" for place in range(0, len(octets), 2))


def _template(name: str) -> str:
    return files("reports").joinpath(name).read_text(encoding="utf-8")
