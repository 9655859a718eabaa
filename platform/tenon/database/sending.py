"""In charge of sending statements to PostgreSQL by name, past the driver's cursor.

The driver still turns values into bytes and back; what is left out is what a cursor does for every statement
(looking for placeholders, choosing whether to prepare, waiting in steps): a half of the time that a small
statement takes. To its user a `Wire` is a cursor, with the few methods that `Connection` needs.
"""

import select
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from psycopg import OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

MOST_KEPT = 500
"""Statements prepared on one connection; the oldest make room."""
PORTION = 200
"""Rows of one journey."""
_TEXT = 0
_DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_BEGIN = b"BEGIN"

Shape = tuple[str, tuple[int, ...]]
"""A statement's text, and the types of its values: what a prepared statement is made for."""


class Wire:
    """One connection's statements. A text is prepared when it is sent the second time with values of these types."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._pgconn: PGconn = driver.pgconn
        self._values = Transformer(driver)
        self._names: dict[Shape, bytes] = {}
        self._seen: set[Shape] = set()
        self._made = 0
        self._waiting = False
        self._result: PGresult | None = None
        self.rowcount = -1

    # As a cursor

    def execute(self, text: str, parameters: Sequence[Any] = ()) -> None:
        """Raises psycopg's errors."""
        values = self._values
        sent: Any = values.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
        types, formats = values.types or (), values.formats or ()
        name = self._names.get((text, types))
        if name is None:
            self.start()
            name = self._prepared((text, types))
        if name is None:
            self._take(self._pgconn.exec_params(text.encode(), sent, types, formats, _TEXT))
        elif self._waiting:
            self._take(self._begun(name, sent, formats))
        else:
            self._take(self._pgconn.exec_prepared(name, sent, formats, _TEXT))

    def executemany(self, text: str, rows: Sequence[Sequence[Any]]) -> None:
        """Sent together, a portion a journey; `rowcount` is that of all."""
        self.start()
        touched = 0
        for start in range(0, len(rows), PORTION):
            ready = [self._ready(text, row) for row in rows[start : start + PORTION]]
            for result in self._journey([partial(self._pgconn.send_query_prepared, *one, _TEXT) for one in ready]):
                if result.status not in _DONE:
                    raise _error(self._pgconn, result)
                touched += result.command_tuples or 0
        self.rowcount = touched

    def fetchall(self) -> list[Any]:
        result = self._result
        if result is None or not result.nfields:
            return []
        return self._values.load_rows(0, result.ntuples, tuple)

    @property
    def description(self) -> list[tuple[str, int]] | None:
        """Name and type of each column; None when the statement gave no rows."""
        result = self._result
        if result is None or not result.nfields:
            return None
        return [((result.fname(place) or b"").decode(), result.ftype(place)) for place in range(result.nfields)]

    # Around transactions

    def begin(self) -> None:
        """The transaction begins with the first statement, on the same journey."""
        self._waiting = True

    def start(self) -> bool:
        """Begin now, if it was not begun yet; whether that was so."""
        waiting, self._waiting = self._waiting, False
        if waiting:
            command(self._pgconn, _BEGIN)
        return waiting

    def forget(self) -> bool:
        """There was nothing to begin for; whether that was so."""
        waiting, self._waiting = self._waiting, False
        return waiting

    def _begun(self, name: bytes, sent: Any, formats: Sequence[Any]) -> PGresult:
        """BEGIN and a prepared statement together."""
        self._waiting = False
        pgconn = self._pgconn
        begin = partial(pgconn.send_query_params, _BEGIN, None)
        begun, result = self._journey([begin, partial(pgconn.send_query_prepared, name, sent, formats, _TEXT)])
        if begun.status not in _DONE:
            raise _error(pgconn, begun)
        return result

    def _journey(self, sends: Sequence[Callable[[], None]]) -> list[PGresult]:
        """All of them sent before the first answer is waited for; as many results, in their order."""
        pgconn = self._pgconn
        pgconn.enter_pipeline_mode()
        try:
            for send in sends:
                send()
            pgconn.pipeline_sync()
            return self._results()
        finally:
            if pgconn.status == ConnStatus.OK:
                pgconn.exit_pipeline_mode()

    def _results(self) -> list[PGresult]:
        """What comes until the sync is answered. Waiting lets other threads run, as reading would not."""
        pgconn = self._pgconn
        found: list[PGresult] = []
        poll = select.poll()
        while pgconn.flush():
            poll.register(pgconn.socket, select.POLLOUT | select.POLLIN)
            poll.poll()
            pgconn.consume_input()
        poll.register(pgconn.socket, select.POLLIN)
        while True:
            while pgconn.is_busy():
                poll.poll()
                pgconn.consume_input()
            result = pgconn.get_result()
            if result is None:  # stands between the results
                continue
            if result.status == ExecStatus.PIPELINE_SYNC:
                return found
            found.append(result)

    def _take(self, result: PGresult) -> None:
        if result.status not in _DONE:
            raise _error(self._pgconn, result)
        self._result = result
        self._values.set_pgresult(result)
        touched = result.command_tuples
        self.rowcount = -1 if touched is None else touched

    def _prepared(self, shape: Shape) -> bytes | None:
        """Its name from now on; None when it is met for the first time, or not worth keeping."""
        if shape not in self._seen:
            if len(self._seen) > MOST_KEPT:
                self._seen.clear()
            self._seen.add(shape)
            return None
        while len(self._names) >= MOST_KEPT:
            oldest = next(iter(self._names))
            command(self._pgconn, b"DEALLOCATE " + self._names.pop(oldest))
        return self._kept(shape)

    def _ready(self, text: str, parameters: Sequence[Any]) -> tuple[bytes, Any, list[Any]]:
        """A row of many: prepared at the first one. Nothing makes room here, or a row before it would lose its name."""
        values = self._values
        sent = values.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
        shape = (text, values.types or ())
        return self._names.get(shape) or self._kept(shape), sent, list(values.formats or ())

    def _kept(self, shape: Shape) -> bytes:
        """Prepare it under a new name."""
        self._made += 1
        name = b"tenon_%d" % self._made
        text, types = shape
        result = self._pgconn.prepare(name, text.encode(), types)
        if result.status not in _DONE:
            raise _error(self._pgconn, result)
        self._names[shape] = name
        return name


def command(pgconn: PGconn, text: bytes) -> None:
    """One command without parameters and rows. Raises psycopg's errors, OperationalError when the server is gone."""
    result = pgconn.exec_(text)
    if result.status != ExecStatus.COMMAND_OK:
        raise _error(pgconn, result)


def _error(pgconn: PGconn, result: PGresult) -> Exception:
    if pgconn.status != ConnStatus.OK:
        return OperationalError("the connection is lost")
    return error_from_result(result)
