"""The conformance cases as pytest items: selected, skipped, failed and reported as pytest users expect."""

import importlib
import pkgutil
import textwrap
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import harness.pytest_items  # noqa: F401 - see below
from device_profiles.model import DeviceKind
from harness import codecs, emulators, network
from harness.cases.suite import all_cases

# Pytester forgets what was first loaded in an inner run. Loaded again, numpy breaks and types are no longer
# themselves, so whatever homes load when they first need it is loaded before.
for _package in (codecs, emulators, network):
    for _module in pkgutil.walk_packages(_package.__path__, f"{_package.__name__}."):
        importlib.import_module(_module.name)

pytest_plugins = ["pytester"]

HUB = "comms_hub-F103-5040-0001"
SOUND = "esme-F114-0A20-0A02/06050000@SMETS-5.0/GBCS-4.0"
UNSIGNED = "esme-F114-0A20-0A02/06040000@SMETS-4.2/GBCS-3.2"
"""A built-in meter that does not check signatures."""
HOME = f"comms_hub={HUB},esme={SOUND}"


@pytest.fixture
def empty(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with one ordinary test of its own."""
    pytester.makepyfile("def test_of_the_folder(): pass")
    return pytester


def _ids(result: pytest.RunResult) -> list[str]:
    return [line.split("::")[-1].split(" ")[0] for line in result.outlines if "::TC_" in line]


def test_every_case_is_an_item_and_what_does_not_apply_is_skipped(empty: pytest.Pytester) -> None:
    result = empty.runpytest("--home", HOME, "-rs", "-q")
    counts = result.parseoutcomes()
    assert sum(counts.values()) == len(all_cases())
    assert counts.keys() == {"passed", "skipped"}
    assert counts["passed"] > 100
    result.stdout.fnmatch_lines(["SKIPPED * the home has no gas meter", "SKIPPED * the home has no PPMID"])


def test_only_the_cases_run_unless_files_are_named(empty: pytest.Pytester) -> None:
    alone = empty.runpytest("--home", HOME, "-k", "TC_ECS52_nominal_1 or of_the_folder", "-v")
    assert _ids(alone) == ["TC_ECS52_nominal_1"]
    alone.assert_outcomes(passed=1, deselected=len(all_cases()) - 1)
    both = empty.runpytest("--home", HOME, "-k", "TC_ECS52_nominal_1 or of_the_folder", "-v", ".")
    both.assert_outcomes(passed=2, deselected=len(all_cases()) - 1)


def test_an_ordinary_run_has_none_of_it(empty: pytest.Pytester) -> None:
    empty.makepyfile(
        test_lazy="""
        import sys

        def test_nothing_heavy_was_loaded():
            heavy = {"harness.cases.suite", "harness.emulators", "cryptography", "construct", "numpy"}
            assert not heavy & sys.modules.keys()
        """
    )
    empty.runpytest_subprocess().assert_outcomes(passed=2)


def test_keywords_and_marks_select(empty: pytest.Pytester) -> None:
    by_mark = empty.runpytest("--home", HOME, "-m", "nominal and ECS70 and esme", "-v", "--strict-markers")
    assert _ids(by_mark) == ["TC_ECS70_nominal_1"]
    by_keyword = empty.runpytest(
        "--home", HOME, "-k", "ECS43 and (replay_1 or counter_floor_1 or replay_after)", "-v"
    )
    assert _ids(by_keyword) == [
        "TC_ECS43_counter_floor_1",
        "TC_ECS43_replay_1",
        "TC_ECS43_replay_after_restart_1",
    ]
    listed = empty.runpytest("--home", HOME, "--markers")
    listed.stdout.fnmatch_lines(
        ["@pytest.mark.wrong_role: *", "@pytest.mark.ECS17b: *", "@pytest.mark.esme: *"]
    )


def test_a_failure_says_clause_expectation_observation_and_frames(empty: pytest.Pytester) -> None:
    home = f"comms_hub={HUB},esme={UNSIGNED}"
    result = empty.runpytest("--home", home, "-k", "TC_ECS43_missing_signature_1")
    result.assert_outcomes(failed=1, deselected=len(all_cases()) - 1)
    result.stdout.fnmatch_lines(
        [
            "FAIL: The ESME refuses a command where there is no signature: opening the load switch",
            "clause    GBCS 6.2.3, 6.2.4",
            "expected  no response of the ESME: there is no signature",
            "observed  response 0x0050, counter *",
            "11:17:00.000000 WAN > ESME: command 0x0050, counter *",
            "    DD0000*",
            "* ESME > WAN: response 0x0050, counter *",
            "    DF0902*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*")


def test_the_first_failure_stops(empty: pytest.Pytester) -> None:
    result = empty.runpytest("--home", f"comms_hub={HUB},esme={UNSIGNED}", "-m", "missing_signature", "-x")
    assert result.parseoutcomes()["failed"] == 1


def test_junit_names_cases_and_says_what_was_expected(empty: pytest.Pytester) -> None:
    home = f"comms_hub={HUB},esme={UNSIGNED}"
    empty.runpytest("--home", home, "-k", "ECS43 and (missing or nominal)", "--junitxml=junit.xml")
    suite = ET.parse(empty.path / "junit.xml").getroot()[0]  # noqa: S314 - written a moment ago
    found = {case.get("name"): case for case in suite.iter("testcase")}
    assert set(found) == {"TC_ECS43_missing_signature_1", "TC_ECS43_nominal_1"}
    failure = found["TC_ECS43_missing_signature_1"].find("failure")
    assert failure is not None
    assert (failure.get("message") or "").startswith("FAIL: expected no response of the ESME")
    properties = {one.get("name"): one.get("value") for one in found["TC_ECS43_nominal_1"].iter("property")}
    assert properties["use_case"] == "ECS43"
    assert properties["purpose"] == "nominal"


def test_items_travel_to_other_processes(empty: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    result = empty.runpytest_subprocess("--home", HOME, "-n", "2", "-k", "ECS52")
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] > 10
    assert "failed" not in outcomes


def test_a_lone_profile_is_put_among_sound_devices(empty: pytest.Pytester) -> None:
    result = empty.runpytest("--device-profile", "ihd-F132-0022-0001", "-v", "-p", "no:cacheprovider")
    its_own = {case.case_id for case in all_cases() if DeviceKind.IHD in case.participants}
    assert set(_ids(result)) == its_own
    assert {"TC_display_electricity_1", "TC_display_gas_1", "TC_home_answers_1"} <= its_own
    assert "failed" not in result.parseoutcomes()


def test_every_firmware_of_a_model_is_a_home_of_its_own(empty: pytest.Pytester) -> None:
    result = empty.runpytest(
        "--device-profile", "esme-F114-0A20-0A02", "-k", "missing_signature and ECS70", "-v"
    )
    assert f"{UNSIGNED}::TC_ECS70_missing_signature_1 FAILED" in "\n".join(result.outlines)
    assert f"{SOUND}::TC_ECS70_missing_signature_1 PASSED" in "\n".join(result.outlines)


def _meter(folder: Path) -> Path:
    path = folder / "meter.yaml"
    path.write_text(
        textwrap.dedent(
            """
            kind: esme
            name: A meter of our own
            maker: Ourselves
            manufacturer: "F1FF"
            model: "0001"
            hardware_version: "01"
            hardware_revision: "00"
            variant: single_element
            features: []
            bands: [2.4GHz]
            firmwares:
              - version: "00000001"
                specification: SMETS 4.2
                gbcs: "3.2"
            """
        )
    )
    return path


def test_a_profile_file_is_tested_and_its_missing_equipment_is_the_reason(empty: pytest.Pytester) -> None:
    path = _meter(empty.path)
    result = empty.runpytest("--device-profile", str(path), "-rs")
    assert "failed" not in result.parseoutcomes()
    result.stdout.fnmatch_lines(["SKIPPED * the electricity meter has no load switch"])


def test_a_home_file_names_profiles_and_files(empty: pytest.Pytester) -> None:
    _meter(empty.path)
    home = empty.path / "flat.yaml"
    home.write_text(f"comms_hub: {HUB}\nesme: meter.yaml\n")
    result = empty.runpytest("--home", str(home), "-k", "TC_ECS52_nominal_1", "-v")
    assert "flat::TC_ECS52_nominal_1 PASSED" in "\n".join(result.outlines)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--home", f"esme={SOUND}"], "*comms_hub: expected a comms hub*"),
        (["--home", f"comms_hub={HUB},esmee={SOUND}"], "*esmee: unknown kind of device: did you mean esme?"),
        (["--home", f"comms_hub={HUB},gsme={SOUND}"], "*gsme: expected a gsme, esme-* is of kind esme"),
        (["--home", f"comms_hub={HUB}9"], f"*{HUB}9: expected the key of a profile*did you mean {HUB}?"),
        (["--home", "nowhere.yaml"], "*nowhere.yaml: No such file or directory"),
        (["--device-profile", "zzz"], "*zzz: expected the key of a profile*see harness profiles list"),
    ],
)
def test_mistakes_are_one_line_each(empty: pytest.Pytester, arguments: list[str], said: str) -> None:
    result = empty.runpytest(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])
    result.stderr.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("- one\n- two\n", "*home.yaml:1:1: expected a mapping of kinds to profiles"),
        (f"comms_hub: {HUB}\nesme: [a]\n", "*home.yaml:2:7: esme: expected the key of a profile*"),
        ("comms_hub: [\n", "*home.yaml:*expected YAML*"),
    ],
)
def test_mistakes_in_a_home_file_have_their_place(empty: pytest.Pytester, content: str, said: str) -> None:
    (empty.path / "home.yaml").write_text(content)
    result = empty.runpytest("--home", "home.yaml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])


def test_the_seed_decides_keys(empty: pytest.Pytester) -> None:
    home = f"comms_hub={HUB},esme={UNSIGNED}"
    frames = []
    for seed in ("1", "2", "1"):
        result = empty.runpytest("--home", home, "--home-seed", seed, "-k", "TC_ECS43_missing_signature_1")
        frames.append([line for line in result.outlines if line.startswith("    D")])
    assert frames[0] == frames[2]
    assert frames[0] != frames[1]


def test_homes_may_have_frames(empty: pytest.Pytester) -> None:
    home = f"comms_hub={HUB},esme={UNSIGNED}"
    words = ("--home", home, "-k", "TC_ECS17b")
    plain, framed = (empty.runpytest(*words, *more) for more in ((), ("--home-frames",)))
    assert framed.parseoutcomes() == plain.parseoutcomes()
    assert framed.parseoutcomes()["passed"] > 5
