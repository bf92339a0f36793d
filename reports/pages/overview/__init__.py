"""The first page: the decision, the figures, what fails and why, and how to repeat it."""

from __future__ import annotations

from reports.gate import GateExit
from reports.page import Page
from reports.view import RunView
from reports.writer import SiteWriter

_CAUSES = 15
_GATE = {
    GateExit.PASS: ("pass", "✓"),
    GateExit.FAILED: ("fail", "✗"),
    GateExit.INCOMPLETE: ("open", "·"),
    GateExit.NOTHING_SELECTED: ("open", "·"),
}


def write(view: RunView, writer: SiteWriter) -> None:
    """Write ``index.html``."""
    style, symbol = _GATE[view.gate.exit_code]
    writer.page(
        "index.html",
        "pages/overview/overview.html",
        view=view,
        gate_style=style,
        gate_symbol=symbol,
        causes=view.causes[:_CAUSES],
    )


PAGE = Page(order=10, title="Overview", path="index.html", write=write)
