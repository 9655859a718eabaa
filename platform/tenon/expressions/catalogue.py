"""In charge of what a function of the language is: signature, meaning in each target, help, examples.

The meaning in JavaScript stands under the same name in `ui/src/expressions.js`; a contract test runs every
example in every target.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tenon.expressions.nodes import Node
from tenon.expressions.types import NULL, Type, common
from tenon.registry import Registry
from tenon.texts import Text

Sql = ColumnElement[Any]
Nulls = Literal["strict", "blank", "own"]


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """`kinds` empty: anything but child records. `fixed`: a literal is demanded. `many`: this and any number more."""

    name: str
    kinds: tuple[str, ...] = ()
    optional: bool = False
    many: bool = False
    fixed: bool = False


@dataclass(frozen=True, kw_only=True)
class Example:
    """`text` is a whole expression without names of fields; `shows` its value as `text()` would write it."""

    text: str
    shows: str | None


class Function:
    """One function. `nulls`: "strict" gives null for any null, "blank" takes null text as "", "own" sees nulls itself.

    `zoned` functions get the viewer's time zone name as a last argument. A name with a leading underscore is
    for the checker only; people cannot write it. Functions of `people` give one user or many, get the directory
    as `people=`, and exist where the scope knows the entity of users. `named` functions take named arguments.
    """

    name: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    returns: ClassVar[Type] = NULL
    nulls: ClassVar[Nulls] = "strict"
    zoned: ClassVar[bool] = False
    help: ClassVar[Text | None] = None
    examples: ClassVar[tuple[Example, ...]] = ()
    has_sql: ClassVar[bool] = True
    people: ClassVar[Literal["", "one", "many"]] = ""
    named: ClassVar[bool] = False
    names_role: ClassVar[int | None] = None
    """Place of the argument that is the name of a role."""

    def overload(self, arguments: Sequence[Node]) -> str:
        """The name of the function that is really meant for arguments of these types."""
        return self.name

    def result(self, arguments: Sequence[Node]) -> Type | None:
        """The type of the result; None when the arguments do not fit together."""
        return self.returns

    def python(self, *arguments: Any, **_named: Any) -> Any:
        """Its meaning; the other targets give the same. A function that always becomes its overload has none."""
        raise TypeError(f"{self.name}() always becomes one of its overloads")

    def postgresql(self, *arguments: Any, **_named: Any) -> Sql:
        """Unless it is put together, PostgreSQL's own function of the same name."""
        own: Callable[..., Sql] = getattr(sa.func, self.name)
        return own(*arguments)

    def sqlite(self, *arguments: Any, **_named: Any) -> Sql:
        """Unless there is something quicker, the Python meaning itself, registered with the connection."""
        function: Callable[..., Sql] = getattr(sa.func, sqlite_name(self.name))
        return function(*arguments)


def sqlite_name(name: str) -> str:
    return "tenon_" + name.strip("_")


def together(arguments: Sequence[Node]) -> Type | None:
    """The common type of all arguments."""
    kind: Type | None = NULL
    for argument in arguments:
        kind = None if kind is None else common(kind, argument.type)
    return kind


FUNCTIONS: Registry[Function] = Registry("expression function")


def function(definition: type[Function]) -> type[Function]:
    """Decorator: one instance of the class enters the catalogue."""
    FUNCTIONS.register(definition.name)(definition())
    return definition
