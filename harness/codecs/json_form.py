"""Messages in the types that JSON has, and back to the same octets.

Frozen values become objects of their fields; a field that has its default may be left out. Octets are
hexadecimal text, enums their names in lower case, tuples arrays. Where a value can be of several types,
as a payload can, it is an object with one key, the name of its type. COSEM data are an object with one
key, their tag: ``{"long-unsigned": 5}``. ZCL payloads are taken apart: ``"zcl"`` in a component.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import IntEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from harness.codecs.cosem_data import BitString, CompactArray, Data, DataTag, TypeDescription
from harness.codecs.envelope import decode_message, encode_message
from harness.codecs.errors import CodecError, EncodeError
from harness.codecs.gbz_types import GbzComponent
from harness.codecs.message import Message
from harness.codecs.payload import Payload, decode_payload, encode_payload
from harness.codecs.zcl import decode_zcl, with_zcl
from harness.codecs.zcl_types import EncryptedPayload, ZclCommand

_To = Callable[[Any], Any]
_From = Callable[[Any, str], Any]
_Pair = tuple[_To, _From]
_LEFT_AS_OCTETS: Final = "octets"


def message_json(octets: bytes) -> dict[str, Any]:
    """A message in the types that JSON has. Raises DecodeError.

    A payload that does not decode stays as octets.
    """
    message = decode_message(octets)
    made: dict[str, Any] = _pair(Message)[0](message)
    try:
        made["payload"] = _pair(Payload)[0](decode_payload(message))
    except CodecError:
        made["payload"] = {_LEFT_AS_OCTETS: message.payload.hex()}
    return made


def message_octets(form: object) -> bytes:
    """Octets of a message in JSON form. Raises EncodeError with the path of the field at fault."""
    if not isinstance(form, dict):
        raise EncodeError("message", "expected an object")
    try:
        octets = _payload_octets(form.get("payload"))
        message: Message = _pair(Message)[1]({**form, "payload": octets.hex()}, "message")
    except RecursionError:
        raise EncodeError("message", "nests too deeply") from None
    return encode_message(message)


def _payload_octets(form: object) -> bytes:
    if isinstance(form, dict) and set(form) == {_LEFT_AS_OCTETS}:
        return _octets_from(form[_LEFT_AS_OCTETS], f"payload.{_LEFT_AS_OCTETS}")
    return encode_payload(_pair(Payload)[1](form, "payload"))


@cache
def _pair(hint: Any) -> _Pair:
    """How a type goes to JSON and comes back."""
    if hint in _OWN:
        return _OWN[hint]
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _union(get_args(hint))
    if origin is tuple:
        return _array(_pair(get_args(hint)[0]))
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return _enum(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return _record(hint)
    raise TypeError(f"{hint!r} has no JSON form")  # a type added to the codecs and not to this module


def _record(made: type[Any]) -> _Pair:
    # Looked up on first use: some of these types hold themselves.
    @cache
    def members() -> dict[str, _Pair]:
        hints = get_type_hints(made)
        return {part.name: _pair(hints[part.name]) for part in fields(made)}

    defaults = {part.name: part.default for part in fields(made) if part.default is not MISSING}

    def to_json(value: Any) -> dict[str, Any]:
        return {
            name: to(getattr(value, name))
            for name, (to, _) in members().items()
            if name not in defaults or getattr(value, name) != defaults[name]
        }

    def from_json(form: Any, path: str) -> Any:
        if not isinstance(form, dict):
            raise EncodeError(path, f"expected an object with the fields of {made.__name__}")
        strange = set(form) - set(members())
        missing = set(members()) - set(defaults) - set(form)
        if strange or missing:
            wrong = ", ".join(sorted(map(str, strange or missing)))
            raise EncodeError(
                path, f"{'unknown' if strange else 'missing'} fields of {made.__name__}: {wrong}"
            )
        return made(
            **{
                name: back(form[name], f"{path}.{name}")
                for name, (_, back) in members().items()
                if name in form
            }
        )

    return to_json, from_json


def _array(element: _Pair) -> _Pair:
    to, back = element

    def from_json(form: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(form, list):
            raise EncodeError(path, "expected an array")
        return tuple(back(one, f"{path}[{index}]") for index, one in enumerate(form))

    return lambda value: [to(one) for one in value], from_json


def _enum(made: type[IntEnum]) -> _Pair:
    def from_json(form: Any, path: str) -> Any:
        try:
            return made[form.upper()] if isinstance(form, str) else made(form)
        except (KeyError, ValueError):
            names = ", ".join(member.name.lower() for member in made)
            raise EncodeError(path, f"expected one of {names}") from None

    return lambda value: made(value).name.lower(), from_json


def _union(hints: tuple[Any, ...]) -> _Pair:
    """One of several types. Two types that look alike in JSON are told apart by the name of the type."""
    tuples = [get_args(hint)[0] for hint in hints if get_origin(hint) is tuple]
    plain = [hint for hint in hints if get_origin(hint) is not tuple]
    records: dict[str, Any] = {
        hint.__name__: hint
        for hint in plain
        if isinstance(hint, type) and is_dataclass(hint) and hint not in _OWN
    }
    tagged = len(records) > 1 or (bool(records) and bool(tuples))
    others = [hint for hint in plain if hint.__name__ not in records]
    array = _array(_pair(Union[tuple(tuples)])) if tuples else None  # noqa: UP007 - made at run time

    def to_json(value: Any) -> Any:
        if isinstance(value, tuple) and array:
            return array[0](value)
        name = type(value).__name__
        if name in records:
            form = _pair(records[name])[0](value)
            return {name: form} if tagged else form
        return next(_pair(hint)[0](value) for hint in others if _is(value, hint))

    def from_json(form: Any, path: str) -> Any:
        if isinstance(form, list) and array:
            return array[1](form, path)
        if isinstance(form, dict) and records:
            return _chosen(form, records, tagged=tagged, path=path)
        return _first_that_fits(form, others, path)

    return to_json, from_json


def _is(value: object, hint: Any) -> bool:
    return isinstance(value, hint) and (hint is bool) == isinstance(value, bool)


def _chosen(form: dict[str, Any], records: dict[str, Any], *, tagged: bool, path: str) -> Any:
    if not tagged:
        (made,) = records.values()
        return _pair(made)[1](form, path)
    name = next(iter(form)) if len(form) == 1 else None
    if name not in records:
        raise EncodeError(path, f"expected an object with one key of {', '.join(records)}")
    return _pair(records[name])[1](form[name], f"{path}.{name}")


def _first_that_fits(form: Any, hints: list[Any], path: str) -> Any:
    """Names of enums come before octets in hexadecimal: no name is made of hexadecimal digits alone."""
    reasons = []
    for hint in sorted(hints, key=lambda hint: not issubclass(hint, IntEnum)):
        try:
            return _pair(hint)[1](form, path)
        except EncodeError as error:
            reasons.append(error.reason)
    raise EncodeError(path, " or ".join(reasons) or "no such value")


def _typed(made: type[Any], what: str) -> _Pair:
    def from_json(form: Any, path: str) -> Any:
        if not _is(form, made):
            raise EncodeError(path, f"expected {what}, got {form!r}")
        return form

    return lambda value: value, from_json


def _octets_from(form: Any, path: str) -> bytes:
    try:
        return bytes.fromhex(form)
    except (TypeError, ValueError):
        raise EncodeError(path, "expected hexadecimal digits") from None


def _bits_from(form: Any, path: str) -> BitString:
    if not isinstance(form, str) or form.strip("01"):
        raise EncodeError(path, "expected a text of 0 and 1")
    return BitString(form)


def _tag_name(tag: DataTag) -> str:
    return tag.name.lower().replace("_", "-")


_TAGS: Final = {_tag_name(tag): tag for tag in DataTag}


def _data_to(data: Data) -> dict[str, Any]:
    to, _ = _VALUES[data.tag]
    return {_tag_name(data.tag): to(data.value)}


def _data_from(form: Any, path: str) -> Data:
    name = next(iter(form)) if isinstance(form, dict) and len(form) == 1 else None
    if name not in _TAGS:
        raise EncodeError(path, f"expected an object with one key of {', '.join(_TAGS)}")
    tag = _TAGS[name]
    _, back = _VALUES[tag]
    return Data(tag, back(form[name], f"{path}.{name}"))


def _type_to(description: TypeDescription) -> Any:
    name = _tag_name(description.tag)
    if description.tag is DataTag.STRUCTURE:
        return {name: [_type_to(member) for member in description.members]}
    if description.tag is DataTag.ARRAY:
        return {name: [description.count, *map(_type_to, description.members)]}
    return name


def _type_from(form: Any, path: str) -> TypeDescription:
    if isinstance(form, str) and form in _TAGS:
        return TypeDescription(_TAGS[form])
    if isinstance(form, dict) and len(form) == 1:
        ((name, members),) = form.items()
        if name == "structure" and isinstance(members, list):
            return TypeDescription(DataTag.STRUCTURE, tuple(_type_from(one, path) for one in members))
        if name == "array" and isinstance(members, list) and len(members) == 2 and _is(members[0], int):
            return TypeDescription(DataTag.ARRAY, (_type_from(members[1], path),), members[0])
    raise EncodeError(path, "expected a tag, a structure of types, or an array of a count and a type")


def _compact_to(value: CompactArray) -> dict[str, Any]:
    return {"type": _type_to(value.element), "elements": [_data_to(one) for one in value.elements]}


def _compact_from(form: Any, path: str) -> CompactArray:
    if not isinstance(form, dict) or set(form) != {"type", "elements"}:
        raise EncodeError(path, "expected an object of type and elements")
    return CompactArray(
        _type_from(form["type"], f"{path}.type"), _DATA_ARRAY[1](form["elements"], f"{path}.elements")
    )


def _component_to(component: GbzComponent) -> dict[str, Any]:
    form: dict[str, Any] = _record(GbzComponent)[0](component)
    try:
        zcl = decode_zcl(component)
    except CodecError:
        return form
    form.pop("payload", None)
    form["zcl"] = _pair(ZclCommand | EncryptedPayload)[0](zcl)
    return form


def _component_from(form: Any, path: str) -> GbzComponent:
    if not isinstance(form, dict) or "zcl" not in form:
        bare: GbzComponent = _record(GbzComponent)[1](form, path)
        return bare
    rest = {name: value for name, value in form.items() if name != "zcl"}
    component: GbzComponent = _record(GbzComponent)[1]({**rest, "payload": ""}, path)
    return with_zcl(component, _pair(ZclCommand | EncryptedPayload)[1](form["zcl"], f"{path}.zcl"))


_OCTETS: Final[_Pair] = (bytes.hex, _octets_from)
_INTEGER: Final = _typed(int, "a whole number")
_TEXT: Final = _typed(str, "a text")
_BITS: Final[_Pair] = (lambda value: value.bits, _bits_from)
_NONE: Final = _typed(NoneType, "null")
_DATA: Final[_Pair] = (_data_to, _data_from)
_DATA_ARRAY: Final = _array(_DATA)
_BOOLEAN: Final[_Pair] = (
    lambda value: value,
    lambda form, path: form if isinstance(form, bool) else _INTEGER[1](form, path),
)
_OWN: Final[dict[Any, _Pair]] = {
    int: _INTEGER,
    bool: _typed(bool, "true or false"),
    str: _TEXT,
    bytes: _OCTETS,
    NoneType: _NONE,
    BitString: _BITS,
    Data: _DATA,
    GbzComponent: (_component_to, _component_from),
}
_VALUES: Final[dict[DataTag, _Pair]] = {
    **dict.fromkeys(DataTag, _INTEGER),
    **dict.fromkeys((DataTag.NULL, DataTag.DONT_CARE), _NONE),
    **dict.fromkeys((DataTag.ARRAY, DataTag.STRUCTURE), _DATA_ARRAY),
    **dict.fromkeys((DataTag.VISIBLE_STRING, DataTag.UTF8_STRING), _TEXT),
    **dict.fromkeys((DataTag.OCTET_STRING, DataTag.DATE_TIME, DataTag.DATE, DataTag.TIME), _OCTETS),
    DataTag.BOOLEAN: _BOOLEAN,
    DataTag.BIT_STRING: _BITS,
    DataTag.COMPACT_ARRAY: (_compact_to, _compact_from),
}
