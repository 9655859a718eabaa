"""In charge of column types as the ledger writes them: one word per type, and which may take over a column of which."""

import re
from collections.abc import Callable
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from tenon.fields import storage

_WORDS: tuple[tuple[type[Any], str], ...] = (
    (storage.Identifier, "id"),
    (storage.Instant, "datetime"),
    (storage.Day, "date"),
    (storage.Words, "words"),
    (storage.ShortText, "text"),
    (storage.LongText, "long_text"),
    (sa.Boolean, "boolean"),
    (sa.BigInteger, "integer"),
)
_DECIMAL = re.compile(r"decimal\((\d+)\)")


class Json(TypeDecorator[Any]):
    """Anything JSON can say; what comes back has lists and dicts, and no difference between 1 and 1.0 is promised."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.JSONB() if dialect.name == "postgresql" else sa.TEXT())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        return lambda value: None if value is None else orjson.dumps(value).decode()

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        return lambda stored: orjson.loads(stored) if isinstance(stored, str | bytes) else stored


_FURTHER: tuple[tuple[type[Any], str], ...] = (
    (storage.Length, "length"),
    (Json, "json"),
    (sa.LargeBinary, "largebinary"),
)


def type_word(type_: TypeEngine[Any]) -> str:
    """Stable across releases: it is kept in every ledger."""
    if isinstance(type_, storage.Exact):
        return f"decimal({type_.scale})"
    for known, word in _WORDS:
        if isinstance(type_, known):
            return word
    return type(type_).__name__.lower()


def type_of(word: str) -> TypeEngine[Any] | None:
    """The column type a word of `type_word` stands for; None for a word this program does not know."""
    exact = _DECIMAL.fullmatch(word)
    if exact is not None:
        return storage.Exact(int(exact[1]))
    known = next((type_ for type_, name in (*_WORDS, *_FURTHER) if name == word), None)
    return None if known is None else known()


def may_stay(old: str, new: str) -> bool:
    """Whether a column of the type `old` serves the type `new` as it is, with every value it holds."""
    if old == new or {old, new} <= {"text", "long_text"}:
        return True
    before, after = _DECIMAL.fullmatch(old), _DECIMAL.fullmatch(new)
    return before is not None and after is not None and int(before[1]) <= int(after[1])
