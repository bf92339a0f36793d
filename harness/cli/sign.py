"""``harness sign``: what a service user does to a pre-command before it goes back to the data service."""

from __future__ import annotations

import base64
from pathlib import Path

import click

from device_profiles.errors import InputError, InputProblem
from harness.cli.key_files import private_key_in
from harness.cli.octets import read_octets
from harness.codecs.envelope import decode_message
from harness.codecs.errors import CodecError
from harness.codecs.message import Cra, Message
from harness.crypto.protection import protect


@click.command("sign")
@click.argument("pre_command", metavar="PRE-COMMAND")
@click.option(
    "--key",
    required=True,
    type=click.Path(path_type=Path),
    help="The originator's digital signature key: an unencrypted PEM file.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["hex", "base64"]),
    default="hex",
    show_default=True,
    help="How the signed message is printed.",
)
def command(pre_command: str, key: Path, form: str) -> None:
    """Sign a pre-command.

    PRE-COMMAND is hexadecimal, base64, a file, or - for standard input: a message that ends after its
    payload, with or without the 00 of an absent signature. The signed message is printed. The signature
    is deterministic (RFC 6979): the same pre-command and key give the same one.
    """
    message = _pre_command(pre_command)
    signed = protect(message, signer=private_key_in(key))
    click.echo(signed.hex().upper() if form == "hex" else base64.b64encode(signed).decode("ascii"))


def _pre_command(given: str) -> Message:
    try:
        message = decode_message(read_octets(given))
    except CodecError as error:
        raise _not_a_pre_command(str(error)) from None
    if message.cra is not Cra.COMMAND:
        raise _not_a_pre_command(f"expected a command, this is of kind {message.cra.name.lower()}")
    if message.mac is not None:
        raise _not_a_pre_command("it has a MAC, so it is past signing")
    if message.signature:
        raise _not_a_pre_command("it is signed already")
    return message


def _not_a_pre_command(why: str) -> InputError:
    return InputError([InputProblem("PRE-COMMAND", 0, 0, "", why)])
