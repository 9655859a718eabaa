"""In charge of one running workspace: its database, its current model, and the units of work on it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Self

from sqlalchemy.exc import DBAPIError

from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import Clock, SystemClock
from tenon.database import Cause, Database, NotAllowed, UnitOfWork, meaning
from tenon.errors import NotFound, Unavailable
from tenon.exchange.house import House
from tenon.jobs import outbox
from tenon.model import Model
from tenon.query import Reader
from tenon.records import Writer
from tenon.schema import Tables, installed, lacking, take_turns
from tenon.settings import Settings
from tenon.texts import say
from tenon.workspace import keys
from tenon.workspace.assembly import Assembled, Assembler
from tenon.workspace.background import Background
from tenon.workspace.backups import Source
from tenon.workspace.backups.service import join_backups
from tenon.workspace.files import Files
from tenon.workspace.identities import Identities


class Workspace:
    """What pages, API and commands hold. `current` is swapped whole when another version was published."""

    def __init__(self, folder: Path, settings: Settings, database: Database, clock: Clock) -> None:
        self.folder = folder
        self.settings = settings
        self.database = database
        self.clock = clock
        self.files = Files(folder / ".tenon" / "files", limit=settings.upload_limit)
        house = House(settings=settings, files=self.files, secret=lambda: self.secret)
        source = Source(folder=folder, settings=settings, database=database)
        self._assembler = Assembler(database, keys.ring_of(folder), house, partial(join_backups, source, clock))
        self._swap = threading.Lock()
        _complete_system_tables(database)
        self.current = self._assembler.newest()
        self.background = Background(database, clock, settings, self._in_force)

    @classmethod
    def open(cls, folder: Path, settings: Settings | None = None, clock: Clock | None = None) -> "Workspace":
        """Raises NotFound when there is no workspace, Unavailable when nothing was published to its database yet."""
        require_workspace(folder)
        settings = settings or Settings.of(folder)
        return cls(folder, settings, Database.of(settings), clock or SystemClock())

    def close(self) -> None:
        self.background.stop()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def secret(self) -> bytes:
        """Signs cookies and cursors of this workspace; made at the first use, readable by its owner only."""
        return keys.signing_key(self.folder / ".tenon" / "secret")

    @property
    def model(self) -> Model:
        return self.current.model

    @property
    def tables(self) -> Tables:
        return self.current.tables

    @property
    def reader(self) -> Reader:
        return self.current.reader

    @property
    def writer(self) -> Writer:
        return self.current.writer

    @property
    def identities(self) -> Identities:
        return self.current.identities

    def access(self, actor: Actor) -> Access:
        return Access.of(self.current.model, actor)

    def now(self) -> datetime:
        return self.clock.now().astimezone(UTC)

    @contextmanager
    def reading(self, actor: Actor) -> Iterator[UnitOfWork]:
        with self.database.reading() as connection:
            yield UnitOfWork(actor=actor, connection=connection, now=self.now())

    @contextmanager
    def unit(self, actor: Actor, *, cause: Cause | None = None) -> Iterator[UnitOfWork]:
        """One transaction; what was emitted goes to the outbox with it, all or nothing."""
        with self.database.writing() as connection:
            unit = UnitOfWork(actor=actor, connection=connection, now=self.now(), cause=cause)
            yield unit
            if outbox.write(unit):
                unit.after_commit(self.background.wake)

    def refresh(self, version: int) -> Assembled:
        """The assembly for the published `version`; called with what the request's first statement has read."""
        if version != self.current.version:
            with self._swap:
                if version != self.current.version:
                    self.current = self._assembler.newest(self.current)
        return self.current

    def _in_force(self, version: int | None) -> Assembled:
        return self.refresh(version) if version is not None else self.current

    def reload(self) -> Assembled:
        """Ask the database which version is published, and swap to it."""
        with self._swap:
            self.current = self._assembler.newest(self.current)
        return self.current


def _complete_system_tables(database: Database) -> None:
    """A newer program may keep more than the one that published did: it adds what it misses before it serves.

    Raises Unavailable when the database does not let it, with the number of what is to be added.
    """
    with database.reading() as connection:
        steps = lacking(connection) if installed(connection) else ()
    if not steps:
        return
    try:
        with database.writing() as connection:
            take_turns(connection)
    except (NotAllowed, DBAPIError) as error:
        meant = meaning(error)
        raise (_pending(steps) if meant is None or isinstance(meant, NotAllowed) else meant) from error


def _pending(steps: tuple[str, ...]) -> Unavailable:
    return Unavailable(
        say(
            "This program needs {count} more table(s) or column(s) of its own, and could not add them: {names}.",
            "本程序还需要 {count} 个自身的表或列，但未能添加：{names}。",
            count=len(steps),
            names=", ".join(steps[:5]) + ("…" if len(steps) > 5 else ""),
        ),
        hint=say(
            "Run “tenon doctor --repair” with a database user that may alter tables; {count} step(s) are pending.",
            "请使用有权更改表的数据库用户运行“tenon doctor --repair”；待处理 {count} 步。",
            count=len(steps),
        ),
    )


def require_workspace(folder: Path) -> None:
    """Raises NotFound unless `folder` holds a workspace."""
    if not (folder / "workspace.yaml").is_file():
        raise NotFound(
            say("There is no workspace in {folder}.", "{folder} 中没有工作区。", folder=str(folder.resolve())),
            hint=say(
                "“tenon init {folder}” makes one; --workspace names another folder.",
                "“tenon init {folder}”可新建；--workspace 可指定其他文件夹。",
                folder=str(folder),
            ),
        )
