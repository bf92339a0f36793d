"""Whole sites, from runs of every kind: right by themselves, and true to the run."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from device_profiles.errors import InputError
from harness.records.reader import RunReader
from harness.records.types import Verdict
from reports.site import render_site

KINDS = ("small", "clean", "empty", "incomplete", "hostile", "exhaustive", "large")
Folder = Callable[[str], Path]
Reader = Callable[[str], RunReader]


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def words(html: str) -> str:
    """The page's text: tags and scripts gone, spaces single."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_is_accessible(site: Folder, checks: ModuleType, kind: str) -> None:
    found = {
        str(path.relative_to(site(kind))): problems
        for path in sorted(site(kind).rglob("*.html"))
        if (problems := checks.problems_of(text(path)))
    }
    assert found == {}


@pytest.mark.parametrize("kind", KINDS)
def test_every_link_leads_somewhere_in_the_site(site: Folder, checks: ModuleType, kind: str) -> None:
    assert checks.broken_links(site(kind)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_stand_in_is_said_to_be_one(site: Folder, kind: str) -> None:
    said = words(text(site(kind) / "about.html"))
    assert "the shared secret is a stand-in" in said
    assert "No verdict of this run says anything about a device's own arithmetic" in said


def test_nothing_comes_from_the_network(site: Folder, checks: ModuleType) -> None:
    assert checks.from_the_network(site("small")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_data_files_are_json_without_markup(site: Folder, kind: str) -> None:
    files = sorted((site(kind) / "data").glob("*.js"))
    assert files
    for path in files:
        content = text(path)
        assert content.isascii()
        assert not re.search("[<>&]", content)
        name, _ = json.loads(content.removeprefix("harness.put(...").removesuffix(");\n"))
        assert name == path.stem


def test_the_overview_shows_gate_totals_causes_and_commands(site: Folder, reader: Reader) -> None:
    page = words(text(site("small") / "index.html"))
    assert "✗ Gate failed" in page
    assert "34 executions of 4 cases failed" in page
    assert "1 execution of 1 case ended in error" in page
    assert "4 executions of 1 case stayed inconclusive" in page
    summary = reader("small").summary()
    for verdict in (Verdict.FAIL, Verdict.PASS, Verdict.ERROR):
        assert f"{summary.verdicts[verdict]:,}" in page
    assert "ESME Esme model 2 01020302 the response echoes another counter" in page
    assert "harness run --matrix synthetic --seed 7 --out runs/synthetic" in page


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("clean", "✓ Gate passed"),
        ("empty", "Nothing was tested, so nothing passed"),
        ("incomplete", "Run incomplete: nothing is decided"),
    ],
)
def test_the_banner_says_what_was_decided(site: Folder, kind: str, said: str) -> None:
    assert said in words(text(site(kind) / "index.html"))


def test_inherited_verdicts_are_those_of_the_run(site: Folder, reader: Reader) -> None:
    # An exhaustive run counts every verdict in every home; a shared one must come to the same.
    exhaustive = reader("exhaustive").summary().verdicts
    row = re.search(r"✗ Fail ([\d,]+) [\d.]+ % ([\d,]+) ([\d,]+)", words(text(site("small") / "index.html")))
    assert row is not None
    assert int(row[2].replace(",", "")) == exhaustive[Verdict.FAIL]
    assert int(row[3].replace(",", "")) < exhaustive[Verdict.FAIL]


def test_each_device_and_case_has_a_page_that_the_lists_link_to(site: Folder, reader: Reader) -> None:
    manifest = reader("small").manifest
    for listing, folder, count in (
        ("devices.html", "devices", sum(len(factor.levels) for factor in manifest.factors)),
        ("cases.html", "cases", len(manifest.cases)),
    ):
        linked = set(re.findall(rf'href="({folder}/[^"]+)"', text(site("small") / listing)))
        assert linked == {f"{folder}/{path.name}" for path in (site("small") / folder).iterdir()}
        assert len(linked) == count


def test_a_case_page_says_what_and_where(site: Folder) -> None:
    (path,) = (site("small") / "cases").glob("*GCS13a*")
    page = words(text(path))
    for said in (
        "GBCS 7.2.9",
        "nominal",
        "Comms hub, GSME",
        "Inconclusive 4",
        "Gsme model 1",
        "needs GBCS 3.2",
    ):
        assert said in page


