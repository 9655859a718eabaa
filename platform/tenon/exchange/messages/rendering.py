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

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&])")
_TAG = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])[^>]*>", re.IGNORECASE)
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, kw_only=True)
class Rendered:
    subject: str
    text: str
    html: str = ""


def rendered(template: Template, scene: Scene, display: Display, given: Mapping[str, Any] | None = None) -> Rendered:
    """`given` are the values handed over, by name."""
    there = scene.beside(given=dict(given or {}))
    subject = "" if template.subject is None else " ".join(plain(template.subject, there, display).split())
    if template.format == "text":
        return Rendered(subject=subject, text=plain(template.body, there, display).strip())
    if template.format == "markdown":
        html = _MARKDOWN.render(_said(template.body, there, display, _as_letters))
        return Rendered(subject=subject, text=plain(template.body, there, display).strip(), html=nh3.clean(html))
    html = nh3.clean(_said(template.body, there, display, escape))
    return Rendered(subject=subject, text=without_tags(html), html=html)


def plain(wording: Wording, scene: Scene, display: Display) -> str:
    return _said(wording, scene, display, str)


def without_tags(html: str) -> str:
    """For people who read no HTML."""
    broken = _TAG.sub(lambda found: found.group(0) + "\n", html)
    text = nh3.clean(broken, tags=set())
    for mark, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&")):
        text = text.replace(mark, letter)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _said(wording: Wording, scene: Scene, display: Display, mask: Callable[[str], str]) -> str:
    return _parts(wording.in_(display.language), scene, display, mask)


def _parts(parts: Written, scene: Scene, display: Display, mask: Callable[[str], str]) -> str:
    return "".join(_part(part, scene, display, mask) for part in parts)


def _part(part: Part, scene: Scene, display: Display, mask: Callable[[str], str]) -> str:
    if isinstance(part, Words):
        return part.text
    if isinstance(part, Value):
        return mask(written(part.expression, scene, display))
    if isinstance(part, Choose):
        chosen = part.parts if scene.holds(part.condition) else part.otherwise
        return _parts(chosen, scene, display, mask)
    return _repeated(part, scene, display, mask)


def _repeated(part: Repeat, scene: Scene, display: Display, mask: Callable[[str], str]) -> str:
    here: Any = scene.record
    for name in part.relationship:
        here = here.get(name) if isinstance(here, Mapping) else None
    children = here if isinstance(here, list) else []
    return "".join(_parts(part.parts, scene.about(child), display, mask) for child in children)


def _as_letters(value: str) -> str:
    """No mark of Markdown in it means anything."""
    return _MARKS.sub(r"\\\1", value.replace("\n", " "))
