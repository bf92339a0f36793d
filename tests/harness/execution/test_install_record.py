"""Install records: what is written is read, and every mistake has its place."""

from pathlib import Path

import pytest

from device_profiles.errors import InputError
from device_profiles.model import DeviceKind
from harness.emulators.home import HomeFactory
from harness.execution.install_record import InstallRecord, read_install_record, write_install_record
from harness.execution.named_homes import homes_around
from harness.gbcs.roles import DeviceRole
from harness.transports.errors import TransportError
from harness.transports.link import Framing

FACTORY = HomeFactory(b"a record")


@pytest.fixture
def written(tmp_path: Path) -> tuple[InstallRecord, Path]:
    (home,) = homes_around("esme-F111-2C01-0100/44020100@SMETS-5.1/GBCS-4.1")
    record = InstallRecord(
        "On the bench",
        home.profile,
        dict(FACTORY.build(home.profile).devices),
        "tcp://192.0.2.1:4059",
        Framing.GFI,
        7,
        "",
        DeviceRole.ESME,
        begins=FACTORY.start,
        speed=20.0,
    )
    return record, write_install_record(tmp_path, record)


def test_a_record_is_read_as_it_was_written(written: tuple[InstallRecord, Path]) -> None:
    record, path = written
    read = read_install_record(path)
    assert read.devices == record.devices
    for name in ("name", "link", "framing", "seed", "line", "wired", "begins", "speed"):
        assert getattr(read, name) == getattr(record, name)
    for kind, profile in record.profile.devices.items():
        assert read.profile.devices[kind].firmware == profile.firmware


def test_a_record_says_nothing_of_defects(tmp_path: Path) -> None:
    *_, home = (
        one
        for one in homes_around("esme-F111-2A02-0101")
        if one.profile.devices[DeviceKind.ESME].firmware.defects
    )
    devices = dict(FACTORY.build(home.profile).devices)
    record = InstallRecord("x", home.profile, devices, "tcp://a:1", Framing.WRAPPER, 1, "")
    read = read_install_record(write_install_record(tmp_path, record))
    assert not any(profile.firmware.defects for profile in read.profile.devices.values())


def test_the_digest_follows_what_is_said_and_the_certificates(written: tuple[InstallRecord, Path]) -> None:
    record, path = written
    before = read_install_record(path).digest
    path.write_text(path.read_text().replace("seed: 7", "seed: 8"))
    other = read_install_record(path).digest
    roles = (DeviceRole.ESME, DeviceRole.CHF)
    ours, theirs = (path.parent / f"{record.devices[role].entity_id.hex()}-ka.pem" for role in roles)
    ours.write_bytes(theirs.read_bytes())
    assert len({before, other, read_install_record(path).digest}) == 3


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("framing: gfi", "framing: morse", "framing: expected the form of messages on the link"),
        ("line: esme", "line: fridge", "line: expected one of chf, gpf"),
        ("  chf:", "  cfh:", "devices.cfh: expected one of chf, gpf"),
        ("tcp://192.0.2.1:4059", "http://192.0.2.1", "link: expected tcp://HOST:PORT"),
        ("  seed: 7", "  seed: many", "parties.seed: expected the seed of the test PKI"),
        ("speed: 20.0", "speed: 0", "clock.speed: expected how many times faster"),
        ("-ds.pem", "-no.pem", "digital_signature_certificate: .*-no.pem: No such file"),
        ("-ds.pem", "-ka.pem", "expected a certificate for digital signature in"),
    ],
)
def test_mistakes_have_a_place(
    written: tuple[InstallRecord, Path], before: str, after: str, said: str
) -> None:
    _, path = written
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    with pytest.raises(InputError, match=said) as refused:
        read_install_record(path)
    assert all(problem.line for problem in refused.value.problems)


@pytest.mark.parametrize(
    "link", ["tcp://a:99999", "serial:///dev/null?parity=odd", "serial:///dev/null?baud=x"]
)
def test_a_link_that_is_none_is_told(written: tuple[InstallRecord, Path], link: str) -> None:
    _, path = written
    path.write_text(path.read_text().replace("tcp://192.0.2.1:4059", link))
    with pytest.raises(TransportError, match="expected"):
        read_install_record(path).connect()
