"""In charge of counting statements, so that tests can hold a page or a call to its budget."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class StatementCount:
    """What was sent while it listened, from every thread; BEGIN, COMMIT and savepoints are not counted."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    @property
    def count(self) -> int:
        return len(self.texts)


class Watched(Protocol):
    """Whatever sends statements and tells `watchers` of each."""

    @property
    def watchers(self) -> list[StatementCount]: ...


@contextmanager
def count_statements(database: Watched) -> Iterator[StatementCount]:
    counter = StatementCount()
    database.watchers.append(counter)
    try:
        yield counter
    finally:
        database.watchers.remove(counter)
