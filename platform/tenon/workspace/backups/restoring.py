"""In charge of a workspace made of a backup: everything, or nothing at all.

What comes out is looked at before it counts: its metadata compile, its tables hold what the backup counted, its keys
open its secrets. It sends nothing by itself: what it would send, the original may have sent since.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tenon.compiler import compile_standing
from tenon.compiler.folders import module_folders
from tenon.database import Connection
from tenon.errors import MetadataError
from tenon.jobs import pause_outgoing
from tenon.schema import published, versions
from tenon.texts import say
from tenon.workspace.backups import places, refusals
from tenon.workspace.backups.archive import ArchiveReader, PartReader
from tenon.workspace.backups.gathering import Tell
from tenon.workspace.backups.loading import Loading
from tenon.workspace.backups.sealing import Opener
from tenon.workspace.backups.secrets import lost_secrets
from tenon.workspace.backups.shapes import TableShape, refuse_unknown
from tenon.workspace.backups.targets import Site, Target
from tenon.workspace.backups.values import reader_of
from tenon.workspace.backups.verifying import Ask
from tenon.workspace.keys import ring_of


@dataclass(frozen=True, kw_only=True)
class Restored:
    """`environment` names the variables the original was started with: their values are in no backup.

    `in_force` is the version that runs; older than `version` when this program cannot compile that one.
    """

    folder: Path
    workspace: str
    made_by: str
    made_at: datetime
    version: int
    in_force: int
    tables: int
    rows: int
    files: int
    missing: int
    lost_secrets: bool
    environment: tuple[str, ...]


def restore(
    path: Path,
    target: Target,
    ask: Ask,
    now: datetime,
    tell: Tell = lambda part: None,
    *,
    accept_lost_secrets: bool = False,
) -> Restored:
    """Raises why it is not possible; then folder and database are as they were.

    Where the keys of the original were lost before, its encrypted values stay closed: to be accepted, or refused.
    """
    if not path.is_file():
        raise refusals.no_such_file(path)
    site = Site(target)
    site.refuse_used()
    with path.open("rb") as stream:
        opener = Opener(stream, path)
        opener.unlock(ask())
        archive = ArchiveReader(opener)
        shapes = [TableShape.from_json(content) for content in archive.opening["tables"]]
        refuse_unknown(shapes, opener.head.made_by)
        with site.open() as connection:
            _read(archive, shapes, connection, site.draft, tell)
            lost = lost_secrets(connection, ring_of(site.draft))
            if lost and not accept_lost_secrets:
                raise refusals.closed_secrets()
            in_force = _look(archive, opener.head.made_by, connection, site.draft)
            site.say_where()
            _rest(connection, opener.head.made_at, now)
    opening, parts = archive.opening, archive.totals.parts
    return Restored(
        folder=target.folder,
        workspace=opener.head.workspace,
        made_by=opener.head.made_by,
        made_at=opener.head.made_at,
        version=opening["version"],
        in_force=in_force,
        tables=parts["table"],
        rows=archive.totals.rows,
        files=parts.get("file", 0),
        missing=archive.closing["missing"],
        lost_secrets=lost,
        environment=tuple(opening["environment"]),
    )


def _read(archive: ArchiveReader, shapes: list[TableShape], connection: Connection, draft: Path, tell: Tell) -> None:
    known = {shape.name: shape for shape in shapes}
    loading = Loading(connection, shapes)
    loading.make()
    filled = set()
    for part in archive.parts():
        tell(part.name)
        if part.kind != "table":
            _write_file(part, draft / places.place_of(part.kind, part.name))
            continue
        read = reader_of(known[part.name])
        if loading.fill(part.name, (read(block) for block in part.blocks())) != part.rows:
            raise refusals.inconsistent(part.name)
        filled.add(part.name)
    if filled != known.keys():
        raise refusals.inconsistent("tables")
    loading.finish()


def _write_file(part: PartReader, path: Path) -> None:
    private = part.kind == "key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
        with os.fdopen(descriptor, "wb") as file:
            for block in part.blocks():
                file.write(block)
    except OSError as error:
        raise refusals.cannot_write(path.parent, error) from error


def _look(archive: ArchiveReader, made_by: str, connection: Connection, draft: Path) -> int:
    """Would it start? The number of the version that would run."""
    there, local = module_folders(draft), set(archive.opening["local"])
    lacking = sorted(set(archive.opening["modules"]) - there.keys() - local)
    if lacking:
        raise refusals.lacking_modules(lacking, made_by)
    return _compiled(connection)


def _compiled(connection: Connection) -> int:
    """The number of the newest version this program can compile. Raises MetadataError when there is none."""
    refusal: MetadataError | None = None
    for version in versions(connection):
        found = published(connection, version.number)
        try:
            if found is not None:
                compile_standing(found.sources)
                return found.number
        except MetadataError as error:
            refusal = refusal or error
    if refusal is None:
        raise refusals.inconsistent("versions")
    raise refusal


def _rest(connection: Connection, made_at: datetime, now: datetime) -> None:
    reason = say(
        "This workspace was restored from a backup of {at}. What it would send may have been sent since.",
        "此工作区由 {at} 的备份恢复。其待发内容可能已由原系统发送。",
        at=f"{made_at:%Y-%m-%d %H:%M} UTC",
    )
    pause_outgoing(connection, now, "tenon restore", reason)
