"""The first page: the decision, the figures, what fails and why, and how to repeat it."""

from __future__ import annotations

from reports.gate import GateExit
from reports.page import Page
from reports.view import RunView
from reports.writer import SiteWriter

_CAUSES = 15
_GATE = {
    GateExit.PASS: ("pass", "✓", "Gate passed"),
    GateExit.FAILED: ("fail", "✗", "Gate failed"),
    GateExit.INCOMPLETE: ("open", "·", "Run incomplete"),
    GateExit.NOTHING_SELECTED: ("open", "·", "Nothing tested"),
}


def write(view: RunView, writer: SiteWriter) -> None:
    """Write ``index.html``."""
    style, symbol, word = _GATE[view.gate.exit_code]
    writer.page(
        "index.html",
        "pages/overview/overview.html",
        view=view,
        gate={"style": style, "symbol": symbol, "word": word, "reasons": view.gate.reasons},
        causes=view.causes[:_CAUSES],
    )


PAGE = Page(order=10, title="Overview", path="index.html", write=write)
