"""What every page of a report must be: found wanting in words, so that a test can say all of it at once.

Lightweight checks of our own over parsed HTML: language, title, landmarks, order of headings, names of
controls, captions and scopes of tables, links that lead somewhere, nothing from the network, nothing
inline. And contrast, computed from the variables of the style sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

_VOID = {"meta", "link", "input", "br", "hr", "img", "rect", "path"}
_COMPUTED = {"combination.html", "combinations.html", "matrix.html"}
"""Pages that read settings behind the #, where no id stands."""


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.walk() if element.tag in tags]

    def text(self) -> str:
        return " ".join("".join(self.texts_within()).split())

    def texts_within(self) -> Iterator[str]:
        # The parts of an element in no particular order are enough to tell whether it says anything.
        yield from self.texts
        for child in self.children:
            yield from child.texts_within()

    def within(self, tag: str) -> bool:
        return self.parent is not None and (self.parent.tag == tag or self.parent.within(tag))


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.place = Element("", {})
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.problems.append(f"<{tag}> has an attribute twice")
        element = Element(tag, {name: value or "" for name, value in attrs}, self.place)
        self.place.children.append(element)
        if tag not in _VOID:
            self.place = element

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self.place.tag != tag:
            self.problems.append(f"</{tag}> closes <{self.place.tag}>")
        if self.place.parent is not None:
            self.place = self.place.parent

    def handle_data(self, data: str) -> None:
        self.place.texts.append(data)


