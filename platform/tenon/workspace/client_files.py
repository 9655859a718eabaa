"""In charge of writing a company's own files back into its folder: whole files, each replaced at once."""

import os
from pathlib import Path

from tenon.compiler import WORKSPACE, SourceFile, Sources


def write_files(folder: Path, before: Sources, after: Sources) -> list[str]:
    """Write what differs and delete what is not there any more; returns the paths that were touched.

    `before` is what the folder holds: a file that says something else by now was edited meanwhile and is left alone
    when it would be deleted.
    """
    old, new = _own(before), _own(after)
    touched = []
    for path, file in new.items():
        if path not in old or old[path].text != file.text:
            _write(folder / path, file.content)
            touched.append(path)
    for path, file in old.items():
        if path not in new and not file.fault and _read(folder / path) == file.content:
            (folder / path).unlink()
            touched.append(path)
    return sorted(touched)


def same_files(one: Sources, other: Sources) -> bool:
    """Whether both hold the same files of the company's own."""
    return {path: file.text for path, file in _own(one).items()} == {
        path: file.text for path, file in _own(other).items()
    }


def _own(sources: Sources) -> dict[str, SourceFile]:
    """Relative path → file, of the client's files and of the modules that belong to him."""
    return {
        file.path if file.layer == WORKSPACE else file.shown: file
        for file in sources.files
        if file.layer == WORKSPACE or file.layer in sources.local
    }


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_name(f".{path.name}.new")
    waiting.write_bytes(content)
    os.replace(waiting, path)  # noqa: PTH105 - replaces at once on every system


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
