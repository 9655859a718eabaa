"""In charge of one call of the command line: its workspace, its language, and how it prints."""

import locale
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from tenon.actors import Actor
from tenon.database import Database
from tenon.errors import MetadataError, TenonError
from tenon.settings import Settings
from tenon.texts import CHINESE, ENGLISH, Text
from tenon.workspace import Workspace, require_workspace


def _language() -> str:
    """What the terminal speaks."""
    tag = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    tag = tag or (locale.getlocale()[0] or "")
    return CHINESE if tag.lower().startswith(("zh", "chinese")) else ENGLISH


@dataclass
class Call:
    folder: Path = field(default_factory=Path)
    as_json: bool = False
    language: str = field(default_factory=_language)
    out: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    err: Console = field(default_factory=lambda: Console(stderr=True, highlight=False, soft_wrap=True))

    @property
    def settings(self) -> Settings:
        return Settings.of(self.folder)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The workspace's database, whether or not anything was published to it."""
        require_workspace(self.folder)
        database = Database.of(self.settings)
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """Raises Unavailable when nothing was published yet."""
        workspace = Workspace.open(self.folder)
        try:
            yield workspace
        finally:
            workspace.close()

    def actor(self, reason: str) -> Actor:
        """Whoever may run commands on this machine holds the workspace's keys anyway; the reason is audited."""
        login = os.environ.get("USER") or os.environ.get("USERNAME") or "?"
        return Actor.system(f"command line ({login}): {reason}")

    def words(self, text: Text) -> str:
        return text.in_(self.language)

    def say(self, text: Text) -> None:
        """A sentence for people; silent when printing for programs."""
        if not self.as_json:
            self.out.print(self.words(text), markup=False)

    def show(self, value: Any) -> None:
        """The result for programs; silent when printing for people."""
        if self.as_json:
            sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode() + "\n")

    def table(self, headings: Sequence[Text], rows: Iterable[Sequence[Any]]) -> None:
        if self.as_json:
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in headings:
            table.add_column(self.words(heading), overflow="fold")
        for row in rows:
            table.add_row(*("" if cell is None else str(cell) for cell in row))
        self.out.print(table)

    def refuse(self, error: TenonError) -> None:
        """Message, details and hint of a refusal, on standard error."""
        if self.as_json:
            details = [
                {"path": item.path, "code": item.code, "message": self.words(item.message)} for item in error.details
            ]
            self.show({"error": error.code, "message": self.words(error.message), "details": details})
            return
        self.err.print(self.words(error.message), style="red", markup=False)
        for item in error.details:
            if item.message != error.message:
                self.err.print(f"  {item.path}: {self.words(item.message)}", markup=False)
        if isinstance(error, MetadataError):
            for problem in error.problems:
                self.err.print(f"  {problem.location or problem.path}: {self.words(problem.message)}", markup=False)
        if error.hint is not None:
            self.err.print(self.words(error.hint), markup=False)
