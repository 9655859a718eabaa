"""In charge of which definition a request follows: today's, while it says the same as the one it began with.

A request remembers the digest of its definition and the version that was published then. When today's definition says
something else, the old one is compiled again from the sources of that version, once in each process.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from tenon.compiler import compile_standing
from tenon.database import UnitOfWork
from tenon.errors import Conflict, MetadataError, UnknownName
from tenon.expressions import Expression
from tenon.model import Approval, Model
from tenon.schema import published, published_number
from tenon.texts import Text, say

_OF_NO_MEANING = frozenset(("label", "help", "message", "origin", "was", "on_change"))


class Definitions:
    """One for each assembled version."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._digests = {name: digest_of(approval) for name, approval in model.approvals.items()}
        self._past: dict[int, Model | None] = {}

    def today(self, name: str) -> Approval:
        """Raises UnknownName."""
        found = self.present(name)
        if found is None:
            raise UnknownName.among(name[:60], self._model.approvals, where="approval")
        return found

    def present(self, name: str) -> Approval | None:
        """By what it is called or was called once; None when there is none any more."""
        known = self._model.approvals.present(name)
        return None if known is None else self._model.approvals[known]

    def digest(self, approval: Approval) -> str:
        """Of one of today."""
        return self._digests[approval.name]

    def is_today(self, name: str, digest: str) -> bool:
        found = self.present(name)
        return found is not None and self._digests[found.name] == digest

    def place_of(self, unit: UnitOfWork, flow: Approval, version: int) -> tuple[str, int]:
        """With what `followed` finds it again: its digest, and when it was published; `version` if not as of today."""
        digest = digest_of(flow)
        return digest, published_number(unit.connection) if self.is_today(flow.name, digest) else version

    def followed(self, unit: UnitOfWork, name: str, digest: str, version: int) -> Approval:
        """The definition with this digest, published as `version` or shortly before. Raises Conflict."""
        now = self.present(name)
        if now is not None and self._digests[now.name] == digest:
            return now
        near: Approval | None = None
        for number in (version, version - 1, version - 2):
            found = self._at(unit, number, name)
            if found is not None and digest_of(found) == digest:
                return found
            near = near or found
        if near is None and now is None:
            raise Conflict(
                say(
                    "The definition this request follows cannot be read any more: {name}.",
                    "无法再读取此申请所遵循的流程定义：{name}。",
                    name=name,
                ),
                hint=say("Publish a definition of this name again.", "请重新发布同名的流程定义。"),
            )
        return near or now  # type: ignore[return-value]

    def _at(self, unit: UnitOfWork, number: int, name: str) -> Approval | None:
        if number not in self._past:
            stored = published(unit.connection, number) if number > 0 else None
            try:
                self._past[number] = None if stored is None else compile_standing(stored.sources).model
            except MetadataError:  # a newer program may refuse what an older one took
                self._past[number] = None
        model = self._past[number]
        return None if model is None else model.approvals.get(name)


def digest_of(approval: Approval) -> str:
    """Equal for definitions under which every request takes the same course, whatever they are called."""
    return hashlib.sha256("\n".join(_words(approval)).encode()).hexdigest()[:32]


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, Text):
        return
    if isinstance(value, Expression):
        yield value.text
    elif is_dataclass(value) and not isinstance(value, type):
        yield type(value).__name__
        for one in fields(value):
            if one.name not in _OF_NO_MEANING:
                yield one.name
                yield from _words(getattr(value, one.name))
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield str(name)
            yield from _words(item)
    elif isinstance(value, (list, tuple)):
        yield f"[{len(value)}"
        for item in value:
            yield from _words(item)
    else:
        yield repr(value)
