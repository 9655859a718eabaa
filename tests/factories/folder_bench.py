"""In charge of a workspace folder that tests rewrite and publish, on a database of its own."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import Clock
from tenon.database import Database
from tenon.schema import LongWork, Plan
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.publishing import Proposal, create_administrator, propose, publish

HEAD = "name: small\nlabel: {en: Small}\nmodules: [core]\n"


class FolderBench:
    def __init__(self, folder: Path, url: str, clock: Clock) -> None:
        self.folder = folder
        self.url = url
        self.clock = clock
        self.database = Database.open(url)
        folder.mkdir(parents=True, exist_ok=True)
        self.write({"workspace.yaml": HEAD})

    def write(self, files: Mapping[str, str | None]) -> None:
        """None takes a file away."""
        for path, text in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                with suppress(FileNotFoundError):
                    place.unlink()
            else:
                place.write_text(text)

    def propose(self, files: Mapping[str, str | None] | None = None) -> Proposal:
        self.write(files or {})
        return propose(self.database, self.folder)

    def plan(self, files: Mapping[str, str | None] | None = None) -> Plan:
        return self.propose(files).plan

    def publish(self, files: Mapping[str, str | None] | None = None, *, threshold: int = 50_000) -> Plan:
        made = self.propose(files)
        self.carry_out(made, threshold=threshold)
        return made.plan

    def carry_out(self, made: Proposal, *, threshold: int = 50_000) -> int:
        work = LongWork(threshold=threshold)
        return publish(self.database, made, Actor.system("test"), clock=self.clock, long_work=work)

    def open(self) -> Workspace:
        settings = Settings.of(self.folder, {"TENON_DATABASE_URL": self.url})
        return Workspace.open(self.folder, settings, self.clock)

    def create(self, entity: str, **values: Any) -> str:
        workspace = self.open()
        try:
            with workspace.unit(Actor.system("test")) as unit:
                access = Access.of(workspace.model, unit.actor)
                return str(workspace.current.writer.create(unit, access, entity, values).id)
        finally:
            workspace.close()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.database.reading() as connection:
            return connection.execute(sa.text(statement))

    def close(self) -> None:
        self.database.close()


def administrator(workspace: Workspace) -> str:
    with workspace.unit(Actor.system("test")) as unit:
        return create_administrator(unit, workspace.current, "admin@example.com", "Ada", "correct horse battery")
