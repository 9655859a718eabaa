"""In charge of what a module does to records when a company moves to a newer version of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from tenon.expressions import Expression
from tenon.locations import Location
from tenon.model.references import Refers, Unnamed
from tenon.texts import Text


@dataclass(frozen=True, kw_only=True)
class UpgradeStep:
    """One step, on the records of one entity for which `where` holds; None: on all of them.

    `set` gives fields new values, `map` replaces stored keys (`{field: {old: new}}`, a new one of "" is no value),
    `create` makes the records that no record with the same `key` fields stands for.
    """

    name: str
    label: Text | None = None
    entity: Annotated[str, Refers("entity", about=True)]
    where: Expression | None = None
    set: Annotated[Mapping[str, Expression], Refers("field")] = field(default_factory=dict)
    map: Annotated[Mapping[str, Mapping[str, str]], Refers("field")] = field(default_factory=dict)
    create: tuple[Mapping[str, Any], ...] = ()
    key: Annotated[tuple[str, ...], Refers("field")] = ()
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """The steps on the way to `version`, in order; taken once in a workspace that had an older version."""

    version: Annotated[str, Unnamed("a version")]
    steps: tuple[UpgradeStep, ...]
