"""In charge of the bytes of uploaded files: kept in the workspace's folder under random keys.

Who may read a file is decided by the `file` record that names the key, never here.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tenon.errors import NotFound, TooLarge
from tenon.ids import new_id
from tenon.texts import say

_KEY = re.compile(r"[0-9a-f-]{36}")
_CHUNK = 1 << 16


@dataclass(frozen=True)
class StoredFile:
    """`size` in bytes; `sha256` in hex."""

    key: str
    size: int
    sha256: str


class Files:
    def __init__(self, folder: Path, *, limit: int) -> None:
        """`limit` is the largest size of one file in bytes."""
        self._folder = folder
        self._limit = limit

    def put(self, stream: IO[bytes]) -> StoredFile:
        """Raises TooLarge; then nothing is kept."""
        key = new_id()
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        checksum, size = hashlib.sha256(), 0
        try:
            with path.open("xb") as target:
                for chunk in _chunks(stream):
                    size += len(chunk)
                    if size > self._limit:
                        raise TooLarge(
                            say(
                                "The file is larger than {limit} MB.",
                                "文件超过 {limit} MB。",
                                limit=self._limit // 1_000_000,
                            )
                        )
                    checksum.update(chunk)
                    target.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return StoredFile(key, size, checksum.hexdigest())

    def path(self, key: str) -> Path:
        """Where the bytes are; raises NotFound."""
        path = self._path(key)
        if not path.is_file():
            raise NotFound(say("The file's content is missing.", "文件内容缺失。"))
        return path

    def remove(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise NotFound(say("There is no such file.", "没有这个文件。"))
        return self._folder / key[-2:] / key


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk
