"""What GBZ commands and responses are made of: which ZCL commands, how often, with which fixed values.

GBCS 19.3 has a template of each message; ``gbz_messages.yaml`` holds them as tables and explains its columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

_HEAD: Final = re.compile(r"(or )?([0-9A-F]{4}) ([0-9A-F]{2}) ([0-9A-F]{2})")
_ATTRIBUTE: Final = re.compile(r"([0-9A-F]{4})(?::([0-9A-F]{2}))?(?:=(\S+))?")
PLACE: Final = "place"
"""In place of a value: the number of the repetition, from 0."""


@dataclass(frozen=True, slots=True)
class ReadAttribute:
    """An attribute that is read: its ZCL data type where the template says it, and the values allowed."""

    attribute: int
    data_type: int | None
    choices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ComponentTemplate:
    """One ZCL command of a message, which comes at least and at most so many times.

    ``choices`` are the values allowed of each field that is not free: numbers, octets, or ``PLACE``.
    ``alternative`` is whether it comes in place of the one before, or of those that are missing of it.
    """

    cluster: int
    frame_control: int
    command: int
    least: int
    most: int
    encrypted: bool
    from_date_time: bool
    alternative: bool
    attributes: tuple[ReadAttribute, ...]
    choices: dict[str, tuple[int | bytes | str, ...]]


@cache
def command_templates(use_case: str) -> tuple[ComponentTemplate, ...]:
    """Components of a use case's command, empty for one that is not in the table."""
    return _templates(use_case, "command")


@cache
def response_templates(use_case: str) -> tuple[ComponentTemplate, ...]:
    """Components of its normal response."""
    return _templates(use_case, "response")


def _templates(use_case: str, message: str) -> tuple[ComponentTemplate, ...]:
    return tuple(_template(line) for line in _table().get(use_case, {}).get(message, "").splitlines())


@cache
def _table() -> dict[str, dict[str, str]]:
    # The loader in C is ten times as fast; some builds of PyYAML come without it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (files("harness.gbcs") / "gbz_messages.yaml").read_text(encoding="utf-8")
    table: dict[str, dict[str, str]] = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader either way
    return table


def _template(line: str) -> ComponentTemplate:
    head, often, flags, values = (cell.strip() for cell in line.split(" | "))
    found = _HEAD.fullmatch(head)
    if found is None:
        raise ValueError(f"gbz_messages.yaml: {line!r}")
    least, _, most = often.partition("-")
    words = [] if values == "-" else values.split()
    return ComponentTemplate(
        cluster=int(found[2], 16),
        frame_control=int(found[3], 16),
        command=int(found[4], 16),
        least=int(least),
        most=int(most or least),
        encrypted="encrypted" in flags,
        from_date_time="from" in flags,
        alternative=found[1] is not None,
        attributes=tuple(_attribute(word) for word in words if _ATTRIBUTE.fullmatch(word)),
        choices=dict(_choice(word) for word in words if not _ATTRIBUTE.fullmatch(word)),
    )


def _attribute(word: str) -> ReadAttribute:
    found = _ATTRIBUTE.fullmatch(word)
    if found is None:
        raise ValueError(f"gbz_messages.yaml: {word!r}")
    choices = () if found[3] is None else tuple(int(text, 16) for text in found[3].split("/"))
    return ReadAttribute(int(found[1], 16), None if found[2] is None else int(found[2], 16), choices)


def _choice(word: str) -> tuple[str, tuple[int | bytes | str, ...]]:
    name, _, text = word.partition("=")
    if text == PLACE:
        return name, (PLACE,)
    return name, (b"",) if text == '""' else tuple(int(one, 16) for one in text.split("/"))
