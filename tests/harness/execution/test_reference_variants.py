"""Responses that nobody published come out of a replay too: published ones with other values and faults.

A loader that knew the reference set, and not what its messages say, would fail here.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from harness.codecs.asn1.joining import JoinCode, RestoreDeviceLogResponse
from harness.codecs.cosem_data import NULL, Data, DataTag
from harness.codecs.dlms import decode_access_request, decode_access_response, encode_access_response
from harness.codecs.dlms_types import AccessResponse, DataAccessResult
from harness.codecs.envelope import decode_message, encode_message
from harness.codecs.gbz import decode_gbz, encode_gbz
from harness.codecs.gbz_types import GbzComponent
from harness.codecs.message import Message
from harness.codecs.payload import decode_payload, encode_payload
from harness.codecs.zcl import decode_zcl_payload, with_zcl
from harness.codecs.zcl_types import AttributeRecord, ZclCommand
from harness.crypto.keystore import KeyName, KeyStore, KeyUse
from harness.crypto.protection import protect
from harness.emulators.data_protection import CLASS_ID as DATA_PROTECTION
from harness.execution.reference_replay import Outcome, Replayed, replay_reference_set
from harness.gbcs.catalogue import by_message_code
from harness.gbcs.use_case import PayloadFamily

pytestmark = pytest.mark.rtds
Vary = Callable[[Random, Message, Message], bytes | None]
"""Another payload for the answer (third) to a command (second); None where this way does not apply."""

_RANGES = {
    DataTag.INTEGER: (-(2**7), 2**7 - 1),
    DataTag.LONG: (-(2**15), 2**15 - 1),
    DataTag.DOUBLE_LONG: (-(2**31), 2**31 - 1),
    DataTag.LONG64: (-(2**63), 2**63 - 1),
    DataTag.UNSIGNED: (0, 2**8 - 1),
    DataTag.LONG_UNSIGNED: (0, 2**16 - 1),
    DataTag.DOUBLE_LONG_UNSIGNED: (0, 2**32 - 1),
    DataTag.LONG64_UNSIGNED: (0, 2**64 - 1),
}
_TIME = 12
"""Length of an octet string that is a date-time: any other octets would be none."""
_UNSIGNED_ZCL = range(0x20, 0x28)


def _other_data(random: Random, data: Data) -> Data:
    if data.tag in _RANGES:
        return Data(data.tag, random.randint(*_RANGES[data.tag]))
    if data.tag is DataTag.BOOLEAN:
        return Data(data.tag, not data.value)
    if data.tag is DataTag.OCTET_STRING and len(data.value) != _TIME:
        return Data(data.tag, random.randbytes(random.choice((len(data.value), random.randint(0, 20)))))
    if data.tag in {DataTag.ARRAY, DataTag.STRUCTURE}:
        return Data(data.tag, tuple(_other_data(random, one) for one in data.value))
    return data


def _dlms_values(random: Random, command: Message, response: Message) -> bytes | None:
    asked, answered = decode_access_request(command.payload), decode_access_response(response.payload)
    data = tuple(
        one if item.class_id == DATA_PROTECTION else _other_data(random, one)
        for item, one in zip(asked.specifications, answered.data, strict=True)
    )
    return None if data == answered.data else encode_access_response(replace(answered, data=data))


def _dlms_fault(random: Random, command: Message, response: Message) -> bytes | None:
    asked, answered = decode_access_request(command.payload), decode_access_response(response.payload)
    failed = any(one.result != DataAccessResult.SUCCESS for one in answered.results)
    # With nothing encrypted in it an answer to an unknown party has no counter in its header either.
    if failed or any(item.class_id == DATA_PROTECTION for item in asked.specifications):
        return None
    return encode_access_response(_failing(random, answered))


def _failing(random: Random, answered: AccessResponse) -> AccessResponse:
    first = random.randrange(len(answered.results))
    codes = [one for one in DataAccessResult if one is not DataAccessResult.SUCCESS]
    after = [DataAccessResult.OTHER_REASON] * (len(answered.results) - first - 1)
    results = [random.choice(codes), *after]
    return replace(
        answered,
        data=answered.data[:first] + (NULL,) * len(results),
        results=(
            *answered.results[:first],
            *(
                replace(one, result=result)
                for one, result in zip(answered.results[first:], results, strict=True)
            ),
        ),
    )


def _gbz_attributes(random: Random, _command: Message, response: Message) -> bytes | None:
    answered = decode_gbz(response.payload)
    components = tuple(_other_attributes(random, one) for one in answered.components)
    return None if components == answered.components else encode_gbz(replace(answered, components=components))


def _other_attributes(random: Random, component: GbzComponent) -> GbzComponent:
    if component.protection is not None:
        return component
    said = decode_zcl_payload(component, component.payload)
    fields = tuple(
        replace(field, value=tuple(_other_record(random, one) for one in field.value))
        if isinstance(field.value, tuple)
        else field
        for field in said.fields
    )
    return with_zcl(component, ZclCommand(said.name, fields))


def _other_record(random: Random, record: object) -> object:
    if not isinstance(record, AttributeRecord) or record.status or record.data_type not in _UNSIGNED_ZCL:
        return record
    octets = record.data_type - _UNSIGNED_ZCL.start + 1
    return replace(record, value=random.randrange(256**octets))


def _restored_codes(random: Random, _command: Message, response: Message) -> bytes | None:
    answered = decode_payload(response)
    if not isinstance(answered, RestoreDeviceLogResponse):
        return None
    # A full log stays full: it is the last entries that find no place.
    codes = [one for one in JoinCode if one is not JoinCode.DEVICE_LOG_FULL]
    results = tuple(replace(one, code=random.choice(codes)) for one in answered.results)
    return encode_payload(replace(answered, results=results))


WAYS: dict[str, tuple[PayloadFamily, Vary]] = {
    "other values": (PayloadFamily.DLMS, _dlms_values),
    "another fault": (PayloadFamily.DLMS, _dlms_fault),
    "other attributes": (PayloadFamily.GBZ, _gbz_attributes),
    "other codes of a restored log": (PayloadFamily.ASN1, _restored_codes),
}


@pytest.fixture(scope="module")
def pairs(rtds: Path) -> tuple[Replayed, ...]:
    return tuple(one for one in replay_reference_set(rtds).pairs if one.outcome is Outcome.MATCHED)


def _protected(keys: KeyStore, message: Message) -> bytes | None:
    """The message with a MAC over what it says now; None where nobody can make that."""
    if message.mac is None:
        return encode_message(message)
    party = KeyName(message.recipient, KeyUse.KEY_AGREEMENT)
    secret = keys.shared_secret(KeyName(message.originator, KeyUse.KEY_AGREEMENT), party)
    return secret and protect(replace(message, mac=None), mac_secret=secret)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("way", WAYS)
def test_what_is_reported_is_what_comes_out(
    rtds: Path, pairs: tuple[Replayed, ...], tmp_path: Path, way: str, seed: int
) -> None:
    family, vary = WAYS[way]
    random, keys = Random(seed), KeyStore.open(rtds / "keystore")
    (tmp_path / "keystore").symlink_to(rtds / "keystore")
    (tmp_path / "messages").mkdir()
    for number, pair in enumerate(pairs):
        command = decode_message(bytes.fromhex((rtds / pair.command).read_text()))
        response = decode_message(pair.expected)
        use_case = by_message_code(command.message_code)
        if use_case is None or use_case.payload_family is not family:
            continue
        payload = vary(random, command, response)
        octets = payload and _protected(keys, replace(response, payload=payload))
        if octets:
            (tmp_path / "messages" / f"{number:03}_response.HEX").write_text(octets.hex())
            (tmp_path / "messages" / f"{number:03}_command.HEX").write_text(encode_message(command).hex())
    report = replay_reference_set(tmp_path)
    assert report.pairs
    missed = {one.response: one.why for one in report.pairs if one.outcome is not Outcome.MATCHED}
    assert {(one, pairs[int(Path(one).name[:3])].response, why) for one, why in missed.items()} == set()
