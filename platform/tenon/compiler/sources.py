"""In charge of the text a workspace is made of: files in layers, as a value that can be stored and read back."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

WORKSPACE = "workspace"
"""The layer of the client's own files; no module may have this name."""
BUILDER = "builder"
"""The layer of what was changed in the builder, above the client's files; lives in published versions only."""
COMPANY = (WORKSPACE, BUILDER)
"""The layers that belong to the company itself, and to no module."""

WORD = ".docx"
"""Files of word processors in templates/: their text is their content in base64."""

Fault = Literal["", "not_text", "too_large", "unreadable"]


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """`path` is relative to the layer's folder, with "/". A file that could not be read has a `fault` and no text."""

    layer: str
    path: str
    text: str = ""
    fault: Fault = ""

    @property
    def content(self) -> bytes:
        """The bytes of the file as it lies in its folder."""
        return base64.b64decode(self.text) if self.path.endswith(WORD) else self.text.encode("utf-8")

    @cached_property
    def shown(self) -> str:
        """The path people know the file by, from the workspace's or the product's folder."""
        if self.layer in COMPANY:
            return self.path if self.layer == WORKSPACE else f"{BUILDER}:{self.path}"
        return f"modules/{self.layer}/{self.path}"


@dataclass(frozen=True, kw_only=True)
class Authorship:
    """Who set what the builder layer says at `path`, and in which version; 0 while it is not published."""

    path: tuple[str, ...]
    author: str = ""
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """Where `layer` says exactly `was` at `path`, the workspace takes `now` instead; None sets it aside.

    Made when what lies below changed, so that an upgrade never fails because of a company's own change.
    Both are JSON texts. An edit of that place in the layer ends the adjustment by itself.
    """

    layer: str
    path: tuple[str, ...]
    was: str
    now: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sources:
    """`files` stand lowest layer first and by path within a layer.

    `local` names the modules that belong to this workspace; `available` those it could use, for suggestions.
    """

    files: tuple[SourceFile, ...]
    local: frozenset[str] = frozenset()
    available: tuple[str, ...] = ()
    authors: tuple[Authorship, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()

    @cached_property
    def layers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(file.layer for file in self.files))

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """By the path people know the file by."""
        return {file.shown: file.text for file in self.files}

    def layer(self, name: str) -> tuple[SourceFile, ...]:
        """The files of one layer; none when it is not there."""
        return tuple(file for file in self.files if file.layer == name)

    def with_layer(self, name: str, files: tuple[SourceFile, ...]) -> "Sources":
        """The same with these files as that layer of the company's; it stands above the modules."""
        order = [*(layer for layer in self.layers if layer not in COMPANY), *COMPANY]
        kept = {layer: self.layer(layer) for layer in order}
        kept[name] = files
        return replace(self, files=tuple(file for layer in order for file in kept[layer]))

    def signed(self, author: str, version: int) -> "Sources":
        """The same with everything not yet published put down to this author and version."""
        if all(item.version for item in self.authors):
            return self
        signed = (replace(a, author=author, version=version) if not a.version else a for a in self.authors)
        return replace(self, authors=tuple(signed))

    def author_of(self, path: tuple[str, ...]) -> Authorship | None:
        """Who set the builder's value at `path`, or the nearest thing above it that the builder set."""
        for length in range(len(path), 0, -1):
            found = self._authors.get(path[:length])
            if found is not None:
                return found
        return None

    @cached_property
    def _authors(self) -> Mapping[tuple[str, ...], Authorship]:
        return {item.path: item for item in self.authors}

    def to_json(self) -> str:
        """Compact; `from_json` gives an equal value back."""
        content: dict[str, Any] = {
            "files": [[file.layer, file.path, file.text, file.fault] for file in self.files],
            "local": sorted(self.local),
            "available": list(self.available),
        }
        if self.authors:
            content["authors"] = [[item.path, item.author, item.version] for item in self.authors]
        if self.adjustments:
            content["adjustments"] = [[item.layer, item.path, item.was, item.now] for item in self.adjustments]
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Sources":
        """Also reads what was stored before authors and adjustments were kept."""
        content: dict[str, Any] = json.loads(text)
        return cls(
            files=tuple(SourceFile(layer=f[0], path=f[1], text=f[2], fault=f[3]) for f in content["files"]),
            local=frozenset(content["local"]),
            available=tuple(content["available"]),
            authors=tuple(Authorship(path=tuple(a[0]), author=a[1], version=a[2]) for a in content.get("authors", ())),
            adjustments=tuple(
                Adjustment(layer=a[0], path=tuple(a[1]), was=a[2], now=a[3]) for a in content.get("adjustments", ())
            ),
        )
