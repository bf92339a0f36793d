"""JUnit XML for CI: one test for each case, and one for each execution that counts against the run.

Passes are counted, never listed. What a waiver tolerates and what the baseline failed too is a skipped
test that says so. Valid against the schema that Jenkins publishes (junit-10.xsd).
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET  # builds XML only; nothing is parsed here

from harness.records.types import Verdict
from reports import words
from reports.gate import CaseOutcome, GateExit, GateResult, Standing
from reports.listing import Listed, list_counting
from reports.verdicts import look

if TYPE_CHECKING:
    from harness.records.reader import RunReader

PER_CASE = 25
IN_ALL = 2000
_LONGEST = 2000
_UNDECIDED = (GateExit.INCOMPLETE, GateExit.NOTHING_SELECTED)
# Characters that XML 1.0 cannot hold in any form.
_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(run: RunReader, gate: GateResult) -> bytes:
    """The decision as JUnit XML, UTF-8."""
    listing = list_counting(run, gate, per_case=PER_CASE, in_all=IN_ALL)
    suites: dict[str, list[ET.Element]] = defaultdict(list)
    for number, outcome in enumerate(gate.outcomes):
        listed = listing.by_case.get(number, ())
        tests = [_case(outcome, len(listed)), *(_execution(outcome, one) for one in listed)]
        suites[outcome.record.use_case or "journeys"] += tests
    if gate.exit_code in _UNDECIDED:
        suites["gate"].append(_undecided(gate))
    root = ET.Element("testsuites", name=_clean(f"harness run {gate.run_id}"))
    for name, tests in suites.items():
        suite = ET.SubElement(root, "testsuite", {"name": _clean(name), **_totals(tests)})
        suite.extend(tests)
    totals = _totals([test for tests in suites.values() for test in tests])
    for name in ("tests", "failures", "errors"):
        root.set(name, totals[name])
    ET.indent(root)
    octets: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return octets


def _undecided(gate: GateResult) -> ET.Element:
    """A test that is there only where the others could all pass and yet decide nothing."""
    test = _test("gate", "the run is complete and tested something")
    _add(test, "error", gate.headline, "\n".join(gate.reasons))
    return test


def _case(outcome: CaseOutcome, listed: int) -> ET.Element:
    record, tally = outcome.record, outcome.results.tally
    test = _test(record.use_case or "journeys", record.case_id)
    counts = ", ".join(f"{entry.word} {count:,}" for entry, count in tally.shown()) or "not run"
    if outcome.counting:
        left_out = f"; {listed:,} of them are listed" if listed < outcome.counting else ""
        message = f"{words.counted(outcome.counting, 'execution')} did not pass{left_out}"
        ended = set(outcome.results.verdicts[outcome.counts_against()].tolist())
        kind = "error" if ended == {int(Verdict.ERROR)} else "failure"
        _add(test, kind, message, f"{record.title}\n{record.clause}\n{counts}")
    elif tally.bad:
        message = f"tolerated: {outcome.count(Standing.TOLERATED):,}, known from the baseline: "
        _add(test, "skipped", message + f"{outcome.count(Standing.STILL):,}")
    elif not tally.decided:
        _add(test, "skipped", "applies to none of the devices" if tally.total else "not run")
    ET.SubElement(test, "system-out").text = _clean(f"{record.title}\n{counts}")
    return test


def _execution(outcome: CaseOutcome, listed: Listed) -> ET.Element:
    devices = ", ".join(f"{device.factor} {device.label}" for device in listed.devices)
    test = _test(outcome.record.case_id, f"{outcome.record.case_id}: {devices or 'no device'}")
    finding = listed.finding
    lines = [f"clause: {(finding.clause if finding else '') or outcome.record.clause}"]
    if finding:
        lines += [
            f"reason: {finding.reason}",
            f"expected: {finding.expected}",
            f"observed: {finding.observed}",
        ]
    lines += [f"{device.factor}: {device.key}" for device in listed.devices]
    if listed.standing is Standing.EXPIRED:
        lines.append("its waiver has expired")
    lines.append(f"frames: harness report RUN --finding {listed.finding_id}")
    kind = "error" if listed.verdict is Verdict.ERROR else "failure"
    message = words.first_line(finding.reason if finding else "") or look(listed.verdict).word
    _add(test, kind, message, "\n".join(lines))
    return test


def _test(classname: str, name: str) -> ET.Element:
    return ET.Element("testcase", classname=_clean(classname), name=_clean(name))


def _add(test: ET.Element, kind: str, message: str, text: str = "") -> None:
    entry = ET.SubElement(test, kind, message=_clean(message))
    if kind != "skipped":
        entry.set("type", kind)
    entry.text = _clean(text) or None


def _totals(tests: list[ET.Element]) -> dict[str, str]:
    def having(kind: str) -> str:
        return str(sum(test.find(kind) is not None for test in tests))

    return {
        "tests": str(len(tests)),
        "failures": having("failure"),
        "errors": having("error"),
        "skipped": having("skipped"),
    }


def _clean(text: str) -> str:
    """The text without what XML cannot hold, cut where it is endless."""
    text = _IMPOSSIBLE.sub("\ufffd", text)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
