"""In charge of values under tighter limits of the same type: which of them could not be entered today."""

from typing import Any

import sqlalchemy as sa

from tenon.database import Connection
from tenon.fields import InvalidValue
from tenon.schema.conversions.texts import PLAIN
from tenon.schema.moving import LONGEST_SAMPLE, Move, Sample, Survey
from tenon.texts import say

_CHANGED = say("It would be written in another way today.", "按现在的规则会被改写。")


def check_limits(move: Move, connection: Connection) -> Survey:
    """Reads every value the database cannot judge; `move` leads from the field's columns to the same columns."""
    found = Survey(values=move.number(connection))
    for record, stored in move.stored(connection, _within(move)):
        value = move.turn.old.from_columns(stored)
        sample = _misfit(move, record, value) if value is not None else None
        if sample is not None:
            found.refuse(sample)
    return found


def _within(move: Move) -> sa.ColumnElement[bool] | None:
    """Of plain texts and whole numbers, where nothing but their limits differs: that they keep the new ones."""
    old, new = move.turn.old, move.turn.new
    differing = {name for name in {*old.options, *new.options} if old.options.get(name) != new.options.get(name)}
    held: sa.ColumnClause[Any] = sa.column(move.source[0], new.columns()[0].type)
    if new.key in PLAIN and differing == {"max"}:
        return sa.func.length(held) <= int(new.options["max"])
    if new.key == "integer" and differing <= {"min", "max"}:
        low, high = new.options.get("min"), new.options.get("max")
        limits = [*([held >= low] if low is not None else []), *([held <= high] if high is not None else [])]
        return sa.and_(sa.true(), *limits)
    return None


def _misfit(move: Move, record: str, value: Any) -> Sample | None:
    turn = move.turn
    try:
        again = turn.new.parse(turn.old.to_json(value))
        reason = None if again == value else _CHANGED
    except InvalidValue as refusal:
        reason = refusal.message
    if reason is None:
        return None
    return Sample(record, "" if move.secret else turn.written(value)[:LONGEST_SAMPLE], reason)
