"""In charge of a workspace whose people have visits by the clock and trips by the day, besides tasks and absences."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from samples import api_calls, workspaces
from samples.api_calls import Caller, person, token
from tenon.access import Access
from tenon.actors import Actor
from tenon.application import application
from tenon.clock import FixedClock
from tenon.ids import new_id
from tenon.workspace import Workspace, passwords

PEOPLE = ("ann", "ben", "zoe")
"""Ann and Ben are of one department; Zoe, of none, lives in New York."""
FILES = {
    "entities/x_visit.yaml": """
label: {en: Visit, zh-CN: 拜访}
plural: {en: Visits, zh-CN: 拜访}
icon: map-pin
title: name
owned: true
fields:
  name:   {type: text, required: true, max: 200, label: {en: Name, zh-CN: 名称}}
  begin:  {type: datetime, indexed: true, label: {en: From, zh-CN: 开始}}
  finish: {type: datetime, label: {en: To, zh-CN: 结束}}
  place:  {type: text, max: 100, label: {en: Place, zh-CN: 地点}}
  off:    {type: boolean, default: false, label: {en: Called off, zh-CN: 已取消}}
  secret: {type: date, label: {en: Secret day, zh-CN: 保密日期}}
  guests: {type: multi_lookup, to: user, label: {en: Guests, zh-CN: 参与人}}
rules:
  open_then:
    check: is_blank(begin) or begin > date("2020-01-01")
    message: {en: Nobody was here before 2020., zh-CN: 2020 年以前没有拜访。}
    on: begin
views:
  list: {type: table, columns: [name, begin]}
  calendar:
    type: calendar
    label: {en: Visits, zh-CN: 拜访}
    where: not off
    from: begin
    to: finish
    people: [owner, guests]
    card: [place]
    colors: {pink: 'place == "Moon"'}
  hidden: {type: calendar, label: {en: Secrets, zh-CN: 保密}, from: secret}
grants:
  employee:
    read: owner == user or any(guests, id == user.id) or place == "Open"
    create: true
    update: own
    delete: own
    fields: {secret: none}
""",
    "entities/x_trip.yaml": """
label: {en: Trip, zh-CN: 出差}
plural: {en: Trips, zh-CN: 出差}
title: name
owned: true
fields:
  name:  {type: text, required: true, max: 200, label: {en: Name, zh-CN: 名称}}
  first: {type: date, label: {en: From, zh-CN: 开始}}
  last:  {type: date, label: {en: To, zh-CN: 结束}}
views:
  list: {type: table, columns: [name]}
  calendar: {type: calendar, label: {en: Trips, zh-CN: 出差}, from: first, to: last}
grants:
  employee: {read: all, create: true, update: own, delete: own}
""",
}


class Almanac:
    """The workspace with its people. Instants are given as they stand on the wall in Shanghai, or aware."""

    def __init__(self, workspace: Workspace, clock: FixedClock) -> None:
        self.workspace, self.clock = workspace, clock
        self.app = application(workspace)
        self.ids = {name: person(workspace, name, "employee") for name in PEOPLE}
        self.ids["boss"] = person(workspace, "boss", "administrator")
        department = self.create("department", name="Sales")
        for name in ("ann", "ben"):
            self.change("user", self.ids[name], department=department)
        self.change("user", self.ids["zoe"], timezone="America/New_York")

    def create(self, entity: str, **values: Any) -> str:
        with self.workspace.unit(Actor.system("test")) as unit:
            access = Access.of(self.workspace.model, unit.actor)
            return str(self.workspace.writer.create(unit, access, entity, values).id)

    def change(self, entity: str, identity: str, **values: Any) -> None:
        with self.workspace.unit(Actor.system("test")) as unit:
            access = Access.of(self.workspace.model, unit.actor)
            self.workspace.writer.change(unit, access, entity, identity, values, version=None)

    def visit(self, name: str, begin: str, finish: str | None = None, *, owner: str = "ann", **more: Any) -> str:
        given = {"begin": wall(begin), "finish": None if finish is None else wall(finish)}
        return self.create("x_visit", name=name, owner=self.ids[owner], **given, **more)

    def trip(self, name: str, first: str, last: str | None = None, *, owner: str = "ann") -> str:
        return self.create("x_trip", name=name, owner=self.ids[owner], first=first, last=last)

    def caller(self, name: str) -> Caller:
        return Caller(self.app, token(self.workspace, self.ids[name]))

    def many(self, count: int, first: date, days: int, *, owner: str = "ann") -> None:
        """Visits all over some days, put straight into the table: how they got there is no matter here."""
        tables = self.workspace.current.reader.tables
        noon = datetime(first.year, first.month, first.day, 4, tzinfo=UTC)
        now = self.workspace.now()
        columns = {
            name: tables.column("x_visit", name).key
            for name in ("id", "version", "created_at", "changed_at", "name", "begin", "owner", "off")
        }
        rows = []
        for number in range(count):
            begin = noon + timedelta(days=number % days, minutes=number // days)
            values = {
                "id": new_id(),
                "version": 1,
                "created_at": now,
                "changed_at": now,
                "name": f"Visit {number:05}",
                "begin": begin,
                "owner": self.ids[owner],
                "off": False,
            }
            rows.append({columns[name]: value for name, value in values.items()})
        with self.workspace.database.writing() as connection:
            connection.sqlalchemy.execute(tables["x_visit"].insert(), rows)

    def browser(self, name: str) -> FlaskClient:
        """Somebody who has signed in."""
        with self.workspace.database.writing() as connection:
            passwords.set_password(connection, self.ids[name], workspaces.PASSWORD, self.workspace.now())
        client = self.app.test_client()
        workspaces.sign_in(client, f"{name}@example.com")
        return client


def wall(text: str) -> str:
    """In Shanghai, where clocks are never changed."""
    return text if text.endswith("Z") or "+" in text else f"{text}+08:00"


@contextmanager
def open_almanac(
    folder: Path, url: str, clock: FixedClock, files: Mapping[str, str] | None = None
) -> Iterator[Almanac]:
    extra = {**FILES, **(files or {})}
    metadata = workspaces.METADATA.replace("[core, customers, sales]", "[core]").replace("home: opportunity", "")
    with api_calls.build(folder, url, clock, {"workspace.yaml": metadata, **extra}) as workspace:
        yield Almanac(workspace, clock)
