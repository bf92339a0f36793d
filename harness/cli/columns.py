"""Text in aligned columns, and line numbers as ranges: how listings look in a terminal and in a pipe."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise


def in_columns(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a table with a header."""
    return columns([header, *rows])


def columns(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a table: columns two spaces apart, as wide as they need to be, none cut off."""
    lines = list(rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()


def ranges(numbers: Iterable[int]) -> str:
    """Ascending numbers with runs drawn together: ``2-4, 9``."""
    ordered = sorted(set(numbers))
    breaks = [index for index, (one, other) in enumerate(pairwise(ordered), start=1) if other != one + 1]
    runs = [ordered[start:stop] for start, stop in pairwise([0, *breaks, len(ordered)])] if ordered else []
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
