"""All causes with the findings shown for them, and a page for each such finding."""

from __future__ import annotations

from reports.frames import MOST_FRAMES, lay_out
from reports.page import Page
from reports.view import RunView
from reports.writer import SiteWriter

_CAUSES = 200


def write(view: RunView, writer: SiteWriter) -> None:
    """Write the list of causes and a page for each finding shown."""
    writer.page("evidence.html", "pages/evidence/causes.html", view=view, causes=view.causes[:_CAUSES])
    for entry in view.evidence:
        finding = entry.evidence.finding
        writer.page(
            entry.path,
            "pages/evidence/finding.html",
            view=view,
            entry=entry,
            finding=finding,
            case=view.cases[entry.evidence.case],
            cause=view.causes[entry.evidence.cause],
            steps=(steps := lay_out(finding.frames, view.decode)),
            has_expected=any(step.expected for step in steps),
            most_frames=MOST_FRAMES,
        )


PAGE = Page(order=60, title="Evidence", path="evidence.html", write=write, folder="evidence/")
