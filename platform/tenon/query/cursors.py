"""In charge of cursors: the place after the last record of a page, as text that a caller hands back unread.

A cursor holds the sort values that its reader saw, and a mark of the query it belongs to. Whatever else comes
back is refused: a cursor only narrows a query that rights narrow anyway, but it must never reach the database
as something it cannot compare.
"""

import base64
import binascii
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any

import orjson

from tenon.errors import BadRequest, Detail
from tenon.texts import say

Value = str | int | float | bool | Decimal | date | datetime | None
_LONGEST = 20_000


def mark_of(*parts: object) -> str:
    """What ties a cursor to its query."""
    return blake2b(repr(parts).encode(errors="surrogatepass"), digest_size=9).hexdigest()


def write_cursor(mark: str, values: Sequence[Any]) -> str:
    text = orjson.dumps([mark, *map(_tagged, values)])
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def read_cursor(cursor: str, mark: str, kinds: Sequence[frozenset[type]]) -> tuple[Value, ...]:
    """The sort values; `kinds` are the types each may have besides None. Raises BadRequest."""
    values = _parts(cursor)
    if values is None or len(values) != len(kinds) + 1 or values[0] != mark:
        raise not_a_cursor()
    found = tuple(_untagged(value) for value in values[1:])
    if found[-1] is None or any(
        value is not None and type(value) not in kind for value, kind in zip(found, kinds, strict=True)
    ):
        raise not_a_cursor()
    return found


def not_a_cursor() -> BadRequest:
    message = say("This cursor does not belong to this list.", "该游标不属于此列表。")
    hint = say(
        "Send “next” of the page before with the same filter and sort, or leave “after” out.",
        "请原样使用上一页返回的“next”，筛选和排序保持不变；或去掉“after”从头开始。",
    )
    return BadRequest(message, hint=hint, details=[Detail(path="after", code="bad_cursor", message=message, hint=hint)])


def _parts(cursor: str) -> list[Any] | None:
    if len(cursor) > _LONGEST:
        return None
    try:
        text = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        parts = orjson.loads(text)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return None
    return parts if isinstance(parts, list) else None


def _tagged(value: Any) -> Any:
    if isinstance(value, Decimal):
        return ["n", str(value)]
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    return ["d", value.isoformat()] if isinstance(value, date) else value


def _untagged(value: Any) -> Value:
    if isinstance(value, str):
        return _clean(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value)):
        raise not_a_cursor()
    tag, text = value
    try:
        if tag == "n":
            return _finite(Decimal(text))
        return datetime.fromisoformat(text) if tag == "t" else date.fromisoformat(text)
    except (ValueError, InvalidOperation):
        raise not_a_cursor() from None


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite() or abs(number.adjusted()) > 1000:
        raise not_a_cursor()
    return number


def _clean(text: str) -> str:
    if "\x00" in text:
        raise not_a_cursor()
    return text
