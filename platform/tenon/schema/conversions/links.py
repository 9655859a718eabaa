"""In charge of look-ups: they become the title of what they point to, and a title becomes the one record it names."""

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tenon.database import Connection
from tenon.fields import AnyRecord, FieldType, InvalidValue
from tenon.fields.storage import Identifier, Instant, LongText
from tenon.schema.conversions.base import APART, Titles, Turn, Way
from tenon.texts import say

_BETWEEN = re.compile(r"[;；\n]")


class LinkToText(Way):
    """The title of the record, also of one in the recycle bin."""

    def __init__(self, turn: Turn) -> None:
        super().__init__(turn)
        self._titles: dict[str, str] = {}

    @classmethod
    def serves(cls, turn: Turn) -> bool:
        one = turn.old.target is not None and turn.old_titles is not None
        return one and not _leads(turn.new) and turn.new.key not in APART

    def gather(self, connection: Connection, values: Sequence[Any]) -> None:
        self._titles = titles_of(connection, self.turn, values)

    def value(self, value: Any) -> Any:
        return self.turn.new.parse_local(_title(self._titles, value), self.turn.timezone)


class ListToText(Way):
    """The titles of the records, in the order of the list."""

    def __init__(self, turn: Turn) -> None:
        super().__init__(turn)
        self._titles: dict[str, str] = {}

    @classmethod
    def serves(cls, turn: Turn) -> bool:
        several = turn.old.members is not None and turn.old_titles is not None
        return several and not _leads(turn.new) and turn.new.key not in APART

    def gather(self, connection: Connection, values: Sequence[Any]) -> None:
        self._titles = titles_of(connection, self.turn, sorted({one for value in values for one in value}))

    def value(self, value: Any) -> Any:
        titles = [_title(self._titles, one) for one in value]
        return self.turn.new.parse_local("; ".join(titles), self.turn.timezone)


class TextToLink(Way):
    """The living record with this title, if there is exactly one."""

    def __init__(self, turn: Turn) -> None:
        super().__init__(turn)
        self._found: dict[str, list[str]] = {}

    @classmethod
    def serves(cls, turn: Turn) -> bool:
        by_title = turn.new.target is not None and turn.new_titles is not None and _is_text(turn.new_titles)
        return by_title and not _leads(turn.old) and turn.old.key not in APART

    def gather(self, connection: Connection, values: Sequence[Any]) -> None:
        self._found = records_titled(connection, self.turn, [self.turn.written(value).strip() for value in values])

    def value(self, value: Any) -> Any:
        return _only(self._found, self.turn.written(value).strip())


class TextToList(Way):
    """The living records with these titles, separated by semicolons or lines; each title must be of exactly one."""

    def __init__(self, turn: Turn) -> None:
        super().__init__(turn)
        self._found: dict[str, list[str]] = {}

    @classmethod
    def serves(cls, turn: Turn) -> bool:
        by_title = turn.new.members is not None and turn.new_titles is not None and _is_text(turn.new_titles)
        return by_title and not _leads(turn.old) and turn.old.key not in APART

    def gather(self, connection: Connection, values: Sequence[Any]) -> None:
        texts = [self.turn.written(value) for value in values]
        self._found = records_titled(connection, self.turn, [title for text in texts for title in _titles_in(text)])

    def value(self, value: Any) -> Any:
        whole, *parts = _titles_in(self.turn.written(value)) or [""]
        titles = [whole] if whole in self._found else parts or [whole]
        found = [_only(self._found, title) for title in titles]
        return self.turn.new.parse(list(dict.fromkeys(one for one in found if one is not None)))


class LinkToLink(Way):
    """Another entity to point to: its record of the same title."""

    def __init__(self, turn: Turn) -> None:
        super().__init__(turn)
        self._titles: dict[str, str] = {}
        self._found: dict[str, list[str]] = {}

    @classmethod
    def serves(cls, turn: Turn) -> bool:
        known = turn.old_titles is not None and turn.new_titles is not None and _is_text(turn.new_titles)
        return known and turn.old.target is not None and turn.new.target is not None

    def gather(self, connection: Connection, values: Sequence[Any]) -> None:
        self._titles = titles_of(connection, self.turn, values)
        self._found = records_titled(connection, self.turn, list(self._titles.values()))

    def value(self, value: Any) -> Any:
        return _only(self._found, _title(self._titles, value))


