"""In charge of files of word processors (DOCX) as templates: taken apart into XML with marks that can be checked.

A mark that a word processor has spread over several runs is put together again. A block that has a paragraph or a row
of a table for itself takes its place: `{% for lines %}` in a row of its own repeats the rows that follow.
"""

import base64
import binascii
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_BLOCK = re.compile(r"\{%.*?%\}", re.DOTALL)
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "})
_TOKEN = re.compile("\ue010(\\d+)\ue011")
_LARGEST, _MOST_FILES = 20_000_000, 500
_EXTERNAL = re.compile(rb'<Relationship\b[^>]*TargetMode="External"[^>]*>')


class BadWordFile(Exception):
    """`code` is one of not_a_word_file, dangerous_word_file."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, kw_only=True)
class WordPart:
    """`xml` is the part with its marks as people wrote them, everything else escaped."""

    name: str
    xml: str
    spaces: str
    """Declarations of the part's namespaces, to check pieces of it by."""


@dataclass
class _Marks:
    found: list[str] = field(default_factory=list)

    def token(self, mark: str) -> str:
        self.found.append(mark.translate(_QUOTES))
        return f"\ue010{len(self.found) - 1}\ue011"


def parts_of(content: str) -> list[WordPart]:
    """Of the file in base64. Raises BadWordFile for what is none, or brings programs or reaches out."""
    try:
        data = base64.b64decode(content, validate=True)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive)
            names = [name for name in archive.namelist() if _PARTS.fullmatch(name)]
            if "word/document.xml" not in names:
                raise BadWordFile("not_a_word_file", "word/document.xml")
            return [_part(name, archive.read(name)) for name in sorted(names)]
    except (zipfile.BadZipFile, binascii.Error, etree.XMLSyntaxError, KeyError, RuntimeError, EOFError) as error:
        raise BadWordFile("not_a_word_file", str(error)[:200]) from error


def is_whole(piece: str, spaces: str) -> bool:
    """Whether what a block holds begins and ends in the same place."""
    try:
        etree.fromstring(f"<r {spaces}>{piece}</r>".encode(), _parser())
    except etree.XMLSyntaxError:
        return False
    return True


def _check(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _LARGEST:
        raise BadWordFile("dangerous_word_file", "too large")
    for entry in entries:
        if "vbaproject" in entry.filename.lower() or entry.filename.startswith("word/embeddings/"):
            raise BadWordFile("dangerous_word_file", entry.filename)
        if entry.filename.endswith(".rels"):
            for found in _EXTERNAL.findall(archive.read(entry)):
                if b"/hyperlink" not in found:
                    raise BadWordFile("dangerous_word_file", found.decode("utf-8", "replace")[:200])


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _part(name: str, data: bytes) -> WordPart:
    root = etree.fromstring(data, _parser())
    marks = _Marks()
    for paragraph in list(root.iter(f"{_W}p")):
        _gather(paragraph, marks)
    for tag in ("tr", "p"):
        for element in list(root.iter(f"{_W}{tag}")):
            _lift(element, marks)
    written = etree.tostring(root, encoding="unicode")
    xml = _TOKEN.sub(lambda found: marks.found[int(found[1])], written)
    spaces = " ".join(
        f'xmlns:{prefix}="{html.escape(uri)}"' if prefix else f'xmlns="{html.escape(uri)}"'
        for prefix, uri in root.nsmap.items()
    )
    return WordPart(name=name, xml=xml, spaces=spaces)


def _texts(element: etree._Element) -> list[etree._Element]:
    """Of a paragraph: its own texts, not those of a box within it."""
    inside = {text for box in element.iter(f"{_W}p") if box is not element for text in box.iter(f"{_W}t")}
    return [text for text in element.iter(f"{_W}t") if text not in inside]


def _gather(paragraph: etree._Element, marks: _Marks) -> None:
    """Each mark stands whole in the text where it begins, as a token."""
    texts = _texts(paragraph)
    whole = "".join(text.text or "" for text in texts)
    spans = list(_MARK.finditer(whole))
    if not spans:
        return
    starts, at = [], 0
    for text in texts:
        starts.append(at)
        at += len(text.text or "")
    pieces: list[list[str]] = [[] for _text in texts]
    done = 0
    for span in spans:
        _spread(whole, done, span.start(), starts, pieces)
        pieces[_holder(starts, span.start())].append(marks.token(span[0]))
        done = span.end()
    _spread(whole, done, len(whole), starts, pieces)
    for text, piece in zip(texts, pieces, strict=True):
        text.text = "".join(piece)
        text.set(_SPACE, "preserve")


def _spread(whole: str, start: int, end: int, starts: list[int], pieces: list[list[str]]) -> None:
    """Plain words stay in the runs they stood in, with their looks."""
    while start < end:
        place = _holder(starts, start)
        following = next((each for each in starts[place + 1 :] if each > start), len(whole))
        pieces[place].append(whole[start : min(end, following)])
        start = min(end, following)


def _holder(starts: list[int], at: int) -> int:
    """The last text that begins there or before; empty ones hold nothing."""
    return max(place for place, start in enumerate(starts) if start <= at)


def _lift(element: etree._Element, marks: _Marks) -> None:
    parent = element.getparent()
    if parent is None:
        return
    words = "".join(text.text or "" for text in element.iter(f"{_W}t")).strip()
    token = _TOKEN.fullmatch(words)
    if token is None or not _BLOCK.fullmatch(marks.found[int(token[1])]):
        return
    if element.tag == f"{_W}p" and parent.tag == f"{_W}tc" and len(parent.findall(f"{_W}p")) == 1:
        return  # a cell needs a paragraph
    if element.find(f".//{_W}sectPr") is not None or element.find(f".//{_W}drawing") is not None:
        return
    _put_before(element, words + (element.tail or ""))


def _put_before(element: etree._Element, words: str) -> None:
    parent, previous = element.getparent(), element.getprevious()
    if parent is None:
        return
    if previous is not None:
        previous.tail = (previous.tail or "") + words
    else:
        parent.text = (parent.text or "") + words
    element.tail = None
    parent.remove(element)


def pieces_of(xml: bytes) -> Iterator[str]:
    """The texts of a part that is filled in, one for each paragraph."""
    root = etree.fromstring(xml, _parser())
    for paragraph in root.iter(f"{_W}p"):
        yield "".join(text.text or "" for text in _texts(paragraph))
