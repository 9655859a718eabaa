"""In charge of documents as files of word processors (DOCX), put together from the same clean markup."""

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tenon.exchange.documents.composing import PAGE, PAGES, Composed
from tenon.exchange.documents.markup import BLOCKS, Element, tree_of
from tenon.model.outreach import Paper

_SIZES = {"A4": (210, 297), "A5": (148, 210), "A3": (297, 420), "letter": (216, 279), "label_100x150": (100, 150)}
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
}
_FIELDS = {PAGE: "PAGE", PAGES: "NUMPAGES"}
_SPACES = re.compile(r"[ \t\r\n\f]+")
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CHINESE_FONT = "Microsoft YaHei"


def docx_of(document: Composed, made_at: datetime) -> bytes:
    """The watermark is left out: word processors have none of their own."""
    file = Document()
    properties = file.core_properties
    properties.title, properties.author = document.name[:255], ""
    properties.created = properties.modified = made_at.replace(tzinfo=None)
    style = file.styles["Normal"]
    style.font.size = Pt(10.5)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _CHINESE_FONT)
    _lay_out(file.sections[0], document.paper)
    _run_along(file.sections[0].header, document.header)
    _run_along(file.sections[0].footer, document.footer)
    _Writer(file).body(file, tree_of(document.html))
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def _lay_out(section: Any, paper: Paper) -> None:
    width, height = _SIZES[paper.size]
    if paper.landscape:
        width, height = height, width
        section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(paper.margin)


def _run_along(place: Any, words: str) -> None:
    if not words:
        return
    paragraph = place.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for piece in re.split(f"([{PAGE}{PAGES}])", words):
        if piece in _FIELDS:
            counter = OxmlElement("w:fldSimple")
            counter.set(qn("w:instr"), _FIELDS[piece])
            paragraph._p.append(counter)
        elif piece:
            paragraph.add_run(_fit(piece))


class _Writer:
    """`place` is whatever takes paragraphs: the file, a cell."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def body(self, place: Any, element: Element, style: str | None = None) -> None:
        loose: list[Element | str] = []

        def close() -> None:
            if any(not isinstance(each, str) or each.strip() for each in loose):
                self._inline(place.add_paragraph(style=style), loose, ())
            loose.clear()

        for child in element.children:
            if isinstance(child, Element) and child.tag in BLOCKS:
                close()
                self._block(place, child, style)
            else:
                loose.append(child)
        close()

    def _block(self, place: Any, element: Element, style: str | None) -> None:
        if element.tag in ("ul", "ol"):
            for item in element.elements("li"):
                self.body(place, item, "List Number" if element.tag == "ol" else "List Bullet")
        elif element.tag == "table":
            self._table(place, element)
        elif element.tag in ("div", "blockquote", "figure"):
            self._break(place, element)
            self.body(place, element, "Quote" if element.tag == "blockquote" else style)
        else:
            paragraph = place.add_paragraph(style=_STYLES.get(element.tag, style))
            if element.align:
                paragraph.alignment = _ALIGN[element.align]
            paragraph.paragraph_format.page_break_before = _breaks(element) or None
            self._inline(paragraph, element.children, (), plain=element.tag == "pre")

    def _break(self, place: Any, element: Element) -> None:
        if _breaks(element):
            place.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def _table(self, place: Any, element: Element) -> None:
        rows = [row.elements("td", "th") for row, _head in element.rows()]
        width = max((sum(cell.number("colspan") for cell in row) for row in rows), default=0)
        if not width:
            return
        table = place.add_table(rows=len(rows), cols=width)
        if place is self._file:
            table.style = "Table Grid"
        for number, (row, cells) in enumerate(zip(rows, [each.cells for each in table.rows], strict=True)):
            at = 0
            for cell in row:
                there, span = cells[at], min(cell.number("colspan"), width - at)
                if span > 1:
                    there = there.merge(cells[at + span - 1])
                self._cell(there, cell)
                at += span
                if at >= width:
                    break
            if number == 0 and any(cell.tag == "th" for cell in row):
                _repeat(table.rows[0])

    def _cell(self, place: Any, cell: Element) -> None:
        first = place.paragraphs[0]
        if any(each.tag in BLOCKS for each in cell.elements()):
            self.body(place, cell)
            first._p.getparent().remove(first._p)
            return
        if cell.align:
            first.alignment = _ALIGN[cell.align]
        self._inline(first, cell.children, ("strong",) if cell.tag == "th" else ())

    def _inline(
        self, paragraph: Any, children: Sequence[Element | str], marks: tuple[str, ...], *, plain: bool = False
    ) -> None:
        for child in children:
            if isinstance(child, str):
                words = child if plain else _SPACES.sub(" ", child)
                if words:
                    _mark(paragraph.add_run(_fit(words)), marks)
            elif child.tag == "br":
                paragraph.add_run().add_break()
            else:
                self._inline(paragraph, child.children, (*marks, child.tag), plain=plain)


def _mark(run: Any, marks: tuple[str, ...]) -> None:
    for mark in marks:
        if mark in ("b", "strong"):
            run.bold = True
        elif mark in ("em", "i"):
            run.italic = True
        elif mark in ("u", "a"):
            run.underline = True
        elif mark in ("s", "del"):
            run.font.strike = True
        elif mark == "sub":
            run.font.subscript = True
        elif mark == "sup":
            run.font.superscript = True
        elif mark == "small":
            run.font.size = Pt(9)


def _breaks(element: Element) -> bool:
    return element.styles.get("break-before") in ("page", "always")


def _repeat(row: Any) -> None:
    """The head of a table stands on every page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _fit(words: str) -> str:
    return _UNFIT.sub("", words)


_STYLES = {f"h{level}": f"Heading {level}" for level in range(1, 7)}
