"""All causes with the findings shown for them, and a page for each such finding."""

from __future__ import annotations

from harness.records.hints import hint
from harness.records.types import Verdict
from reports.frames import MOST_FRAMES, lay_out
from reports.page import Page
from reports.view import EvidenceView, RunView
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
            hint=_hint(view, entry),
            steps=(steps := lay_out(finding.frames, view.decode)),
            has_expected=any(step.expected for step in steps),
            most_frames=MOST_FRAMES,
        )


def _hint(view: RunView, entry: EvidenceView) -> str:
    """Where to look first; nothing for a fault of the harness."""
    finding = entry.evidence.finding
    if finding.verdict is Verdict.ERROR:
        return ""
    purpose = view.cases[entry.evidence.case].outcome.record.purpose
    return hint(purpose, finding.expected, finding.observed, finding.reason)


PAGE = Page(order=60, title="Evidence", path="evidence.html", write=write, folder="evidence/")
