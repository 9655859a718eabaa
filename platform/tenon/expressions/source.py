"""In charge of what the SQL target asks of whoever plans the query: columns, children, the actor, the present."""

from typing import Any, Literal, Protocol

from sqlalchemy import ColumnElement, Select

from tenon.expressions.types import Type

Path = tuple[str, ...]
Dialect = Literal["sqlite", "postgresql"]


class SqlSource(Protocol):
    """One entity's row in a query; the implementer plans the joins that the paths need."""

    @property
    def dialect(self) -> Dialect: ...

    def column(self, path: Path) -> ColumnElement[Any]:
        """The field at the end of a path through look-ups; for a look-up itself its id column."""
        ...

    def children(self, path: Path) -> "ChildSource":
        """A fresh source over child records; the last name of `path` is the relationship."""
        ...

    def user(self, path: Path) -> ColumnElement[Any]:
        """A bind of the actor's value; `path` starts with "user", ("user",) alone is his id."""
        ...

    def subtree(self, entity: str, root: ColumnElement[Any]) -> Select[Any]:
        """Ids of the record `root` and all below it; no rows when `root` is null."""
        ...

    def among(self, path: Path, ids: Select[Any]) -> ColumnElement[bool]:
        """Whether the look-up at the end of `path` holds one of `ids`; false or null when it holds nothing."""
        ...

    def entity_by_key(self, entity: str, key: ColumnElement[Any]) -> ColumnElement[Any]:
        """The id of the record with this key, or null."""
        ...

    def readable(self, entity: ColumnElement[Any], identity: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether the reader may read the record of the entity of this name that has this id."""
        ...

    def today(self) -> ColumnElement[Any]:
        """A bind: the viewer's date."""
        ...

    def now(self) -> ColumnElement[Any]:
        """A bind: the instant."""
        ...

    def timezone(self) -> ColumnElement[Any]:
        """A bind: the viewer's time zone as an IANA name."""
        ...

    def literal(self, value: Any, kind: Type) -> ColumnElement[Any]:
        """A bind of a constant; called once for each of `Expression.literals`, in that order."""
        ...


class ChildSource(SqlSource, Protocol):
    """Child records of one parent row."""

    def select(self, *expressions: ColumnElement[Any]) -> Select[Any]:
        """A SELECT correlated to the parent with rights and living rows applied; called after all columns."""
        ...
