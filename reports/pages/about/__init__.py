"""What the run was made of, and what the words on the other pages mean."""

from __future__ import annotations

from reports.page import Page
from reports.view import RunView
from reports.writer import SiteWriter

_MEANINGS = {
    "pass": "the devices did what the clause asks",
    "fail": "they did not; the finding says what was expected and what came",
    "inconclusive": "something else kept the case from telling, such as a device out of reach",
    "error": "a fault of the harness, never of a device; it shows nothing about the devices",
    "na": "the case does not apply to these devices; its page gives the reason",
    "none": "planned, but no execution is stored: the run is incomplete",
}


def write(view: RunView, writer: SiteWriter) -> None:
    """Write ``about.html``."""
    reused = dict(view.manifest.selection).get("reuse")
    writer.page("about.html", "pages/about/about.html", view=view, meanings=_MEANINGS, reused=reused)


PAGE = Page(order=90, title="About", path="about.html", write=write)
