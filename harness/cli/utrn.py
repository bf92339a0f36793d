"""``harness utrn``: prepayment tokens, made and checked."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from device_profiles.errors import InputError, InputProblem
from harness.cli.exits import Exit
from harness.cli.key_files import private_key_in, public_key_in
from harness.crypto.agreement import shared_secret
from harness.crypto.errors import KeyStoreError, TokenError
from harness.crypto.keystore import KeyName, KeyStore, KeyUse
from harness.crypto.utrn import TokenScope, ValueClass, make_token, parse_token, token_holds


def _entity_id(_context: click.Context, _option: click.Parameter, given: str | None) -> bytes | None:
    if given is None:
        return None
    digits = re.sub("[-:]", "", given)
    if not re.fullmatch("[0-9a-fA-F]{16}", digits):
        raise click.BadParameter(f"{given!r} is no entity identifier: expected 16 hexadecimal digits")
    return bytes.fromhex(digits)


def _number(_context: click.Context, _option: click.Parameter, given: str | None) -> int | None:
    try:
        return None if given is None else int(given, 0)
    except ValueError:
        raise click.BadParameter(
            f"{given!r} is no number: expected decimal, or hexadecimal after 0x"
        ) from None


_Command = Callable[..., Any]


def _takes_parties(*, required: bool) -> Callable[[_Command], _Command]:
    """The options that say between whom a token is, and with what keys."""
    file = click.Path(path_type=Path)
    options = (
        click.option(
            "--originator", metavar="EUI-64", callback=_entity_id, required=required, help="The supplier."
        ),
        click.option("--target", metavar="EUI-64", callback=_entity_id, required=required, help="The meter."),
        click.option(
            "--counter",
            metavar="NUMBER",
            callback=_number,
            required=required,
            help="The token's counter, 64 bits, a multiple of 0x100000000.",
        ),
        click.option("--keys", type=file, help="A key store with both keys."),
        click.option("--key", type=file, help="The supplier's prepayment key agreement key, PEM."),
        click.option("--certificate", type=file, help="The meter's key agreement certificate, PEM."),
    )
    return lambda decorated: functools.reduce(
        lambda inner, option: option(inner), reversed(options), decorated
    )


@click.group("utrn")
def command() -> None:
    """Make and check prepayment tokens."""


@command.command("make")
@_takes_parties(required=True)
@click.option("--pounds", type=int, help="What it is worth, 0 to 8191 pounds.")
@click.option("--pence", type=int, help="What it is worth, 0 to 8191 pence.")
def make(pounds: int | None, pence: int | None, **parties: Any) -> None:
    """Make a token and print its twenty digits.

    Keys come from --keys DIR, or from --key and --certificate.
    """
    if (pounds is None) == (pence is None):
        raise click.UsageError("expected one of --pounds and --pence")
    unit = ValueClass.POUNDS if pence is None else ValueClass.PENCE
    amount = pounds if pence is None else pence
    scope = _scope(**parties)
    z = _secret(scope, **parties)
    with _token_errors_as_input_errors():
        click.echo(make_token(z, scope, amount or 0, unit))


@command.command("check")
@click.argument("utrn", metavar="UTRN")
@_takes_parties(required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(utrn: str, *, as_json: bool, **parties: Any) -> int:
    """Check a token and say what it is worth.

    Without keys the check digit and the form are checked; with --originator, --target, --counter and keys
    (--keys DIR, or --key and --certificate) also that the token is the supplier's for this meter and
    counter. Exit code 1 for a token that does not hold. Spaces and hyphens between digits do not matter.
    """
    digits = re.sub("[ -]", "", utrn)
    said: dict[str, Any] = {"utrn": digits}
    try:
        token = parse_token(digits)
    except TokenError as error:
        said |= {"fault": str(error), "holds": False}
    else:
        said |= {
            "pence": token.pence,
            "value": token.value,
            "value_class": token.value_class.name.lower(),
            "counter_bits": token.counter_bits,
            "earliest_counter": f"0x{token.counter_from():016X}",
            "holds": True,
        }
        if any(parties[name] is not None for name in ("keys", "key", "certificate")):
            scope = _scope(**parties)
            z = _secret(scope, **parties)
            with _token_errors_as_input_errors():
                said["authentic"] = said["holds"] = token_holds(token, z, scope)
    click.echo(json.dumps(said, indent=2) if as_json else _in_words(said))
    return Exit.DONE if said["holds"] else Exit.GATE_FAILED


@contextmanager
def _token_errors_as_input_errors() -> Iterator[None]:
    try:
        yield
    except TokenError as error:
        raise InputError([InputProblem("token", 0, 0, "", str(error))]) from None


def _in_words(said: dict[str, Any]) -> str:
    if "fault" in said:
        return str(said["fault"])
    worth = f"£{said['pence'] // 100}.{said['pence'] % 100:02d}"
    authentic = {
        None: "not checked: no keys given",
        True: "holds for this supplier, meter and counter",
        False: "DOES NOT HOLD for this supplier, meter and counter",
    }[said.get("authentic")]
    return "\n".join(
        (
            f"value:        {worth} ({said['value']} {said['value_class']})",
            f"counter:      {said['earliest_counter']}, or one with the same bits 32 to 41",
            "check digit:  holds",
            f"check value:  {authentic}",
        )
    )


def _scope(
    *, originator: bytes | None, target: bytes | None, counter: int | None, **_keys: Path | None
) -> TokenScope:
    if originator is None or target is None or counter is None:
        raise click.UsageError("with keys, expected --originator, --target and --counter")
    return TokenScope(originator=originator, target=target, counter=counter)


def _secret(
    scope: TokenScope, *, keys: Path | None, key: Path | None, certificate: Path | None, **_scope: Any
) -> bytes:
    if keys is None:
        if key is None or certificate is None:
            raise click.UsageError("expected --keys, or both --key and --certificate")
        return shared_secret(private_key_in(key), public_key_in(certificate))
    supplier = KeyName(scope.originator, KeyUse.PREPAYMENT_KEY_AGREEMENT)
    meter = KeyName(scope.target, KeyUse.KEY_AGREEMENT)
    try:
        z = KeyStore.open(keys).shared_secret(supplier, meter)
    except KeyStoreError as error:
        raise InputError([InputProblem("", 0, 0, "--keys", str(error))]) from None
    if z is None:
        lacking = f"{supplier.entity_id.hex()}-{supplier.use} and {meter.entity_id.hex()}-{meter.use}"
        raise InputError([InputProblem(str(keys), 0, 0, "", f"expected keys {lacking}, one of them private")])
    return z
