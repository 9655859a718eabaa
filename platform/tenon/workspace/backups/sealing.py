"""In charge of the outside of a backup: a readable head, then everything else encrypted with a passphrase, in chunks.

The head says which format and program, and how the key is derived (argon2id). A chunk is AES-256-GCM under a nonce of
prefix, number and a mark on the last one, with the digest of the head as associated data: chunks cannot be moved, taken
out or cut off unnoticed. A last line in clear tells a file that was cut short from one that was changed.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Self

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenon import __version__
from tenon.texts import say
from tenon.workspace.backups import refusals

MAGIC = b"TENON-BACKUP\n"
END = b"TENON-END"
FORMAT = 1
CHUNK = 1 << 18
"""Bytes encrypted together."""
_TAG = 16
_KEY, _CHECK = 32, 16
_LARGEST_HEAD = 1 << 16
_MOST_TIME, _MOST_MEMORY = 64, 1 << 21


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What trying a passphrase costs: passes, KiB, lanes of argon2id. It stands in the head of each file."""

    time: int = 3
    memory: int = 65536
    lanes: int = 1


USUAL = Cost()


@dataclass(frozen=True, kw_only=True)
class Head:
    """What anybody may read of a backup. `workspace` is its name, `made_by` the version of the program."""

    made_by: str
    made_at: datetime
    workspace: str
    content: Mapping[str, Any]

    @classmethod
    def read(cls, stream: IO[bytes], path: Path) -> tuple[Self, bytes]:
        """The head, and the bytes of it. Raises what is wrong with the file, before any passphrase is asked for."""
        magic = stream.read(len(MAGIC))
        if magic != MAGIC:
            raise refusals.not_a_backup(path)
        length = int.from_bytes(stream.read(4), "big")
        written = stream.read(length) if length <= _LARGEST_HEAD else b""
        digest = stream.read(32)
        if length <= _LARGEST_HEAD and len(digest) < 32:
            raise refusals.cut_short(len(MAGIC) + 4 + len(written) + len(digest))
        if digest != hashlib.sha256(written).digest():
            raise refusals.damaged(len(MAGIC))
        content = json.loads(written)
        head = cls(
            made_by=content["made_by"],
            made_at=datetime.fromisoformat(content["made_at"]),
            workspace=content["workspace"],
            content=content,
        )
        if content["format"] > FORMAT:
            raise refusals.too_new(head.made_by, say("another format of file", "文件格式不同"))
        return head, written


class Sealer:
    """Writes; `close` makes the file whole."""

    def __init__(
        self, stream: IO[bytes], passphrase: str, *, workspace: str, made_at: datetime, cost: Cost = USUAL
    ) -> None:
        salt, prefix = secrets.token_bytes(16), secrets.token_bytes(7)
        key, check = _derived(passphrase, salt, cost)
        head = {
            "format": FORMAT,
            "made_by": __version__,
            "made_at": made_at.isoformat(),
            "workspace": workspace,
            "key": {"how": "argon2id", "salt": _text(salt), **asdict(cost)},
            "check": _text(check),
            "prefix": _text(prefix),
            "chunk": CHUNK,
        }
        written = json.dumps(head, ensure_ascii=False).encode()
        self._digest = hashlib.sha256(written).digest()
        self._stream, self._prefix, self._number = stream, prefix, 0
        self._cipher = AESGCM(key)
        self._waiting = bytearray()
        stream.write(MAGIC + len(written).to_bytes(4, "big") + written + self._digest)

    def write(self, content: bytes) -> None:
        self._waiting += content
        while len(self._waiting) > CHUNK:  # the last one is never empty unless there is nothing at all
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def close(self) -> None:
        self._seal(bytes(self._waiting), last=True)
        self._stream.write(END)

    def _seal(self, content: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last=last)
        self._stream.write(self._cipher.encrypt(nonce, content, self._digest))
        self._number += 1


class Opener:
    """Reads. `head` is known at once; `unlock` comes before `read`."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self.head, written = Head.read(stream, path)
        self._digest = hashlib.sha256(written).digest()
        self._stream = stream
        self._start = len(MAGIC) + 4 + len(written) + 32
        self._number = 0
        self._cipher: AESGCM | None = None
        self._ahead = b""
        self._over = False

    def unlock(self, passphrase: str) -> None:
        """Raises InvalidInput for the wrong one; takes a moment, on purpose."""
        how, content = self.head.content["key"], self.head.content
        if not (0 < how["time"] <= _MOST_TIME and 0 < how["memory"] <= _MOST_MEMORY and 0 < how["lanes"] <= _MOST_TIME):
            raise refusals.damaged(len(MAGIC))
        cost = Cost(time=how["time"], memory=how["memory"], lanes=how["lanes"])
        key, check = _derived(passphrase, _bytes(how["salt"]), cost)
        if not hmac.compare_digest(check, _bytes(content["check"])):
            raise refusals.wrong_passphrase()
        self._cipher = AESGCM(key)
        self._ahead = self._stream.read(self._size)

    @property
    def _size(self) -> int:
        return int(self.head.content["chunk"]) + _TAG

    def read(self) -> bytes:
        """The next chunk; b"" behind the last. Raises Damaged."""
        if self._cipher is None:
            raise RuntimeError("a backup is unlocked before it is read")
        if self._over:
            return b""
        this, self._ahead = self._ahead, self._stream.read(self._size)
        at = self._start + self._number * self._size
        if len(self._ahead) <= len(END):  # a chunk behind this one would be longer
            self._over = True
            this += self._ahead
            if not this.endswith(END):
                raise refusals.cut_short(at + len(this))
            this = this.removesuffix(END)
        nonce = _nonce(_bytes(self.head.content["prefix"]), self._number, last=self._over)
        self._number += 1
        try:
            return self._cipher.decrypt(nonce, this, self._digest)
        except InvalidTag:
            raise refusals.damaged(at) from None


def _derived(passphrase: str, salt: bytes, cost: Cost) -> tuple[bytes, bytes]:
    """The key, and what tells that it is the right one."""
    made = hash_secret_raw(passphrase.encode(), salt, cost.time, cost.memory, cost.lanes, _KEY + _CHECK, Type.ID)
    return made[:_KEY], made[_KEY:]


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
