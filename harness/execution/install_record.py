"""The record of devices that are installed somewhere: what they are, who they are, and how to reach them.

A YAML file, as an installer would leave it. Certificates are PEM files beside it. The parties that the
devices trust are those of the test PKI that ``parties.seed`` makes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import SplitResult, urlsplit

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from device_profiles.checking import checked
from device_profiles.errors import InputError, InputProblem
from device_profiles.home import HomeProfile
from device_profiles.marked_yaml import MarkedDocument, parse_yaml
from device_profiles.model import DeviceProfile
from device_profiles.writing import write_model
from harness.crypto.certificates import KeyUsage, certificate_from_pem, pem_of
from harness.crypto.errors import CertificateError
from harness.execution.named_homes import home_from
from harness.gbcs.roles import DeviceRole
from harness.network.clock import Instant, datetime_of, instant_of
from harness.network.port import DistributedImage, InstalledDevice
from harness.transports.errors import TransportError
from harness.transports.link import Framing, MessageLink
from harness.transports.pace import Running
from harness.transports.streams import SerialStream, Stream, TcpStream

FILE_NAME: Final = "installed.yaml"
_BAUD: Final = 115_200
_ROLES: Final = {role.name.lower(): role for role in DeviceRole}
_Hex16 = Annotated[str, StringConstraints(pattern="^[0-9A-Fa-f]{16}$")]
_Hex8 = Annotated[str, StringConstraints(pattern="^[0-9A-Fa-f]{8}$")]
_Hex64 = Annotated[str, StringConstraints(pattern="^[0-9A-Fa-f]{64}$")]
_Hex32 = Annotated[str, StringConstraints(pattern="^[0-9A-Fa-f]{32}$")]
_Link = Annotated[str, StringConstraints(pattern=r"^(tcp://[^/?#]+:[0-9]{1,5}|serial://.+)$")]
_USES: Final = {
    "digital_signature_certificate": KeyUsage.DIGITAL_SIGNATURE,
    "key_agreement_certificate": KeyUsage.KEY_AGREEMENT,
}


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _DeviceDocument(_Document):
    """Who one device is."""

    entity_id: _Hex16 = Field(description="the entity identifier (EUI-64), sixteen hexadecimal digits")
    digital_signature_certificate: str | None = Field(
        default=None, description="a PEM file with the certificate of the key that the device signs with"
    )
    key_agreement_certificate: str | None = Field(
        default=None, description="a PEM file with the certificate of the device's key agreement key"
    )
    image_hash: _Hex64 | None = Field(
        default=None,
        description="the SHA-256 of the image that waits to be activated, 64 hexadecimal digits",
    )
    image_version: _Hex8 | None = Field(
        default=None, description="what it runs once that image is activated, eight hexadecimal digits"
    )
    install_code: _Hex32 | None = Field(
        default=None, description="the install code without its CRC, 32 hexadecimal digits"
    )


class _ClockDocument(_Document):
    """A time that is not the wall's."""

    begins: AwareDatetime = Field(description="when the home's time begins as a connection is made, ISO 8601")
    speed: float = Field(default=1.0, gt=0, description="how many times faster than the wall's time it runs")


class _PartiesDocument(_Document):
    """Whom the devices trust."""

    seed: int = Field(ge=0, lt=2**63, description="the seed of the test PKI that the devices trust, a number")


class _RecordDocument(_Document):
    """The whole file."""

    name: str = Field(min_length=1, max_length=80, description="a name for the home, at most 80 characters")
    link: _Link = Field(description="tcp://HOST:PORT, or serial://DEVICE with ?baud=NUMBER behind it")
    framing: Framing = Field(description="the form of messages on the link")
    line: str | None = Field(
        default=None, description="the device that hears what a line of text carries and that names nobody"
    )
    parties: _PartiesDocument = Field(description="a mapping with the seed of the parties")
    hands: Literal["wired"] | None = Field(
        default=None, description="wired, where the link also takes what people do by hand; or left out"
    )
    clock: _ClockDocument | None = Field(
        default=None, description="a mapping with begins and speed; left out for the wall's time"
    )
    home: dict[str, str] = Field(
        description="a mapping of kinds of device to keys of profiles, or to profile files"
    )
    devices: dict[str, _DeviceDocument] = Field(description="a mapping of roles to who the device is")


@dataclass(frozen=True, slots=True)
class InstallRecord:
    """A home that is installed somewhere. ``digest`` is the SHA-256 (hexadecimal) of what the record says."""

    name: str
    profile: HomeProfile
    devices: Mapping[DeviceRole, InstalledDevice]
    link: str
    framing: Framing
    seed: int
    digest: str
    line: DeviceRole | None = None
    wired: bool = False
    begins: Instant | None = None
    speed: float = 1.0

    def connect(self) -> MessageLink:
        """A link to the devices. Raises TransportError."""
        return MessageLink(_stream(urlsplit(self.link)), self.framing)

    def pace(self) -> Running:
        """The time of the home, from now on."""
        return Running(speed=self.speed) if self.begins is None else Running(self.begins, self.speed)


