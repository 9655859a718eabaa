"""In charge of where a backup is restored to: a folder that comes to be at once, and a database that was empty before.

Until `settle`, everything lies in a folder beside the one that was named, and in an open transaction.
"""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from ruamel.yaml import YAML

from tenon.database import Connection, Database, Limits
from tenon.settings import database_address
from tenon.workspace.backups import places, refusals
from tenon.workspace.backups.loading import tables_in

LOG = logging.getLogger("tenon.backups")
_WITHOUT_END = Limits(connections=2, lock=60.0, statement=0)
_PLACES_OF_DATA = ("database_url", "database_schema")


@dataclass(frozen=True, kw_only=True)
class Target:
    """`url` is as a person names it, "" for a file in the folder; `written`: whether workspace.yaml is to say it."""

    folder: Path
    url: str = ""
    schema: str = ""
    written: bool = False

    @property
    def address(self) -> str:
        return database_address(self.url, self.folder)


class Site:
    """`draft` is the folder to write to."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._folder = target.folder.resolve()
        self.draft = self._folder.with_name(f".{self._folder.name}.restoring.{os.getpid()}")
        self._file = places.database_file(target.address)
        self._inside = self._file is not None and self._file.is_relative_to(self._folder)

    def refuse_used(self) -> None:
        """Raises Conflict before anything is written."""
        if not self._folder.parent.is_dir():
            raise refusals.no_folder(self._folder.parent)
        if self._folder.exists() and (not self._folder.is_dir() or any(self._folder.iterdir())):
            raise refusals.folder_in_use(self._target.folder)

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """One transaction; when it ends well, folder and database are there. Otherwise both are as they were."""
        try:
            self.draft.mkdir(mode=0o700)
        except OSError as error:
            raise refusals.cannot_write(self.draft.parent, error) from error
        try:
            with self._database() as database, database.writing() as connection:
                tables = tables_in(connection)
                if tables:
                    raise refusals.database_in_use(tables)
                yield connection
                if not self._inside:
                    self._move()
            if self._inside:
                self._move()
        except BaseException:
            if not self._inside and not self.draft.exists():  # the folder was there already, the commit failed
                shutil.rmtree(self._folder, ignore_errors=True)
            raise
        finally:
            shutil.rmtree(self.draft, ignore_errors=True)

    def say_where(self) -> None:
        """What workspace.yaml says of the database is that of the original: it is taken out, or the new one put in."""
        path = self.draft / "workspace.yaml"
        language = YAML()
        content = language.load(path.read_text(encoding="utf-8"))
        settings = content.get("settings") or {}
        target = self._target
        said = {"database_url": target.url, "database_schema": target.schema} if target.written else {}
        before = {name: settings.get(name) for name in _PLACES_OF_DATA}
        after = {name: said.get(name) or None for name in _PLACES_OF_DATA}
        if before == after:
            return
        for name, value in after.items():
            settings.pop(name, None)
            if value:
                settings[name] = value
        content["settings"] = settings
        if not settings:
            del content["settings"]
        with path.open("w", encoding="utf-8") as file:
            language.dump(content, file)

    @contextmanager
    def _database(self) -> Iterator[Database]:
        file = self._file
        if file is not None and self._inside:
            file = self.draft / file.relative_to(self._folder)
            file.parent.mkdir(parents=True, exist_ok=True)
        made = self._is_to_be_made(file)
        url = self._target.address if file is None else f"sqlite:///{file}"
        database = Database.open(url, _WITHOUT_END, schema=self._target.schema)
        try:
            yield database
        except BaseException:
            database.close()
            if made:
                self._unmake(file)
            raise
        finally:
            database.close()

    def _is_to_be_made(self, file: Path | None) -> bool:
        """Whether the file, or the schema, comes to be by opening it."""
        if file is not None:
            return not file.exists()
        return bool(self._target.schema) and self._ask("SELECT to_regnamespace(:name) IS NULL")

    def _unmake(self, file: Path | None) -> None:
        if file is not None:
            for ending in ("", "-wal", "-shm"):
                Path(f"{file}{ending}").unlink(missing_ok=True)
            return
        try:
            self._ask(f"DROP SCHEMA {self._target.schema}", rows=False)
        except Exception:  # the failure that led here is the one to report
            LOG.exception("the empty schema %s could not be taken away again", self._target.schema)

    def _ask(self, text: str, *, rows: bool = True) -> bool:
        """Without the schema, which opening would make."""
        database = Database.open(self._target.address, _WITHOUT_END)
        try:
            with database.reading() as connection:
                clause = sa.text(text)
                found = connection.execute(clause, {"name": self._target.schema} if rows else None)
                return bool(found[0][0]) if rows else True
        finally:
            database.close()

    def _move(self) -> None:
        try:
            if self._folder.is_dir():
                self._folder.rmdir()
            self.draft.rename(self._folder)
        except OSError as error:
            raise refusals.cannot_write(self._folder, error) from error
