"""From a marked document to a checked pydantic model: every fault with its place and what was expected.

What was expected is said with the description of the field, so each field of a document needs one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from device_profiles.errors import InputError, InputProblem
from device_profiles.marked_yaml import MarkedDocument, Place

DocumentType = TypeVar("DocumentType", bound=BaseModel)


def checked(document: MarkedDocument, shape: type[DocumentType]) -> DocumentType:
    """The document as ``shape``. Raises InputError with all faults, in the order of their lines."""
    try:
        return shape.model_validate(document.value)
    except ValidationError as error:
        found = [_problem(document, shape, dict(one)) for one in error.errors(include_url=False)]
        raise InputError(in_order(found)) from None


def in_order(problems: Iterable[InputProblem]) -> list[InputProblem]:
    """Problems of one file by line and column."""
    return sorted(problems, key=lambda problem: (problem.line, problem.column))


def hint(name: str, names: Iterable[str]) -> str:
    """What to say about a name that is not among ``names``: the nearest one, or all of them."""
    known = list(names)
    close = difflib.get_close_matches(name, known, n=1) or [one for one in known if name and name in one]
    return f"did you mean {close[0]}?" if close else f"expected one of {', '.join(known)}"


def _problem(document: MarkedDocument, shape: type[BaseModel], found: dict[str, Any]) -> InputProblem:
    place: Place = found["loc"]
    fields = list(_fields_along(shape, place))
    match found["type"]:
        case "extra_forbidden":
            around = _shape_within(fields[-1]) if fields else shape
            said = hint(str(place[-1]), (around or shape).model_fields)
            return document.problem(place, f"unknown field: {said}", at_key=True)
        case "missing":
            return document.problem(place, f"this field is missing: expected {_meaning(fields, place)}")
        case "model_type":
            return document.problem(place, "expected a mapping of fields")
        case "enum" | "literal_error":
            choices = "one of " + found["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
            expected = choices if isinstance(place[-1], int) else f"{_meaning(fields, place)}, {choices}"
        case _:
            expected = _meaning(fields, place)
    return document.problem(place, f"expected {expected}; got {_brief(found['input'])}")


def _brief(given: object) -> str:
    if isinstance(given, str):
        return repr(given if len(given) <= 40 else given[:37] + "…")
    return "a list" if isinstance(given, list) else "a mapping"


def _fields_along(shape: type[BaseModel], place: Place) -> Iterator[FieldInfo]:
    inner: type[BaseModel] | None = shape
    for step in place:
        if isinstance(step, int):
            continue
        if inner is None or step not in inner.model_fields:
            return
        field = inner.model_fields[step]
        yield field
        inner = _shape_within(field)


def _shape_within(field: FieldInfo) -> type[BaseModel] | None:
    """The document that a field holds, itself or as items of a list."""
    for candidate in (field.annotation, *get_args(field.annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _meaning(fields: list[FieldInfo], place: Place) -> str:
    """What is held at ``place``; for an item of a list, what its list holds."""
    meaning = (fields[-1].description if fields else None) or "something else"
    return f"an item for {meaning}" if place and isinstance(place[-1], int) else meaning