def read_install_record(path: Path) -> InstallRecord:
    """The record in a file. Raises InputError with all that is wrong, and OSError."""
    octets = path.read_bytes()
    document = parse_yaml(octets, str(path))
    said = checked(document, _RecordDocument)
    profile = home_from(str(path), said.home, path.parent)
    devices, seen = _devices(document, said, path.parent)
    clock = said.clock
    return InstallRecord(
        said.name,
        profile,
        devices,
        said.link,
        said.framing,
        said.parties.seed,
        hashlib.sha256(octets + seen).hexdigest(),
        None if said.line is None else _role(document, said.line, ("line",)),
        said.hands is not None,
        None if clock is None else instant_of(clock.begins),
        1.0 if clock is None else clock.speed,
    )


def _devices(
    document: MarkedDocument, said: _RecordDocument, folder: Path
) -> tuple[dict[DeviceRole, InstalledDevice], bytes]:
    """Who the devices are, and the octets of their certificates."""
    found: dict[DeviceRole, InstalledDevice] = {}
    problems: list[InputProblem] = []
    for name, device in said.devices.items():
        place = ("devices", name)
        try:
            role = _role(document, name, place)
            signing, agreeing = (
                _certificate(document, (*place, field), getattr(device, field), folder, use)
                for field, use in _USES.items()
            )
            found[role] = InstalledDevice(
                role,
                bytes.fromhex(device.entity_id),
                signing,
                agreeing,
                _image(device),
                install_code=bytes.fromhex(device.install_code or ""),
            )
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return found, b"".join(
        one.digital_signature_certificate + one.key_agreement_certificate for one in found.values()
    )


def _image(device: _DeviceDocument) -> DistributedImage | None:
    if device.image_hash is None or device.image_version is None:
        return None
    return DistributedImage(bytes.fromhex(device.image_hash), bytes.fromhex(device.image_version))


def _role(document: MarkedDocument, name: str, place: tuple[str, ...]) -> DeviceRole:
    if name not in _ROLES:
        raise InputError([document.problem(place, f"expected one of {', '.join(_ROLES)}; got {name!r}")])
    return _ROLES[name]


def _certificate(
    document: MarkedDocument, place: tuple[str, ...], file: str | None, folder: Path, use: KeyUsage
) -> bytes:
    """The certificate in a file, DER; empty where the record names none, as for a Type 2 device."""
    if file is None:
        return b""
    try:
        certificate = certificate_from_pem((folder / file).read_bytes())
    except OSError as error:
        raise InputError([document.problem(place, f"{file}: {error.strerror}")]) from None
    except CertificateError as error:
        raise InputError([document.problem(place, f"{file}: {error}")]) from None
    if certificate.usage is not use:
        wanted = use.name.replace("_", " ").lower()
        raise InputError([document.problem(place, f"expected a certificate for {wanted} in {file}")])
    return certificate.der


def _stream(link: SplitResult) -> Stream:
    if link.scheme == "tcp":
        try:
            host, port = link.hostname, link.port
        except ValueError:
            host = port = None
        if not host or not port:
            raise TransportError(f"expected tcp://HOST:PORT, got {link.geturl()}")
        return TcpStream.connect(host, port)
    options = dict(pair.partition("=")[::2] for pair in link.query.split("&") if pair)
    baud = options.pop("baud", str(_BAUD))
    if options or not baud.isdigit():
        raise TransportError(f"expected serial://DEVICE?baud=NUMBER, got {link.geturl()}")
    return SerialStream(link.netloc + link.path, int(baud))


def write_install_record(folder: Path, record: InstallRecord) -> Path:
    """Write a record with its profiles and certificates into a folder. Gives its file; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    devices = {role.name.lower(): _described(folder, one) for role, one in sorted(record.devices.items())}
    content: dict[str, Any] = {
        "name": record.name,
        "link": record.link,
        "framing": record.framing.value,
        **({} if record.line is None else {"line": record.line.name.lower()}),
        "parties": {"seed": record.seed},
        **({"hands": "wired"} if record.wired else {}),
        **({} if record.begins is None else {"clock": _clock(record.begins, record.speed)}),
        "home": {kind.value: _profile(folder, one) for kind, one in record.profile.devices.items()},
        "devices": devices,
    }
    path = folder / FILE_NAME
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def _clock(begins: Instant, speed: float) -> dict[str, Any]:
    moment: datetime = datetime_of(begins)
    return {"begins": moment.isoformat(), "speed": speed}


def _profile(folder: Path, profile: DeviceProfile) -> str:
    """Write the profile of one firmware, and nothing of how it deviates: a tester does not know that."""
    name = f"{profile.kind.value}.yaml"
    model = replace(profile.model, firmwares=(replace(profile.firmware, defects=()),))
    (folder / name).write_text(write_model(model), encoding="utf-8")
    return name


def _described(folder: Path, device: InstalledDevice) -> dict[str, str]:
    described = {"entity_id": device.entity_id.hex()}
    for field, use in _USES.items():
        der: bytes = getattr(device, field)
        if der:
            short = "ds" if use is KeyUsage.DIGITAL_SIGNATURE else "ka"
            described[field] = f"{device.entity_id.hex()}-{short}.pem"
            (folder / described[field]).write_bytes(pem_of(der))
    if device.image is not None:
        described["image_hash"] = device.image.image_hash.hex()
        described["image_version"] = device.image.firmware_version.hex()
    if device.install_code:
        described["install_code"] = device.install_code.hex()
    return described
