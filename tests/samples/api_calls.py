"""In charge of calling the API in tests: every answer is held against the description given to the same caller."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker

from samples.workspaces import METADATA
from tenon import api
from tenon.actors import Actor
from tenon.clock import Clock, FixedClock
from tenon.database import Database
from tenon.http import create_app
from tenon.model import OPERATIONS
from tenon.settings import Settings
from tenon.workspace import Workspace, tokens
from tenon.workspace.publishing import propose, publish

EVERYTHING = {"*": frozenset(OPERATIONS), "configuration": frozenset(("read", "update"))}


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def version(self) -> int:
        return int(self.headers["ETag"].strip('"'))


@dataclass
class Caller:
    """A program with a token. `unchecked` calls are for addresses that no description knows."""

    app: Flask
    secret: str | None = None
    _patterns: list[tuple[re.Pattern[str], str]] = field(default_factory=list)

    def get(self, address: str, **query: Any) -> Answer:
        return self.call("GET", address, query=query)

    def post(self, address: str, body: Any = None, **options: Any) -> Answer:
        return self.call("POST", address, body, **options)

    def patch(self, address: str, body: Any, **options: Any) -> Answer:
        return self.call("PATCH", address, body, **options)

    def delete(self, address: str, **options: Any) -> Answer:
        return self.call("DELETE", address, **options)

    def call(
        self,
        method: str,
        address: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Answer:
        """`body` is sent as JSON, bytes as they are. The answer is checked when the description knows the address."""
        given = dict(headers or {})
        if self.secret is not None:
            given["Authorization"] = f"Bearer {self.secret}"
        if body is not None:
            options["data"] = body if isinstance(body, bytes) else orjson.dumps(body)
            options.setdefault("content_type", "application/json")
        path = f"/api/v1/{address}"
        client = self.app.test_client()
        response = client.open(path, method=method, query_string=query, headers=given, buffered=True, **options)
        document = orjson.loads(response.data) if response.mimetype.endswith("json") else response.data
        answer = Answer(response.status_code, document, response.headers)
        self.check(method, path, answer, response.mimetype)
        return answer

    @cached_property
    def contract(self) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.secret}"}
        document: dict[str, Any] = orjson.loads(self.app.test_client().get("/api/openapi.json", headers=headers).data)
        for template in document["paths"]:
            pattern = re.sub(r"\\\{(\w+)\\\}", r"[^/]+", re.escape(template))
            self._patterns.append((re.compile(pattern), template))
        return document

    def check(self, method: str, path: str, answer: Answer, mimetype: str) -> None:
        """The status is documented, and the body is what the description says of it."""
        described = self.operation(method, path) if self.secret is not None and answer.status != 401 else None
        if described is None:
            if answer.status >= 400:
                self.validate({"$ref": "#/components/schemas/Problem"}, answer.body)
            return
        assert str(answer.status) in described["responses"], (method, path, answer)
        response = self._follow(described["responses"][str(answer.status)])
        content = response["content"].get(mimetype) or response["content"].get("*/*")
        assert content is not None, (method, path, mimetype)
        self.validate(content["schema"], answer.body)

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        paths = self.contract["paths"]
        found = path if path in paths else None
        found = found or next((template for pattern, template in self._patterns if pattern.fullmatch(path)), None)
        described: dict[str, Any] | None = paths[found].get(method.lower()) if found else None
        return described

    def validate(self, schema: Mapping[str, Any], value: Any) -> None:
        if self.secret is None:
            return
        whole = {**schema, "components": self.contract["components"]}
        Draft202012Validator(whole, format_checker=FormatChecker()).validate(value)

    def _follow(self, part: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in part:
            return part
        name = part["$ref"].rpartition("/")[2]
        found: dict[str, Any] = self.contract["components"]["responses"][name]
        return found


def build(folder: Path, url: str, clock: Clock, files: Mapping[str, str] | None = None, extra: str = "") -> Workspace:
    """The standard modules with more `files` of metadata and `extra` lines of workspace.yaml; no demonstration data."""
    for name, text in {"workspace.yaml": METADATA + extra, **(files or {})}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    settings = Settings.of(folder, {"TENON_DATABASE_URL": url})
    database = Database.open(url)
    publish(database, propose(database, folder), Actor.system("test"), clock=clock)
    database.close()
    return Workspace.open(folder, settings, clock)


def application(workspace: Workspace) -> Flask:
    app = create_app(workspace, [api.part])
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


def person(workspace: Workspace, name: str, *roles: str) -> str:
    """A new person with these roles; returns the id."""
    actor = Actor.system("test")
    access = workspace.access(actor)
    with workspace.unit(actor) as unit:
        values = {"email": f"{name}@example.com", "name": name.title(), "active": True}
        made = workspace.writer.create(unit, access, "user", values)
        for role in roles:
            workspace.writer.create(unit, access, "role_assignment", {"person": made.id, "role": role})
    return made.id


def token(workspace: Workspace, user_id: str, scopes: Mapping[str, frozenset[str]] | None = None) -> str:
    now = workspace.now()
    with workspace.database.writing() as connection:
        expires = now + timedelta(days=1)
        return tokens.create_token(connection, user_id, "test", scopes or EVERYTHING, now, expires)[1]


@dataclass(frozen=True, kw_only=True)
class World:
    """One workspace and its callers: `admin` may do everything, `seller` sees his own, `viewer` only reads."""

    workspace: Workspace
    app: Flask
    clock: FixedClock
    admin: Caller
    seller: Caller
    viewer: Caller
    people: dict[str, str]

    @property
    def anonymous(self) -> Caller:
        return Caller(self.app)

    def caller(self, name: str, scopes: Mapping[str, frozenset[str]] | None = None) -> Caller:
        """With a token of its own."""
        return Caller(self.app, token(self.workspace, self.people[name], scopes))

    @classmethod
    def of(cls, workspace: Workspace, clock: FixedClock) -> "World":
        people = {
            "admin": person(workspace, "admin", "administrator"),
            "seller": person(workspace, "seller", "employee", "salesperson"),
            "viewer": person(workspace, "viewer", "viewer"),
        }
        app = application(workspace)
        callers = {name: Caller(app, token(workspace, user)) for name, user in people.items()}
        return cls(workspace=workspace, app=app, clock=clock, people=people, **callers)
