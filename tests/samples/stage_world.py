"""In charge of a small workspace whose cases went through stages at random, and of what plain Python makes of it."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from samples.workspaces import ADMINISTRATOR, PASSWORD
from tenon.actors import Actor
from tenon.clock import Clock
from tenon.database import Database
from tenon.ids import new_id
from tenon.query import Query, Window
from tenon.schema import SYSTEM_TABLES
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.publishing import create_administrator, propose, publish

HISTORY, RECORDS = SYSTEM_TABLES["stage_history"], 45
NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")
OPEN, SUCCESS, LOST = ("talk", "offer", "sign"), ("won", "kept"), ("lost", "void")
ORDER = (*OPEN, "won", "lost", "void", "kept")
ELSEWHERE = ("due", "offer", "won")
PAST = {"chat": "talk", "bid": "offer"}
FILES = {
    "workspace.yaml": """
name: trial
label: Trial
modules: [core]
home: x_case
currency: CNY
language: en
timezone: Asia/Shanghai
""",
    "choices/x_why.yaml": "label: Why\noptions: {price: {label: Price}, timing: {label: {en: Timing, zh-CN: 时机}}}\n",
    "calendars/office.yaml": """
label: Office
week:
  mon: ["09:00-17:00"]
  tue: ["09:00-17:00"]
  wed: ["09:00-17:00"]
  thu: ["09:00-12:00", "13:00-17:30"]
  fri: ["09:00-17:00"]
""",
    "entities/x_case.yaml": """
label: {en: Case, zh-CN: 案件}
plural: {en: Cases, zh-CN: 案件}
owned: true
title: name
fields:
  name: {type: text, required: true, label: Name}
  size: {type: choice, options: {small: {label: Small}, large: {label: Large}}, label: Size}
  amount: {type: money, label: Amount}
views:
  list: {type: table, label: Cases, columns: [name, size, stage, owner]}
  board: {type: kanban, label: Board, by: stage, sum: amount, card: [name]}
pipelines:
  main:
    label: {en: Main, zh-CN: 主流程}
    when: name != "other"
    map: {chat: talk, bid: offer}
    stages:
      talk: {kind: open, limit: 10d, label: {en: Talk, zh-CN: 沟通}}
      offer: {kind: open, limit: 2d, calendar: office, label: {en: Offer, zh-CN: 报价}}
      sign: {kind: open, label: {en: Sign, zh-CN: 签约}}
      won: {kind: won, label: {en: Won, zh-CN: 赢单}}
      lost: {kind: lost, reasons: x_why, label: {en: Lost, zh-CN: 输单}}
      void: {kind: lost, label: {en: Void, zh-CN: 作废}}
      kept: {kind: done, label: {en: Kept, zh-CN: 归档}}
  side:
    label: {en: Side, zh-CN: 副流程}
    stages:
      due: {kind: open, label: Due}
      offer: {kind: open, label: Offer}
      won: {kind: won, label: Won}
""",
    "roles/x_clerk.yaml": """
label: Clerk
grants:
  user: {read: all}
  x_case: {read: own, create: own, update: own}
""",
    "roles/x_blind.yaml": """
label: Blind
grants:
  x_case: {read: all, fields: {stage: none}}
""",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a case's history as it is kept."""

    pipeline: str | None
    stage: str
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    id: str
    size: str | None
    stage: str
    pipeline: str
    since: datetime
    rows: Sequence[Row]


def build(folder: Path, url: str, clock: Clock) -> Workspace:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    database = Database.open(url)
    publish(database, propose(database, folder), SYSTEM, clock=clock)
    database.close()
    workspace = Workspace.open(folder, Settings.of(folder, {"TENON_DATABASE_URL": url}), clock)
    with workspace.unit(SYSTEM) as unit:
        create_administrator(unit, workspace.current, ADMINISTRATOR, "Ada Admin", PASSWORD)
    return workspace


def administrator(workspace: Workspace) -> str:
    query = Query(entity="user", select=("id",), where=f'email == "{ADMINISTRATOR}"', limit=1)
    with workspace.reading(SYSTEM) as unit:
        return str(workspace.reader.list(unit, workspace.access(SYSTEM), query).records[0]["id"])


def fill(workspace: Workspace, seed: int, owners: Sequence[str] = ()) -> list[Case]:
    """Cases whose histories no door could make at once: names of the past, equal moments, pipelines that are gone."""
    chance = random.Random(seed)
    made: list[Case] = []
    access, owners = workspace.access(SYSTEM), owners or [administrator(workspace)]
    with workspace.unit(SYSTEM) as unit:
        for number in range(RECORDS):
            size = chance.choice(["small", "large", None])
            values: dict[str, Any] = {"name": f"Case {number}", "size": size, "amount": str(chance.randint(1, 9) * 100)}
            values["owner"] = chance.choice(owners)
            record = workspace.writer.create(unit, access, "x_case", values).id
            unit.connection.write(sa.delete(HISTORY).where(HISTORY.c.record_id == record))
            rows = list(_rows(chance))
            for row in rows:
                unit.connection.write(sa.insert(HISTORY).values(_stored(record, row)))
            last = next((row for row in reversed(rows) if where_is(row) is not None), rows[-1])
            stage = PAST.get(last.stage, last.stage) if where_is(last) is not None else "talk"
            pipeline = "side" if where_is(last) == "elsewhere" else "main"
            _stand(workspace, unit.connection, record, stage, pipeline, last.at)
            found = Case(id=record, size=size, stage=stage, pipeline=pipeline, since=last.at, rows=rows)
            made.append(found)
    return made