def parse(html: str) -> tuple[Element, list[str]]:
    """The elements of a page, and faults of its form."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    if builder.place is not builder.root:
        builder.problems.append(f"<{builder.place.tag}> is never closed")
    return builder.root, builder.problems


def problems_of(html: str) -> list[str]:
    """Everything that is wrong with one page by itself."""
    root, problems = parse(html)
    for check in (_document, _landmarks, _headings, _controls, _tables, _references, _nothing_inline):
        problems += check(root)
    return problems


def _document(root: Element) -> Iterator[str]:
    if not root.all("html")[0].attributes.get("lang"):
        yield "html has no lang"
    titles = [title for title in root.all("title") if title.within("head")]
    if len(titles) != 1 or not titles[0].text():
        yield "there is not one title"
    policies = [meta for meta in root.all("meta") if "http-equiv" in meta.attributes]
    if not any("default-src 'none'" in meta.attributes.get("content", "") for meta in policies):
        yield "there is no content security policy"
    if not any(meta.attributes.get("name") == "viewport" for meta in root.all("meta")):
        yield "there is no viewport"


def _landmarks(root: Element) -> Iterator[str]:
    for tag in ("header", "nav", "main", "footer"):
        if len(root.all(tag)) != 1:
            yield f"there is not one {tag}"
    for nav in root.all("nav"):
        if not _named(nav, root):
            yield "nav has no name"
    links = root.all("a")
    if not links or links[0].attributes.get("href") != "#main":
        yield "the first link does not skip to the content"


def _headings(root: Element) -> Iterator[str]:
    levels = [int(heading.tag[1]) for heading in root.all("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1 or levels[0] != 1:
        yield "there is not one h1 in front"
    for one, other in pairwise(levels):
        if other > one + 1:
            yield f"h{other} follows h{one}"
    for heading in root.all("h1", "h2", "h3", "h4"):
        if not heading.text():
            yield f"an empty {heading.tag}"


def _controls(root: Element) -> Iterator[str]:
    labelled = {label.attributes.get("for") for label in root.all("label") if label.text()}
    for control in root.all("input", "select", "textarea"):
        if control.attributes.get("id") not in labelled and not _named(control, root):
            yield f"<{control.tag} id={control.attributes.get('id')}> has no label"
    for element in root.all("a", "button", "summary"):
        if not element.text() and not _named(element, root):
            yield f"<{element.tag}> says nothing"
    for element in root.walk():
        if element.attributes.get("role") in ("img", "region") and not _named(element, root):
            yield f"role {element.attributes['role']} has no name"
        if element.tag == "option" and not element.text():
            yield "an empty option"


def _tables(root: Element) -> Iterator[str]:
    for table in root.all("table"):
        if not any(caption.text() for caption in table.all("caption")):
            yield "a table has no caption"
        heads = table.all("th")
        if not any(head.attributes.get("scope") == "col" for head in heads):
            yield "a table has no column headers"
        for head in heads:
            if head.attributes.get("scope") not in ("col", "row") or not head.text():
                yield f"a header without scope or text: {head.text()!r}"
        widths = {len([cell for cell in row.children if cell.tag in ("td", "th")]) for row in table.all("tr")}
        if len(widths) > 1:
            yield f"rows of {sorted(widths)} cells in one table"


def _references(root: Element) -> Iterator[str]:
    ids = [element.attributes["id"] for element in root.walk() if "id" in element.attributes]
    for name in {name for name in ids if ids.count(name) > 1}:
        yield f"id {name} twice"
    for element in root.walk():
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            for name in element.attributes.get(attribute, "").split():
                if name not in ids:
                    yield f"{attribute} names {name}, which is not there"


def _nothing_inline(root: Element) -> Iterator[str]:
    for element in root.walk():
        for name in element.attributes:
            if name == "style" or name.startswith("on"):
                yield f"<{element.tag}> has {name}"
        if element.tag == "style" or (
            element.tag == "script" and (element.text() or "src" not in element.attributes)
        ):
            yield f"an inline {element.tag}"
        if element.tag in ("iframe", "object", "embed", "base", "img"):
            yield f"a {element.tag}"


def _named(element: Element, root: Element) -> bool:
    if element.attributes.get("aria-label", "").strip():
        return True
    wanted = element.attributes.get("aria-labelledby", "").split()
    return any(other.text() for other in root.walk() if other.attributes.get("id") in wanted)


def broken_links(site: Path) -> list[str]:
    """Links and sources that lead nowhere, or off the site. Every page is read."""
    parsed = {path: parse(path.read_text(encoding="utf-8"))[0] for path in sorted(site.rglob("*.html"))}
    ids = {
        path: {element.attributes["id"] for element in root.walk() if "id" in element.attributes}
        for path, root in parsed.items()
    }
    problems = []
    for path, root in parsed.items():
        for element in root.walk():
            for attribute in ("href", "src"):
                if attribute in element.attributes:
                    fault = _fault(site, path, element.attributes[attribute], ids)
                    if fault:
                        problems.append(f"{path.relative_to(site)}: {element.attributes[attribute]}: {fault}")
    return problems


def _fault(site: Path, page: Path, address: str, ids: dict[Path, set[str]]) -> str:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or address.startswith("/"):
        return "leads off the site"
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not target.is_relative_to(site.resolve()) or not target.is_file():
        return "is not there"
    if parts.fragment and target.name not in _COMPUTED and parts.fragment not in ids.get(target, set()):
        return "has no such id"
    return ""


def from_the_network(site: Path) -> list[str]:
    """Ways in which scripts or styles would reach for anything but files beside them."""
    forbidden = re.compile(
        r"fetch\s*\(|XMLHttpRequest|WebSocket|\bimport\b|innerHTML|document\.write|\beval\b|https?:|url\("
    )
    return [
        f"{path.relative_to(site)}: {found[0]}"
        for path in sorted(site.glob("assets/*"))
        for found in [forbidden.search(_code_of(path.read_text(encoding="utf-8")))]
        if found
    ]


def _code_of(text: str) -> str:
    return re.sub(r"/\*.*?\*/|^\s*//.*?$", "", text, flags=re.DOTALL | re.MULTILINE)


def low_contrast(css: str) -> list[str]:
    """Pairs of text and background below 4.5 to 1 (WCAG 2, AA), in light and in dark."""
    light_text, dark_text = css.split("@media (prefers-color-scheme: dark)")
    light = _variables(light_text)
    schemes = {"light": light, "dark": light | _variables(dark_text.split("\n}\n")[0])}
    pairs = [(text, f"{text}-bg") for text in light if f"{text}-bg" in light]
    pairs += [(text, ground) for text in ("text", "muted", "link") for ground in ("bg", "surface")]
    pairs += [("head-text", "head-bg"), ("head-muted", "head-bg"), ("fail", "bg")]
    pairs += [("text", f"{verdict}-bg") for verdict in ("pass", "fail", "inconclusive")]  # the banner
    return [
        f"{scheme}: --{text} on --{ground} has {ratio:.2f}"
        for scheme, variables in schemes.items()
        for text, ground in pairs
        if (ratio := contrast(variables[text], variables[ground])) < 4.5
    ]


def _variables(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
