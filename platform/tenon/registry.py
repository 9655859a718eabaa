"""In charge of catalogues: things that are added by writing one file."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Generic, TypeVar

from tenon.suggestions import nearest

T = TypeVar("T")


class Registry(Generic[T]):
    """Named things in the order they were registered. `kind` names them in messages ("field type")."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, T] = {}
        self._frozen = False

    def register(self, name: str) -> Callable[[T], T]:
        """Decorator; raises ValueError when the name is taken or the registry is frozen."""

        def add(item: T) -> T:
            if self._frozen:
                raise ValueError(f"the registry of {self.kind}s is frozen; cannot add {name!r}")
            if name in self._items:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            self._items[name] = item
            return item

        return add

    def discover(self, package: ModuleType) -> None:
        """Import every module of a catalogue folder so that each registers itself."""
        for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
            importlib.import_module(f"{package.__name__}.{module.name}")

    def freeze(self) -> None:
        self._frozen = True

    def branch(self) -> "Registry[T]":
        """An open copy, for tests and for modules that bring their own."""
        copy: Registry[T] = Registry(self.kind)
        copy._items = dict(self._items)
        return copy

    def __getitem__(self, name: str) -> T:
        try:
            return self._items[name]
        except KeyError:
            raise KeyError(f"no {self.kind} {name!r}; near: {nearest(name, self._items)}") from None

    def get(self, name: str) -> T | None:
        return self._items.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def items(self) -> Iterator[tuple[str, T]]:
        return iter(self._items.items())

    def values(self) -> Iterator[T]:
        return iter(self._items.values())
