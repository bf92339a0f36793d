"""Secured NWK and APS frames: what was protected comes back, and nothing that was touched does."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.codecs.errors import DecodeError
from harness.codecs.han.aps import ApsFrame, ApsFrameType
from harness.codecs.han.nwk import NwkFrame, NwkFrameType
from harness.codecs.han.security import KeyIdentifier, SecurityHeader
from harness.crypto.zigbee import ZigbeeSecurityError
from harness.crypto.zigbee_frames import protect_aps, protect_nwk, unprotect_aps, unprotect_nwk

_KEY = st.binary(min_size=16, max_size=16)
_EUI64 = st.integers(0, 2**64 - 1)
_COUNTER = st.integers(0, 2**32 - 1)
_PAYLOAD = st.binary(max_size=80)
_LINK_KEYS = [KeyIdentifier.DATA, KeyIdentifier.KEY_TRANSPORT, KeyIdentifier.KEY_LOAD]
_HEADERS = st.builds(SecurityHeader, key=st.sampled_from(_LINK_KEYS), frame_counter=_COUNTER)


def _nwk(payload: bytes) -> NwkFrame:
    return NwkFrame(
        frame_type=NwkFrameType.DATA, destination=1, source=0, radius=30, sequence=9, payload=payload
    )


def _aps(payload: bytes) -> ApsFrame:
    return ApsFrame(frame_type=ApsFrameType.COMMAND, counter=7, payload=payload)


@given(_KEY, _EUI64, _COUNTER, st.integers(0, 255), _PAYLOAD)
def test_network_frames_come_back(
    key: bytes, source: int, counter: int, sequence: int, payload: bytes
) -> None:
    frame = _nwk(payload)
    protected = protect_nwk(frame, key, source=source, counter=counter, key_sequence=sequence)
    assert protected.security
    assert unprotect_nwk(protected, key) == frame


@given(_KEY, _EUI64, _HEADERS, st.booleans(), _PAYLOAD)
def test_application_frames_come_back(
    key: bytes, source: int, header: SecurityHeader, named: bool, payload: bytes
) -> None:
    named_header = replace(header, source_eui64=source if named else None)
    protected = protect_aps(_aps(payload), key, named_header, source=source)
    assert unprotect_aps(protected, key, source=source) == _aps(payload)


def test_a_header_that_was_touched_does_not_hold() -> None:
    protected = protect_nwk(_nwk(b"abc"), bytes(16), source=1, counter=2)
    with pytest.raises(ZigbeeSecurityError, match="integrity"):
        unprotect_nwk(replace(protected, destination=2), bytes(16))
    header = SecurityHeader(key=KeyIdentifier.DATA, frame_counter=1)
    application = protect_aps(_aps(b"abc"), bytes(16), header, source=1)
    with pytest.raises(ZigbeeSecurityError, match="integrity"):
        unprotect_aps(replace(application, counter=8), bytes(16), source=1)
    with pytest.raises(ZigbeeSecurityError, match="integrity"):
        unprotect_aps(application, bytes(16), source=2)


def test_each_layer_takes_its_own_key() -> None:
    header = SecurityHeader(key=KeyIdentifier.DATA, frame_counter=1, source_eui64=1)
    application = protect_aps(_aps(b"abc"), bytes(16), header, source=1)
    network = protect_nwk(_nwk(b"abc"), bytes(16), source=1, counter=2)
    with pytest.raises(ZigbeeSecurityError, match="network key"):
        unprotect_nwk(replace(network, payload=application.payload), bytes(16))
    with pytest.raises(ZigbeeSecurityError, match="link key"):
        unprotect_aps(replace(application, payload=network.payload), bytes(16), source=1)
    with pytest.raises(ZigbeeSecurityError, match="another sender"):
        unprotect_aps(application, bytes(16), source=2)


def test_what_is_no_secured_payload_gives_the_codecs_error() -> None:
    with pytest.raises(DecodeError):
        unprotect_nwk(replace(_nwk(b"\x28"), security=True), bytes(16))
