"""In charge of which files of a workspace's folder belong to a backup, and where they belong after it.

Left out: the database itself, what is made by commands, version control, links to elsewhere, and other backups.
"""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import sqlalchemy as sa

from tenon.settings import Settings
from tenon.workspace.backups import refusals

OWN = ".tenon"
"""Folder of what the program itself keeps: keys, files, often the database."""
KEYS = ("secret", "keys.json")
FILES = "files"
SUFFIX = ".tenon-backup"
_LEFT_OUT = frozenset({OWN, ".git", ".hg", ".venv", "__pycache__", "node_modules"})
_BESIDE = ("", "-wal", "-shm", "-journal")


def metadata_files(folder: Path, settings: Settings) -> Iterator[Path]:
    """In the order of their paths; relative to the folder."""
    database = database_file(settings.database_url)
    beside = {Path(f"{database}{ending}") for ending in _BESIDE} if database is not None else set()
    root = folder.resolve()
    for place, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT and not (Path(place) / name).is_symlink())
        for name in sorted(names):
            path = Path(place) / name
            if path.is_file() and not path.is_symlink() and path not in beside and SUFFIX not in path.name:
                yield path.relative_to(root)


def key_files(folder: Path) -> Iterator[Path]:
    """Relative to the folder; those that are there."""
    return (Path(OWN) / name for name in KEYS if (folder / OWN / name).is_file())


def stored_files(folder: Path) -> Iterator[Path]:
    """The content of uploaded files, relative to the folder of files. What is being written comes along in part."""
    root = folder / OWN / FILES
    if not root.is_dir():
        return
    for shelf in sorted(root.iterdir()):
        if shelf.is_dir():
            yield from (Path(shelf.name) / path.name for path in sorted(shelf.iterdir()) if path.is_file())


def stored_file(folder: Path, key: str) -> Path:
    return folder / OWN / FILES / key[-2:] / key


def database_file(url: str) -> Path | None:
    """The file of an SQLite database; None for a server's."""
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    return Path(address.database).resolve()


def place_of(kind: str, name: str) -> PurePosixPath:
    """Below the folder that is restored. Raises Damaged for a name that leads out of it."""
    path = PurePosixPath(name) if kind in ("metadata", "key") else PurePosixPath(OWN, FILES, name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name or ":" in name.partition("/")[0]:
        raise refusals.inconsistent(name)
    return path
