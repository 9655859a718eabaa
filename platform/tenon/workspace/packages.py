"""In charge of packages: one file with a whole published configuration, the same bytes for the same content.

A package holds every layer and every kind of metadata, and no secret: settings of the installation and passwords in
addresses stay behind.
"""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from tenon.compiler import SourceFile, Sources, check
from tenon.compiler.company import without_settings
from tenon.compiler.folders import is_metadata
from tenon.errors import BadRequest
from tenon.texts import Text, say

FORMAT = 1
MANIFEST = "manifest.json"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_PASSWORD = re.compile(r"(?<=://)[^/\s@'\"]*:[^/\s@'\"]*@")
_LAYER = re.compile(r"[a-z][a-z0-9_]*")
_LARGEST = 200_000_000
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError, IndexError, AttributeError),
    RuntimeError,
)
"""What a file that is no zip archive, a damaged one, or one with another content is read with; the last is that of a
compression nobody here knows, of a password, and of endless nesting."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A record that the metadata names by its id, and how to find it elsewhere."""

    entity: str
    field: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Package:
    """`history` are the digests of all versions of the workspace it comes from, oldest first."""

    sources: Sources
    digest: str
    number: int = 0
    reason: str = ""
    history: tuple[str, ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            _add(archive, MANIFEST, json.dumps(self._manifest(), ensure_ascii=False, indent=1, sort_keys=True))
            for name, file in self._names().items():
                _add(archive, name, file.text)
        return out.getvalue()

    def _names(self) -> dict[str, SourceFile]:
        order = {layer: index for index, layer in enumerate(self.sources.layers)}
        return {f"layers/{order[f.layer]:02d}-{f.layer}/{f.path}": f for f in self.sources.files}

    def _manifest(self) -> dict[str, Any]:
        content = json.loads(replace(self.sources, files=()).to_json())
        return {
            "format": FORMAT,
            "digest": self.digest,
            "number": self.number,
            "reason": self.reason,
            "history": list(self.history),
            "references": {key: [r.entity, r.field, r.value] for key, r in self.references.items()},
            "sources": content,
            "files": [[name, file.layer, file.path] for name, file in self._names().items()],
        }

    @classmethod
    def from_bytes(cls, data: bytes) -> "Package":
        """Raises BadRequest for anything that is no whole package."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if sum(item.file_size for item in archive.infolist()) > _LARGEST:
                    raise _damaged(say("it is too large", "过大"))
                manifest = json.loads(archive.read(MANIFEST))
                texts = {name: archive.read(name).decode("utf-8") for name, *_rest in manifest["files"]}
            made = cls._of(manifest, texts)
        except _UNREADABLE as error:
            raise _damaged(say("it cannot be read", "无法读取")) from error
        compiled = check(made.sources).model
        if compiled is None or compiled.digest != made.digest:
            raise _damaged(say("its content is not what its manifest says", "内容与清单不符"))
        return made

    @classmethod
    def _of(cls, manifest: dict[str, Any], texts: Mapping[str, str]) -> "Package":
        if manifest["format"] != FORMAT:
            raise _damaged(say("another release made it", "由其他版本的产品生成"))
        bare = Sources.from_json(json.dumps(manifest["sources"]))
        files = tuple(SourceFile(layer=layer, path=path, text=texts[name]) for name, layer, path in manifest["files"])
        if not all(_is_harmless(file) for file in files):
            raise _damaged(say("it holds files that are no metadata", "其中含有非元数据文件"))
        references = {key: Reference(entity=r[0], field=r[1], value=r[2]) for key, r in manifest["references"].items()}
        return cls(
            sources=replace(bare, files=files),
            digest=manifest["digest"],
            number=manifest["number"],
            reason=manifest["reason"],
            history=tuple(manifest["history"]),
            references=references,
        )


def without_secrets(sources: Sources) -> Sources:
    """Without what belongs to one machine: its settings, and passwords inside addresses."""
    bare = without_settings(sources)
    return replace(bare, files=tuple(replace(file, text=_PASSWORD.sub("", file.text)) for file in bare.files))


def _is_harmless(file: SourceFile) -> bool:
    """Whether a folder could hold it as metadata: it may be written there, and nowhere else."""
    named = isinstance(file.layer, str) and isinstance(file.path, str) and _LAYER.fullmatch(file.layer)
    return bool(named) and not set(file.path) & set("\\:\0") and is_metadata(PurePosixPath(file.path))


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, _FIRST_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, text.encode("utf-8"))


def _damaged(why: Text) -> BadRequest:
    return BadRequest(
        say("This file is no package that can be used: {why}.", "此文件不是可用的包：{why}。", why=why),
        hint=say("Make it again with “tenon pack”.", "请用“tenon pack”重新生成。"),
    )
