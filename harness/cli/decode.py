"""``harness decode``: a message as a readable tree or as JSON, with the state of its MAC and signature."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.text import Text

from device_profiles.errors import InputError, InputProblem
from harness.cli.octets import read_octets
from harness.codecs.errors import CodecError
from harness.codecs.json_form import message_json
from harness.codecs.tree import Node, message_tree, number_text, plain_tree, tree_json
from harness.crypto.errors import KeyStoreError
from harness.crypto.inspection import Inspection, State, inspect_message
from harness.crypto.keystore import KeyStore

_SHOWN_OCTETS: Final = 8
_WIDTH: Final = 2 * _SHOWN_OCTETS + 1
_STATES: Final = {
    State.HELD: ("holds", "green"),
    State.FAILED: ("does not hold", "bold red"),
    State.NO_KEY: ("not checked, no key", "yellow"),
    State.ABSENT: ("none", "dim"),
}


@click.command("decode")
@click.argument("given", metavar="[HEX|BASE64|FILE|-]", default="-")
@click.option("--json", "as_json", is_flag=True, help="Print the message, its tree and the checks as JSON.")
@click.option(
    "--keys",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of keys and certificates: MAC and signature are checked, sensitive data is decrypted.",
)
def command(given: str, keys: Path | None, *, as_json: bool) -> None:
    """Print a GBCS message as a readable tree.

    The message is hexadecimal, base64, a file that holds either or the octets, or - for standard input.
    Each line has the offset of a field, its first octets, its name, its value and what it means.

    The "message" in the JSON is what harness encode builds the same octets from.
    """
    octets = read_octets(given)
    found = _inspected(octets, keys)
    tree, plain = message_tree(octets), _plain_trees(found)
    if as_json:
        click.echo(json.dumps(_described(octets, found, tree, plain), indent=1))
    else:
        _print(found, tree, plain)
    if found.message is None:
        raise InputError([InputProblem(given if len(given) < 60 else "message", 0, 0, "", found.faults[0])])


def _inspected(octets: bytes, keys: Path | None) -> Inspection:
    try:
        return inspect_message(octets, KeyStore.open(keys) if keys else KeyStore({}, {}))
    except KeyStoreError as error:
        raise InputError([InputProblem(str(keys), 0, 0, "", str(error))]) from None


def _plain_trees(found: Inspection) -> list[Node]:
    return [
        plain_tree(found.message, one.place, one.plaintext)
        for one in found.disclosed
        if found.message is not None and one.plaintext is not None
    ]


def _described(octets: bytes, found: Inspection, tree: Node, plain: list[Node]) -> dict[str, Any]:
    try:
        message = message_json(octets)
    except CodecError:
        message = None
    return {
        "message": message,
        "checks": {
            name: getattr(found, name).value
            for name in ("parsed", "rebuilt", "mac", "signature", "decrypted")
        },
        "faults": list(found.faults),
        "tree": tree_json(tree),
        "decrypted": [tree_json(one) for one in plain],
    }


def _print(found: Inspection, tree: Node, plain: list[Node]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for line in _lines(tree, 0):
        console.print(line)
    for one in plain:
        console.print(Text("\ndecrypted", style="bold"))
        for line in _lines(one, 0):
            console.print(line)
    if found.message is None:
        return
    console.print()
    for name in ("mac", "signature", "decrypted"):
        words, style = _STATES[getattr(found, name)]
        label = {"mac": "MAC", "signature": "Signature", "decrypted": "Sensitive data"}[name]
        console.print(Text.assemble(f"{label}: ", (words, style)))
    for fault in found.faults:
        console.print(Text(fault, style="red"))


def _lines(node: Node, depth: int) -> Iterator[Text]:
    line = Text(f"{node.offset:5d}  ", style="dim")
    line.append(f"{_start_of(node):{_WIDTH}}  ", style="cyan")
    line.append("  " * depth)
    line.append(node.name, style="bold" if node.children else "")
    value = _value_text(node)
    if value:
        line.append(" = ").append(value, style="green")
    if node.meaning:
        style = "red" if node.meaning.startswith("does not decode") else "yellow"
        line.append(f"  {node.meaning}", style=style)
    yield line
    for child in node.children:
        yield from _lines(child, depth + 1)


def _start_of(node: Node) -> str:
    start = node.octets[:_SHOWN_OCTETS].hex()
    return start + "…" if len(node.octets) > _SHOWN_OCTETS else start


def _value_text(node: Node) -> str:
    """The value, unless the octets shown say it already."""
    value = node.value
    if value is None:
        return ""
    if isinstance(value, bytes):
        return "" if value == node.octets and len(value) <= _SHOWN_OCTETS else value.hex()
    if isinstance(value, str):
        return f'"{value}"' if not value.strip("01") or not value.isprintable() else value
    return number_text(node.name, value)
