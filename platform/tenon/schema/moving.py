"""In charge of moving the values of a field from its old columns to its new ones, counted first and done in batches.

Where the new columns held the field before (a change of type that is taken back), a record keeps the value it had
there, to the byte, unless somebody changed it since: then the newer value is converted.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa

from tenon.database import Connection, DialectName, prepare
from tenon.fields import FieldType, InvalidValue
from tenon.fields.choice import ChoiceType
from tenon.fields.storage import Identifier
from tenon.model import Otherwise
from tenon.schema.conversions import Certain, Turn, Way, way_between
from tenon.texts import Text, say

BATCH = 1000
MOST_SAMPLES = 5
LONGEST_SAMPLE = 80
_DOES_NOT_FIT = say("It does not fit the new type.", "不符合新类型。")


class Sample(NamedTuple):
    """A value that does not fit, shortened; `value` is "" where it is not to be shown."""

    record: str
    value: str
    reason: Text


@dataclass(kw_only=True)
class Survey:
    """What a move would do: values that convert, values that do not, and a few of these."""

    values: int = 0
    refused: int = 0
    samples: list[Sample] = field(default_factory=list)

    def refuse(self, sample: Sample) -> None:
        self.refused += 1
        if len(self.samples) < MOST_SAMPLES:
            self.samples.append(sample)


class Step(NamedTuple):
    """One record: what its new columns get (None: they stay as they are), or why its value does not fit."""

    record: str
    columns: tuple[Any, ...] | None
    refusal: Sample | None = None


@dataclass(frozen=True, kw_only=True)
class Move:
    """`source` and `target` are physical columns of `table`, and so are `identity` and `changed_at`.

    `returning`: the target holds older values.
    """

    table: str
    identity: str
    changed_at: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    turn: Turn
    returning: bool = False
    secret: bool = False
    """Whether its values are kept out of samples."""
    rounded: bool = False
    """Of values that return: whether they were rounded on their way here."""

    @property
    def possible(self) -> bool:
        return way_between(self.turn) is not None

    def signature(self, otherwise: str) -> str:
        """Equal for moves that put equal values into equal columns."""
        turn = self.turn
        content = [
            self.table,
            self.source,
            self.target,
            _told(turn.old),
            _told(turn.new),
            turn.rounding,
            turn.language,
            turn.timezone,
            [(titles.table, titles.column) for titles in (turn.old_titles, turn.new_titles) if titles is not None],
            otherwise,
        ]
        return hashlib.sha256(repr(content).encode()).hexdigest()[:40]

    def survey(self, connection: Connection) -> Survey:
        """Reads every record that has a value, but for those the database can judge itself."""
        certain = self.certain(connection.dialect)
        found = Survey(values=self.number(connection))
        for batch in self.batches(connection, but=certain.condition if certain is not None else None):
            for step in batch:
                if step.refusal is not None:
                    found.refuse(step.refusal)
        return found

    def certain(self, dialect: DialectName) -> Certain | None:
        """Of fields with one column. Of values that return: those that nobody touched since, which simply stay."""
        if len(self.source) != 1 or len(self.target) != 1:
            return None
        columns, (forward, backward) = self._columns(), self._ways()
        source, target = columns[self.source[0]], columns[self.target[0]]
        if backward is None:
            return forward.certain(source, dialect)
        former = backward.certain(target, dialect)
        if former is None or former.value is None:
            return None
        return Certain(sa.case((former.condition, former.value == source), else_=sa.false()))

    def convert_certain(self, connection: Connection, after: str, last: str, certain: Certain) -> None:
        """In the database alone: the records behind `after`, up to `last`."""
        columns = self._columns()
        identity = columns[self.identity]
        here = [identity <= last, *([identity > after] if after else []), columns[self.source[0]].is_not(None)]
        clause = sa.update(sa.table(self.table, *columns.values())).where(*here, certain.condition)
        connection.write(clause.values({self.target[0]: certain.value}))

    def stretch(self, connection: Connection, after: str, size: int) -> tuple[str, int]:
        """The id of the last of the next records with a value, and how many these are, `size` at most."""
        identity = self._columns()[self.identity]
        query = self._query().with_only_columns(identity).order_by(identity).limit(size)
        found = self._select(connection, query.where(identity > after) if after else query)
        return (str(found[-1][0]), len(found)) if found else (after, 0)

    def number(self, connection: Connection) -> int:
        """Of records with a value."""
        query = self._query().with_only_columns(sa.func.count())
        return int(self._select(connection, query)[0][0])

    def stored(
        self, connection: Connection, but: sa.ColumnElement[bool] | None = None
    ) -> "Iterator[tuple[str, Sequence[Any]]]":
        """Every record with a value, by id: its id and what its columns hold; without those for which `but` holds."""
        for rows in self._batches(connection, self._all_but(but), "", ""):
            for row in rows:
                yield row[0], row[1 : 1 + len(self.source)]

    def batches(
        self, connection: Connection, but: sa.ColumnElement[bool] | None = None, after: str = "", last: str = ""
    ) -> "Iterator[list[Step]]":
        """Every record with a value, by id, behind `after` and up to `last`; without those for which `but` holds."""
        for rows in self._batches(connection, self._all_but(but), after, last):
            yield self.steps(connection, rows)

    def batch(self, connection: Connection, after: str, size: int) -> "list[Step]":
        return self.steps(connection, self._rows(connection, after, size))

    def changed(self, connection: Connection, condition: sa.ColumnElement[bool]) -> "Iterator[list[Step]]":
        """The records for which `condition` holds, of which the target may know nothing yet."""
        for rows in self._batches(connection, self._query(filled=True).where(condition), "", ""):
            yield self.steps(connection, rows)

    def _all_but(self, condition: sa.ColumnElement[bool] | None) -> sa.Select[Any]:
        return self._query() if condition is None else self._query().where(condition.is_not(sa.true()))

    def _batches(self, connection: Connection, query: sa.Select[Any], after: str, last: str) -> "Iterator[list[Any]]":
        identity = self._columns()[self.identity]
        query = query.order_by(identity).limit(BATCH)
        query = query.where(identity <= last) if last else query
        while rows := self._select(connection, query.where(identity > after) if after else query):
            yield rows
            after = rows[-1][0]

    def steps(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> list[Step]:
        forward, backward = self._ways()
        width = len(self.source)
        now = [self.turn.old.from_columns(row[1 : 1 + width]) for row in rows]
        then = [self._former(row[1 + width :]) for row in rows]
        forward.gather(connection, [value for value in now if value is not None])
        if backward is not None:
            backward.gather(connection, [value for value in then if value is not None])
        found = []
        for row, value, former in zip(rows, now, then, strict=True):
            kept = self.returning and _same(backward, former, value)
            found.append(Step(row[0], None) if kept else self._step(row[0], forward, value))
        return found

    def write(self, connection: Connection, steps: Sequence[Step]) -> None:
        """What does not fit becomes empty."""
        nothing = (None,) * len(self.target)
        rows = [
            {"record": step.record, **dict(zip(_names(self.target), step.columns or nothing, strict=True))}
            for step in steps
            if step.columns is not None or step.refusal is not None
        ]
        columns = self._columns()
        table = sa.table(self.table, *columns.values())
        keys = zip(self.target, _names(self.target), strict=True)
        values = {name: sa.bindparam(key, type_=columns[name].type) for name, key in keys}
        here = columns[self.identity] == sa.bindparam("record", type_=Identifier())
        connection.many(prepare(sa.update(table).where(here).values(values), connection.dialect), rows)

    def _ways(self) -> tuple[Way, Way | None]:
        """From today's type to the new one; and where values return, the way they once went."""
        forward = way_between(self.turn)
        if forward is None:
            raise LookupError(f"no way from {self.turn.old.key} to {self.turn.new.key}")
        return forward, way_between(_turned(self.turn, rounding=self.rounded)) if self.returning else None

    def _former(self, stored: Sequence[Any]) -> Any:
        return self.turn.new.from_columns(stored) if stored else None

    def _step(self, record: str, way: Way, value: Any) -> Step:
        if value is None:
            return Step(record, (None,) * len(self.target))
        try:
            return Step(record, self.turn.new.to_columns(way.value(value)))
        except InvalidValue as refusal:
            return Step(record, None, Sample(record, self._shown(value), self._reason(refusal)))

    def _reason(self, refusal: InvalidValue) -> Text:
        """With what would be taken. Of what is kept out of samples only that: messages may quote the value."""
        if self.secret:
            return refusal.hint or _DOES_NOT_FIT
        if refusal.hint is None:
            return refusal.message
        return say("{message} {hint}", "{message}{hint}", message=refusal.message, hint=refusal.hint)

    def _shown(self, value: Any) -> str:
        return "" if self.secret else self.turn.written(value)[:LONGEST_SAMPLE]

    def _rows(self, connection: Connection, after: str, size: int) -> list[Any]:
        identity = self._columns()[self.identity]
        query = self._query().order_by(identity).limit(size)
        return self._select(connection, query.where(identity > after) if after else query)

    def _select(self, connection: Connection, query: sa.Select[Any]) -> list[Any]:
        return connection.execute(query)

    def _query(self, *, filled: bool = False) -> sa.Select[Any]:
        """Records with a value; on the other side too where that is `filled` already."""
        columns = self._columns()
        read = [*self.source, *(self.target if self.returning else ())]
        held = [columns[self.source[0]].is_not(None)]
        if self.returning or filled:
            held.append(columns[self.target[0]].is_not(None))
        names = [columns[self.identity], *(columns[name] for name in read)]
        return sa.select(*names).select_from(sa.table(self.table, *columns.values())).where(sa.or_(*held))

    def _columns(self) -> dict[str, sa.ColumnClause[Any]]:
        """Both sides with their types, and the identity."""
        found: dict[str, sa.ColumnClause[Any]] = {self.identity: sa.column(self.identity, Identifier())}
        for names, type_ in ((self.source, self.turn.old), (self.target, self.turn.new)):
            for name, part in zip(names, type_.columns(), strict=True):
                found[name] = sa.column(name, part.type)
        return found


def _turned(turn: Turn, *, rounding: bool) -> Turn:
    """The other direction."""
    return Turn(
        old=turn.new,
        new=turn.old,
        rounding=rounding,
        language=turn.language,
        timezone=turn.timezone,
        old_titles=turn.new_titles,
        new_titles=turn.old_titles,
    )


def _same(way: Way | None, former: Any, value: Any) -> bool:
    """Whether `value` is what became of `former`: nobody touched it since."""
    if former is None or way is None:
        return value is None
    try:
        return bool(way.value(former) == value)
    except InvalidValue:
        return value is None


def _names(columns: Sequence[str]) -> list[str]:
    return [f"part_{place}" for place, _column in enumerate(columns)]


def is_open(refused: int, otherwise: Otherwise) -> bool:
    """Whether somebody must say what becomes of values that do not fit."""
    return refused > 0 and otherwise == "refuse"


def _told(type_: FieldType) -> list[object]:
    keys = [option.key for option in type_.choices] if isinstance(type_, ChoiceType) else []
    return [type_.key, sorted((name, repr(value)) for name, value in type_.options.items()), keys]
