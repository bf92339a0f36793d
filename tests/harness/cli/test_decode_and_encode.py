"""``harness decode`` and ``harness encode`` from the outside."""

import base64
import json

import pytest
from click.testing import CliRunner

from device_profiles.errors import InputError
from harness.cli import command, main
from harness.cli.exits import Exit


@pytest.fixture
def vector(ecs04b_vector):
    return ecs04b_vector.hex().upper()


def harness(*arguments, given=None):
    return CliRunner().invoke(command, list(arguments), input=given)


@pytest.mark.parametrize("form", ["hex", "base64", "file", "stdin"])
def test_a_message_in_every_form_it_comes_in(vector, tmp_path, form):
    octets = bytes.fromhex(vector)
    (tmp_path / "message").write_bytes(octets)
    arguments = {
        "hex": [vector],
        "base64": [base64.b64encode(octets).decode()],
        "file": [str(tmp_path / "message")],
        "stdin": ["-"],
    }[form]
    result = harness("decode", *arguments, given=vector if form == "stdin" else None)
    assert result.exit_code == 0, result.output
    assert "ECS04b Reset Meter Balance on the ESME" in result.output
    assert "MeterBalance: reset" in result.output
    assert "MAC: not checked, no key" in result.output
    assert "\x1b[" not in result.output


def test_json_goes_back_to_the_same_octets(vector):
    described = harness("decode", "--json", vector)
    form = json.loads(described.output)
    assert form["checks"]["parsed"] == "held"
    assert form["tree"]["octets"] == vector.lower()
    for text in (described.output, json.dumps(form["message"])):
        assert harness("encode", given=text).output.strip() == vector
    encoded = harness("encode", "--format", "base64", given=described.output)
    assert base64.b64decode(encoded.output).hex().upper() == vector


def test_octets_that_do_not_decode_show_how_far_they_go(vector, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["decode", vector[:80]])
    assert caught.value.code == Exit.USAGE
    shown = capsys.readouterr()
    assert "does not decode" in shown.out
    assert "general_ciphering" in shown.err


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "standard input:1:2: expected JSON"),
        ("[]", "message: expected an object"),
        ('{"message": {"cra": "command"}}', "payload: no such value"),
        ("\x00", "expected JSON"),
        ("[" * 100_000, "expected JSON"),
    ],
)
def test_bad_json_is_explained(text, complaint):
    result = harness("encode", given=text)
    assert result.exit_code
    assert complaint in str(result.exception)


@pytest.mark.rtds
def test_keys_check_mac_and_signature_and_open_sensitive_data(rtds):
    (path,) = (rtds / "messages").glob("*_ECS17b/ECS17b_*_SINGLE_SUCCESS_RESPONSE_GBCS.HEX")
    result = harness("decode", "--keys", str(rtds / "keystore"), str(path))
    assert "MAC: holds" in result.output
    assert "Sensitive data: holds" in result.output
    assert "active_import_value" in result.output
    damaged = path.read_text().strip()[:-2] + "00"
    result = harness("decode", "--keys", str(rtds / "keystore"), damaged)
    assert "MAC: does not hold" in result.output


def test_a_broken_key_is_explained(vector, tmp_path):
    (tmp_path / "123456789abcdef0-ds.pem").write_text("no certificate")
    result = harness("decode", "--keys", str(tmp_path), vector)
    assert isinstance(result.exception, InputError)
    assert "123456789abcdef0-ds.pem" in str(result.exception)
