"""In charge of published versions: numbers that only grow, each with the sources it was compiled from."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from tenon.compiler import Sources
from tenon.database import Connection, DialectName, Prepared, UnitOfWork, prepare
from tenon.errors import Conflict, NotFound
from tenon.schema.system import SYSTEM_TABLES, installed
from tenon.texts import say

_TABLE = SYSTEM_TABLES["version"]
_NUMBER = sa.select(sa.func.max(_TABLE.c.number))
_PREPARED_NUMBER: dict[DialectName, Prepared] = {
    "sqlite": prepare(_NUMBER, "sqlite"),
    "postgresql": prepare(_NUMBER, "postgresql"),
}


@dataclass(frozen=True, kw_only=True)
class Version:
    """One entry of the list of versions.

    `modules` maps each module to its version. `contract` is equal for versions whose API promises the same.
    `origin` is the digest of the version of another workspace this one was promoted from, "" for a home-made one.
    """

    number: int
    at: datetime
    author: str
    reason: str
    digest: str
    modules: Mapping[str, str] = field(default_factory=dict)
    contract: str = ""
    origin: str = ""


@dataclass(frozen=True, kw_only=True)
class PublishedVersion:
    """What runs: any process can compile `sources` again and gets a model with this `digest`."""

    number: int
    digest: str
    sources: Sources


def published_number(connection: Connection) -> int:
    """0 when nothing was published; the database must be installed. One prepared statement: cheap per request."""
    ((number,),) = connection.run(_PREPARED_NUMBER[connection.dialect])
    return number or 0


def published(connection: Connection, number: int | None = None) -> PublishedVersion | None:
    """The version in force, or an older one by its number; None when there is none."""
    if not installed(connection):
        return None
    wanted = _TABLE.c.number == (_NUMBER.scalar_subquery() if number is None else number)
    rows = connection.execute(sa.select(_TABLE.c.number, _TABLE.c.digest, _TABLE.c.sources).where(wanted))
    for found, digest, packed in rows:
        return PublishedVersion(number=found, digest=digest, sources=_unpacked(packed))
    return None


def version(connection: Connection, number: int | None = None) -> PublishedVersion:
    """As `published`, but raises NotFound when there is no such version."""
    found = published(connection, number)
    if found is None:
        raise NotFound(
            say("There is no version {number}.", "没有版本 {number}。", number=number if number is not None else ""),
            hint=say("“tenon versions” lists them.", "“tenon versions”可列出所有版本。"),
        )
    return found


def versions(connection: Connection) -> list[Version]:
    """Newest first, without their sources."""
    if not installed(connection):
        return []
    wanted = ("number", "at", "author", "reason", "digest", "modules", "contract", "origin")
    names = [name for name in wanted if name in _columns_there(connection)]
    rows = connection.execute(sa.select(*(_TABLE.c[name] for name in names)).order_by(_TABLE.c.number.desc()))
    found = [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows]
    return [Version(**row) for row in found]


def _columns_there(connection: Connection) -> set[str]:
    """A database that was prepared by an older release lacks some until the next version is published."""
    return {column["name"] for column in sa.inspect(connection.sqlalchemy).get_columns(_TABLE.name)}


def seal_of(connection: Connection) -> tuple[int, str]:
    """Number and digest of what is published; (0, "") before anything was."""
    if not installed(connection):
        return (0, "")
    rows = connection.execute(sa.select(_TABLE.c.number, _TABLE.c.digest).order_by(_TABLE.c.number.desc()).limit(1))
    return (rows[0][0], rows[0][1]) if rows else (0, "")


def refuse_if_moved(base: tuple[int, str], connection: Connection) -> None:
    """Raises Conflict when something else than `base` is published by now."""
    found = seal_of(connection)
    if found != base:
        raise Conflict(
            say(
                "The workspace moved on to version {found} since this plan was made for version {planned}.",
                "工作区已是版本 {found}，而此计划基于版本 {planned}。",
                found=found[0],
                planned=base[0],
            ),
            hint=say("Make a new plan and look at it.", "请重新生成计划并查看。"),
        )


def record_version(unit: UnitOfWork, number: int, digest: str, sources: Sources, reason: str) -> None:
    """Changes of the builder that are in no version yet are put down to the unit's actor and this version."""
    row = {
        "number": number,
        "at": unit.now,
        "author": unit.actor.name,
        "reason": reason or unit.actor.reason,
        "digest": digest,
        "sources": _packed(sources.signed(unit.actor.name, number)),
    }
    unit.connection.write(sa.insert(_TABLE), row)


def record_sources(unit: UnitOfWork, base: tuple[int, str], sources: Sources, reason: str) -> int:
    """A version that says the same in other files; returns its number. Raises Conflict when the workspace moved."""
    if unit.connection.dialect == "postgresql":
        unit.connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('tenon.schema'))"))
    refuse_if_moved(base, unit.connection)
    record_version(unit, base[0] + 1, base[1], sources, reason)
    return base[0] + 1


def describe_version(
    unit: UnitOfWork, number: int, *, modules: Mapping[str, str], contract: str, origin: str = ""
) -> None:
    """What a version remembers besides its sources, so that nobody has to compile it to know."""
    values = {"modules": dict(modules), "contract": contract, "origin": origin}
    unit.connection.write(sa.update(_TABLE).where(_TABLE.c.number == number), values)


def _packed(sources: Sources) -> bytes:
    return zlib.compress(sources.to_json().encode(), 6)


def _unpacked(packed: bytes) -> Sources:
    return Sources.from_json(zlib.decompress(packed).decode())
