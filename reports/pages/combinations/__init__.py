"""Combinations: a list to filter, and one page that shows any of them, both made in the browser.

There may be a million combinations, so there is one file for all: ``combination.html#123456``.
"""

from __future__ import annotations

from reports.page import Page
from reports.view import RunView
from reports.writer import SiteWriter

_SCRIPTS = ("assets/harness.js", "assets/homes.js", "data/run.js")

_PAGES = {"combinations": (), "combination": ("data/evidence.js",)}


def write(view: RunView, writer: SiteWriter) -> None:
    """Write both pages and their scripts."""
    for script in ("homes", "combinations", "combination"):
        writer.asset(f"assets/{script}.js", f"pages/combinations/{script}.js")
    for name, data in _PAGES.items():
        scripts = (*_SCRIPTS, *data, f"assets/{name}.js")
        writer.page(f"{name}.html", f"pages/combinations/{name}.html", view=view, scripts=scripts)


PAGE = Page(order=50, title="Combinations", path="combinations.html", write=write, folder="combination.html")
