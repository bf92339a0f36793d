"""Every row of the catalogue: it parses, its codes are its own, and it agrees with the reference data."""

import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from harness.codecs.envelope import decode_message
from harness.codecs.message import Cra
from harness.gbcs import catalogue
from harness.gbcs.roles import DeviceRole, RemotePartyRole
from harness.gbcs.use_case import MessageType, PayloadFamily, obis_octets, obis_text

USE_CASES = catalogue.use_cases()


@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda use_case: use_case.id)
def test_row_is_whole(use_case):
    assert use_case.title
    assert use_case.targets
    assert use_case.message_codes
    assert catalogue.use_case(use_case.id) is use_case
    for code in use_case.message_codes:
        assert catalogue.by_message_code(code) is use_case
    if use_case.message_type.is_alert or use_case.message_type in {
        MessageType.HAN_ONLY,
        MessageType.PPMID_GSME,
    }:
        assert not use_case.roles
    elif use_case.id != "GCS25":
        assert use_case.roles
    assert use_case.supplier_only_at <= use_case.targets
    assert use_case.mac_only_roles <= use_case.roles
    assert use_case.signature_only_roles <= use_case.roles


@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda use_case: use_case.id)
def test_items_suit_the_family(use_case):
    if use_case.cosem:
        assert use_case.payload_family is PayloadFamily.DLMS
    if use_case.zcl:
        assert use_case.payload_family is PayloadFamily.GBZ
    for row in use_case.cosem:
        assert row.name
        assert (row.class_id is None) == (row.instance is None) == (row.index is None)
        if row.instance is not None:
            assert obis_octets(row.obis) == row.instance
        for constant in row.constants:
            fits(row, constant)
    for row in use_case.zcl:
        assert row.name
        assert (row.command is None) == (not row.command_name)
        if row.command_name == "Read Attributes":
            assert row.attributes or not row.field


def fits(row, constant):
    if row.type == "octet-string":
        assert isinstance(constant, bytes)
        assert row.size in {None, len(constant)}
    elif row.type == "bit-string":
        assert isinstance(constant, str)
        assert row.size in {None, len(constant)}
    else:
        assert isinstance(constant, int)


def test_every_table_entry_belongs_to_a_use_case():
    known = {use_case.id for use_case in USE_CASES}
    assert set(catalogue.cosem_row_owners()) <= known
    assert set(catalogue.zcl_row_owners()) <= known


def test_unknown_code_has_no_use_case():
    assert catalogue.by_message_code(0xFFFF) is None
    with pytest.raises(KeyError):
        catalogue.use_case("ECS999")


def test_use_cases_survive_pickling():
    again = pickle.loads(pickle.dumps(catalogue.use_case("ECS17b")))  # noqa: S301 - our own octets
    assert again == catalogue.use_case("ECS17b")
    assert again.cosem == catalogue.use_case("ECS17b").cosem


def test_some_facts_from_the_standard():
    reads = catalogue.use_case("ECS17b")
    assert reads.message_codes == (0x0027,)
    assert reads.targets == {DeviceRole.ESME}
    assert reads.roles == {RemotePartyRole.SUPPLIER, RemotePartyRole.NETWORK_OPERATOR}
    assert reads.response_date_time
    assert not reads.replay_protected
    opens = catalogue.use_case("ECS43")
    assert opens.message_type is MessageType.CRITICAL_COMMAND
    assert opens.replay_protected
    assert opens.cosem[0].constants == (0x34,)
    gas = catalogue.use_case("GCS13a")
    assert gas.roles_at(DeviceRole.GPF) == gas.roles
    assert gas.roles_at(DeviceRole.GSME) == {RemotePartyRole.SUPPLIER}
    assert gas.roles_at(DeviceRole.ESME) == frozenset()
    assert gas.zcl[0].attributes == (0x0000,)


def test_a_broken_entry_names_itself(monkeypatch):
    monkeypatch.setattr(
        catalogue, "read_data", lambda name: [{"id": "ECS17b", "codes": [1], "targets": ["TOASTER"]}]
    )
    # Past the cache: other tests of this process go on with the catalogue that they hold.
    with pytest.raises(catalogue.CatalogueError, match="ECS17b: targets"):
        catalogue._by_id.__wrapped__()


@pytest.mark.parametrize(
    "row", ["3 0-0:1.0.0 a2 | boolean | - | - | n | m | r", "x | boolean | - | - | n | m | r"]
)
def test_a_broken_row_names_itself(monkeypatch, row):
    monkeypatch.setattr(catalogue, "_table", lambda name: {"ECS00": row})
    with pytest.raises(catalogue.CatalogueError, match="ECS00: row 1"):
        catalogue._rows("cosem_rows.yaml", "ECS00", catalogue._cosem_row)