class LinkToList(Way):
    """The one record is the list."""

    @classmethod
    def serves(cls, turn: Turn) -> bool:
        return turn.old.target is not None and turn.old.target == turn.new.members

    def value(self, value: Any) -> Any:
        return [value]


class ListToLink(Way):
    """The record of a list that holds no other."""

    @classmethod
    def serves(cls, turn: Turn) -> bool:
        return turn.old.members is not None and turn.old.members == turn.new.target

    def value(self, value: Any) -> Any:
        if len(value) > 1:
            message = say("It lists {count} records.", "其中有 {count} 条记录。", count=len(value))
            raise InvalidValue("several_records", message)
        return value[0] if value else None


class LinkToAny(Way):
    """The same record, with its entity."""

    @classmethod
    def serves(cls, turn: Turn) -> bool:
        return turn.old.target is not None and turn.new.entities is not None

    def value(self, value: Any) -> Any:
        return self.turn.new.parse(AnyRecord(value, self.turn.old.target))


class AnyToLink(Way):
    """The record, if it is of the one entity."""

    @classmethod
    def serves(cls, turn: Turn) -> bool:
        return turn.old.entities is not None and turn.new.target is not None

    def value(self, value: Any) -> Any:
        if value.entity != self.turn.new.target:
            raise InvalidValue("wrong_entity", say("It is a record of another entity.", "这是其他实体的记录。"))
        return value.id


def titles_of(connection: Connection, turn: Turn, identities: Sequence[str]) -> dict[str, str]:
    known = turn.old_titles
    if known is None or not identities:
        return {}
    parts = known.type.columns()
    identity: sa.ColumnClause[Any] = sa.column(known.identity, Identifier())
    title: sa.ColumnClause[Any] = sa.column(known.column, parts[0].type)
    rows = connection.execute(
        sa.select(identity, title).select_from(sa.table(known.table, identity, title)).where(identity.in_(identities))
    )
    shown = turn.display
    return {found: known.type.show(known.type.from_columns([text]), shown) for found, text in rows if text is not None}


def records_titled(connection: Connection, turn: Turn, titles: Sequence[str]) -> dict[str, list[str]]:
    known = turn.new_titles
    if known is None or not titles:
        return {}
    identity: sa.ColumnClause[Any] = sa.column(known.identity, Identifier())
    title: sa.ColumnClause[Any] = sa.column(known.column, known.type.columns()[0].type)
    deleted: sa.ColumnClause[Any] = sa.column(known.deleted, Instant())
    table = sa.table(known.table, identity, title, deleted)
    among = (title.in_(sorted(set(titles))), deleted.is_(None))
    found: dict[str, list[str]] = {}
    for record, text in connection.execute(sa.select(identity, title).select_from(table).where(*among)):
        found.setdefault(text, []).append(record)
    return found


def _title(titles: dict[str, str], identity: str) -> str:
    title = titles.get(identity)
    if title is None:
        raise InvalidValue("no_title", say("The record it points to has no title.", "所指向的记录没有标题。"))
    return title


def _only(found: dict[str, list[str]], title: str) -> str | None:
    if not title:
        return None
    named = found.get(title, [])
    if not named:
        raise InvalidValue("no_such_record", say("No record has this title.", "没有以此为标题的记录。"))
    if len(named) > 1:
        message = say("{count} records have this title.", "有 {count} 条记录以此为标题。", count=len(named))
        raise InvalidValue("several_records", message)
    return named[0]


def _titles_in(text: str) -> list[str]:
    """The text as a whole, which may be one title with a semicolon in it, then its parts where there are several."""
    whole = text.strip()
    parts = [part.strip() for part in _BETWEEN.split(whole) if part.strip()]
    return [whole, *(parts if parts != [whole] else [])] if whole else []


def _is_text(titles: Titles) -> bool:
    return isinstance(titles.type.columns()[0].type, LongText)


def _leads(kind: FieldType) -> bool:
    return kind.target is not None or kind.members is not None or kind.entities is not None


WAYS = (LinkToAny, AnyToLink, LinkToList, ListToLink, LinkToLink, LinkToText, ListToText, TextToLink, TextToList)
