"""Every conformance case of the run, and a page for each."""

from __future__ import annotations

from reports.page import Page
from reports.view import RunView
from reports.writer import SiteWriter

_REASONS = 50


def write(view: RunView, writer: SiteWriter) -> None:
    """Write the list of cases and a page for each."""
    writer.page("cases.html", "pages/cases/cases.html", view=view, scripts=("assets/tables.js",))
    for case, reasons in zip(view.cases, view.not_applicable, strict=True):
        writer.page(
            case.path,
            "pages/cases/case.html",
            view=view,
            case=case,
            reasons=list(reasons.items())[:_REASONS],
            reasons_total=len(reasons),
        )


PAGE = Page(order=40, title="Cases", path="cases.html", write=write, folder="cases/")
