"""Alert codes: ours and the reference list are the same codes."""

import pytest
import yaml

from harness.gbcs.alert_codes import AlertCode, alert_meaning


def test_meaning_in_words():
    assert alert_meaning(0x8F66) == "future dated command done"
    assert alert_meaning(0x0000) is None


def test_every_code_has_one_name():
    assert len(AlertCode.__members__) == len(set(AlertCode))


@pytest.mark.rtds
def test_codes_are_those_of_the_reference_list(rtds):
    listed = set(yaml.safe_load((rtds.parent / "gbcs" / "alert_codes.yaml").read_text()))
    assert listed <= set(AlertCode)
