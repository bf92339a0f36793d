"""Answers that are in order as messages and wrong in what they say are failed by the case about it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.cases.bench import Bench
from harness.cases.case import CheckFailed
from harness.cases.suite import case_by_id
from harness.codecs.asn1.credentials import CredentialsResponse
from harness.codecs.asn1.firmware import ActivateFirmwareResponse, ActivationCode, ActivationOutcome
from harness.codecs.asn1.joining import DeviceLogEntry, DeviceLogResponse, ReadCode
from harness.codecs.axdr import decode_data, encode_data
from harness.codecs.cosem_data import NULL, CompactArray, Data, DataTag
from harness.codecs.cosem_date_time import CosemDateTime
from harness.codecs.dlms_types import AccessResponse, AccessResult, DataNotification
from harness.codecs.gbz_types import GbzComponent, GbzPayload
from harness.codecs.message import Cra, Message
from harness.codecs.payload import decode_payload, encode_payload
from harness.crypto.agreement import shared_secret
from harness.crypto.pki import SeededPki
from harness.crypto.sensitive import (
    decrypt_component,
    decrypt_sensitive,
    encrypt_component,
    encrypt_sensitive,
    sensitive_key,
    sensitive_parties,
)
from harness.emulators.home import HomeFactory
from harness.gbcs.roles import DeviceType, RemotePartyRole

Change = Callable[[Message], Message | None]
Altering = Callable[[Change], Bench]


def _response(change: Callable[[object], object]) -> Change:
    """Change what responses say."""

    def altered(message: Message) -> Message:
        if message.cra is not Cra.RESPONSE:
            return message
        return replace(message, payload=encode_payload(change(decode_payload(message))))

    return altered


def _fails(altering: Altering, case_id: str, change: Change) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        case_by_id(case_id).run(altering(change))
    return caught.value


def _first(data: Data) -> Callable[[AccessResponse], AccessResponse]:
    return lambda response: replace(response, data=(data, *response.data[1:]))


def _result(result: int) -> Callable[[AccessResponse], AccessResponse]:
    def changed(response: AccessResponse) -> AccessResponse:
        kind = response.results[-1].kind
        return replace(response, results=(*response.results[:-1], AccessResult(kind, result)))

    return changed


@pytest.mark.parametrize(
    ("case_id", "change", "expected", "observed"),
    [
        ("TC_ECS52_nominal_1", lambda r: replace(r, invoke_id=5), "invoke id", "00000005"),
        ("TC_ECS52_nominal_1", _result(3), "item 1 carried out", "read-write-denied (3)"),
        ("TC_ECS52_nominal_1", _result(99), "item 1 carried out", "99"),
        (
            "TC_ECS52_nominal_1",
            _first(Data(DataTag.OCTET_STRING, b"\1\2\3")),
            "an octet-string of 4",
            "octet-string 010203",
        ),
        (
            "TC_ECS52_nominal_1",
            _first(Data(DataTag.OCTET_STRING, b"\1\2\3\4")),
            "was installed with",
            "01020304",
        ),
        ("TC_ECS52_nominal_1", _first(Data(DataTag.UNSIGNED, 4)), "an octet-string of 4", "unsigned 4"),
        ("TC_ECS43_nominal_1", _first(Data(DataTag.BOOLEAN, True)), "returns nothing: null", "boolean True"),
        (
            "TC_ECS43_nominal_1",
            lambda r: replace(r, data=(NULL, NULL), results=r.results * 2),
            "results for action",
            "action, action",
        ),
        (
            "TC_ECS70_nominal_1",
            lambda r: replace(r, data=(*r.data[:4], Data(DataTag.UNSIGNED, 2))),
            "the status of the clock: unsigned 0",
            "unsigned 2",
        ),
        (
            "TC_ECS70_nominal_1",
            lambda r: replace(
                r,
                data=(
                    *r.data[:3],
                    Data(DataTag.OCTET_STRING, bytes.fromhex("07EA0203FF0A110000800000")),
                    r.data[4],
                ),
            ),
            "the meter's time between",
            "2026-02-03 10:17:00Z",
        ),
        (
            "TC_ECS17b_nominal_1",
            _first(Data(DataTag.STRUCTURE, ())),
            "the protected answer: a structure of 2",
            "structure ()",
        ),
        (
            "TC_ECS17b_nominal_1",
            lambda r: replace(
                r,
                data=(Data(DataTag.STRUCTURE, (Data(DataTag.ARRAY, ()), r.data[0].value[1])),),
            ),
            "originator and recipient changed over",
            "array ()",
        ),
    ],
)
def test_access_responses(altering: Altering, case_id: str, change, expected: str, observed: str) -> None:
    failed = _fails(altering, case_id, _response(change))
    assert expected in failed.expected
    assert observed in failed.observed


def _resealed(pki: SeededPki, change: Callable[[Data], Data]) -> Change:
    """Change what a protected answer of an electricity meter holds under its encryption."""

    def changed(message: Message) -> Message:
        if message.cra is not Cra.RESPONSE:
            return message
        response = decode_payload(message)
        assert isinstance(response, AccessResponse)
        parameters, protected = response.data[0].value
        key = _key(pki, message)
        plain = change(decode_data(decrypt_sensitive(key, message.originator, protected.value)))
        sealed = Data(DataTag.OCTET_STRING, encrypt_sensitive(key, message.originator, encode_data(plain)))
        response = replace(response, data=(Data(DataTag.STRUCTURE, (parameters, sealed)),))
        return replace(message, payload=encode_payload(response))

    return changed


def _key(pki: SeededPki, message: Message) -> bytes:
    parties = {pki.party(role).entity_id: pki.party(role) for role in RemotePartyRole}
    private = pki.device(message.originator).ka_private
    secret = shared_secret(private, parties[message.recipient].ka_public)
    return sensitive_key(secret, sensitive_parties(message))


def _register(place: int, value: Data) -> Callable[[Data], Data]:
    """Replace one member of the register collection."""

    def changed(plain: Data) -> Data:
        (registers,) = plain.value
        members = (*registers.value[:place], value, *registers.value[place + 1 :])
        return Data(DataTag.STRUCTURE, (Data(DataTag.STRUCTURE, members),))

    return changed


def _unit(scaler: int, unit: int) -> Data:
    return Data(DataTag.STRUCTURE, (Data(DataTag.INTEGER, scaler), Data(DataTag.ENUM, unit)))


def _entries(change: Callable[[tuple[Data, ...]], tuple[Data, ...]]) -> Callable[[Data], Data]:
    """Change the entries of the half-hour log."""

    def changed(plain: Data) -> Data:
        (log,) = plain.value
        array = log.value
        entries = Data(DataTag.COMPACT_ARRAY, CompactArray(array.element, change(array.elements)))
        return Data(DataTag.STRUCTURE, (entries,))

    return changed


def _added(entry: Data, watt_hours: int) -> Data:
    stamp, value = entry.value
    return Data(DataTag.STRUCTURE, (stamp, replace(value, value=value.value + watt_hours)))


@pytest.mark.parametrize(
    ("case_id", "change", "expected"),
    [
        ("TC_ECS17b_nominal_1", _register(1, _unit(3, 30)), "active.scale: integer 0"),
        ("TC_ECS17b_nominal_1", _register(1, _unit(0, 27)), "active.unit: enum 30"),
        ("TC_ECS17b_nominal_1", _register(3, _unit(0, 30)), "reactive.unit: enum 32"),
        ("TC_ECS17b_nominal_1", _register(0, Data(DataTag.LONG_UNSIGNED, 5)), "double-long-unsigned"),
        (
            "TC_ECS17b_nominal_1",
            _register(0, Data(DataTag.DOUBLE_LONG_UNSIGNED, 5)),
            "active import in Wh from",
        ),
        ("TC_ECS17b_nominal_1", _register(4, Data(DataTag.DOUBLE_LONG_UNSIGNED, 5)), "6 values"),
        (
            "TC_ECS17b_nominal_1",
            lambda _: Data(DataTag.NULL, None),
            "the protected attributes: a structure of 1",
        ),
        ("TC_ECS22b_nominal_1", lambda _: Data(DataTag.STRUCTURE, (NULL,)), "a compact array"),
        ("TC_ECS22b_nominal_1", _entries(lambda entries: entries[1:]), "48 entries, one for each half hour"),
        ("TC_ECS22b_nominal_1", _entries(lambda _: ()), "48 entries, one for each half hour"),
        (
            "TC_ECS22b_nominal_1",
            _entries(lambda entries: entries[::-1]),
            "48 entries, one for each half hour",
        ),
        (
            "TC_ECS22b_consistent_1",
            _entries(lambda entries: (_added(entries[0], 100), *entries[1:])),
            "4 log entries that add up to",
        ),
    ],
)
def test_protected_values(
    factory: HomeFactory, altering: Altering, case_id: str, change: Callable[[Data], Data], expected: str
) -> None:
    assert expected in _fails(altering, case_id, _resealed(factory.pki, change)).expected


def test_somebody_elses_key_does_not_open_the_answer(factory: HomeFactory, altering: Altering) -> None:
    def sealed_for_another(message: Message) -> Message:
        response = decode_payload(message)
        parameters, protected = response.data[0].value
        plain = decrypt_sensitive(_key(factory.pki, message), message.originator, protected.value)
        octets = encrypt_sensitive(bytes(16), message.originator, plain)
        wrong = Data(DataTag.STRUCTURE, (parameters, Data(DataTag.OCTET_STRING, octets)))
        return replace(message, payload=encode_payload(replace(response, data=(wrong,))))

    failed = _fails(altering, "TC_ECS17b_nominal_1", sealed_for_another)
    assert failed.clause == "GBCS 7.3.9"
    assert failed.expected == "values encrypted for the supplier alone"


def _component(change: Callable[[GbzComponent], GbzComponent]) -> Change:
    return _response(lambda payload: GbzPayload(tuple(change(one) for one in payload.components)))


@pytest.mark.parametrize(
    ("case_id", "change", "expected"),
    [
        ("TC_GCS38_nominal_2", lambda c: replace(c, cluster=0x0705), "cluster 0x0702"),
        ("TC_GCS38_nominal_2", lambda c: replace(c, sequence=9), "sequence number 0"),
        ("TC_GCS38_nominal_2", lambda c: replace(c, command=0x0B), "a Read Attributes Response"),
        ("TC_GCS38_nominal_2", lambda c: replace(c, frame_control=0x00), "a global command from the server"),
        ("TC_GCS38_nominal_2", lambda c: replace(c, payload=c.payload + b"\0"), "attribute records"),
        ("TC_GCS38_nominal_2", lambda c: replace(c, payload=c.payload[:-1]), "attribute records"),
        ("TC_GCS38_nominal_2", lambda c: replace(c, payload=b"\x06\x02\x86"), "attribute 0x0206"),
        (
            "TC_GCS38_nominal_2",
            lambda c: replace(c, payload=c.payload * 2),
            "attributes 0x0206, as asked for",
        ),
        ("TC_GCS38_nominal_2", lambda c: replace(c, payload=b"\x00\x02\x86"), "as asked for"),
        ("TC_GCS38_nominal_2", lambda c: replace(c, payload=b"\x06\x02\x00\x30\x01"), "and type 0x41"),
        (
            "TC_GCS38_nominal_2",
            lambda c: replace(c, payload=c.payload[:-1] + bytes((c.payload[-1] ^ 1,))),
            "was installed with",
        ),
        ("TC_GCS40b_nominal_1", lambda c: replace(c, payload=b"\x05\x01"), "that says success"),
        ("TC_GCS32_nominal_1", lambda c: replace(c, payload=c.payload[:-1] + b"\x02"), "supply off"),
        ("TC_GCS32_nominal_1", lambda c: replace(c, command=0x0B, payload=b"\x0b\x85"), "that says success"),
    ],
)
def test_gbz_components(altering: Altering, case_id: str, change, expected: str) -> None:
    assert expected in _fails(altering, case_id, _component(change)).expected


def test_a_gbz_answer_of_two_components_to_a_command_of_one(altering: Altering) -> None:
    doubled = _response(lambda payload: GbzPayload(payload.components * 2))
    assert _fails(altering, "TC_GCS38_nominal_2", doubled).expected == "1 components, as the command has"


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        (slice(23, 29), (10**9).to_bytes(6, "little"), "consumption in dm3 from"),
        (slice(4, 7), bytes(3), "multiplier and divisor other than 0"),
        (slice(4, 7), (100).to_bytes(3, "little"), "consumption in dm3 from"),
        (slice(18, 19), b"\x00", "unit 0x01, cubic metres"),
    ],
)
def test_gas_readings(
    factory: HomeFactory, altering: Altering, place: slice, value: bytes, expected: str
) -> None:
    def changed(message: Message) -> Message:
        (component,) = decode_payload(message).components
        key = _key(factory.pki, message)
        plain = bytearray(decrypt_component(key, message.originator, component.payload))
        plain[place] = value
        sealed = encrypt_component(key, message.originator, bytes(plain))
        payload = GbzPayload((replace(component, payload=sealed),))
        return replace(message, payload=encode_payload(payload))

    assert expected in _fails(altering, "TC_GCS13a_nominal_2", changed).expected


def test_gas_data_in_the_clear(factory: HomeFactory, altering: Altering) -> None:
    def opened(component: GbzComponent) -> GbzComponent:
        return replace(component, protection=None, payload=component.payload[7:-12])

    failed = _fails(altering, "TC_GCS13a_nominal_1", _component(opened))
    assert failed.clause == "GBCS 7.3.9"
    assert "an encrypted component" in failed.expected


def test_an_activation_that_did_not_happen(altering: Altering) -> None:
    outcome = ActivationOutcome(ActivationCode.HASH_MISMATCH, b"\1\2\3\4")
    refused = _response(lambda _: ActivateFirmwareResponse(outcome))
    assert _fails(altering, "TC_CS06_nominal_1", refused).observed == "hash_mismatch and version 01020304"
    later = _response(lambda _: ActivateFirmwareResponse(None))
    assert _fails(altering, "TC_CS06_nominal_1", later).expected == "the outcome of the activation"


def _log(change: Callable[[tuple[DeviceLogEntry, ...]], tuple[DeviceLogEntry, ...]]) -> Change:
    return _response(lambda log: DeviceLogResponse(ReadCode.SUCCESS, change(log.entries)))


@pytest.mark.parametrize("case_id", ["TC_CS07_nominal_2", "TC_home_answers_1"])
def test_device_logs(altering: Altering, case_id: str) -> None:
    def of_logs(change: Change) -> Change:
        return lambda message: change(message) if message.message_code == 0x0013 else message

    stranger = DeviceLogEntry(bytes(8), DeviceType.PPMID)
    failed = _fails(altering, case_id, of_logs(_log(lambda entries: (*entries, stranger))))
    assert (failed.clause, failed.observed) == ("GBCS 13.7, CS07", "0000000000000000 as PPMID")
    as_another = _log(lambda entries: tuple(replace(one, device_type=DeviceType.CHF) for one in entries))
    assert "with their types" in _fails(altering, case_id, of_logs(as_another)).expected
    assert "log, as they are joined" in _fails(altering, case_id, of_logs(_log(lambda _: ()))).expected
    unread = _response(lambda _: DeviceLogResponse(ReadCode.READ_FAILURE, None))
    assert _fails(altering, case_id, of_logs(unread)).expected == "the device log"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda one: replace(one, cells=None), "counter and credentials of the"),
        (lambda one: replace(one, current_counter=None), "counter and credentials of the"),
        (
            lambda one: replace(one, cells=(replace(one.cells[0], subject_key_id=bytes(8)), *one.cells[1:])),
            "identifier 0600",
        ),
        (
            lambda one: replace(
                one, cells=(replace(one.cells[0], subject_unique_id=bytes(8)), *one.cells[1:])
            ),
            "identifier 0600",
        ),
        (lambda one: replace(one, role=RemotePartyRole.RECOVERY), "details of supplier, network operator"),
    ],
)
def test_credentials(altering: Altering, change, expected: str) -> None:
    changed = _response(lambda found: CredentialsResponse(tuple(change(one) for one in found.details)))
    assert expected in _fails(altering, "TC_CS02a_nominal_3", changed).expected


def _notified(change: Callable[[tuple[Data, ...]], tuple[Data, ...]]) -> Change:
    """Change the members of a DLMS alert."""

    def changed(message: Message) -> Message:
        alert = decode_payload(message)
        assert isinstance(alert, DataNotification)
        body = Data(DataTag.STRUCTURE, change(alert.body.value))
        return replace(message, payload=encode_payload(replace(alert, body=body)))

    return changed


def _time(text: str) -> Data:
    return Data(DataTag.OCTET_STRING, bytes.fromhex(text))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_notified(lambda m: (Data(DataTag.LONG_UNSIGNED, 0x8F35), *m[1:])), "0x8F36"),
        (_notified(lambda m: (Data(DataTag.UNSIGNED, 0x36), *m[1:])), "a structure of code (long-unsigned)"),
        (_notified(lambda m: m[:1]), "a structure of code (long-unsigned)"),
        (_notified(lambda m: m[:3]), "the times of interruption and restoration"),
        (_notified(lambda m: (*m[:2], m[3], m[3])), "time of the interruption between"),
        (_notified(lambda m: (*m[:3], m[2])), "time of the restoration between"),
        (_notified(lambda m: (*m[:3], NULL)), "time of the restoration: an octet-string of 12"),
        (_notified(lambda m: (m[0], m[2], *m[2:])), "time of alert 0x8f36"),
        (lambda m: replace(m, message_code=0x1000), "message code 0x0067"),
        (lambda m: replace(m, originator=m.originator[::-1]), "the ESME to raise alert 0x8F36"),
        (lambda _: None, "the ESME to raise alert 0x8F36"),
    ],
)
def test_outage_alerts(altering: Altering, change: Change, expected: str) -> None:
    assert expected in _fails(altering, "TC_ECS80_outage_over_1", change).expected


def test_an_alert_to_a_stranger(factory: HomeFactory, altering: Altering) -> None:
    stranger = factory.pki.party(RemotePartyRole.LOAD_CONTROLLER).entity_id
    failed = _fails(altering, "TC_ECS80_outage_over_1", lambda m: replace(m, recipient=stranger))
    assert "to a remote party that the ESME knows" in failed.expected


def test_an_alert_twice(factory: HomeFactory, altering: Altering) -> None:
    supplier = factory.pki.party(RemotePartyRole.SUPPLIER).entity_id
    failed = _fails(altering, "TC_ECS80_outage_under_1", lambda m: replace(m, recipient=supplier))
    assert "one alert 0x8F35" in failed.expected


@pytest.mark.parametrize(
    ("case_id", "change", "expected"),
    [
        ("TC_ECS43_corrupted_mac_1", lambda _: None, "the ESME to raise alert 0x8F1E"),
        ("TC_GCS32_wrong_role_network_operator_1", lambda _: None, "the GSME to raise alert 0x8F30"),
        (
            "TC_ECS43_corrupted_mac_1",
            lambda message: replace(message, cra=Cra.RESPONSE),
            "no response of the ESME",
        ),
    ],
)
def test_refusals_that_nobody_hears_of(
    altering: Altering, case_id: str, change: Change, expected: str
) -> None:
    assert expected in _fails(altering, case_id, change).expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda m: replace(m, message_code=0x0067), "message code 0x1000"),
        (lambda m: replace(m, originator_counter=7), "another, higher counter"),
        (
            lambda m: replace(m, date_time=CosemDateTime(2026, 2, 3, 255, 11, 17, 0, 0)),
            "neither date-time nor",
        ),
        (_notified(lambda m: (*m, NULL)), "its time alone"),
        (_notified(lambda m: (Data(DataTag.LONG_UNSIGNED, 0x8F1E), *m[1:])), "to raise alert 0x8F3D"),
    ],
)
def test_security_alerts(altering: Altering, change: Change, expected: str) -> None:
    assert expected in _fails(altering, "TC_GCA_authentication_failure_3", change).expected


def test_a_security_alert_twice(factory: HomeFactory, altering: Altering) -> None:
    supplier = factory.pki.party(RemotePartyRole.SUPPLIER).entity_id
    failed = _fails(altering, "TC_GCA_authentication_failure_3", lambda m: replace(m, recipient=supplier))
    assert "for each remote party" in failed.expected


def test_a_stale_mirror(factory: HomeFactory, altering: Altering) -> None:
    def hour_old(message: Message) -> Message:
        stamp = message.date_time
        assert stamp is not None
        return replace(message, date_time=replace(stamp, hour=stamp.hour - 1))

    failed = _fails(altering, "TC_GCS13a_journey_fresh_mirror_1", hour_old)
    assert "not older than 31 min" in failed.expected

    def half_hour_ahead(message: Message) -> Message:
        stamp = message.date_time
        assert stamp is not None
        minutes = stamp.hour * 60 + stamp.minute + 25
        return replace(message, date_time=replace(stamp, hour=minutes // 60, minute=minutes % 60))

    failed = _fails(altering, "TC_GCS13a_journey_fresh_mirror_1", half_hour_ahead)
    assert "the meter's register at" in failed.expected

    unreliable = lambda message: replace(message, date_time=replace(message.date_time, status=2))  # noqa: E731
    assert "reliable" in _fails(altering, "TC_GCS13a_journey_fresh_mirror_1", unreliable).expected
