"""In charge of what one compilation leaves for the next: results that hang at the node they were made of.

A result is used again only when everything that was read while it was made is still the same: the names and types
of other entities, option sets, translations. What is read is noted by the collections themselves (`Watched`), so a
pass need not say what it depends on. Results live exactly as long as their node, which workspaces with the same
modules share. A result that came with problems is never kept: what is wrong is looked at again.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields
from functools import wraps
from typing import Any, Generic, Protocol, TypeVar

from tenon.compiler.nodes import Node
from tenon.fields import FieldType
from tenon.model import Field
from tenon.problems import Problems

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Place = tuple[Any, ...]
Reads = dict[Place, Any]
"""What was looked up → what was found there."""

MISSING = object()
ALL = ("*",)
"""Stands for a name when a whole collection was looked through."""
_MOST = 4
"""Results of one pass kept at a node: as many workspaces may use it in different surroundings."""
_COMPARED = tuple(item.name for item in fields(Field) if item.name not in ("origin", "type"))


def of_node(make: Callable[..., T]) -> Callable[..., T]:
    """Decorator for a pure function of a node, and of values that can be compared: its result stays at the node."""

    @wraps(make)
    def remembered(node: Node, *rest: Any) -> T:
        known: dict[Any, T] = node.results(make)
        if rest not in known:
            if len(known) >= _MOST:
                known.clear()
            known[rest] = make(node, *rest)
        return known[rest]

    return remembered


class Watch:
    """Notes what is read while a result is made; results inside results note for both."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: list[Reads] = []

    def note(self, place: Place, value: Any) -> None:
        """The first reading counts."""
        for reads in self._open:
            reads.setdefault(place, value)

    @property
    def is_on(self) -> bool:
        return bool(self._open)

    @contextmanager
    def noting(self) -> Iterator[Reads]:
        reads: Reads = {}
        self._open.append(reads)
        try:
            yield reads
        finally:
            self._open.pop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        open_ones, self._open = self._open, []
        try:
            yield
        finally:
            self._open = open_ones


class Watched(dict[K, V], Generic[K, V]):
    """A dictionary that notes what is read of it under its `place`."""

    __slots__ = ("_by_presence", "_place", "_watch")

    def __init__(
        self, watch: Watch, place: Place, items: Mapping[K, V] | None = None, *, by_presence: bool = False
    ) -> None:
        """With `by_presence` only the names are noted; their values note for themselves what is read of them."""
        super().__init__(items or {})
        self._watch = watch
        self._place = place
        self._by_presence = by_presence

    def look_up(self, name: Any) -> Any:
        """What would be noted, without noting it."""
        if self._by_presence:
            return tuple(dict.keys(self)) if name is ALL else dict.__contains__(self, name)
        return tuple(dict.items(self)) if name is ALL else dict.get(self, name)

    def _note(self, name: Any) -> None:
        if self._watch.is_on:
            self._watch.note((self._place, name), self.look_up(name))

    def __getitem__(self, name: K) -> V:
        self._note(name)
        return super().__getitem__(name)

    def get(self, name: Any, otherwise: Any = None) -> Any:
        self._note(name)
        return super().get(name, otherwise)

    def __contains__(self, name: object) -> bool:
        self._note(name)
        return super().__contains__(name)

    def __iter__(self) -> Iterator[K]:
        self._note(ALL)
        return super().__iter__()

    def __len__(self) -> int:
        self._note(ALL)
        return super().__len__()

    def keys(self) -> Any:
        self._note(ALL)
        return super().keys()

    def values(self) -> Any:
        self._note(ALL)
        return super().values()

    def items(self) -> Any:
        self._note(ALL)
        return super().items()


class Surroundings(Protocol):
    """What a result is made in; `Work` is one."""

    @property
    def problems(self) -> Problems: ...
    @property
    def watch(self) -> Watch: ...
    @property
    def places(self) -> set[str]: ...
    def gathering(self) -> AbstractContextManager[set[str]]:
        """Gives the places of texts that are met inside."""
        ...

    def holds(self, reads: Reads) -> bool:
        """Whether all of this would be read again."""
        ...


class Remembered(Generic[T]):
    """One kept result: what it is, what was read for it, and the places of texts it came by."""

    __slots__ = ("places", "reads", "result")

    def __init__(self, result: T, reads: Reads, places: frozenset[str]) -> None:
        self.result = result
        self.reads = reads
        self.places = places


def remembered(work: Surroundings, node: Node, step: Hashable, make: Callable[[], T]) -> T:
    """The result of `make`, which reads nothing but `node` and what `work` watches; `step` names it at the node."""
    kept: dict[int, Remembered[T]] = node.results(step)
    for known in kept.values():
        if work.holds(known.reads):
            for place, value in known.reads.items():
                work.watch.note(place, value)
            work.places.update(known.places)
            return known.result
    before = work.problems.taken
    with work.watch.noting() as reads, work.gathering() as places:
        result = make()
    if work.problems.taken == before:
        if len(kept) >= _MOST:
            kept.clear()
        kept[len(kept)] = Remembered(result, reads, frozenset(places))
    return result


def same(now: Any, then: Any) -> bool:
    """Whether two readings mean the same. Where a field is written does not matter to those who only read it."""
    if now is then:
        return True
    if isinstance(now, Field) and isinstance(then, Field):
        return _same_type(now.type, then.type) and all(
            same(getattr(now, name), getattr(then, name)) for name in _COMPARED
        )
    if isinstance(now, tuple) and isinstance(then, tuple):
        return len(now) == len(then) and all(same(one, other) for one, other in zip(now, then, strict=True))
    return type(now) is type(then) and bool(now == then)


def _same_type(now: FieldType, then: FieldType) -> bool:
    if now is then:
        return True
    if type(now) is not type(then) or now.options != then.options or now.target != then.target:
        return False
    mine, other = now.settings, then.settings
    if (mine.of is None) != (other.of is None):
        return False
    of_same = mine.of is None or other.of is None or _same_type(mine.of, other.of)
    return of_same and all(
        getattr(mine, item.name) == getattr(other, item.name) for item in fields(mine) if item.name != "of"
    )