def _rows(chance: random.Random) -> Iterator[Row]:
    at = NOW - timedelta(days=chance.randint(20, 120), seconds=chance.randint(0, 80_000))
    for _ in range(chance.randint(1, 8)):
        pipeline = chance.choices(["main", "side", "gone", None], [12, 3, 1, 1])[0]
        if pipeline == "side":
            stage = chance.choice(ELSEWHERE)
        else:
            stage = chance.choice([*ORDER, *OPEN, *OPEN, "chat", "bid", "due", "forgotten"])
        yield Row(pipeline=pipeline, stage=stage, at=at, reason=chance.choice([None, "price", "timing", "in words"]))
        at += timedelta(seconds=chance.choice([0, 1, 3_600, 86_400, chance.randint(1, 900_000)]))
        at += timedelta(microseconds=chance.choice([0, chance.randint(0, 999_999)]))
        if at > NOW:
            return


def _stored(record: str, row: Row) -> dict[str, Any]:
    return {
        "id": new_id(), "entity": "x_case", "record_id": record, "pipeline": row.pipeline, "from_stage": None,
        "to_stage": row.stage, "at": row.at, "actor_id": None, "actor_name": "", "reason": row.reason, "seconds": None,
    }  # fmt: skip


def _stand(workspace: Workspace, connection: Any, record: str, stage: str, pipeline: str, since: datetime) -> None:
    tables = workspace.current.tables
    table = tables["x_case"]
    column = {name: tables.column("x_case", name).key for name in ("id", "stage", "pipeline", "stage_since")}
    here = table.c[column["id"]] == record
    values = {column["stage"]: stage, column["pipeline"]: pipeline, column["stage_since"]: since}
    connection.write(sa.update(table).where(here).values(values))


def where_is(row: Row) -> str | None:
    """The stage of today's main pipeline, "elsewhere", or None where the name means nothing any more."""
    if row.pipeline == "side":
        return "elsewhere"
    stage = PAST.get(row.stage, row.stage)
    if stage in ORDER:
        return stage
    return "elsewhere" if row.pipeline != "main" and stage in ELSEWHERE else None


@dataclass(frozen=True, kw_only=True)
class Stay:
    stage: str
    at: datetime
    left: datetime | None
    to: str | None
    came: str | None
    reason: str | None


def stays_of(case: Case) -> list[Stay]:
    known = [(where_is(row), row) for row in case.rows]
    kept: list[tuple[str, Row]] = []
    for stage, row in known:
        if stage is not None and (not kept or kept[-1][0] != stage):
            kept.append((stage, row))
    found = []
    for number, (stage, row) in enumerate(kept):
        after = kept[number + 1] if number + 1 < len(kept) else None
        found.append(
            Stay(
                stage=stage,
                at=row.at,
                left=after[1].at if after else None,
                to=after[0] if after else None,
                came=kept[number - 1][0] if number else None,
                reason=row.reason,
            )
        )
    return found


def inside(window: Window, moment: datetime | None) -> bool:
    after = window.since is None or (moment is not None and moment >= window.since)
    return moment is not None and after and (window.until is None or moment < window.until)


def came_at(stays: Sequence[Stay]) -> datetime | None:
    return next((stay.at for stay in stays if stay.stage != "elsewhere"), None)


def outcome(stay: Stay) -> str:
    if stay.to is None:
        return "here"
    if stay.to == "elsewhere":
        return "away"
    if stay.to in LOST:
        return "lost"
    if stay.stage in LOST:
        return "forward" if stay.to in SUCCESS else "back"
    return "forward" if ORDER.index(stay.to) > ORDER.index(stay.stage) else "back"


def counts(cases: Sequence[Case], window: Window) -> dict[str, Counter[str]]:
    """By stage what the figures should say."""
    found = {stage: Counter[str]() for stage in ORDER}
    for case in cases:
        stays = stays_of(case)
        won = any(stay.stage in SUCCESS for stay in stays)
        for stage in ORDER:
            far = [stay.at for stay in stays if _as_far(stay.stage, stage)]
            moment = came_at(stays) if window.cohort == "pipeline" else min(far, default=None)
            if not far or not inside(window, moment):
                continue
            visits = [stay for stay in stays if stay.stage == stage]
            here = found[stage]
            here["reached"] += 1
            here["entered"] += bool(visits)
            here["skipped"] += not visits
            here["won"] += won
            beyond = OPEN[OPEN.index(stage) + 1 :] if stage in OPEN else ()
            here["next"] += stage in OPEN and (won or any(stay.stage in beyond for stay in stays))
            if visits:
                here[outcome(visits[-1])] += 1
    return found


def _as_far(stage: str, wanted: str) -> bool:
    if wanted not in OPEN:
        return stage == wanted
    return stage in SUCCESS or (stage in OPEN and OPEN.index(stage) >= OPEN.index(wanted))


def ended_stays(cases: Sequence[Case], window: Window, stage: str) -> list[Stay]:
    found: list[Stay] = []
    for case in cases:
        stays = stays_of(case)
        for stay in stays:
            moment = stay.at if window.cohort == "stage" else came_at(stays)
            if stay.stage == stage and stay.left is not None and inside(window, moment):
                found.append(stay)
    return found


def losses(cases: Sequence[Case], window: Window) -> Counter[tuple[str | None, str | None]]:
    found = Counter[tuple[str | None, str | None]]()
    for case in cases:
        stays = stays_of(case)
        last = stays[-1] if stays else None
        if last is None or last.stage not in LOST:
            continue
        if inside(window, last.at if window.cohort == "stage" else came_at(stays)):
            came = None if last.came == "elsewhere" else last.came
            found[came, last.reason if last.reason in ("price", "timing") else None] += 1
    return found
