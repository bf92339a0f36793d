"""Frames of every command, read by another's analyser: tshark finds nothing malformed and decrypts it all.

Emulated devices and cases share the codecs, so a misreading would pass on both sides; this breaks the
circle. The frames go through a capture file and the sidecar of keys, as the harness writes them.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from harness.codecs.capture_keys import KEYS_FILE_NAME, CaptureKey, keys_file, tshark_options
from harness.codecs.datagram import DLMS_PORT, Datagram, End, encode_datagram
from harness.codecs.framing import WrappedMessage, encode_wrapped
from harness.codecs.han.fragments import Reassembly, acknowledgement_of, fragments_of
from harness.codecs.han.implicit_certificate import (
    ImplicitCertificate,
    encode_implicit_certificate,
    suite_of,
)
from harness.codecs.han.mac import MacFrame, MacFrameType, encode_mac
from harness.codecs.han.security import KeyIdentifier
from harness.codecs.han.zcl_frame import ZclFrame, ZclFrameType, encode_zcl_frame, with_zcl_command
from harness.codecs.pcapng import Capture, Interface, LinkType, Packet, encode_capture
from harness.codecs.zcl_types import ZclCommand, ZclField


def _beside(name: str) -> ModuleType:
    """A module beside this file: test folders are no packages."""
    full = f"tests_harness_codecs_han_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[full]


samples = _beside("frame_samples")


@dataclass(frozen=True)
class Dissection:
    """What tshark made of a packet: its layers, what it calls it, and its complaints."""

    layers: list[str]
    summary: str
    complaints: str
    data: str


_FIELDS_ASKED = ("frame.protocols", "_ws.col.Info", "_ws.malformed", "_ws.expert.severity", "data.data")
_ERROR = str(0x800000)
_KEYS = (CaptureKey(samples.NETWORK_KEY, "network"), CaptureKey(samples.LINK_KEY, "link"))


def _tshark(folder: Path, capture: Capture, keys: tuple[CaptureKey, ...], *form: str) -> str:
    """What tshark writes about a capture file in a form."""
    program = shutil.which("tshark")
    if program is None:
        pytest.skip("tshark is not installed (Debian package tshark)")
    path = folder / "frames.pcapng"
    path.write_bytes(encode_capture(capture))
    # A home of its own, so that no settings of whoever runs the tests take part
    home = {"HOME": str(folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    command = [program, "-r", str(path), *tshark_options(keys), *form]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=home).stdout


def _dissect(folder: Path, capture: Capture, keys: tuple[CaptureKey, ...] = _KEYS) -> list[Dissection]:
    """Every packet as tshark reads it from a capture file, in order."""
    wanted = [word for field in _FIELDS_ASKED for word in ("-e", field)]
    found = []
    for line in _tshark(folder, capture, keys, "-T", "fields", "-E", "separator=|", *wanted).splitlines():
        layers, summary, malformed, severity, data = line.split("|")
        complaints = malformed or ("error" if _ERROR in severity.split(",") else "")
        found.append(Dissection(layers.split(":"), summary, complaints, data))
    return found


def _read_up_to(folder: Path, capture: Capture) -> list[int]:
    """The octet behind the last one that a field of ZCL takes, in what was decrypted, for each packet."""
    text = _tshark(folder, capture, _KEYS, "-T", "pdml")
    return [
        max(
            (
                int(field.get("pos", 0)) + int(field.get("size", 0))
                for layer in packet.findall("proto")
                if layer.get("name", "").startswith("zbee_zcl")
                for field in layer.iter("field")
                if int(field.get("size", 0)) and not len(field) and field.get("show") != "Payload"
            ),
            default=0,
        )
        for packet in ET.fromstring(text).iter("packet")  # noqa: S314 - written by tshark just now
    ]


_START = 1_700_000_000_000_000
_HAN = Interface("han", LinkType.IEEE_802_15_4)


def _capture_of(frames: dict[str, bytes]) -> Capture:
    return Capture(
        (_HAN,),
        tuple(
            Packet(0, 1_700_000_000_000_000 + place, octets) for place, octets in enumerate(frames.values())
        ),
    )


@pytest.fixture(scope="module")
def dissected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Dissection]:
    """Every frame of the data set as tshark reads it."""
    read = _dissect(tmp_path_factory.mktemp("capture"), _capture_of(samples.dataset()))
    return dict(zip(samples.dataset(), read, strict=True))


# Layers that a frame of each family must be read down to
_DEPTH = {
    "mac": "wpan",
    "nwk": "zbee_nwk",
    "aps": "zbee_aps",
    "zdp": "zbee_zdp",
    "general": "zbee_zcl",
    "zcl": "zbee_zcl",
}
# Cluster layers of the analyser: all that the tables have commands of
_CLUSTER_LAYERS = {
    0x0000: "zbee_zcl_general.basic",
    0x0019: "zbee_zcl_general.ota",
    0x0700: "zbee_zcl_se.price",
    0x0701: "zbee_zcl_se.drlc",
    0x0702: "zbee_zcl_se.met",
    0x0703: "zbee_zcl_se.msg",
    0x0704: "zbee_zcl_se.tun",
    0x0705: "zbee_zcl_se.pp",
    0x0707: "zbee_zcl_se.calendar",
    0x0708: "zbee_zcl_se.dm",
    0x0709: "zbee_zcl_se.events",
    0x070B: "zbee_zcl_se.sub_ghz",
    0x0800: "zbee_zcl_se.ke",
}


# Commands that carry data of no cluster
_CARRYING = ("client Transfer Data 0", "server Transfer Data 0")


@pytest.mark.parametrize("name", samples.dataset())
def test_every_frame_is_read_in_full(dissected: dict[str, Dissection], name: str) -> None:
    found = dissected[name]
    family, _, command = name.partition(" ")
    assert not found.complaints, found
    assert _DEPTH[family] in found.layers
    if name.removesuffix(" secured").endswith(_CARRYING):
        assert found.data == b"GB".hex()  # what a tunnel carries is nobody's but its ends'
    else:
        assert "data" not in found.layers, found
    if family == "zcl":
        cluster, _, rest = command.partition(" ")
        assert _CLUSTER_LAYERS[int(cluster, 16)] in found.layers
        command = rest.partition(" ")[2].removesuffix(" secured")[:-2]
    elif family == "general":
        command = command.partition(" type ")[0].rstrip("0123456789 ")
    else:
        command = command.removesuffix(" secured").removesuffix(" joining").removesuffix(" in a tunnel")
    assert _CALLED.get(command, command).casefold() in found.summary.casefold()


# Where the analyser has another name for a command
_CALLED = {"Get Block Periods": "Get Block Period(s)"}


_MAC_OCTETS, _NWK_OCTETS, _APS_OCTETS = 11, 8 + 14 + 4, 8
_LINK_SECURITY_OCTETS = 13 + 4


def _clear_octets(name: str, octets: bytes) -> int:
    """How many octets the innermost decrypted part of a frame has: ZCL alone, or APS and ZCL."""
    inside = len(octets) - _MAC_OCTETS - _NWK_OCTETS
    return inside - _APS_OCTETS - _LINK_SECURITY_OCTETS if name.endswith("secured") else inside


# Octets at the end that the analyser has no field for, and why
_UNREAD = {
    "Change Debt 0": 1,  # takes the balance percentage, 16 bits in Smart Energy 1.4, for one octet
    "Image Block Response 2": 2,  # knows no minimum block period in an answer to wait
    **dict.fromkeys(_CARRYING, 2),  # the data, which it shows as such
}


def _unread(name: str) -> int:
    command = name.removesuffix(" secured")
    return next((octets for end, octets in _UNREAD.items() if command.endswith(f" {end}")), 0)


def test_every_octet_of_a_command_belongs_to_a_field(tmp_path: Path) -> None:
    # The analyser does not complain of octets that a command has too many, so they are looked for
    frames = {
        name: octets for name, octets in samples.dataset().items() if name.startswith(("zcl", "general"))
    }
    read = dict(zip(frames, _read_up_to(tmp_path, _capture_of(frames)), strict=True))
    left = {name: _clear_octets(name, octets) - read[name] for name, octets in frames.items()}
    # A later release of the analyser may read what this one leaves
    assert {name: octets for name, octets in left.items() if not 0 <= octets <= _unread(name)} == {}


def test_a_frame_that_is_not_right_is_noticed(tmp_path: Path) -> None:
    air = samples.Air()
    event = ZclFrame(frame_type=ZclFrameType.CLUSTER, sequence=1, command=1, from_server=True)
    frames = {
        "too long": air.zcl(0x070B, replace(event, command=0, payload=b"\1\2\3")),
        "too short": air.zcl(0x0709, replace(event, payload=b"\1")),
        "unknown": air.zcl(0x0709, replace(event, command=0x7F)),
    }
    _, short, unknown = _dissect(tmp_path, _capture_of(frames))
    assert short.complaints
    assert "Unknown" in unknown.summary
    assert _read_up_to(tmp_path, _capture_of(frames))[0] == _clear_octets("", frames["too long"]) - 2


def test_without_the_keys_nothing_is_read(tmp_path: Path) -> None:
    air = samples.Air()
    frame = ZclFrame(frame_type=ZclFrameType.CLUSTER, sequence=1, command=0)
    frames = {
        "network": air.zcl(samples.METERING, frame),
        "link": air.zcl(samples.METERING, frame, KeyIdentifier.DATA),
    }
    network, link = _dissect(tmp_path, _capture_of(frames), (CaptureKey(bytes(16), "wrong"),))
    assert "zbee_aps" not in network.layers
    assert "zbee_aps" not in link.layers
    network, link = _dissect(tmp_path, _capture_of(frames), _KEYS[:1])
    assert "zbee_zcl" in network.layers
    assert "zbee_zcl" not in link.layers


def test_the_sidecar_is_a_file_that_the_analyser_takes(tmp_path: Path) -> None:
    settings = tmp_path / ".config" / "wireshark"
    settings.mkdir(parents=True)
    (settings / KEYS_FILE_NAME).write_text(keys_file(_KEYS), encoding="utf-8")
    frame = ZclFrame(frame_type=ZclFrameType.CLUSTER, sequence=1, command=0)
    frames = {"link": samples.Air().zcl(samples.METERING, frame, KeyIdentifier.DATA)}
    (found,) = _dissect(tmp_path, _capture_of(frames), ())
    assert "zbee_zcl_se.met" in found.layers


@pytest.mark.parametrize("key", [None, KeyIdentifier.DATA])
def test_fragments_are_put_together_again(tmp_path: Path, key: KeyIdentifier | None) -> None:
    air = samples.Air()
    carried = bytes(range(200))
    blank = ZclFrame(frame_type=ZclFrameType.CLUSTER, sequence=1, command=2)
    fields = (ZclField("tunnel_id", 1), ZclField("data", carried))
    transfer = with_zcl_command(0x0704, blank, ZclCommand("Transfer Data", fields))
    whole = samples.data_frame(0x0704, samples.SMART_ENERGY, 1, encode_zcl_frame(transfer))
    blocks = fragments_of(whole, 60)
    reassembly = Reassembly()
    for block in blocks:
        reassembly.take(block)
    answers = [acknowledgement_of(whole), reassembly.acknowledgement(0)]
    frames = {f"block {place}": air.aps(block, key) for place, block in enumerate(blocks)}
    frames |= {f"answer {place}": air.aps(answer, key) for place, answer in enumerate(answers)}
    *earlier, last, simple, window = _dissect(tmp_path, _capture_of(frames))
    assert len(earlier) == 3
    assert not any(found.complaints for found in (*earlier, last, simple, window))
    assert "Transfer Data" in last.summary
    assert last.data == carried.hex()
    for answer in (simple, window):
        assert "Ack" in answer.summary
        assert answer.layers[-1] == "zbee_aps"


_CERTIFICATE_FIELDS = ("subject", "issuer", "reconst")


@pytest.mark.parametrize("certificate", samples.CERTIFICATES)
def test_certificates_of_key_establishment_are_read(tmp_path: Path, certificate: ImplicitCertificate) -> None:
    blank = ZclFrame(frame_type=ZclFrameType.CLUSTER, sequence=1, command=0)
    initiate = ZclCommand(
        "Initiate Key Establishment Request",
        (
            ZclField("suite", suite_of(certificate)),
            ZclField("ephemeral_data_generate_time", 8),
            ZclField("confirm_key_generate_time", 8),
            ZclField("identity", encode_implicit_certificate(certificate)),
        ),
    )
    cluster = samples.KEY_ESTABLISHMENT
    octets = samples.Air().zcl(cluster, with_zcl_command(cluster, blank, initiate))
    wanted = [word for name in _CERTIFICATE_FIELDS for word in ("-e", f"zbee_zcl_se.ke.cert.{name}")]
    form = ("-T", "fields", "-E", "separator=|", *wanted)
    read = _tshark(tmp_path, _capture_of({"initiate": octets}), _KEYS, *form)
    assert read.strip().replace(":", "").split("|") == [
        f"{certificate.subject:016x}",
        f"{certificate.issuer:016x}",
        certificate.public_value.hex(),
    ]


def test_a_mac_acknowledgement_is_read(tmp_path: Path) -> None:
    frame = MacFrame(frame_type=MacFrameType.ACKNOWLEDGEMENT, sequence=7, frame_pending=True)
    (found,) = _dissect(tmp_path, _capture_of({"acknowledgement": encode_mac(frame)}))
    assert found == Dissection(["wpan"], "Ack", "", "")


def test_wide_area_messages_are_datagrams_to_the_message_port(tmp_path: Path) -> None:
    wrapped = encode_wrapped(WrappedMessage(1, 2, b"\xdf\x09message"))
    datagram = Datagram(End(b"\x0a\0\0\1", 50_000), End(b"\x0a\0\0\2", DLMS_PORT), wrapped)
    packet = Packet(1, _START, encode_datagram(datagram))
    capture = Capture((_HAN, Interface("wan", LinkType.IPV4)), (packet,))
    (found,) = _dissect(tmp_path, capture)
    assert found.layers[:3] == ["raw", "ip", "udp"]
    assert not found.complaints
    assert f"50000 → {DLMS_PORT}" in found.summary or "dlms" in found.layers
