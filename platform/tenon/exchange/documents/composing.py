"""In charge of what a document says: a template filled with a record as its reader may see it, not yet any file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from tenon.exchange.documents.markup import cleaned
from tenon.exchange.documents.word_filling import filled_word
from tenon.exchange.messages.rendering import MARKDOWN, as_letters, plain, said
from tenon.expressions.nodes import Read
from tenon.fields.base import Display
from tenon.model.outreach import Paper, Template
from tenon.model.wording import Choose, Part, Repeat, Value, Wording, Words, Written
from tenon.process.seeing import View
from tenon.texts import Text

PAGE, PAGES = "\ue000", "\ue001"
"""Stand for the number of the page and the count of pages until the file is made; nobody's words hold them."""
_COUNTERS: Mapping[tuple[str, ...], str] = {("page",): PAGE, ("pages",): PAGES}
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_LONGEST = 120


@dataclass(frozen=True, kw_only=True)
class Composed:
    """`html` is clean markup; `notes` say what was left empty because the reader may not see it."""

    name: str
    html: str
    language: str
    header: str = ""
    footer: str = ""
    watermark: str = ""
    paper: Paper = field(default_factory=Paper)
    notes: tuple[Text, ...] = ()
    word: bytes | None = None
    """The file itself, of a template that is one of a word processor; `html` then shows its words alone."""


def composed(template: Template, view: View, display: Display, given: Mapping[str, Any] | None = None) -> Composed:
    """Raises TooLarge for more lines than can be printed."""
    there = view.beside(given=dict(given or {}))
    paper = template.paper or Paper()
    word = None
    if template.word is not None:
        word, html = filled_word(template.word, there, display)
    else:
        html = cleaned(_body(template, there, display))
    return Composed(
        name=_file_name(template, there, display),
        html=html,
        word=word,
        language=display.language,
        header=_line(paper.header, there, display),
        footer=_line(paper.footer, there, display),
        watermark=_line(paper.watermark, there, display),
        paper=paper,
        notes=tuple(view.sight.notes()),
    )


def fit_name(name: str) -> str:
    """Without what file systems refuse."""
    return _UNFIT.sub("-", " ".join(name.split())).strip(". -")[:_LONGEST].strip()


def _body(template: Template, view: View, display: Display) -> str:
    if template.format == "markdown":
        rendered: str = MARKDOWN.render(said(template.body, view, display, as_letters))
        return rendered
    if template.format == "html":
        return said(template.body, view, display, _broken)
    return "".join(
        f"<p>{_broken(part)}</p>" for part in re.split(r"\n\s*\n", plain(template.body, view, display).strip())
    )


def _file_name(template: Template, view: View, display: Display) -> str:
    named = "" if template.file_name is None else fit_name(plain(template.file_name, view, display))
    return named or fit_name(template.label.in_(display.language)) or template.name


def _line(wording: Wording | None, view: View, display: Display) -> str:
    if wording is None:
        return ""
    counted = Wording(languages={language: _counted(parts) for language, parts in wording.languages.items()})
    return " ".join(plain(counted, view, display).split())


def _counted(parts: Written) -> Written:
    """Nobody knows these numbers before the pages are laid out."""
    return tuple(_counter(part) for part in parts)


def _counter(part: Part) -> Part:
    if isinstance(part, Choose):
        return replace(part, parts=_counted(part.parts), otherwise=_counted(part.otherwise))
    if isinstance(part, Repeat):
        return replace(part, parts=_counted(part.parts))
    tree = part.expression.tree if isinstance(part, Value) else None
    mark = _COUNTERS.get(tree.path) if isinstance(tree, Read) and tree.base == "record" else None
    return part if mark is None else Words(mark)


def _broken(value: str) -> str:
    return escape(value).replace("\n", "<br>")
