"""In charge of what a record looks like to an expression, for tests that need no model."""

from collections.abc import Iterable
from dataclasses import dataclass

from tenon.expressions import Type


@dataclass(eq=False)
class Shape:
    """`hierarchy` is the look-up to the record above, of trees."""

    name: str
    fields: dict[str, Type]
    hierarchy: str | None = None

    def attribute(self, name: str) -> Type | None:
        return self.fields.get(name)

    def attributes(self) -> Iterable[str]:
        return list(self.fields)
