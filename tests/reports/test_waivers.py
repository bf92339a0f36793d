from datetime import date

import pytest

from device_profiles.errors import InputError
from harness.records.types import Verdict
from reports.waivers import Waiver, read_waivers

WHOLE = """\
waivers:
  - issue: OPS-117
    owner: Head end team
    expires: 2027-03-31
    case: TC_CS06_replay_*
    devices:
      esme: esme-10F2-2A01-0100/*
    verdicts: [FAIL]
    reason: fixed in the next firmware
  - {issue: OPS-118, owner: me, expires: 2026-12-01, case: TC_GCS13a_nominal_1}
"""


def test_waivers_are_read_whole() -> None:
    first, second = read_waivers(WHOLE.encode(), "waivers.yaml")
    assert first == Waiver(
        "OPS-117",
        "Head end team",
        date(2027, 3, 31),
        "TC_CS06_replay_*",
        (("esme", "esme-10F2-2A01-0100/*"),),
        frozenset({Verdict.FAIL}),
        "fixed in the next firmware",
    )
    assert second.verdicts == {Verdict.FAIL, Verdict.INCONCLUSIVE}
    assert second.devices == ()


@pytest.mark.parametrize(
    ("part", "instead", "said"),
    [
        ("expires: 2027-03-31", "expires: 2027", "w.yaml:4:14: waivers[0].expires: expected the"),
        (
            "expires: 2027-03-31",
            "expires: 2027-02-30",
            "w.yaml:4:14: waivers[0].expires: expected the",
        ),
        ("owner: Head end team\n    ", "", "owner: this field is missing: expected who answers"),
        (
            "issue: OPS-117",
            "isue: OPS-117",
            "w.yaml:2:5: waivers[0].isue: unknown field: did you mean",
        ),
        ("[FAIL]", "[PASS]", "waivers[0].verdicts[0]: expected one of FAIL, INCONCLUSIVE, ERROR"),
        ("[FAIL]", "[]", "waivers[0].verdicts: expected a list of FAIL, INCONCLUSIVE and ERROR"),
        ("owner: Head end team", "owner: ''", "waivers[0].owner: expected who answers"),
        ("waivers:", "waiver:", "unknown field: did you mean waivers?"),
    ],
)
def test_faults_are_placed(part: str, instead: str, said: str) -> None:
    assert part in WHOLE
    with pytest.raises(InputError) as caught:
        read_waivers(WHOLE.replace(part, instead, 1).encode(), "w.yaml")
    assert said in str(caught.value)


def test_all_faults_are_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read_waivers(b"waivers:\n  - {issue: A}\n  - {expires: soon}\n", "w.yaml")
    assert len(caught.value.problems) == 7


def test_an_empty_list_is_no_waiver() -> None:
    assert read_waivers(b"waivers: []\n", "w.yaml") == ()
