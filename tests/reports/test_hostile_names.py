"""Names, reasons and frames are untrusted: whatever they hold stays text."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

Folder = Callable[[str], Path]


def test_no_markup_of_a_name_becomes_markup(site: Folder, checks: ModuleType) -> None:
    for path in sorted(site("hostile").rglob("*.html")):
        root, _ = checks.parse(path.read_text(encoding="utf-8"))
        for element in root.walk():
            assert element.tag not in ("b", "img") or element.within("li") or element.within("p"), path
            assert "onerror" not in element.attributes
            assert "onmouseover" not in element.attributes
            if element.tag == "script":
                assert re.fullmatch(r"(\.\./)*(assets|data)/[a-z]+\.js", element.attributes["src"])
        assert "<script>alert" not in path.read_text(encoding="utf-8")


def test_names_are_shown_as_they_are(site: Folder, checks: ModuleType) -> None:
    root, _ = checks.parse((site("hostile") / "devices.html").read_text(encoding="utf-8"))
    page = " ".join(root.texts_within())
    assert "<script>alert(1)</script>" in page
    assert "{{ 7*7 }}" in page
    assert "\" onmouseover='alert(2)' x=\"" in page


def test_file_names_are_our_own(site: Folder) -> None:
    for path in site("hostile").rglob("*"):
        assert re.fullmatch(r"[A-Za-z0-9.-]+", path.name)
        assert len(path.name) < 100
        assert path.resolve().is_relative_to(site("hostile").resolve())


def test_names_cannot_leave_their_direction_or_their_line(site: Folder, checks: ModuleType) -> None:
    # A right-to-left override inside <bdi> ends with it.
    for path in sorted(site("hostile").rglob("*.html")):
        root, _ = checks.parse(path.read_text(encoding="utf-8"))
        for element in root.walk():
            if any("\u202e" in part for part in element.texts) and element.within("body"):
                isolated = element.tag in ("bdi", "code", "option") or element.within("bdi")
                assert isolated, (path, element.tag)


def test_data_files_give_the_names_back(site: Folder, runs: ModuleType) -> None:
    content = (site("hostile") / "data" / "run.js").read_text(encoding="ascii")
    _, data = json.loads(content.removeprefix("harness.put(...").removesuffix(");\n"))
    labels = [level["label"] for factor in data["factors"] for level in factor["levels"]]
    assert set(labels) <= {name.replace("\ud800", "\ufffd") for name in runs.HOSTILE}
    assert len(set(labels)) >= 6
