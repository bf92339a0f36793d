"""``harness encode``: a message built from the JSON that ``harness decode --json`` prints."""

from __future__ import annotations

import base64
import json
from typing import Any

import click

from device_profiles.errors import InputError, InputProblem
from harness.codecs.errors import CodecError
from harness.codecs.json_form import message_octets

_LONGEST = 1 << 24
"""Far above the JSON of any message of this network."""


@click.command("encode")
@click.argument("file", type=click.Path(allow_dash=True), default="-")
@click.option(
    "--format",
    "form",
    type=click.Choice(["hex", "base64"]),
    default="hex",
    show_default=True,
    help="How the message is printed.",
)
def command(file: str, form: str) -> None:
    """Build a GBCS message from its JSON form.

    FILE, or standard input, holds what harness decode --json prints, or the "message" in it alone.
    MAC and signature are taken as they stand: harness sign makes a signature.
    """
    source = "standard input" if file == "-" else file
    with click.open_file(file, "rb") as stream:
        text = stream.read(_LONGEST + 1)
    if len(text) > _LONGEST:
        raise _fault(source, f"expected at most {_LONGEST} octets")
    try:
        octets = message_octets(_message_in(_parsed(text, source)))
    except CodecError as error:
        raise _fault(source, error.reason, error.field) from None
    click.echo(octets.hex().upper() if form == "hex" else base64.b64encode(octets).decode("ascii"))


def _parsed(text: bytes, source: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        problem = InputProblem(source, error.lineno, error.colno, "", f"expected JSON: {error.msg}")
        raise InputError([problem]) from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise _fault(source, f"expected JSON: {error}") from None


def _message_in(parsed: Any) -> Any:
    return parsed["message"] if isinstance(parsed, dict) and "message" in parsed else parsed


def _fault(source: str, reason: str, field: str = "") -> InputError:
    return InputError([InputProblem(source, 0, 0, field, reason)])
