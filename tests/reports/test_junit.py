"""JUnit XML: by the rules of the schema that Jenkins publishes, and true to the decision."""

from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from harness.records.reader import RunReader
from harness.records.types import Verdict
from reports.gate import decide
from reports.junit import IN_ALL, PER_CASE, junit_xml
from reports.waivers import Waiver

Reader = Callable[[str], RunReader]
KINDS = ("small", "clean", "empty", "incomplete", "hostile", "large")
# What junit-10.xsd allows: attributes, then children.
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "testsuites": ({"name", "time", "tests", "failures", "disabled", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped"}, {"testcase", "properties"}),
    "testcase": ({"name", "classname", "time"}, {"skipped", "error", "failure", "system-out"}),
    "failure": ({"message", "type"}, set()),
    "error": ({"message", "type"}, set()),
    "skipped": ({"message"}, set()),
    "system-out": (set(), set()),
}


def parsed(run: RunReader) -> ET.Element:
    return ET.fromstring(junit_xml(run, decide(run)))  # noqa: S314 - our own document


@pytest.mark.parametrize("kind", KINDS)
def test_elements_and_attributes_are_those_of_the_schema(reader: Reader, kind: str) -> None:
    root = parsed(reader(kind))
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, children = ALLOWED[element.tag]
        assert set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
        if element.tag in ("testsuite", "testcase"):
            assert element.attrib["name"]


@pytest.mark.parametrize("kind", KINDS)
def test_totals_are_those_of_what_is_listed(reader: Reader, kind: str) -> None:
    root = parsed(reader(kind))
    for suite in root.iter("testsuite"):
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[attribute]) == len(suite.findall(f"testcase/{tag}"))
    for attribute in ("tests", "failures", "errors"):
        assert int(root.attrib[attribute]) == sum(int(suite.attrib[attribute]) for suite in root)


def test_each_case_is_one_test_and_each_failure_another(reader: Reader) -> None:
    run = reader("small")
    root = parsed(run)
    names = [test.attrib["name"] for test in root.iter("testcase")]
    assert {case.case_id for case in run.manifest.cases} <= set(names)
    assert len(names) == len(run.manifest.cases) + 37  # 39 did not pass; 25 of the 27 homes are listed
    (one,) = (test for test in root.iter("testcase") if test.attrib["name"].startswith("TC_CS06_replay_1:"))
    failure = one.find("failure")
    assert failure is not None
    assert failure.attrib["message"] == "no response within a day"
    assert "expected: originator counter 42" in (failure.text or "")
    assert "comms_hub-10F2-0001-0100" in (failure.text or "")
    assert "--finding TC_CS06_replay_1@" in (failure.text or "")


def test_an_error_of_the_harness_is_an_error(reader: Reader) -> None:
    root = parsed(reader("small"))
    assert [test.attrib["classname"] for test in root.iter("testcase") if test.find("error") is not None] == [
        "journeys",
        "TC_PPMID_display_1",
    ]


def test_what_is_tolerated_is_skipped_and_says_so(reader: Reader) -> None:
    run = reader("small")
    everything = Waiver("OPS-1", "me", date(2027, 1, 1), "*", verdicts=frozenset(Verdict))
    result = decide(run, waivers=[everything], today=date(2026, 1, 1))
    root = ET.fromstring(junit_xml(run, result))  # noqa: S314 - our own document
    assert (root.attrib["failures"], root.attrib["errors"]) == ("0", "0")
    skipped = [entry.attrib["message"] for entry in root.iter("skipped")]
    assert len(skipped) == 6
    assert "tolerated: 27, known from the baseline: 0" in skipped


@pytest.mark.parametrize("kind", ["incomplete", "empty"])
def test_a_run_that_decides_nothing_is_an_error_of_its_own(reader: Reader, kind: str) -> None:
    tests = [test for test in parsed(reader(kind)).iter("testcase") if test.attrib["classname"] == "gate"]
    assert len(tests) == 1
    assert tests[0].find("error") is not None


def test_passes_are_counted_not_listed(reader: Reader) -> None:
    run = reader("large")
    octets = junit_xml(run, decide(run))
    root = ET.fromstring(octets)  # noqa: S314 - our own document
    cases = len(run.manifest.cases)
    assert cases < len(list(root.iter("testcase"))) <= cases + IN_ALL
    for case in run.manifest.cases:
        assert sum(test.attrib["classname"] == case.case_id for test in root.iter("testcase")) <= PER_CASE
    assert "25 of them are listed" in octets.decode()
