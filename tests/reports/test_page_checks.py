"""The checks themselves: each finds what it looks for, in a page that is otherwise right."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>A page</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<meta name="viewport" content="x"></head>
<body><a href="#main">Skip</a><header><nav aria-label="Report"></nav></header>
<main id="main"><h1>Top</h1><h2>Part</h2>
<label for="i">Name</label><input id="i">
<table><caption>Things</caption><tr><th scope="col">One</th></tr><tr><td>1</td></tr></table>
</main><footer></footer></body></html>"""


def test_a_right_page_has_no_problems(checks: ModuleType) -> None:
    assert checks.problems_of(PAGE) == []


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        (' lang="en-GB"', ""),
        ("<title>A page</title>", "<title></title>"),
        ("default-src 'none'", "default-src *"),
        ("<h2>Part</h2>", "<h3>Part</h3>"),
        ("<h1>Top</h1>", ""),
        ('<label for="i">Name</label>', ""),
        ("<caption>Things</caption>", ""),
        (' scope="col"', ""),
        ("<td>1</td>", "<td>1</td><td>2</td>"),
        ('<a href="#main">Skip</a>', ""),
        ("<footer></footer>", ""),
        (' aria-label="Report"', ""),
        ("<h2>Part</h2>", '<h2 onclick="x()">Part</h2>'),
        ("<h2>Part</h2>", '<h2 style="color:red">Part</h2>'),
        ("<h2>Part</h2>", "<h2>Part</h2><script>x()</script>"),
        ("<h2>Part</h2>", '<h2 id="i">Part</h2>'),
        ("<h2>Part</h2>", "<h2>Part</h2><b>"),
        ("<h2>Part</h2>", '<h2>Part</h2><a href="#main"></a>'),
    ],
)
def test_a_wrong_page_is_found_out(checks: ModuleType, part: str, instead: str) -> None:
    assert part in PAGE
    assert checks.problems_of(PAGE.replace(part, instead, 1))


@pytest.mark.parametrize(
    "address", ["missing.html", "https://example.org/", "//example.org", "#nowhere", "/etc"]
)
def test_a_broken_link_is_found_out(checks: ModuleType, tmp_path: Path, address: str) -> None:
    (tmp_path / "index.html").write_text(PAGE.replace("#main", address))
    assert len(checks.broken_links(tmp_path)) == 1


@pytest.mark.parametrize("code", ["fetch('x')", "a.innerHTML = b", "import('x')", "url(x.png)"])
def test_scripts_that_reach_out_are_found_out(checks: ModuleType, tmp_path: Path, code: str) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "one.js").write_text(f"// {code} in a comment is fine\n")
    assert checks.from_the_network(tmp_path) == []
    (tmp_path / "assets" / "one.js").write_text(code)
    assert checks.from_the_network(tmp_path)


def test_contrast_is_that_of_the_standard(checks: ModuleType) -> None:
    assert checks.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert checks.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_low_contrast_is_found_out(checks: ModuleType, site: Callable[[str], Path]) -> None:
    css = (site("small") / "assets" / "style.css").read_text()
    assert checks.low_contrast(css) == []
    assert checks.low_contrast(css.replace("--pass: #0b5c4e", "--pass: #8bdcce")) != []
