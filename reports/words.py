"""Numbers and names as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_FACTORS = {
    "comms_hub": "Comms hub",
    "esme": "ESME",
    "gsme": "GSME",
    "ppmid": "PPMID",
    "ihd": "IHD",
    "hcalcs": "HCALCS",
    "sapc": "SAPC",
    "region": "Region",
}
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def factor_title(name: str) -> str:
    """``comms_hub`` as "Comms hub"; a name that we do not know keeps its letters."""
    return _FACTORS.get(name, name.replace("_", " "))


def purpose_title(name: str) -> str:
    """``wrong_role`` as "wrong role"."""
    return name.replace("_", " ")


def printable(text: str) -> str:
    """The text without control characters, which a terminal would obey."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def first_line(text: str) -> str:
    """The first line of a text of several."""
    return next(iter(text.splitlines()), "")


def number(value: int) -> str:
    """``1234567`` as "1,234,567"."""
    return f"{value:,}"


def counted(value: int, noun: str, plural: str = "") -> str:
    """ "1 case", "2 cases"."""
    return f"{value:,} {noun if value == 1 else plural or noun + 's'}"


def share(part: int, whole: int) -> str:
    """A percentage that says 0 or 100 only where that is exact."""
    if not whole or not part:
        return "0 %"
    if part == whole:
        return "100 %"
    percent = min(max(100 * part / whole, 0.1), 99.9)
    return f"{percent:.1f} %" if percent < 10 or percent > 90 else f"{percent:.0f} %"


def duration(seconds: float) -> str:
    """Seconds as "12.5 s", or "4 min 32 s"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:,} min {rest} s"


def size(octets: int | None) -> str:
    """Octets as "286 MB"."""
    return "not measured" if octets is None else f"{octets / 1e6:,.0f} MB"


def moment(microseconds: int) -> str:
    """Simulated time (microseconds since 2000-01-01T00:00:00Z) as ISO 8601 with milliseconds."""
    try:
        at = _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return f"{microseconds} µs"
    return at.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00") + " Z"
