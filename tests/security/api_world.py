"""In charge of the small company with secrets as programs meet it: the same people and records behind the API."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from security import reading_world as company
from security.reading_world import NOW, World, identity
from tenon import api
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.compiler import SourceFile, Sources, compile_sources
from tenon.database import Database, UnitOfWork
from tenon.http import create_app
from tenon.model import OPERATIONS
from tenon.query import Reader
from tenon.schema import Ledger, apply, build_tables, plan
from tenon.settings import Settings
from tenon.workspace import Workspace, tokens

MORE_OF_USER = """email: {type: email, unique: true, label: E-mail},
          active: {type: boolean, default: true, label: Active},
          language: {type: text, label: Language},
          timezone: {type: text, label: Zone},
          name: {type: text"""
MORE = {
    "entities/role_assignment.yaml": """
        {label: Assignment, plural: Assignments, title: role, fields: {
          person: {type: user, required: true, label: Person},
          role: {type: text, required: true, label: Role},
          valid_from: {type: date, label: From},
          valid_to: {type: date, label: Until}}}""",
    "entities/file.yaml": """
        {label: File, plural: Files, fields: {
          name: {type: text, required: true, label: Name},
          size: {type: integer, read_only: true, label: Size},
          mime_type: {type: text, read_only: true, label: Kind},
          record_entity: {type: text, read_only: true, label: Entity},
          record_id: {type: text, read_only: true, label: Record},
          storage_key: {type: text, read_only: true, sensitive: true, label: Key}}}""",
}

DIARY = """
        diary: {type: calendar, label: Diary, from: close_date, card: [margin, note, account, vault],
          colors: {red: margin > 4, green: 'note == "mine"', blue: not is_blank(note)}}
        thick: {type: calendar, label: Thick diary, from: close_date, where: margin > 4}"""
"""Calendars that name what Sam may not see."""
LAYOUT = {"entities/deal/views.yaml": DIARY}


@dataclass(frozen=True)
class ApiWorld:
    """`tell` gives all that a person is told by one call, as text; what differs by chance is left out."""

    world: World
    app: Flask
    secrets: Mapping[str, str]

    def tell(self, person: str, method: str, address: str, query: Any = None, body: Any = None, **headers: str) -> str:
        given = {"Authorization": f"Bearer {self.secrets[person]}", **headers}
        client = self.app.test_client()
        response = client.open(
            address, method=method, query_string=query, json=body, headers=given, buffered=True, follow_redirects=False
        )
        told = re.sub(r'"trace":\s*"[0-9a-f]*",?', "", response.text)
        kept = {name: response.headers.get(name) for name in ("ETag", "Location", "Link", "Allow")}
        return f"{response.status_code} {told} {kept}"


def build(folder: Path, url: str) -> ApiWorld:
    core = {**company.CORE, **MORE}
    core["entities/user.yaml"] = core["entities/user.yaml"].replace("name: {type: text", MORE_OF_USER, 1)
    texts = {"core": core, "deals": company.DEALS, "workspace": {"workspace.yaml": company.WORKSPACE, **LAYOUT}}
    files = [
        SourceFile(layer=layer, path=path, text=text) for layer, paths in texts.items() for path, text in paths.items()
    ]
    sources = Sources(files=tuple(files), available=("core", "deals"))
    world = _published(url, sources)
    company._fill(world)
    for number, (person, role) in enumerate((("sam", "seller"), ("rita", "chief"), ("olga", "seller"))):
        user = str(world.people[person].id)
        world.change("user", user, active=True)
        world.insert("role_assignment", {"id": identity(300 + number), "person": user, "role": role})
    workspace = Workspace(folder, Settings(database_url=url), world.database, FixedClock(NOW))
    return ApiWorld(world, create_app(workspace, [api.part]), _tokens(world))


def _published(url: str, sources: Sources) -> World:
    database, model = Database.open(url), compile_sources(sources)
    with database.writing() as connection:
        unit = UnitOfWork(Actor.system("setting up a test"), connection, NOW)
        apply(plan(None, model, Ledger.load(connection), connection), unit, sources)
    with database.reading() as connection:
        tables = build_tables(model, Ledger.load(connection))
    return World(database, model, tables, Reader(model, tables, database.dialect), company._people())


def _tokens(world: World) -> dict[str, str]:
    scopes = {"*": frozenset(OPERATIONS)}
    with world.database.writing() as connection:
        return {
            name: tokens.create_token(
                connection, str(world.people[name].id), "test", scopes, NOW, NOW + timedelta(days=1)
            )[1]
            for name in ("sam", "rita")
        }
