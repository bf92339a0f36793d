"""Replaying reference sets: one made of a home's own traffic here, and the published one where it is."""

from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from device_profiles import catalogue, profiles_of
from device_profiles.home import HomeProfile
from device_profiles.model import DeviceKind
from harness.cases.bench import Bench
from harness.cases.case import Purpose
from harness.cases.suite import all_cases
from harness.codecs.envelope import decode_message
from harness.codecs.errors import DecodeError
from harness.codecs.message import Cra
from harness.crypto.pki import Credentials
from harness.emulators.home import HomeFactory
from harness.execution.reference_replay import Outcome, Replayed, replay_reference_set
from harness.gbcs.roles import DeviceRole, RemotePartyRole

FACTORY = HomeFactory(b"a reference set of our own")
_ABOUT_THE_MESSAGE = frozenset({Purpose.NOMINAL, Purpose.SENSITIVE, Purpose.ALERT})
EXPLAINED = Path(__file__).with_name("replay_mismatches.yaml")


def _newest_home() -> HomeProfile:
    """Of every kind the clean device with the newest GBCS version."""
    chosen = {}
    for model in catalogue():
        for profile in profiles_of(model):
            kept = chosen.get(profile.kind)
            if not profile.firmware.defects and (kept is None or kept.firmware.gbcs < profile.firmware.gbcs):
                chosen[profile.kind] = profile
    return HomeProfile({kind: chosen[kind] for kind in DeviceKind if kind in chosen})


def _write_keys(folder: Path, who: Credentials, *, private: bool) -> None:
    held = [("ds", who.ds_certificate, who.ds_private), ("ka", who.ka_certificate, who.ka_private)]
    if who.prepayment_certificate and who.prepayment_private:
        held.append(("pp-ka", who.prepayment_certificate, who.prepayment_private))
    for use, der, key in held:
        name = f"{who.entity_id.hex()}-{use}"
        certificate = x509.load_der_x509_certificate(der)
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        if private:
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            (folder / f"{name}.key").write_bytes(pem)


@pytest.fixture(scope="module")
def own_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What went over the wire in every nominal case of one home, with the keys that the parties have."""
    folder = tmp_path_factory.mktemp("own_set")
    for part in ("messages", "keystore"):
        (folder / part).mkdir()
    for role in RemotePartyRole:
        if role not in {RemotePartyRole.ROOT, RemotePartyRole.ISSUING_AUTHORITY, RemotePartyRole.OTHER}:
            _write_keys(folder / "keystore", FACTORY.pki.party(role), private=True)
    home = _newest_home()
    devices = FACTORY.build(home).devices
    for role in set(devices) - {DeviceRole.IHD}:
        _write_keys(folder / "keystore", FACTORY.pki.device(devices[role].entity_id), private=False)
    for case in all_cases():
        if case.purpose in _ABOUT_THE_MESSAGE and case.applies(home) is None:
            port = FACTORY.build(home)
            case.run(Bench(port, FACTORY.pki))
            for number, entry in enumerate(port.transcript):
                (folder / "messages" / f"{case.case_id}_{number}.HEX").write_text(entry.octets.hex())
    return folder


def test_what_devices_answered_is_what_they_answer_when_replayed(own_set: Path) -> None:
    report = replay_reference_set(own_set)
    assert [pair for pair in report.pairs if pair.outcome is not Outcome.MATCHED] == []
    assert len(report.pairs) > 10
    assert report.holds


def test_a_response_that_no_device_gives_is_told_with_its_place(own_set: Path, tmp_path: Path) -> None:
    first = next(pair for pair in replay_reference_set(own_set).pairs if decode_message(pair.expected).mac)
    (tmp_path / "keystore").symlink_to(own_set / "keystore")
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "command.HEX").write_text((own_set / first.command).read_text())
    spoilt = first.expected[:-1] + bytes((first.expected[-1] ^ 1,))
    (tmp_path / "messages" / "response.HEX").write_text(spoilt.hex())
    report = replay_reference_set(tmp_path)
    (pair,) = report.pairs
    assert (pair.outcome, pair.came) == (Outcome.DIFFERENT, first.expected)
    assert f"the first difference at {len(spoilt) - 1}" in pair.why
    assert not report.holds


def test_a_command_without_response_is_told(own_set: Path, tmp_path: Path) -> None:
    first = replay_reference_set(own_set).pairs[0]
    (tmp_path / "keystore").symlink_to(own_set / "keystore")
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "command.HEX").write_text((own_set / first.command).read_text())
    report = replay_reference_set(tmp_path)
    assert (report.pairs, report.single) == ((), ("messages/command.HEX",))


def test_alerts_of_an_own_set_are_raised_again(own_set: Path) -> None:
    report = replay_reference_set(own_set)
    assert len(report.alerts) >= 2
    assert [alert for alert in report.alerts if alert.outcome is not Outcome.MATCHED] == []


def _explained() -> dict[str, str]:
    return yaml.safe_load(EXPLAINED.read_text(encoding="utf-8")) or {}


@pytest.fixture(scope="module")
def replayed(rtds: Path) -> tuple[Replayed, ...]:
    return replay_reference_set(rtds).pairs


@pytest.mark.rtds
def test_every_reference_response_comes_out_or_is_explained(replayed: tuple[Replayed, ...]) -> None:
    explained = _explained()
    missed = {pair.command: pair.why for pair in replayed if pair.outcome is not Outcome.MATCHED}
    assert {file: why for file, why in missed.items() if Path(file).name not in explained} == {}


@pytest.mark.rtds
def test_nothing_is_explained_that_matches(replayed: tuple[Replayed, ...]) -> None:
    matched = {Path(pair.command).name for pair in replayed if pair.outcome is Outcome.MATCHED}
    assert matched & _explained().keys() == set()
    assert _explained().keys() <= {Path(pair.command).name for pair in replayed}


@pytest.mark.rtds
def test_every_reference_alert_is_raised(rtds: Path) -> None:
    alerts = replay_reference_set(rtds).alerts
    assert {one.response: one.why for one in alerts if one.outcome is not Outcome.MATCHED} == {}
    assert len(alerts) == sum(1 for _ in (rtds / "messages").rglob("*ALERT*.HEX"))


@pytest.mark.rtds
def test_every_response_of_the_set_is_replayed(rtds: Path, replayed: tuple[Replayed, ...]) -> None:
    played = {pair.response for pair in replayed}
    for path in (rtds / "messages").rglob("*.HEX"):
        try:
            message = decode_message(bytes.fromhex(path.read_text()))
        except DecodeError:
            continue
        name = path.relative_to(rtds).as_posix()
        # The contingency replacement's commands are not in the set: nothing to replay.
        if message.cra is Cra.RESPONSE and "CS02bAnyByContingency" not in name:
            assert name in played


@pytest.mark.rtds
def test_each_pair_and_alert_comes_out_alone(rtds: Path, tmp_path: Path) -> None:
    """Other messages of a set help to find out what a device is, but nothing hangs on them."""
    report = replay_reference_set(rtds)
    alone: dict[str, Outcome] = {}
    for number, one in enumerate((*report.pairs, *report.alerts)):
        folder = tmp_path / str(number)
        (folder / "messages").mkdir(parents=True)
        (folder / "keystore").symlink_to(rtds / "keystore")
        for file in filter(None, (one.command, one.response)):
            (folder / "messages" / Path(file).name).write_text((rtds / file).read_text())
        found = replay_reference_set(folder)
        alone.update((one.response, each.outcome) for each in (*found.pairs, *found.alerts))
    assert {one.response: one.outcome for one in (*report.pairs, *report.alerts)} == alone
