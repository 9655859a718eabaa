"""In charge of writing: the only path by which a record changes.

Values come in raw and go through the same steps whoever sends them: parsed, defaulted, checked against rights,
required fields, rules, stages, look-ups and uniqueness, written, remembered in the histories, told as events.
All or nothing; and never a page, a process or a job is called from here.
"""

from tenon.records.bulk import RowOutcome
from tenon.records.drafts import ImportOptions, PastStage, Saved
from tenon.records.facts import Facts, RecordFacts
from tenon.records.incoming import input_schema
from tenon.records.locks import RecordLock, lockable, locks_on, put_lock, take_lock
from tenon.records.writer import Writer

__all__ = [
    "Facts",
    "ImportOptions",
    "PastStage",
    "RecordFacts",
    "RecordLock",
    "RowOutcome",
    "Saved",
    "Writer",
    "input_schema",
    "lockable",
    "locks_on",
    "put_lock",
    "take_lock",
]
