"""In charge of a workspace's keys: what it signs with, and what it encrypts with; files only their owner can read."""

import json
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tenon.errors import Conflict, Unavailable
from tenon.fields import Ring, Vault
from tenon.texts import say


def ring_of(folder: Path) -> Path:
    """Where a workspace keeps the keys that its secrets are encrypted with."""
    return folder / ".tenon" / "keys.json"


def signing_key(path: Path) -> bytes:
    """The key at `path`, made when missing; two processes that start at once agree on one."""
    try:
        return bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        return bytes.fromhex(_make(path, secrets.token_bytes(32).hex()).strip())


def key_ring(path: Path) -> Vault:
    """The keys at `path` (name → hex, and which is current), as they are at each use; made when the file is missing.

    Raises Unavailable for a file that cannot be read: a new one in its place would make everything sealed unreadable.
    """
    watched = _WatchedRing(path)
    watched.now()
    return Vault.following(watched.now)


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What the file of keys says; `keys` are hex."""

    current: str
    keys: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> "Keys":
        """Raises Unavailable."""
        try:
            content = json.loads(path.read_text())
            return cls(current=content["current"], keys=dict(content["keys"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise _unreadable(path) from None

    def with_new(self) -> "Keys":
        """One more key, which is the current one from now on."""
        numbers = (int(name[1:]) for name in self.keys if name[1:].isdigit())
        name = f"k{max(numbers, default=0) + 1}"
        return Keys(current=name, keys={**self.keys, name: secrets.token_bytes(32).hex()})

    def without(self, name: str) -> "Keys":
        """Raises Conflict for the key in use."""
        if name == self.current:
            raise Conflict(
                say("The key “{name}” is in use.", "密钥“{name}”正在使用。", name=name),
                hint=say("“tenon keys rotate” makes a new one first.", "请先用“tenon keys rotate”生成新密钥。"),
            )
        return Keys(current=self.current, keys={key: value for key, value in self.keys.items() if key != name})

    def write(self, path: Path) -> None:
        """In the place of what is there, at once and whole."""
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        _write(draft, json.dumps({"current": self.current, "keys": dict(self.keys)}))
        draft.replace(path)


class _WatchedRing:
    """Reads the file anew when it was replaced: every process follows a change of keys at its next use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: tuple[tuple[int, int, int], Ring] | None = None

    def now(self) -> Ring:
        try:
            seen = _mark(self._path.stat())
        except FileNotFoundError:
            _make(self._path, json.dumps({"current": "k1", "keys": {"k1": secrets.token_bytes(32).hex()}}))
            seen = _mark(self._path.stat())
        known = self._known
        if known is not None and known[0] == seen:
            return known[1]
        with self._lock:
            ring = _ring(Keys.read(self._path), self._path)
            self._known = (seen, ring)
            return ring


def _mark(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _ring(keys: Keys, path: Path) -> Ring:
    try:
        return Ring({name: bytes.fromhex(key) for name, key in keys.keys.items()}, keys.current)
    except (ValueError, TypeError, AttributeError):
        raise _unreadable(path) from None


def _unreadable(path: Path) -> Unavailable:
    return Unavailable(
        say("The key file {path} cannot be read.", "无法读取密钥文件 {path}。", path=str(path)),
        hint=say("Put it back from the backup.", "请从备份中恢复。"),
    )


def _make(path: Path, content: str) -> str:
    """What lies at `path` afterwards: `content`, unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    _write(draft, content)
    try:
        os.link(draft, path)  # fails when somebody else was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()


def _write(path: Path, content: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
