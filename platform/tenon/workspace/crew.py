"""In charge of threads that each do one kind of work again and again, rest while there is none, and stop together."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

LOG = logging.getLogger("tenon.background")

RESTING = 1.0
"""Seconds after which one looks by itself; `wake` comes before."""
AFTER_FAILURE = 2.0
MOST = 32
"""Threads of one crew, those that hang included."""


@dataclass(eq=False, kw_only=True)
class _Place:
    name: str
    work: Callable[[], object]
    leave: Callable[[], None] | None
    replaceable: bool
    thread: threading.Thread | None = None
    signal: threading.Event = field(default_factory=threading.Event)
    given_up: bool = False


class Crew:
    def __init__(self) -> None:
        self._places: list[_Place] = []
        self._stopping = threading.Event()

    @property
    def is_working(self) -> bool:
        return bool(self._places)

    def begin(
        self,
        name: str,
        work: Callable[[], object],
        *,
        leave: Callable[[], None] | None = None,
        replaceable: bool = False,
    ) -> None:
        """`work` returns whether there may be more to do; what it raises is logged, and it is called again later.

        `leave` is called at the end. A `replaceable` one that hangs is not waited for.
        """
        self._stopping.clear()
        place = _Place(name=name, work=work, leave=leave, replaceable=replaceable)
        place.thread = threading.Thread(target=self._loop, args=(place,), name=f"tenon-{name}", daemon=True)
        self._places.append(place)
        place.thread.start()

    def wake(self) -> None:
        for place in tuple(self._places):
            place.signal.set()

    def replace(self, thread: int) -> None:
        """That thread hangs: another does its work; it leaves when it comes back."""
        for place in tuple(self._places):
            known = place.thread is not None and place.thread.ident == thread
            if known and place.replaceable and not place.given_up and len(self._places) < MOST:
                place.given_up = True
                self.begin(place.name, place.work, replaceable=True)

    def stop(self) -> None:
        """Each finishes what it has in hand; nobody waits for one that hangs."""
        self._stopping.set()
        self.wake()
        for place in self._places:
            if place.thread is not None and not place.given_up:
                place.thread.join()
        self._places = []

    def _loop(self, place: _Place) -> None:
        while not (self._stopping.is_set() or place.given_up):
            place.signal.clear()
            try:
                if not place.work():
                    place.signal.wait(RESTING)
            except Exception:
                LOG.exception("work in the background failed; it is tried again")
                self._stopping.wait(AFTER_FAILURE)
        if place.leave is not None:
            self._leave(place.leave)

    def _leave(self, leave: Callable[[], None]) -> None:
        try:
            leave()
        except Exception:
            LOG.warning("the end of the work could not be noted", exc_info=True)
