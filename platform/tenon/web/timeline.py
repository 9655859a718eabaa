"""In charge of what happened to a record and with its people, in one list: newest first, with what is open on top.

Contacts and other related records, done tasks, comments, mails and moves of the stage come from their own places, each
read once with the reader's rights. A page ends at an instant: the next one takes up there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from tenon.database import UnitOfWork
from tenon.http import Asking, asking
from tenon.model import Entity
from tenon.web.entities import entity_of
from tenon.web.form_layouts import form_of
from tenon.web.happened import Happened, Until
from tenon.web.happened_sources import Source, sources_of
from tenon.web.pages import fragment
from tenon.web.steps_ahead import TASK, Ahead, ahead_of

PORTION = 15


@dataclass(frozen=True, kw_only=True)
class Told:
    """`more` is where the next page takes up, "" at the end."""

    entries: Sequence[Happened]
    more: str


def routes(blueprint: Blueprint) -> None:
    at = "/<entity>/<uuid:identity>/-/timeline"
    blueprint.add_url_rule(at, "timeline", timeline)
    blueprint.add_url_rule(f"{at}/<uuid:task>/done", "timeline_done", done, methods=["POST"])


def timeline(entity: str, identity: Any) -> Response:
    return _section(asking(), entity, str(identity))


def done(entity: str, identity: Any, task: Any) -> Response:
    """A task is ticked off, and the section shown anew."""
    known = asking()
    entity_of(known, entity)
    with known.writing() as unit:
        known.writer.change(unit, known.access, TASK, str(task), {"done": True}, version=None)
    return _section(known, entity, str(identity))


def _section(known: Asking, entity: str, record_id: str) -> Response:
    found = entity_of(known, entity)
    until = Until.read(request.args.get("after"))
    with known.reading() as unit:
        known.reader.may(unit, known.access, entity, record_id)  # raises NotFound
        ahead: list[Ahead] = [] if until else ahead_of(known, unit, found, record_id)
        told = _told(known, unit, sources_of(known, found), record_id, until)
    return fragment(
        "records/timeline.html", entity=found, id=record_id, ahead=ahead, told=told, more_only=until is not None
    )


def _told(known: Asking, unit: UnitOfWork, sources: Sequence[Source], record_id: str, until: Until | None) -> Told:
    """As many of each as the page could hold; what is left over begins the next page."""
    found: list[tuple[datetime, int, Happened]] = []
    for place, source in enumerate(sources):
        skip = 0 if until is None else until.skip.get(source.name, 0)
        entries = source.read(known, unit, record_id, None if until is None else until.at, PORTION + 1 + skip)
        found += [(one.at, -place, one) for one in _after(entries, until, skip)]
    found.sort(key=lambda each: each[:2], reverse=True)
    shown = [one for _at, _place, one in found[:PORTION]]
    more = Until.following(until, shown).written() if len(found) > PORTION else ""
    return Told(entries=shown, more=more)


def _after(entries: Sequence[Happened], until: Until | None, skip: int) -> Sequence[Happened]:
    """Those of exactly the instant at which the page before ended were shown as far as it counted them."""
    if until is None:
        return entries
    same = [one for one in entries if one.at == until.at]
    return [*same[skip:], *(one for one in entries if one.at < until.at)]


def has_timeline(known: Asking, entity: Entity) -> bool:
    """Whether the page of a record of this entity has the section."""
    return form_of(entity).timeline is not None and bool(sources_of(known, entity))
