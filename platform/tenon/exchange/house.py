"""In charge of what the exchange needs of the installation around it: settings, files, the signing key."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from tenon.settings import Settings


class FileStore(Protocol):
    def put(self, stream: IO[bytes]) -> Any:
        """What is kept has a `key`, a `size` in bytes."""
        ...

    def path(self, key: str) -> Path: ...

    def remove(self, key: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class House:
    """`secret` signs links that leave the house."""

    settings: Settings
    files: FileStore
    secret: Callable[[], bytes]

    def address(self, path: str) -> str:
        """The whole address of a page; "" when nobody said under which this installation is reached."""
        base = self.settings.public_url.rstrip("/")
        return f"{base}{path}" if base else ""
