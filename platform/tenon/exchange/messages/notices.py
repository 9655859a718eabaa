"""In charge of a template as a notice: its heading and its words in every language, for whoever reads it later."""

from collections.abc import Mapping
from dataclasses import dataclass

from tenon.exchange.messages.rendering import rendered
from tenon.fields.base import Display
from tenon.model.outreach import Template
from tenon.process.evaluation import Scene
from tenon.texts import LANGUAGES, Text


@dataclass(frozen=True, kw_only=True)
class NoticeWords:
    """`body` is None when there is nothing beside the heading."""

    title: Text
    body: Text | None = None


def noticed(template: Template, scene: Scene, timezone: str) -> NoticeWords:
    """Without a subject the first line is the heading."""
    titles: dict[str, str | None] = {}
    bodies: dict[str, str | None] = {}
    for language in LANGUAGES:
        words = rendered(template, scene, Display(language=language, timezone=timezone))
        first, _line, rest = words.text.partition("\n")
        titles[language] = words.subject or first
        bodies[language] = words.text if words.subject else rest
    return of_languages(titles, bodies)


def of_languages(titles: Mapping[str, str | None], bodies: Mapping[str, str | None]) -> NoticeWords:
    """By language; a language without words has none."""
    return NoticeWords(title=_text(titles), body=_text(bodies) if any(bodies.values()) else None)


def _text(words: Mapping[str, str | None]) -> Text:
    return Text({language: text or "" for language, text in words.items()})
