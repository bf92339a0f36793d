"""What a report page is, and the pages that there are: one folder each in ``reports/pages``.

A folder's package has the required name ``PAGE``; its templates, scripts and styles lie beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from reports import pages

if TYPE_CHECKING:
    from reports.view import RunView
    from reports.writer import SiteWriter


@dataclass(frozen=True, slots=True)
class Page:
    """One entry of the navigation. ``order`` places it; ``write`` writes all of its files.

    ``path`` is its file; ``folder`` is where further pages of it lie, empty where there are none.
    """

    order: int
    title: str
    path: str
    write: Callable[[RunView, SiteWriter], None]
    folder: str = ""


def find_pages() -> tuple[Page, ...]:
    """Every page, in the order of the navigation."""
    found = [import_module(f"{pages.__name__}.{module.name}").PAGE for module in iter_modules(pages.__path__)]
    return tuple(sorted(found, key=lambda page: (page.order, page.path)))
