"""In charge of one entity's row in a statement, as the reader may see it: what expressions are compiled over.

Whatever is read of a row passes `Row.column`; there a field that the reader may not see turns into nothing,
and a look-up whose record he may not see leads nowhere. Sight says how much is seen: a formula granted by
its own name sees all living records (FULL); the rules of access see what they need, or they could not
protect what the reader must not see (RULE).
"""

from collections.abc import Callable
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause, Select

from tenon.database import DialectName
from tenon.expressions import Expression, Path, Type, to_sql, to_sql_value
from tenon.model import Entity, Field, Permit, Relationship
from tenon.query.belonging import readable
from tenon.query.facets import stage_facet
from tenon.query.pointing import points_at, visible
from tenon.query.statement import From, Statement, ambient, sql_type
from tenon.query.unpacking import holds, is_listed

Literals = Callable[[Any, Type], ColumnElement[Any]]


PEOPLE = "user"
"""The entity of those who sign in."""


class Sight(Enum):
    READER = "reader"
    FULL = "full"
    RULE = "rule"


def constants(value: Any, kind: Type) -> ColumnElement[Any]:
    """For expressions of the model: their literals are part of the statement."""
    return sa.literal(value, sql_type(kind))


class NamedLiterals:
    """For expressions of callers: literals are parameters `<prefix>0`, `<prefix>1`… in the order they are asked for."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._count = 0

    def __call__(self, value: Any, kind: Type) -> ColumnElement[Any]:
        name = f"{self._prefix}{self._count}"
        self._count += 1
        return sa.bindparam(name, type_=sql_type(kind), required=True)


class Row:
    """`alone` rows add no joins to the FROM clause (they stand in a join's own condition): paths become sub-queries."""

    def __init__(
        self,
        statement: Statement,
        source: From,
        entity: Entity,
        table: FromClause,
        *,
        sight: Sight = Sight.READER,
        literals: Literals = constants,
        alone: bool = False,
    ) -> None:
        self.statement = statement
        self.source = source
        self.entity = entity
        self.table = table
        self.sight = sight
        self.literals = literals
        self.alone = alone

    # What expressions ask for.

    @property
    def dialect(self) -> DialectName:
        return self.statement.dialect

    def column(self, path: Path) -> ColumnElement[Any]:
        name, rest = path[0], path[1:]
        field = self.entity.fields[name]
        if not rest:
            if field.entities is not None:
                return visible(self, field)
            return self.visible_id(field) if field.target else self.value(field)
        if field.type.key == "id":
            return self.column(rest)
        if field.target is None:
            return self.facet(field, rest[0])
        if self.alone:
            return self._through_query(field, rest)
        return self.through(field).column(rest)

    def children(self, path: Path) -> "ChildRow":
        parent, parent_id = self._parent(path[:-1])
        return child_row(parent, parent_id, path[-1])

    def user(self, path: Path) -> ColumnElement[Any]:
        names = path[1:] if path[:1] == ("user",) else path
        if len(names) < 2:
            return ambient(f"user_{names[0] if names else 'id'}")
        if names[1] == "id" and len(names) == 2:
            return ambient(f"user_{names[0]}")
        entity = "user" if names[0] in ("id", "manager") else names[0]
        return self._record_query(entity, ambient(f"user_{names[0]}"), names[1:])

    def subtree(self, entity: str, root: ColumnElement[Any]) -> Select[Any]:
        model, tables = self.statement.model, self.statement.tables
        parent = model.entities[entity].hierarchy
        top, below = tables[entity].alias(), tables[entity].alias()
        reached = (
            sa.select(self._id_of(top, entity).label("id"))
            .where(self._id_of(top, entity) == root, self.statement.living(top, entity))
            .cte(recursive=True, nesting=True)
        )
        if parent is not None:
            up = self.statement.column(below, entity, parent)
            step = sa.select(self._id_of(below, entity)).where(up == reached.c.id, self.statement.living(below, entity))
            reached = reached.union(step)
        return sa.select(reached.c.id)

    def among(self, path: Path, ids: Select[Any]) -> ColumnElement[bool]:
        """Rules that ask for people (`owner.department in …`) get the people first, once for the statement.

        People are few beside what they own: their ids serve the look-up's own index, where a join would have to
        meet every record first. What such a rule asks of other entities, which may be many, stays a join.
        """
        field = self.entity.fields[path[0]]
        if self.sight is not Sight.RULE or field.target != PEOPLE or field.type.computed or len(path) == 1:
            return self.column(path).in_(ids)
        person = self.fresh(self.statement.target(field))
        held = person.among(path[1:], ids)
        people = sa.select(person.identity()).select_from(person.source.clause).where(held)
        pointer = self.value(field)
        if self.dialect == "postgresql":
            return pointer == sa.any_(sa.func.array(people.scalar_subquery()))
        return pointer.in_(people)

    def entity_by_key(self, entity: str, key: ColumnElement[Any]) -> ColumnElement[Any]:
        definition = self.statement.model.entities[entity]
        row = self.fresh(definition)
        name = "code" if "code" in definition.fields else definition.title
        query = sa.select(self._id_of(row.table, entity)).where(row.column((name,)) == key)
        query = query.where(*row.conditions()).select_from(row.source.clause)
        return query.order_by(self._id_of(row.table, entity)).limit(1).scalar_subquery()

    def readable(self, entity: ColumnElement[Any], identity: ColumnElement[Any]) -> ColumnElement[bool]:
        seen = self.seen(Sight.READER, constants)
        return readable(self.statement, self.table, seen.fresh, entity, identity)

    def today(self) -> ColumnElement[Any]:
        return ambient("today")

    def now(self) -> ColumnElement[Any]:
        return ambient("now")

    def timezone(self) -> ColumnElement[Any]:
        return ambient("timezone")

    def literal(self, value: Any, kind: Type) -> ColumnElement[Any]:
        return self.literals(value, kind)

    # What planners ask for.

    def identity(self) -> ColumnElement[Any]:
        return self._id_of(self.table, self.entity.name)

    def value(self, field: Field, part: str = "") -> ColumnElement[Any]:
        """The field as far as it may be seen: of a look-up the id as stored, of a formula what it comes to."""
        permit = self._permit(field)
        if permit is False:
            return sa.null()
        value = self._computed(field) if field.type.computed else self._stored(field, part)
        if permit is True:
            return value
        return sa.case((self.condition(permit), value), else_=sa.null())

    def masked(self, field: Field) -> ColumnElement[int] | None:
        """1 on the records whose value a pool masks for the reader, else 0; None where no pool does."""
        permit = self.statement.shape.mask(self.entity.name, field.name) if self.sight is Sight.READER else False
        if permit is False:
            return None
        there = self.identity().is_not(None)
        inside = there if permit is True else sa.and_(there, self.condition(permit))
        return sa.case((inside, sa.literal_column("1")), else_=sa.literal_column("0"))

    def visible_id(self, field: Field) -> ColumnElement[Any]:
        """The id a look-up holds, or null when the reader may not see the record it leads to."""
        if self.sight is not Sight.READER or field.type.computed or self._reads(field.target) is True:
            return self.value(field)
        if self._reads(field.target) is False:
            return sa.cast(sa.null(), sa.Text())
        return self.through(field).identity()

    def facet(self, field: Field, name: str) -> ColumnElement[Any]:
        """A part of a value (`amount.currency`) or what is known of it (`stage.kind`)."""
        if field.entities is not None:
            return visible(self, field, name)
        if any(column.part == name for column in field.type.columns()):
            return self.value(field, name)
        known = self.entity.fields.get("pipeline") if len(self.entity.pipelines) > 1 else None
        pipeline = None if known is None else self.value(known)
        return stage_facet(self.entity, self.value(field), pipeline, name, self.statement.model.workspace.language)

    def through(self, field: Field) -> "Row":
        """The row a look-up leads to, by a join made once; its columns are null where the reader may not see it."""
        target = self.statement.target(field)
        key = (self.table, field.name, self.sight)
        table = self.source.joined.get(key)
        if table is None:
            pointer = self.value(field)
            table = self.statement.table(target.name)
            there = Row(self.statement, self.source, target, table, sight=self.sight, alone=True)
            on = sa.and_(there.identity() == pointer, *there.conditions())
            self.source.join(key, table, on)
        return Row(self.statement, self.source, target, table, sight=self.sight, literals=self.literals)

    def along(self, hops: Path) -> "Row":
        """The row at the end of a path of look-ups."""
        row = self
        for name in hops:
            row = row.through(row.entity.fields[name])
        return row

    def conditions(self) -> list[ColumnElement[bool]]:
        """What makes this row one that may be met: it lives, and the reader may see it."""
        if self.sight is Sight.RULE:
            return []
        living = [self.statement.living(self.table, self.entity.name)]
        if self.sight is Sight.FULL:
            return living
        return [*living, *self.permitted(self._reads(self.entity.name))]

    def permitted(self, permit: Permit) -> list[ColumnElement[bool]]:
        if isinstance(permit, Expression):
            return [self.condition(permit)]
        return [] if permit else [sa.false()]

    def condition(self, permit: Expression) -> ColumnElement[bool]:
        """A condition of access on this row."""
        return to_sql(permit, self.seen(Sight.RULE, constants))

    def held(self, permit: Permit) -> ColumnElement[int]:
        """1 on the records for which it is allowed, else 0; a condition that comes to nothing does not allow."""
        if isinstance(permit, bool):
            return sa.literal_column("1" if permit else "0", sa.Integer())
        return sa.case((self.condition(permit), sa.literal_column("1")), else_=sa.literal_column("0"))

    def seen(self, sight: Sight, literals: Literals) -> "Row":
        """The same row with other eyes."""
        return Row(
            self.statement, self.source, self.entity, self.table, sight=sight, literals=literals, alone=self.alone
        )

    def _permit(self, field: Field) -> Permit:
        if self.sight is not Sight.READER:
            return True
        return self.statement.shape.field_permit(self.entity.name, field.name, "read")

    def permit_of(self, entity: str) -> Permit:
        """On records of another entity that are looked at from here."""
        return self._reads(entity) if self.sight is Sight.READER else True

    def _reads(self, entity: str | None) -> Permit:
        return False if entity is None else self.statement.shape.permit(entity, "read")

    def _stored(self, field: Field, part: str = "") -> ColumnElement[Any]:
        return self.statement.column(self.table, self.entity.name, field.name, part)

    def _computed(self, field: Field) -> ColumnElement[Any]:
        if field.value is None:
            return sa.null()
        granted = self.sight is Sight.READER and self.statement.shape.computes_in_full(self.entity.name, field.name)
        return to_sql_value(field.value, self.seen(Sight.FULL if granted else self.sight, constants))

    def _id_of(self, table: FromClause, entity: str) -> ColumnElement[Any]:
        return self.statement.column(table, entity, "id")

    def fresh(self, entity: Entity) -> "Row":
        """A row of its own SELECT, seen with the same eyes."""
        table = self.statement.table(entity.name)
        return Row(self.statement, From(table), entity, table, sight=self.sight, literals=self.literals)

    def _through_query(self, field: Field, rest: Path) -> ColumnElement[Any]:
        return self._record_query(self.statement.target(field).name, self.value(field), rest, outer=self.table)

    def _record_query(
        self, entity: str, identity: ColumnElement[Any], path: Path, outer: FromClause | None = None
    ) -> ColumnElement[Any]:
        """The value at `path` of one record, as a sub-query."""
        row = self.fresh(self.statement.model.entities[entity])
        value = row.column(path)
        found = row.conditions()
        query = sa.select(value).select_from(row.source.clause).where(row.identity() == identity, *found)
        return (query.correlate(outer) if outer is not None else query).scalar_subquery()

    def _parent(self, hops: Path) -> tuple["Row", ColumnElement[Any]]:
        """The row whose children are meant, as far as it is in the FROM clause, and its id."""
        if not hops:
            return self, self.identity()
        if self.alone:
            target = self._at(hops)
            return Row(self.statement, self.source, target, self.table, sight=self.sight, alone=True), self.column(hops)
        row = self.along(hops)
        return row, row.identity()

    def _at(self, hops: Path) -> Entity:
        entity = self.entity
        for name in hops:
            entity = self.statement.target(entity.fields[name])
        return entity


class ChildRow(Row):
    """A child record in a sub-query of its own, tied to its parent."""

    def __init__(self, like: Row, entity: Entity, table: FromClause, source: From, outer: FromClause) -> None:
        super().__init__(like.statement, source, entity, table, sight=like.sight, literals=like.literals)
        self.outer = outer
        self.ties: list[ColumnElement[bool]] = []

    def select(self, *expressions: ColumnElement[Any]) -> Select[Any]:
        query = sa.select(*expressions).select_from(self.source.clause).where(*self.ties)
        return query.correlate(self.outer)


def child_row(parent: Row, parent_id: ColumnElement[Any], relationship: str) -> ChildRow:
    """The records at the other end of a relationship of the parent's entity; living and seen in any case."""
    statement = parent.statement
    end = parent.entity.relationships.get(relationship)
    if end is None:
        return _member_row(parent, parent.entity.fields[relationship])
    entity = statement.model.entities[end.entity]
    table = statement.table(entity.name)
    child = ChildRow(parent, entity, table, From(table), parent.table)
    if end.kind == "listing":
        child.ties.append(holds(child.value(entity.fields[end.field]), parent_id, parent.dialect))
    elif end.through is None:
        child.ties.append(points_at(child, entity.fields[end.field], parent.entity.name, parent_id))
    else:
        child.ties.append(_link(child, end, end.through, parent_id))
    child.ties.extend(_met(child))
    return child


def _member_row(parent: Row, field: Field) -> ChildRow:
    """The records that a list of the parent holds."""
    statement = parent.statement
    entity = statement.model.entities[field.members or ""]
    table = statement.table(entity.name)
    child = ChildRow(parent, entity, table, From(table), parent.table)
    child.ties.append(is_listed(child.identity(), parent.value(field), parent.dialect))
    child.ties.extend(_met(child))
    return child


def _link(child: ChildRow, end: Relationship, through: str, parent_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The link record is as subject to rights as the records it links."""
    statement = child.statement
    entity = statement.model.entities[through]
    table = statement.table(through)
    link = Row(statement, From(table), entity, table, sight=child.sight)
    near, far = link.value(entity.fields[end.field]), link.value(entity.fields[end.far_field or ""])
    conditions = [near == parent_id, far == child.identity(), *_met(link)]
    query: Select[Any] = sa.select(sa.literal_column("1")).select_from(link.source.clause).where(*conditions)
    return sa.exists(query.correlate(child.outer, child.table).scalar_subquery())


def _met(row: Row) -> list[ColumnElement[bool]]:
    """Child records are living ones for rules too: a rule counts what is there."""
    return row.conditions() or [row.statement.living(row.table, row.entity.name)]
