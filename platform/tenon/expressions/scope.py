"""In charge of what an expression may name: the record it is about, the actor, the trees of the workspace."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tenon.expressions.types import RecordShape


@dataclass(frozen=True, kw_only=True)
class Scope:
    """`has_old` allows `old.x`, `changed("x")` and `is_new`; `needs_sql` refuses what has no SQL form.

    `roots` are extra named records (`record`, `request`); their values come in `Context.roots`.
    `entities` are the entities whose records may be named by key: `region("east")`.
    `people` is the entity of users where people are chosen: it allows `manager(…)`, `role(…)` and `each(…)`.
    `present` gives the name of today for one that a shape does not know; None where old names are refused.
    """

    record: RecordShape | None
    user: RecordShape | None = None
    has_old: bool = False
    needs_sql: bool = False
    roots: Mapping[str, RecordShape] = field(default_factory=dict)
    entities: Mapping[str, RecordShape] = field(default_factory=dict)
    bound: frozenset[str] = frozenset()
    """Roots whose values whoever plans a query binds, so that they do not stand in the way of SQL."""
    people: RecordShape | None = None
    present: Callable[[RecordShape, str], str | None] | None = None
