"""In charge of connections at rest: taken by one thread at a time, given back, dropped when broken.

Our own and small because a request takes a connection for microseconds: no reset, no ping, no event.
"""

import os
import threading
from collections import deque
from collections.abc import Callable

from tenon.database.connection import Connection
from tenon.database.failures import busy


class Pool:
    """At most `size` connections; a thread waits `patience` seconds for one, then raises Unavailable."""

    def __init__(self, connect: Callable[[], Connection], *, size: int, patience: float) -> None:
        self._connect = connect
        self._size = size
        self._patience = patience
        self._inherited: list[Connection] = []
        self._start()

    def take(self) -> Connection:
        if self._process != os.getpid():
            self._leave_to_parent()
        if not self._places.acquire(timeout=self._patience):
            raise busy()
        try:
            return self._idle_connection() or self._connect()
        except BaseException:
            self._places.release()
            raise

    def give_back(self, connection: Connection, *, sound: bool = True) -> None:
        if sound and not self._closed:
            self._idle.append(connection)
        else:
            connection.close()
        self._places.release()

    def close(self) -> None:
        """Close what is idle now, and the rest as it comes back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _start(self) -> None:
        self._process = os.getpid()
        self._idle: deque[Connection] = deque()
        self._places = threading.BoundedSemaphore(self._size)
        self._closed = False

    def _idle_connection(self) -> Connection | None:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if connection.usable():
                return connection
            connection.close()

    def _leave_to_parent(self) -> None:
        """After a fork: the sockets and files are the parent's; closing them here would hang up on it."""
        self._inherited.extend(self._idle)
        self._start()
