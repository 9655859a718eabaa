"""In charge of a template's words with values in them: subject, plain text and HTML, in the reader's language.

What comes from records is data: in HTML it is escaped, in Markdown its marks count as letters, and the whole is cleaned
once more at the end.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt

from tenon.fields.base import Display
from tenon.model.outreach import Template
from tenon.model.wording import Choose, Part, Repeat, Value, Wording, Words, Written
from tenon.process.evaluation import Scene
from tenon.process.performing.words import written
from tenon.process.seeing import View

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&])")
_TAG = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])[^>]*>", re.IGNORECASE)
_PAGE = """
body { font: 15px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; margin: 16px; overflow-wrap: anywhere }
table { border-collapse: collapse } th, td { border: 1px solid #8a94a3; padding: 4px 8px; text-align: start }
"""
_DARK = "body { background: #16191d; color: #e6e8eb } a { color: #8ab4ff }"
_SCHEMES = {False: "light", True: "dark"}
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """`preheader` is what mail programs show beside the subject."""

    subject: str
    text: str
    html: str = ""
    preheader: str = ""


def rendered(
    template: Template, scene: Scene | View, display: Display, given: Mapping[str, Any] | None = None
) -> Rendered:
    """`given` are the values handed over, by name."""
    there = scene.beside(given=dict(given or {}))
    subject, preheader = _line(template.subject, there, display), _line(template.preheader, there, display)
    if template.format == "text":
        return Rendered(subject=subject, text=plain(template.body, there, display).strip(), preheader=preheader)
    if template.format == "markdown":
        html = MARKDOWN.render(said(template.body, there, display, as_letters))
        text = plain(template.body, there, display).strip()
        return Rendered(subject=subject, text=text, html=_hidden(preheader) + nh3.clean(html), preheader=preheader)
    html = nh3.clean(said(template.body, there, display, escape))
    return Rendered(subject=subject, text=without_tags(html), html=_hidden(preheader) + html, preheader=preheader)


def mail_page(words: Rendered, *, dark: bool = False) -> str:
    """As a mail program shows it; it fetches nothing."""
    style = _PAGE + (_DARK if dark else "")
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="{_SCHEMES[dark]}">'
        f"<title>{escape(words.subject)}</title><style>{style}</style></head><body>{words.html}</body></html>"
    )


def _line(wording: Wording | None, scene: Scene | View, display: Display) -> str:
    return "" if wording is None else " ".join(plain(wording, scene, display).split())


def _hidden(preheader: str) -> str:
    """Mail programs take the first words of a mail for their list; readers of the mail itself do not see these."""
    if not preheader:
        return ""
    return f'<div style="display:none;max-height:0;overflow:hidden">{escape(preheader)}</div>'


def plain(wording: Wording, scene: Scene | View, display: Display) -> str:
    return said(wording, scene, display, str)


def without_tags(html: str) -> str:
    """For people who read no HTML."""
    broken = _TAG.sub(lambda found: found.group(0) + "\n", html)
    text = nh3.clean(broken, tags=set())
    for mark, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&")):
        text = text.replace(mark, letter)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def said(wording: Wording, scene: Scene | View, display: Display, mask: Callable[[str], str]) -> str:
    return filled_parts(wording.in_(display.language), scene, display, mask)


def filled_parts(parts: Written, scene: Scene | View, display: Display, mask: Callable[[str], str]) -> str:
    return "".join(_part(part, scene, display, mask) for part in parts)


def _part(part: Part, scene: Scene | View, display: Display, mask: Callable[[str], str]) -> str:
    if isinstance(part, Words):
        return part.text
    if isinstance(part, Value):
        return mask(written(part.expression, scene, display))
    if isinstance(part, Choose):
        chosen = part.parts if scene.holds(part.condition) else part.otherwise
        return filled_parts(chosen, scene, display, mask)
    return _repeated(part, scene, display, mask)


def _repeated(part: Repeat, scene: Scene | View, display: Display, mask: Callable[[str], str]) -> str:
    here: Any = scene.record
    for name in part.relationship:
        here = here.get(name) if isinstance(here, Mapping) else None
    children = here if isinstance(here, list) else []
    return "".join(filled_parts(part.parts, scene.about(child), display, mask) for child in children)


def as_letters(value: str) -> str:
    """No mark of Markdown in it means anything."""
    return _MARKS.sub(r"\\\1", value.replace("\n", " "))
