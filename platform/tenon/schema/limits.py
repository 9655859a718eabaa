"""In charge of values under tighter limits of the same type: which of them could not be entered today."""

from typing import Any

from tenon.database import Connection
from tenon.fields import InvalidValue
from tenon.schema.moving import LONGEST_SAMPLE, Move, Sample, Survey
from tenon.texts import say

_CHANGED = say("It would be written in another way today.", "按现在的规则会被改写。")


def check_limits(move: Move, connection: Connection) -> Survey:
    """Reads every value; `move` leads from the field's columns to the same columns."""
    found = Survey()
    for record, stored in move.stored(connection):
        value = move.turn.old.from_columns(stored)
        if value is None:
            continue
        found.values += 1
        sample = _misfit(move, record, value)
        if sample is not None:
            found.refuse(sample)
    return found


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