def test_obis_text_and_octets():
    assert obis_text(bytes((1, 0, 1, 8, 0, 255))) == "1-0:1.8.0.255"
    with pytest.raises(ValueError, match="no OBIS code"):
        obis_octets("1-0:1.8.0")


def test_importing_the_catalogue_reads_nothing():
    code = "import sys, harness.gbcs.catalogue as c; sys.exit(c._by_id.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ}, check=False)
    assert done.returncode == 0


@pytest.mark.rtds
def test_codes_and_titles_agree_with_the_reference_list(rtds):
    listed = yaml.safe_load((rtds.parent / "gbcs" / "message_codes.yaml").read_text())
    for code, text in listed.items():
        use_case = catalogue.by_message_code(code)
        assert use_case is not None, hex(code)
        first = text.partition(" ")[0]
        assert use_case.id.startswith(first) or not re.fullmatch(r"[A-Z]+\d+\w*", first), (use_case.id, text)


@pytest.mark.rtds
def test_rows_agree_with_the_reference_list(rtds):
    listed = yaml.load((rtds.parent / "gbcs" / "use_cases.yaml").read_text(), Loader=yaml.CSafeLoader)
    for entry in listed:
        use_case = catalogue.use_case(entry["id"])
        assert list(use_case.message_codes) == entry["message_codes"]
        assert use_case.future_datable == (entry["future_dated"] is True)
        assert use_case.replay_protected == (entry["replay_protection"] is True)
        assert len(use_case.cosem) == len(entry.get("cosem", ()))
        assert len(use_case.zcl) == len(entry.get("zcl", ()))
        assert sorted(row.name for row in use_case.cosem) == sorted(
            " ".join(row["name"].split()) for row in entry.get("cosem", ())
        )


def rtds_messages(rtds: Path):
    return [(path, decode_message(bytes.fromhex(path.read_text()))) for path in sorted(rtds.rglob("*.HEX"))]


@pytest.mark.rtds
def test_every_message_has_a_use_case_of_its_kind(rtds):
    for path, message in rtds_messages(rtds):
        use_case = catalogue.by_message_code(message.message_code)
        assert use_case is not None, path.name
        assert use_case.message_type.is_alert == (message.cra is Cra.ALERT), path.name
        if message.cra is Cra.RESPONSE:
            assert use_case.response_date_time == (message.date_time is not None), path.name
        if message.cra is not Cra.COMMAND:
            signed = use_case.message_type.is_critical or not message.mac
            assert bool(message.signature) == signed, path.name


@pytest.mark.rtds
def test_every_folder_is_named_after_its_use_case(rtds):
    for path, message in rtds_messages(rtds):
        name = path.parent.name.split("_", 1)[1]
        use_case = catalogue.by_message_code(message.message_code)
        if message.cra is Cra.ALERT and not use_case.id.startswith(name.split("-")[0]):
            # The alert that a future-dated command ends in has a code of its own.
            assert use_case.id.startswith("FD"), path.name
        elif message.message_code != 0x000F or not name.startswith("CS04B"):
            assert name.startswith((use_case.id, use_case.id.split("-")[0])), path.name


PARTIES = {
    "90b3d51f30000002": RemotePartyRole.ACCESS_CONTROL_BROKER,
    "90b3d51f30010000": RemotePartyRole.SUPPLIER,
    "90b3d51f30020000": RemotePartyRole.NETWORK_OPERATOR,
    "90b3d51f30000004": RemotePartyRole.TRANSITIONAL_COS,
    "90b3d51f30010008": RemotePartyRole.LOAD_CONTROLLER,
}


@pytest.mark.rtds
def test_every_command_is_allowed_and_protected_as_the_row_says(rtds):
    for path, message in rtds_messages(rtds):
        role = PARTIES.get(message.originator.hex())
        if message.cra is not Cra.COMMAND or "PRECOMMAND" in path.name or role is None:
            continue
        use_case = catalogue.by_message_code(message.message_code)
        assert use_case is not None
        assert role in use_case.roles, path.name
        signed = use_case.message_type.is_critical and role not in use_case.mac_only_roles
        assert bool(message.signature) == (signed or role in use_case.signature_only_roles), path.name
        assert (message.mac is None) == (role in use_case.signature_only_roles), path.name
