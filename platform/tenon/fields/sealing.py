"""In charge of texts that are stored encrypted: AES-256-GCM under a key of the workspace, named in what is stored.

A stored text is `1:<key>:<base64 of nonce and cipher text>`. It is bound to the record it stands in, so it cannot be
opened after somebody copied it into another one. Where the keys lie is not known here.
"""

import base64
import secrets
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenon.errors import Unavailable
from tenon.texts import say

FORM = "1"
NONCE = 12


class Ring:
    """Keys by name, 32 bytes each; `current` is the one that new texts are sealed with."""

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        self.ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self.current = current
        if current not in self.ciphers:
            raise ValueError("the current key is not in the ring")


class Vault:
    """The keys of one workspace; new texts are sealed with the current one, old ones open with theirs.

    A key that was once used must stay in the ring until everything sealed with it was sealed anew.
    """

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        """Of keys that never change."""
        ring = Ring(keys, current)
        self._ring: Callable[[], Ring] = lambda: ring

    @classmethod
    def following(cls, ring: Callable[[], Ring]) -> "Vault":
        """The ring is asked for at each use, so that keys may change while programs run."""
        vault = cls.__new__(cls)
        vault._ring = ring
        return vault

    def __repr__(self) -> str:
        return f"<Vault with {len(self._ring().ciphers)} key(s)>"

    def seal(self, text: str, record_id: str) -> str:
        ring, nonce = self._ring(), secrets.token_bytes(NONCE)
        sealed = ring.ciphers[ring.current].encrypt(nonce, text.encode(), record_id.encode())
        return f"{FORM}:{ring.current}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, record_id: str) -> str:
        """Raises Unavailable when its key is not in the ring, or when it was changed or moved."""
        form, name, packed = [*sealed.split(":", 2), "", ""][:3]
        cipher = self._ring().ciphers.get(name)
        if form != FORM or cipher is None:
            raise _lost_key(name)
        try:
            data = base64.b64decode(packed, validate=True)
            return cipher.decrypt(data[:NONCE], data[NONCE:], record_id.encode()).decode()
        except (InvalidTag, NotBase64, ValueError):
            raise _damaged() from None

    def is_current(self, sealed: str) -> bool:
        """Whether it is sealed with the key in use; what is not is to be sealed anew after a change of keys."""
        return sealed.startswith(self.prefix)

    @property
    def prefix(self) -> str:
        """What texts sealed with the key in use begin with."""
        return f"{FORM}:{self._ring().current}:"


def no_vault() -> Unavailable:
    return Unavailable(
        say("Encrypted fields cannot be used here: there is no key.", "此处没有密钥，无法使用加密字段。"),
    )


def _lost_key(name: str) -> Unavailable:
    return Unavailable(
        say(
            "The key “{name}” that this value was encrypted with is missing.",
            "缺少加密此值所用的密钥“{name}”。",
            name=name[:40],
        ),
        hint=say(
            "Put the workspace's key file (.tenon/keys.json) back from the backup.",
            "请从备份中恢复工作区的密钥文件（.tenon/keys.json）。",
        ),
    )


def _damaged() -> Unavailable:
    return Unavailable(
        say(
            "The encrypted value was changed outside the product and cannot be read.",
            "加密值在系统之外被改动，无法读取。",
        ),
        hint=say("Enter it again.", "请重新输入。"),
    )
