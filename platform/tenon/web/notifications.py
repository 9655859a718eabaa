"""In charge of what the product tells a person: the bell with its count, the page of notices, and how he wants them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request, url_for

from tenon.database import UnitOfWork
from tenon.errors import BadRequest, NotFound
from tenon.http import Asking, asking
from tenon.process.notifying import ENTITY
from tenon.query import Query, Record
from tenon.texts import say
from tenon.web.bell import UNREAD, has_bell, unread
from tenon.web.pages import fragment, go, page
from tenon.web.profile import change_profile

PORTION = 30
MINE = "person == user"
_ICONS = {
    "mention": "at",
    "comment": "message",
    "change": "pencil",
    "reminder": "clock",
    "approval": "checkbox",
    "automation": "bolt",
    "pool": "users",
    "trouble": "alert-triangle",
}
WISHES = ("at_once", "hourly", "daily", "never")


@dataclass(frozen=True, kw_only=True)
class Told:
    """A notice ready to print. `record` is what it is about, as the reader may see it."""

    id: str
    icon: str
    title: str
    body: str
    at: str
    read: bool
    record: str = ""
    address: str = ""


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/notifications", "notifications", listed)
    blueprint.add_url_rule("/notifications/read", "notifications_read", read_all, methods=["POST"])
    blueprint.add_url_rule("/notifications/<uuid:identity>/read", "notification_read", read_one, methods=["POST"])
    blueprint.add_url_rule("/notifications/<uuid:identity>/open", "notification_open", open_one, methods=["POST"])
    blueprint.add_url_rule("/notifications/wishes", "notification_wishes", set_wishes, methods=["POST"])
    blueprint.add_url_rule("/-/bell", "bell", bell)


def bell() -> Response:
    """The bell anew."""
    known = asking()
    return fragment("parts/bell.html", unread=unread(known) if has_bell(known) else 0, beside=False)


def listed() -> Response:
    known = asking()
    only = request.args.get("unread") == "1"
    if not known.access.can(ENTITY, "read"):
        raise NotFound(say("There is nothing at this address.", "此地址没有内容。"))
    with known.reading() as unit:
        query = Query(
            entity=ENTITY,
            where=UNREAD if only else MINE,
            sort=("-created_at",),
            limit=PORTION,
            after=request.args.get("after"),
        )
        found = known.reader.list(unit, known.access, query)
        told = _told(known, unit, found.records)
        wishes = _wishes(known, unit)
    return page(
        "notifications.html",
        told=told,
        next=found.next,
        only=only,
        wishes=wishes,
        ways=WISHES,
        done=request.args.get("done"),
    )


def read_all() -> Response:
    known = asking()
    with known.writing() as unit:
        query = Query(entity=ENTITY, select=("id",), where=UNREAD, limit=500)
        while waiting := known.reader.list(unit, known.access, query).records:
            for each in waiting:
                _mark(known, unit, each["id"])
    return go(url_for("web.notifications"))


def read_one(identity: Any) -> Response:
    known = asking()
    with known.writing() as unit:
        _mark(known, unit, str(identity))
    return go(url_for("web.notifications", unread=request.form.get("unread") or None))


def open_one(identity: Any) -> Response:
    """Read, and on to the record."""
    known = asking()
    with known.writing() as unit:
        notice = known.reader.one(unit, known.access, ENTITY, str(identity))
        _mark(known, unit, str(identity))
    entity = known.model.entities.present(notice["record_entity"] or "")
    return go(f"/{entity}/{notice['record_id']}" if entity is not None else url_for("web.notifications"))


def set_wishes() -> Response:
    """Whether and when one is told by e-mail, too."""
    known, form = asking(), request.form
    how = form.get("notify_by_mail", "")
    if how not in WISHES:
        raise BadRequest(say("Choose how you want to be told.", "请选择通知方式。"))
    change_profile(
        known,
        {
            "notify_by_mail": how,
            "notify_of_changes": form.get("notify_of_changes") == "1",
            "quiet_from": form.get("quiet_from") or None,
            "quiet_to": form.get("quiet_to") or None,
        },
    )
    return go(url_for("web.notifications", done="wishes"))


def _mark(known: Asking, unit: UnitOfWork, identity: str) -> None:
    known.writer.change(unit, known.access, ENTITY, identity, {"read_at": unit.now}, version=None)


def _told(known: Asking, unit: UnitOfWork, records: Sequence[Record]) -> list[Told]:
    """With the titles of their records, in one statement for each entity among them."""
    named: dict[str, list[str]] = {}
    for record in records:
        entity = known.model.entities.present(record["record_entity"] or "")
        if entity is not None and record["record_id"]:
            named.setdefault(entity, []).append(record["record_id"])
    titles = {
        identity: (entity, title)
        for entity, ids in named.items()
        for identity, title in known.reader.titles(unit, known.access, entity, ids).items()
    }
    return [_one(known, record, titles.get(record["record_id"] or "")) for record in records]


def _one(known: Asking, record: Record, about: tuple[str, str | None] | None) -> Told:
    entity, title = about or ("", "")
    label = known.model.entity(entity).label.in_(known.language) if entity else ""
    return Told(
        id=record["id"],
        icon=_ICONS.get(record["kind"], "bell"),
        title=record["title"],
        body=record["body"] or "",
        at=record["created_at"],
        read=record["read_at"] is not None,
        record=f"{label} · {title}" if title else label,
        address=f"/{entity}/{record['record_id']}" if entity else "",
    )


def _wishes(known: Asking, unit: UnitOfWork) -> Record | None:
    """What he wants now; None where users have no such fields."""
    names = ("notify_by_mail", "notify_of_changes", "quiet_from", "quiet_to")
    if not set(names) <= set(known.access.readable_fields("user")):
        return None
    return known.reader.one(unit, known.access, "user", str(known.actor.id), names)
