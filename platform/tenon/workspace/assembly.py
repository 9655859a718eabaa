"""In charge of assembling what a published version needs to run: model → tables → doors.

A version that this program cannot compile does not stop a workspace: the last one it can compile stays in force.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tenon.actors import Actor
from tenon.compiler import compile_standing
from tenon.database import Connection, Database
from tenon.errors import MetadataError, Unavailable
from tenon.exchange.house import House
from tenon.exchange.parts import join_exchange
from tenon.model import Model
from tenon.problems import Problem
from tenon.process import FindActor, Processes
from tenon.process.retaining import Retaining
from tenon.query import Reader
from tenon.records import Writer
from tenon.schema import Ledger, PublishedVersion, Tables, build_tables, published, versions
from tenon.texts import say
from tenon.workspace.identities import Identities
from tenon.workspace.keys import key_ring

LOG = logging.getLogger("tenon.workspace")


@dataclass(frozen=True, kw_only=True)
class Fallback:
    """Why an older version is in force: `problems` are those of the published one."""

    in_force: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """Everything derived from one published version; never changed, only replaced.

    `version` is the number published, also when `fallback` says that an older model is in force.
    """

    version: int
    model: Model
    tables: Tables
    reader: Reader
    writer: Writer
    identities: Identities
    processes: Processes
    fallback: Fallback | None = None
    gone: tuple[Problem, ...] = ()
    """Places of layouts that name what is not there: shown to administrators where they stand."""


class Assembler:
    def __init__(
        self,
        database: Database,
        ring: Path | None = None,
        house: House | None = None,
        join: Callable[[Processes], None] | None = None,
    ) -> None:
        """`ring` is the file of the keys that secrets are encrypted with; `house` is what messages need to leave.

        `join` enters further parts in the processes of each version.
        """
        self._database = database
        self._join = join
        self._house = house
        self._ring = ring

    def newest(self, present: Assembled | None = None) -> Assembled:
        """What is published. When it does not compile: `present`, else the newest version before it that does.

        Raises Unavailable when nothing was published yet, or the ledger lacks what the model needs; MetadataError
        when no version compiles.
        """
        with self._database.reading() as connection:
            version = _published(connection)
            ledger = Ledger.load(connection)
            try:
                return self._assembled(version, ledger)
            except MetadataError as error:
                LOG.exception("version %s does not compile", version.number)
                return self._instead(connection, version.number, ledger, error, present)

    def _assembled(self, version: PublishedVersion, ledger: Ledger) -> Assembled:
        standing = compile_standing(version.sources)
        tables = build_tables(standing.model, ledger)
        _refuse_gaps(tables, ledger)
        made = assemble(version.number, standing.model, tables, self._database, self._ring, self._house)
        if self._join is not None:
            self._join(made.processes)
        return replace(made, gone=standing.gone)

    def _instead(
        self, connection: Connection, number: int, ledger: Ledger, error: MetadataError, present: Assembled | None
    ) -> Assembled:
        """An older model finds its tables and columns: they never go, and their names never change."""
        if present is not None:
            in_force = present.fallback.in_force if present.fallback is not None else present.version
            return replace(present, version=number, fallback=Fallback(in_force=in_force, problems=error.problems))
        for older in versions(connection):
            found = published(connection, older.number) if older.number < number else None
            if found is None:
                continue
            try:
                assembled = self._assembled(found, ledger)
            except MetadataError:
                continue
            return replace(assembled, version=number, fallback=Fallback(in_force=older.number, problems=error.problems))
        raise error


def assemble(
    version: int,
    model: Model,
    tables: Tables,
    database: Database,
    ring: Path | None = None,
    house: House | None = None,
) -> Assembled:
    """The keys are read, or made, only for a model that has secrets. Without a `house` nothing leaves it."""
    vault = key_ring(ring) if ring is not None and _has_secrets(model) else None
    reader = Reader(model, tables, database.dialect, vault)
    writer = Writer(model, tables, reader, vault)
    identities = Identities(tables, model.workspace, database.dialect)
    processes = Processes(model, reader, writer, _actors(identities))
    if house is not None:
        join_exchange(processes, house)
        processes.join("retaining", Retaining(processes.ground, house.settings))
    return Assembled(
        version=version,
        model=model,
        tables=tables,
        reader=reader,
        writer=writer,
        identities=identities,
        processes=processes,
    )


def _actors(identities: Identities) -> FindActor:
    def find(connection: Connection, user_id: str, now: datetime) -> Actor | None:
        found = identities.by_id(connection, user_id, now)
        return None if found is None else found.actor

    return find


def _has_secrets(model: Model) -> bool:
    fields = (field for entity in model.entities.values() for field in entity.fields.values())
    return any(field.type.key == "encrypted" for field in fields)


def _published(connection: Connection) -> PublishedVersion:
    version = published(connection)
    if version is None:
        raise Unavailable(
            say("Nothing was published to this workspace yet.", "此工作区尚未发布任何版本。"),
            hint=say("Run “tenon apply”.", "请运行“tenon apply”。"),
        )
    return version


def _refuse_gaps(tables: Tables, ledger: Ledger) -> None:
    """Without its entry nobody knows which column a field lives in, and a guess could show another field's values."""
    missing = sorted(
        entry.path for entry in tables.ledger.entries if entry.kind != "index" and ledger.at(entry.place) is None
    )
    if missing:
        raise Unavailable(
            say(
                "The ledger of tables and columns lacks {count} entries that the published version needs: {names}.",
                "表列登记簿缺少已发布版本所需的 {count} 条记录：{names}。",
                count=len(missing),
                names=", ".join(missing[:5]) + ("…" if len(missing) > 5 else ""),
            ),
            hint=say(
                "Run “tenon doctor --repair”, which looks for the columns and enters them again.",
                "请运行“tenon doctor --repair”，它会查找对应的列并重新登记。",
            ),
        )
