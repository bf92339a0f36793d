"""The heat map: homes by any two factors, drawn in the browser from counts."""

from __future__ import annotations

from reports.page import Page
from reports.view import RunView
from reports.writer import SiteWriter


def write(view: RunView, writer: SiteWriter) -> None:
    """Write ``matrix.html`` and its script."""
    writer.asset("assets/matrix.js", "pages/matrix/matrix.js")
    writer.page(
        "matrix.html",
        "pages/matrix/matrix.html",
        view=view,
        scripts=("assets/harness.js", "data/run.js", "data/pairs.js", "assets/matrix.js"),
    )


PAGE = Page(order=20, title="Heat map", path="matrix.html", write=write)
