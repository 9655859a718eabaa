"""In charge of the inside of a backup: an opening, parts in a row, a closing; compressed, and encrypted by `sealing`.

A part has a kind, a name, blocks of content, and at its end how much that was and its digest. The closing counts all
parts. So everything can be written and read in one go, without a whole part in memory.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from tenon.workspace.backups import refusals
from tenon.workspace.backups.sealing import Opener, Sealer

Kind = Literal["metadata", "key", "table", "file"]
_OPENING, _PART, _BLOCK, _END, _CLOSING = b"O", b"P", b"B", b"E", b"C"
_LARGEST = 1 << 30
_LEVEL = 6
_PORTION = 1 << 22
"""Bytes unpacked at once."""


@dataclass(kw_only=True)
class Totals:
    """What was written or read, over all parts; `parts` by kind. `rows` are those of tables."""

    parts: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, kind: str, rows: int, size: int, digest: str) -> None:
        self.parts[kind] = self.parts.get(kind, 0) + 1
        self.rows += rows
        self.size += size
        self.digest.update(digest.encode())

    def to_json(self) -> dict[str, Any]:
        return {"parts": self.parts, "rows": self.rows, "size": self.size, "digest": self.digest.hexdigest()}


class PartWriter:
    def __init__(self, archive: "ArchiveWriter") -> None:
        self._archive = archive
        self.digest = hashlib.sha256()
        self.size = 0
        self.rows = 0

    def write(self, content: bytes, rows: int = 0) -> None:
        """One block; `rows` are counted alone."""
        self.digest.update(content)
        self.size += len(content)
        self.rows += rows
        self._archive.frame(_BLOCK, content)


class ArchiveWriter:
    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._packer = zlib.compressobj(_LEVEL)
        self.totals = Totals()

    def open(self, content: Mapping[str, Any]) -> None:
        self.frame(_OPENING, _json(content))

    @contextmanager
    def part(self, kind: Kind, name: str) -> Iterator[PartWriter]:
        self.frame(_PART, _json({"kind": kind, "name": name}))
        part = PartWriter(self)
        yield part
        digest = part.digest.hexdigest()
        self.frame(_END, _json({"rows": part.rows, "size": part.size, "digest": digest}))
        self.totals.add(kind, part.rows, part.size, digest)

    def close(self, content: Mapping[str, Any]) -> None:
        """`content` joins the totals."""
        self.frame(_CLOSING, _json({**content, **self.totals.to_json()}))
        self._sealer.write(self._packer.flush())
        self._sealer.close()

    def frame(self, mark: bytes, content: bytes) -> None:
        packed = self._packer.compress(mark + len(content).to_bytes(4, "big") + content)
        if packed:
            self._sealer.write(packed)


class PartReader:
    """`blocks` is to be read to its end before the next part; what is left is read over, and checked all the same."""

    def __init__(self, archive: "ArchiveReader", kind: str, name: str) -> None:
        self.kind = kind
        self.name = name
        self.rows = 0
        """As its end says; known when `blocks` has ended."""
        self._archive = archive
        self._over = False

    def blocks(self) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        while not self._over:
            mark, content = self._archive.frame()
            if mark == _BLOCK:
                digest.update(content)
                size += len(content)
                yield content
                continue
            told = json.loads(content) if mark == _END else {}
            self._over = True
            if told.get("digest") != digest.hexdigest() or told["size"] != size:
                raise refusals.inconsistent(self.name)
            self.rows = told["rows"]
            self._archive.totals.add(self.kind, told["rows"], told["size"], told["digest"])


class ArchiveReader:
    """`opening` is known at once, `closing` when `parts` has ended."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._unpacker = zlib.decompressobj()
        self._ready = bytearray()
        self.totals = Totals()
        self.closing: Mapping[str, Any] = {}
        mark, content = self.frame()
        if mark != _OPENING:
            raise refusals.inconsistent("opening")
        self.opening: Mapping[str, Any] = json.loads(content)

    def parts(self) -> Iterator[PartReader]:
        """Raises Damaged when the totals are not those of the closing."""
        while True:
            mark, content = self.frame()
            if mark == _CLOSING:
                break
            if mark != _PART:
                raise refusals.inconsistent("parts")
            about = json.loads(content)
            part = PartReader(self, about["kind"], about["name"])
            yield part
            for _rest in part.blocks():
                pass
        self.closing = json.loads(content)
        if any(self.closing.get(name) != value for name, value in self.totals.to_json().items()):
            raise refusals.inconsistent("totals")
        if self._ready or self._more():
            raise refusals.inconsistent("end")

    def frame(self) -> tuple[bytes, bytes]:
        head = self._take(5)
        length = int.from_bytes(head[1:], "big")
        if length > _LARGEST:
            raise refusals.inconsistent("frame")
        return head[:1], self._take(length)

    def _take(self, length: int) -> bytes:
        while len(self._ready) < length:
            if not self._more():
                raise refusals.inconsistent("end")
        taken = bytes(self._ready[:length])
        del self._ready[:length]
        return taken

    def _more(self) -> bool:
        """Unpack a little; False when there is nothing left."""
        while True:
            packed = self._unpacker.unconsumed_tail or self._opener.read()
            if not packed:
                return False
            unpacked = self._unpacker.decompress(packed, _PORTION)
            if unpacked:
                self._ready += unpacked
                return True


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()