def test_a_device_page_names_the_cases_put_down_to_it(site: Folder) -> None:
    (path,) = (site("small") / "devices").glob("*esme-10F2-0002*")
    page = words(text(path))
    assert "TC_ECS17b_nominal_1" in page
    assert "TC_HOME_journey_1" in page
    (innocent,) = (site("small") / "devices").glob("*esme-10F2-0000*")
    assert "None. What fails with it" in words(text(innocent))


def test_a_device_page_says_whether_the_device_is_what_its_profile_states(site: Folder) -> None:
    pages = [words(text(path)) for path in sorted((site("small") / "devices").glob("*.html"))]
    held = [page for page in pages if "Held against its profile's statement first" in page]
    assert len(held) == 5, "the meters that the case is about, not the hubs that take part"
    assert sum("it is not what the profile says" in page for page in held) == 1


def test_evidence_has_frames_side_by_side_with_differences_marked(site: Folder) -> None:
    path = min((site("small") / "evidence").glob("*TC-CS06*"))
    html = text(path)
    page = words(html)
    for said in ("Sent", "Received", "Expected", "originator counter 42", "nothing", "GBCS 7.2.9"):
        assert said in page
    assert "harness report " in page
    assert "--finding TC_CS06_replay_1@" in page
    assert "<mark>FF</mark>" in html  # the last octet of what was expected
    assert "<mark>27</mark>" in html  # and of what came
    assert "does not decode" in page  # the made-up frames are no messages


def test_what_is_left_out_is_said(site: Folder, reader: Reader) -> None:
    failures = sum(
        count
        for verdict, count in reader("large").summary().verdicts.items()
        if verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE)
    )
    page = words(text(site("large") / "evidence.html"))
    shown = len(list((site("large") / "evidence").iterdir()))
    assert shown < failures
    assert f"Showing {shown} of {failures:,} findings with frames" in page
    (path,) = (site("large") / "cases").glob("*HOME-journey-1*")
    assert re.search(r"; showing 50 of [\d,]+\.", words(text(path)))


def test_a_large_site_is_small(site: Folder) -> None:
    size = sum(path.stat().st_size for path in site("large").rglob("*") if path.is_file())
    assert size < 10_000_000


def test_rendering_again_gives_the_same_files(stored: Folder, site: Folder, tmp_path: Path) -> None:
    with RunReader(stored("small")) as run:
        again = render_site(run, tmp_path / "again", None).parent
        render_site(run, tmp_path / "again", None)
    files = {path.relative_to(again): path.read_bytes() for path in again.rglob("*") if path.is_file()}
    with RunReader(stored("small")) as run:
        other = render_site(run, tmp_path / "other", None).parent
    assert files == {
        path.relative_to(other): path.read_bytes() for path in other.rglob("*") if path.is_file()
    }


def test_frames_are_shown_as_octets_without_a_decoder(stored: Folder, tmp_path: Path) -> None:
    with RunReader(stored("small")) as run:
        folder = render_site(run, tmp_path / "site").parent
    page = text(next((folder / "evidence").iterdir()))
    assert "DF 09 02 00" in page
    assert 'class="tree"' not in page


def test_a_decoder_that_fails_is_said_and_harms_nothing(stored: Folder, tmp_path: Path) -> None:
    def fail(octets: bytes) -> dict[str, object]:
        raise ValueError("<b>no</b>")

    with RunReader(stored("small")) as run:
        folder = render_site(run, tmp_path / "site", fail).parent
    page = text(next((folder / "evidence").iterdir()))
    assert "Not decoded: <bdi>ValueError: &lt;b&gt;no&lt;/b&gt;</bdi>" in page


def test_a_folder_with_anything_else_is_left_alone(stored: Folder, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("months of work")
    with (
        RunReader(stored("small")) as run,
        pytest.raises(InputError, match="new, empty, or holds an earlier"),
    ):
        render_site(run, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "months of work"


def test_an_earlier_report_is_replaced_whole(stored: Folder, tmp_path: Path) -> None:
    for kind in ("small", "clean"):
        with RunReader(stored(kind)) as run:
            render_site(run, tmp_path / "site")
    assert not (tmp_path / "site" / "evidence").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]
