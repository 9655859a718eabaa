"""In charge of the markup documents are made of: cleaned to what paper knows, and read into a tree.

Pictures, styles sheets, scripts and everything else that could fetch something are dropped here: whatever a record or
a template holds, making a document reads no file and asks no other machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

BLOCKS = frozenset(
    ("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "hr", "figure")
)
_INLINE = frozenset(("b", "strong", "em", "i", "u", "s", "del", "sub", "sup", "small", "code", "span", "a", "br"))
_TABLE = frozenset(("thead", "tbody", "tfoot", "tr", "th", "td", "caption"))
_TAGS = set(BLOCKS | _INLINE | _TABLE | {"li"})
_STYLED = ("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "th", "td", "table", "span")
_STYLES = {"text-align", "width", "break-before"}
_VOID = frozenset(("br", "hr"))
_DEEPEST = 40


@dataclass
class Element:
    """`children` are elements and texts."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Element | str]" = field(default_factory=list)

    @property
    def styles(self) -> dict[str, str]:
        pairs = (each.partition(":") for each in self.attributes.get("style", "").split(";"))
        return {name.strip(): value.strip() for name, _colon, value in pairs if value.strip()}

    @property
    def align(self) -> str:
        """left, right, center, or ""."""
        found = self.styles.get("text-align") or self.attributes.get("align", "")
        return found if found in ("left", "right", "center") else ""

    def elements(self, *tags: str) -> "list[Element]":
        return [each for each in self.children if isinstance(each, Element) and (not tags or each.tag in tags)]

    def text(self) -> str:
        return "".join(each if isinstance(each, str) else each.text() for each in self.children)

    def rows(self) -> "Iterator[tuple[Element, bool]]":
        """Of a table: each row, and whether it belongs to the head."""
        for each in self.elements():
            if each.tag == "tr":
                yield each, False
            elif each.tag in ("thead", "tbody", "tfoot"):
                yield from ((row, each.tag == "thead") for row in each.elements("tr"))

    def number(self, name: str) -> int:
        """Of an attribute like colspan; at least 1."""
        written = self.attributes.get(name, "")
        return min(100, max(1, int(written))) if written.isdecimal() else 1


def cleaned(html: str) -> str:
    """What paper knows of it, well-formed."""
    attributes = {tag: {"style"} for tag in _STYLED}
    attributes["td"] = attributes["th"] = {"style", "align", "colspan", "rowspan"}
    attributes["a"] = {"href"}
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=attributes,
        url_schemes={"http", "https", "mailto", "tel"},
        filter_style_properties=_STYLES,
    )


def tree_of(html: str) -> Element:
    """Of cleaned markup."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    """What is nested deeper than paper shows stays on the deepest level."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("div")
        self._open = [self.root]
        self._beyond = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        if tag in _VOID:
            self._open[-1].children.append(element)
        elif len(self._open) >= _DEEPEST:
            self._beyond += 1
        else:
            self._open[-1].children.append(element)
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self._beyond:
            self._beyond -= 1
        elif len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
