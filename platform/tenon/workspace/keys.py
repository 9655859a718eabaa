"""In charge of a workspace's keys: what it signs with, and what it encrypts with; files only their owner can read."""

import json
import os
import secrets
from pathlib import Path

from tenon.errors import Unavailable
from tenon.fields import Vault
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
    """The keys at `path` (name → hex, and which is current); one is made when the file is missing.

    Raises Unavailable for a file that cannot be read: a new one in its place would make everything sealed unreadable.
    """
    try:
        text = path.read_text()
    except FileNotFoundError:
        text = _make(path, json.dumps({"current": "k1", "keys": {"k1": secrets.token_bytes(32).hex()}}))
    try:
        ring = json.loads(text)
        return Vault({name: bytes.fromhex(key) for name, key in ring["keys"].items()}, ring["current"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unavailable(
            say("The key file {path} cannot be read.", "无法读取密钥文件 {path}。", path=str(path)),
            hint=say("Put it back from the backup.", "请从备份中恢复。"),
        ) from None


def _make(path: Path, content: str) -> str:
    """What lies at `path` afterwards: `content`, unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
    try:
        os.link(draft, path)  # fails when somebody else was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()
