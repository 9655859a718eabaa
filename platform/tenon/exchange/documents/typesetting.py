"""In charge of how a document looks on paper: clean markup becomes a program of the typesetter Typst.

Nothing of a record or a template ever stands in the program but inside quoted strings, and the program names no file
and no package: what the typesetter is given cannot make it read or fetch anything.
"""

import re
from collections.abc import Callable, Sequence

from tenon.exchange.documents.composing import PAGE, PAGES, Composed
from tenon.exchange.documents.markup import BLOCKS, Element, tree_of
from tenon.model.outreach import Paper
from tenon.texts import CHINESE

FAMILIES = ("Noto Sans S Chinese", "Noto Sans", "NanumGothic")
"""The fonts that come with the program, in the order in which they are looked for a letter."""
_SIZES = {"A4": "a4", "A5": "a5", "A3": "a3", "letter": "us-letter"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SHORT = 12
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)%")


def program(document: Composed) -> str:
    """Of a whole document."""
    body = _body(tree_of(document.html))
    return "\n".join((*_settings(document), "#{ [] ;", body, "}"))


def _settings(document: Composed) -> list[str]:
    language = 'lang: "zh", region: "cn"' if document.language == CHINESE else 'lang: "en"'
    families = ", ".join(quoted(family) for family in FAMILIES)
    return [
        f"#set document(title: {quoted(document.name)})",
        f"#set page({_page(document)})",
        f"#set text(font: ({families},), size: 10.5pt, cjk-latin-spacing: none, {language})",
        "#set par(leading: 0.75em, spacing: 1.1em, justify: false)",
        '#set table(stroke: 0.5pt + rgb("#8a94a3"), inset: (x: 6pt, y: 5pt))',
        '#show table.cell.where(y: 0): set text(weight: "bold")',
        "#show heading.where(level: 1): set text(size: 17pt)",
        "#show heading.where(level: 2): set text(size: 13pt)",
        "#show heading: set block(above: 1.4em, below: 0.9em)",
        '#show link: set text(fill: rgb("#1d4ed8"))',
    ]


def _page(document: Composed) -> str:
    paper = document.paper
    parts = [_size(paper), f"flipped: {'true' if paper.landscape else 'false'}", f"margin: {paper.margin}mm"]
    if document.header:
        parts.append(f"header: {_running(document.header)}")
    if document.footer:
        parts.append(f"footer: {_running(document.footer)}")
    if document.watermark:
        mark = f'text(size: 60pt, fill: rgb("#00000014"), {quoted(document.watermark)})'
        parts.append(f"background: rotate(-35deg, {mark})")
    return ", ".join(parts)


def _size(paper: Paper) -> str:
    return "width: 100mm, height: 150mm" if paper.size == "label_100x150" else f'paper: "{_SIZES[paper.size]}"'


def _running(words: str) -> str:
    """A line on every page; the counters are filled in when the pages are known."""
    parts = []
    for piece in re.split(f"([{PAGE}{PAGES}])", words):
        if piece == PAGE:
            parts.append("counter(page).display()")
        elif piece == PAGES:
            parts.append("str(counter(page).final().first())")
        elif piece:
            parts.append(quoted(piece))
    return f"align(center, text(size: 8.5pt, fill: luma(90), context {{ [] ; {' ; '.join(parts)} }}))"


def quoted(words: str) -> str:
    """A string that ends where it should, whatever it holds."""
    clean = _CONTROL.sub("", words)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _body(element: Element) -> str:
    """Blocks one after another; words between them are paragraphs of their own."""
    parts: list[str] = []
    loose: list[Element | str] = []

    def close() -> None:
        if any(not isinstance(each, str) or each.strip() for each in loose):
            parts.append(f"par({_inline(loose)})")
        loose.clear()

    for child in element.children:
        if isinstance(child, Element) and (child.tag in BLOCKS or child.tag in ("li", "tr")):
            close()
            parts.append(_block(child))
        else:
            loose.append(child)
    close()
    return "\n".join(parts)


def _block(element: Element) -> str:
    made = _BLOCK.get(element.tag, _division)(element)
    if element.align:
        made = f"align({element.align}, {{ [] ; {made} }})"
    if element.styles.get("break-before") in ("page", "always"):
        made = f"pagebreak(weak: true)\n{made}"
    return made


def _division(element: Element) -> str:
    return f"block(width: 100%, {{ [] ; {_body(element)} }})"


def _paragraph(element: Element) -> str:
    return f"par({_inline(element.children)})"


def _heading(element: Element) -> str:
    return f"heading(level: {element.tag[1]}, {_inline(element.children)})"


