"""In charge of reading cells: from the text in the file to what it means, or the reason why it means nothing."""

from collections.abc import Mapping as Map
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tenon.exchange.importing.mapping import Column
from tenon.fields import InvalidValue, TypeSettings, make_type
from tenon.texts import Text, say

_YES = frozenset({"true", "yes", "y", "1", "是", "真"})
_NO = frozenset({"false", "no", "n", "0", "否", "假"})
_NUMBERS = make_type("decimal", {"scale": 8}, TypeSettings())


class Unreadable(Exception):
    """A cell that rejects its row."""

    def __init__(self, column: str, reason: Text) -> None:
        super().__init__(str(reason))
        self.column = column
        self.reason = reason


def read_row(columns: Sequence[Column], cells: Map[str, str], timezone: str) -> dict[str, Any]:
    """Column name → value: text, Decimal, date, datetime, boolean or None. Raises Unreadable."""
    return {column.name: _read(column, cells.get(column.heading, ""), timezone) for column in columns}


def _read(column: Column, cell: str, timezone: str) -> Any:
    text: str | None = cell.strip()
    if not text or text in column.empty:
        return None
    if text in column.words:
        text = column.words[text]
    elif column.words and column.otherwise != "keep":
        if column.otherwise == "reject":
            raise Unreadable(column.heading, say("“{cell}” is not in the mapping.", "映射中没有“{cell}”。", cell=text))
        text = None
    return None if text is None else _typed(column, text, timezone)


def _typed(column: Column, text: str, timezone: str) -> Any:
    if column.type == "text":
        return text
    if column.type == "boolean":
        return _boolean(column, text)
    if column.type == "number":
        return _number(column, text)
    moment = _moment(column, text)
    if column.type == "date":
        return moment.date() if isinstance(moment, datetime) else moment
    return moment.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC) if moment.tzinfo is None else moment


def _moment(column: Column, text: str) -> datetime:
    """Strictly by the format: 2/30 and 07/30 as day/month are refused, never bent into another day."""
    try:
        if column.format is not None:
            return datetime.strptime(text, column.format)  # noqa: DTZ007 - the zone is put by the caller
        return datetime.fromisoformat(text)
    except ValueError:
        form = column.format or "YYYY-MM-DD"
        reason = say(
            "“{cell}” is not a date written as {form}.", "“{cell}”不是 {form} 格式的日期。", cell=text, form=form
        )
        raise Unreadable(column.heading, reason) from None


def _number(column: Column, text: str) -> Decimal:
    try:
        number: Decimal = _NUMBERS.parse(text)
    except InvalidValue as error:
        raise Unreadable(column.heading, error.message) from None
    return number


def _boolean(column: Column, text: str) -> bool:
    word = text.lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise Unreadable(
        column.heading, say("“{cell}” is neither yes nor no.", "“{cell}”既不是“是”也不是“否”。", cell=text)
    )


def start_of_day(value: date | datetime, timezone: str) -> datetime:
    """The instant a day begins in the workspace's zone; instants pass unchanged."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime(value.year, value.month, value.day, tzinfo=ZoneInfo(timezone)).astimezone(UTC)
