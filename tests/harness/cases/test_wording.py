"""Findings read alike: devices, parties, times and messages in words."""

import pytest

from harness.cases.alerts import code_text
from harness.cases.cosem_answers import data_text, result_text
from harness.cases.wording import device_name, duration_text, heard_text, octets_text, party_name
from harness.codecs.cosem_data import NULL, Data, DataTag
from harness.codecs.message import Cra, Message
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.network.clock import MINUTE, SECOND, Duration


@pytest.mark.parametrize(
    ("seconds", "text"), [(5 * 60, "5 min"), (150, "150 s"), (60, "1 min"), (10, "10 s"), (0.5, "0.5 s")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(Duration(int(seconds * SECOND))) == text


def test_durations_are_not_rounded() -> None:
    assert duration_text(Duration(31 * MINUTE)) == "31 min"
    assert duration_text(Duration(2 * MINUTE + 30 * SECOND)) == "150 s"


def test_everybody_has_a_name_of_their_own() -> None:
    assert len({device_name(role) for role in DeviceRole}) == len(DeviceRole)
    assert len({party_name(role) for role in RemotePartyRole}) == len(RemotePartyRole)


def test_what_was_heard() -> None:
    alert = Message(
        cra=Cra.ALERT,
        originator_counter=9,
        originator=bytes(8),
        recipient=bytes(8),
        message_code=0x67,
        payload=b"",
    )
    assert heard_text([]) == "nothing"
    assert heard_text([alert]) == "only this: alert 0x0067, counter 9"
    assert octets_text(b"") == "no octets"
    assert octets_text(b"\xab") == "AB"


def test_values_and_codes() -> None:
    text = data_text(
        Data(DataTag.STRUCTURE, (NULL, Data(DataTag.LONG_UNSIGNED, 3), Data(DataTag.OCTET_STRING, b"\1")))
    )
    assert text == "structure (null, long-unsigned 3, octet-string 01)"
    assert result_text(0) == "success (0)"
    assert result_text(77) == "77"
    assert code_text(0x8F3D) == "0x8F3D (trusted source authentication failed)"
    assert code_text(0x0001) == "0x0001 (not a code of GBCS)"