def _list(element: Element) -> str:
    items = "".join(f", {{ [] ; {_body(item)} }}" for item in element.elements("li"))
    return f"{'enum' if element.tag == 'ol' else 'list'}(tight: true{items})" if items else "[]"


def _quote(element: Element) -> str:
    return f"quote(block: true, {{ [] ; {_body(element)} }})"


def _pre(element: Element) -> str:
    return f"raw(block: true, {quoted(element.text().strip(chr(10)))})"


def _line(_element: Element) -> str:
    return 'line(length: 100%, stroke: 0.5pt + rgb("#8a94a3"))'


def _table(element: Element) -> str:
    rows = list(element.rows())
    width = max((sum(cell.number("colspan") for cell in row.elements("td", "th")) for row, _head in rows), default=0)
    if not width:
        return "[]"
    head = [_row(row) for row, is_head in rows if is_head]
    rest = [_row(row) for row, is_head in rows if not is_head]
    parts = [f"columns: ({', '.join(_columns([row for row, _head in rows], width))},)"]
    parts += [f"table.header({', '.join(filter(None, head))})"] if any(head) else []
    return f"table({', '.join([*parts, *filter(None, rest)])})"


def _row(row: Element) -> str:
    return ", ".join(_cell(cell) for cell in row.elements("td", "th"))


def _cell(cell: Element) -> str:
    options = [f"{name}: {cell.number(name)}" for name in ("colspan", "rowspan") if cell.number(name) > 1]
    options += [f"align: {cell.align}"] if cell.align else []
    words = _body(cell) if any(each.tag in BLOCKS for each in cell.elements()) else _inline(cell.children)
    weight = f"strong({{ [] ; {words} }})" if cell.tag == "th" else f"{{ [] ; {words} }}"
    return f"table.cell({''.join(f'{option}, ' for option in options)}{weight})"


def _columns(rows: Sequence[Element], width: int) -> list[str]:
    """Told widths stay; numbers at the right and short words take what they need, longer ones share the rest."""
    told = [_told(rows, place) for place in range(width)]
    lengths = [max((_length(cell.text()) for cell in _down(rows, place)), default=0) for place in range(width)]
    fixed = [
        bool(cells := _down(rows, place)) and all(cell.align == "right" for cell in cells) for place in range(width)
    ]
    longest = max((place for place in range(width) if not fixed[place]), key=lambda place: lengths[place], default=-1)
    found = []
    for place, length in enumerate(lengths):
        is_short = fixed[place] or (length <= _SHORT and place != longest)
        found.append(told[place] or ("auto" if is_short else f"{min(60, max(8, length))}fr"))
    return found


def _told(rows: Sequence[Element], place: int) -> str:
    widths = (_PERCENT.fullmatch(cell.styles.get("width", "")) for cell in _down(rows, place))
    return next((f"{match[1]}%" for match in widths if match), "")


def _down(rows: Sequence[Element], place: int) -> list[Element]:
    """The cells of a column that stand in it alone; the first ones say enough."""
    return [cell for row in rows[:50] if (cell := _at(row, place)) is not None]


def _length(words: str) -> int:
    """Chinese characters are twice as wide as letters."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in words)


def _at(row: Element, place: int) -> Element | None:
    cells = row.elements("td", "th")
    spanned = any(cell.number("colspan") > 1 for cell in cells)
    return None if spanned or place >= len(cells) else cells[place]


def _inline(children: Sequence[Element | str]) -> str:
    parts = ["[]"]
    for child in children:
        if isinstance(child, str):
            words = _SPACES.sub(" ", child)
            if words:
                parts.append(quoted(words))
        elif child.tag == "br":
            parts.append("linebreak()")
        elif child.tag in BLOCKS:
            parts.append(_block(child))
        else:
            parts.append(_INLINE.get(child.tag, "{}").format(_inline(child.children), href=quoted(_address(child))))
    return "{ " + " ; ".join(parts) + " }"


def _address(element: Element) -> str:
    return element.attributes.get("href", "") or "#"


_BLOCK: dict[str, Callable[[Element], str]] = {
    "p": _paragraph,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    "ul": _list,
    "ol": _list,
    "table": _table,
    "blockquote": _quote,
    "pre": _pre,
    "hr": _line,
}
_INLINE = {
    **dict.fromkeys(("b", "strong"), "strong({})"),
    **dict.fromkeys(("em", "i"), "emph({})"),
    "u": "underline({})",
    **dict.fromkeys(("s", "del"), "strike({})"),
    "sub": "sub({})",
    "sup": "super({})",
    "small": "text(size: 0.85em, {})",
    "a": "link({href}, {})",
}
