"""Templates of GBZ messages agree with the rows of the catalogue and with the declared ZCL commands."""

import pytest

from harness.codecs.zcl_commands import GENERAL, commands
from harness.codecs.zcl_types import FRAME_TYPE_MASK, FROM_SERVER
from harness.gbcs.catalogue import use_case, use_cases
from harness.gbcs.gbz_messages import (
    PLACE,
    ComponentTemplate,
    command_templates,
    response_templates,
)
from harness.gbcs.use_case import PayloadFamily

COMMANDS = [
    row.id for row in use_cases() if row.payload_family is PayloadFamily.GBZ and not row.message_type.is_alert
]


def _fields(template: ComponentTemplate) -> set[str]:
    if template.frame_control & FRAME_TYPE_MASK == 0:
        return set(GENERAL[template.command][1].parts)
    from_server = bool(template.frame_control & FROM_SERVER)
    return set(commands()[template.cluster, from_server, template.command][1].parts)


@pytest.mark.parametrize("identifier", COMMANDS)
def test_every_command_has_templates_both_ways(identifier: str) -> None:
    assert command_templates(identifier)
    assert response_templates(identifier)


@pytest.mark.parametrize("identifier", COMMANDS)
def test_templates_name_fields_that_there_are(identifier: str) -> None:
    for template in (*command_templates(identifier), *response_templates(identifier)):
        assert template.choices.keys() <= _fields(template)
        assert 0 <= template.least <= template.most


# The mapping table gives Request New Password Response the identifier 3; template and messages have 2.
@pytest.mark.parametrize("identifier", [name for name in COMMANDS if name != "GCS11"])
def test_templates_send_the_commands_of_the_rows(identifier: str) -> None:
    rows = {(row.cluster, row.command) for row in use_case(identifier).zcl if row.command is not None}
    sent = {(one.cluster, one.command) for one in command_templates(identifier)}
    assert rows <= sent


def test_sensitive_values_are_encrypted_in_the_answer() -> None:
    for identifier in COMMANDS:
        sensitive = any(row.sensitive for row in use_case(identifier).zcl)
        if sensitive:
            assert any(one.encrypted for one in response_templates(identifier)), identifier


def test_what_is_allowed_of_a_template() -> None:
    (read,) = response_templates("GCS13a")
    assert read.encrypted
    assert [(one.attribute, one.data_type) for one in read.attributes][-1] == (0x0000, 0x25)
    assert read.attributes[2].choices == (0x01,)
    snapshots, _ = command_templates("GCS15b")
    assert (snapshots.least, snapshots.most) == (12, 12)
    assert snapshots.choices["snapshot_offset"] == (PLACE,)
    published, missing = response_templates("GCS15d")
    assert not published.alternative
    assert (published.least, published.most) == (0, 1)
    assert missing.alternative
