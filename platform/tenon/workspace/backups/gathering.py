"""In charge of making a backup: everything a workspace is, as it stands at one instant, while people go on working."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from tenon import __version__
from tenon.database import Connection, Database
from tenon.errors import Unavailable
from tenon.schema import Ledger, PublishedVersion, published, versions
from tenon.settings import Settings
from tenon.texts import say
from tenon.workspace.backups import places, refusals
from tenon.workspace.backups.archive import ArchiveWriter, Kind
from tenon.workspace.backups.sealing import CHUNK, USUAL, Cost, Sealer
from tenon.workspace.backups.secrets import lost_secrets
from tenon.workspace.backups.shapes import TableShape, shapes_of
from tenon.workspace.backups.values import written
from tenon.workspace.keys import ring_of

PORTION = 1000
"""Rows read together."""
_NAMED_MISSING = 20

Tell = Callable[[str], None]
"""Hears of each part when it is begun."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a backup is made of. The metadata need not compile."""

    folder: Path
    settings: Settings
    database: Database


@dataclass(frozen=True, kw_only=True)
class Made:
    """`size` in bytes; `missing`: records of files whose content was not there, and some of their keys."""

    path: Path
    size: int
    version: int
    tables: int
    rows: int
    files: int
    missing: int
    missing_keys: tuple[str, ...]
    lost_secrets: bool
    """Whether there are encrypted values that the keys do not open."""


def make(
    source: Source,
    into: Path,
    passphrase: str,
    now: datetime,
    tell: Tell = lambda part: None,
    *,
    cost: Cost = USUAL,
) -> Made:
    """A file in the folder `into`, readable by its owner only; there at once and whole, or not at all."""
    if len(passphrase) < refusals.LEAST:
        raise refusals.weak_passphrase()
    if not into.is_dir():
        raise refusals.no_folder(into)
    name = workspace_name(source.folder)
    path = _fresh(into, f"{name}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            sealer = Sealer(stream, passphrase, workspace=name, made_at=now, cost=cost)
            closing = _fill(source, ArchiveWriter(sealer), name, now, tell)
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(path)
    except OSError as error:
        raise refusals.cannot_write(into, error) from error
    finally:
        draft.unlink(missing_ok=True)
    return Made(path=path, size=path.stat().st_size, **closing)


def workspace_name(folder: Path) -> str:
    """Also of one whose description cannot be read."""
    try:
        content = yaml.load((folder / "workspace.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        content = None
    name = str(content.get("name") or "") if isinstance(content, dict) else ""
    return name if name.isidentifier() else "workspace"


def _fresh(into: Path, stem: str) -> Path:
    path, number = into / f"{stem}{places.SUFFIX}", 1
    while path.exists():
        number += 1
        path = into / f"{stem}-{number}{places.SUFFIX}"
    return path


def _fill(source: Source, archive: ArchiveWriter, name: str, now: datetime, tell: Tell) -> dict[str, Any]:
    """The instant is that of the snapshot: what files hold never changes, and a file is there before its record."""
    with source.database.snapshot() as connection:
        version = published(connection)
        if version is None:
            raise Unavailable(
                say("Nothing was published to this workspace yet.", "此工作区尚未发布任何版本。"),
                hint=say("Run “tenon apply”.", "请运行“tenon apply”。"),
            )
        shapes = shapes_of(connection)
        archive.open(_opening(source, connection, version, shapes, name, now))
        for path in places.metadata_files(source.folder, source.settings):
            _write_file(archive, "metadata", path, source.folder / path)
        for path in places.key_files(source.folder):
            _write_file(archive, "key", path, source.folder / path)
        missing, lost = _Missing(connection, source.folder), lost_secrets(connection, ring_of(source.folder))
        for shape in shapes:
            tell(shape.name)
            with archive.part("table", shape.name) as part:
                for rows in rows_of(connection, shape):
                    part.write(written(rows), len(rows))
                    missing.look(shape, rows)
    tell("files")
    files = source.folder / places.OWN / places.FILES
    for path in places.stored_files(source.folder):
        _write_file(archive, "file", path, files / path)
    archive.close({"missing": missing.count, "missing_keys": missing.keys})
    totals = archive.totals
    return {
        "version": version.number,
        "tables": totals.parts["table"],
        "rows": totals.rows,
        "files": totals.parts.get("file", 0),
        "missing": missing.count,
        "missing_keys": tuple(missing.keys),
        "lost_secrets": lost,
    }


def _opening(
    source: Source,
    connection: Connection,
    version: PublishedVersion,
    shapes: list[TableShape],
    name: str,
    now: datetime,
) -> dict[str, Any]:
    return {
        "made_by": __version__,
        "made_at": now.isoformat(),
        "workspace": name,
        "database": connection.dialect,
        "version": version.number,
        "digest": version.digest,
        "modules": dict(versions(connection)[0].modules),
        "local": sorted(version.sources.local),
        "environment": sorted(origin for origin in source.settings.sources.values() if origin.startswith("TENON_")),
        "tables": [shape.to_json() for shape in shapes],
    }


def rows_of(connection: Connection, shape: TableShape) -> Iterator[list[Any]]:
    """In the order of their keys, some at a time."""
    table = shape.table
    columns = [table.c[column.name] for column in shape.columns]
    keys = [table.c[name] for name in shape.keys]
    places_of_keys = [[column.name for column in shape.columns].index(name) for name in shape.keys]
    query = sa.select(*columns).order_by(*keys).limit(PORTION)
    after: tuple[Any, ...] | None = None
    while True:
        found = connection.execute(query if after is None else query.where(_behind(keys, after)))
        if found:
            yield found
        if len(found) < PORTION:
            return
        after = tuple(found[-1][place] for place in places_of_keys)


def _behind(keys: list[Any], after: tuple[Any, ...]) -> sa.ColumnElement[bool]:
    values = [sa.bindparam(None, value, type_=key.type) for key, value in zip(keys, after, strict=True)]
    if len(keys) == 1:
        return keys[0] > values[0]  # type: ignore[no-any-return]
    return sa.tuple_(*keys) > sa.tuple_(*values)


class _Missing:
    """Records of files that have lost their content before: the backup cannot bring it back, and says so."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self._entry = Ledger.load(connection).column("file", "storage_key")
        self._folder = folder
        self.count = 0
        self.keys: list[str] = []

    def look(self, shape: TableShape, rows: list[Any]) -> None:
        if self._entry is None or shape.name != self._entry.table:
            return
        place = [column.name for column in shape.columns].index(self._entry.column)
        for row in rows:
            if row[place] and not places.stored_file(self._folder, row[place]).is_file():
                self.count += 1
                self.keys += [row[place]] if len(self.keys) < _NAMED_MISSING else []


def _write_file(archive: ArchiveWriter, kind: Kind, name: Path, path: Path) -> None:
    """One that has gone since it was listed is left out: an upload that was given up, a draft of an editor."""
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return
    except OSError as error:
        raise refusals.cannot_read(path, error) from error
    with stream, archive.part(kind, name.as_posix()) as part:
        while content := stream.read(CHUNK):
            part.write(content)
