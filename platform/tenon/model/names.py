"""In charge of named collections of a model: ordered, immutable, and helpful on a miss."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from tenon.errors import UnknownName

T = TypeVar("T")


class Names(Mapping[str, T]):
    """A frozen, ordered mapping; `find` raises UnknownName with suggestions, `[]` raises KeyError.

    Items may say what they were called once (`was`): `present` finds them by it, nothing else does.
    """

    __slots__ = ("_former", "_items", "_kind")

    def __init__(self, items: Mapping[str, T] | None = None, *, kind: str = "name") -> None:
        self._items = dict(items or {})
        self._kind = kind
        self._former: dict[str, str] | None = None

    def __getitem__(self, name: str) -> T:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def find(self, name: str) -> T:
        item = self._items.get(name)
        if item is None:
            raise UnknownName.among(name, self._items, where=self._kind)
        return item

    def present(self, name: str) -> str | None:
        """What is called `name` today, else what was once; None when nothing is or was."""
        return name if name in self._items else self.former.get(name)

    @property
    def former(self) -> Mapping[str, str]:
        """Names of the past that nothing has today, with those of today; the first to declare one has it."""
        if self._former is None:
            found: dict[str, str] = {}
            for today, item in self._items.items():
                for old in getattr(item, "was", ()):
                    if old not in self._items:
                        found.setdefault(old, today)
            self._former = found
        return self._former

    def __repr__(self) -> str:
        return f"Names({', '.join(self._items)})"
