"""In charge of reading a backup from its first to its last byte: is it whole, can it be opened, what is in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tenon.workspace.backups import refusals
from tenon.workspace.backups.archive import ArchiveReader
from tenon.workspace.backups.gathering import Tell
from tenon.workspace.backups.sealing import Opener
from tenon.workspace.backups.shapes import TableShape, refuse_unknown
from tenon.workspace.backups.values import reader_of

Ask = Callable[[], str]
"""For the passphrase, once the file has proved to be a backup this program can read."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a backup holds. `rows` by physical table; `size` in bytes, of the file and of what is in it."""

    path: Path
    made_by: str
    made_at: datetime
    workspace: str
    database: str
    version: int
    modules: dict[str, str]
    rows: dict[str, int]
    files: int
    metadata: int
    keys: int
    missing: int
    size: int
    unpacked: int


def verify(path: Path, ask: Ask, tell: Tell = lambda part: None) -> Report:
    """Raises what is wrong with it. Nothing is written anywhere."""
    if not path.is_file():
        raise refusals.no_such_file(path)
    with path.open("rb") as stream:
        opener = Opener(stream, path)
        opener.unlock(ask())
        archive = ArchiveReader(opener)
        shapes = {shape.name: shape for shape in map(TableShape.from_json, archive.opening["tables"])}
        refuse_unknown(list(shapes.values()), opener.head.made_by)
        rows: dict[str, int] = {}
        for part in archive.parts():
            tell(part.name)
            if part.kind != "table":
                continue
            read = reader_of(shapes[part.name])
            rows[part.name] = sum(len(read(block)) for block in part.blocks())
            if rows[part.name] != part.rows:
                raise refusals.inconsistent(part.name)
        if rows.keys() != shapes.keys():
            raise refusals.inconsistent("tables")
    opening, parts = archive.opening, archive.totals.parts
    return Report(
        path=path,
        made_by=opener.head.made_by,
        made_at=opener.head.made_at,
        workspace=opener.head.workspace,
        database=opening["database"],
        version=opening["version"],
        modules=dict(opening["modules"]),
        rows=rows,
        files=parts.get("file", 0),
        metadata=parts.get("metadata", 0),
        keys=parts.get("key", 0),
        missing=archive.closing["missing"],
        size=path.stat().st_size,
        unpacked=archive.totals.size,
    )
