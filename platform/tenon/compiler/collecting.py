"""In charge of the garbage collector's rest while a model, its plan or its tables are made.

Nearly all that is made there stays, and the collector would look through all of it again and again: of a large model
that takes as long as making it. What is garbage waits until the work is done.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Rest:
    """How many are at such work, in any thread; the last one wakes the collector, if it was awake before the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._working = 0
        self._wake = False

    @contextmanager
    def while_making(self) -> Iterator[None]:
        """Also a decorator: `@while_making()`."""
        with self._lock:
            if not self._working:
                self._wake = gc.isenabled()
                gc.disable()
            self._working += 1
        try:
            yield
        finally:
            with self._lock:
                self._working -= 1
                if not self._working and self._wake:
                    gc.enable()


while_making = _Rest().while_making
"""One for the process, as the collector is."""
