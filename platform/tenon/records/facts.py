"""In charge of what rules, permits and defaults may need to know beyond the record itself.

Nothing is loaded before an expression reads it, and then for all records of a group at once: a guard that reads
`lines.product.cost` costs two statements for one line and two for ten thousand; so does an import of many rows.
Expressions see everything here, whoever acts: a rule must not hold for one person and fail for another.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from tenon.database import Prepared, UnitOfWork, prepare
from tenon.expressions import Context, Expression, reads_nothing
from tenon.model import Field, Relationship
from tenon.model.moves import stage_of
from tenon.records.listing import among, listed
from tenon.records.plans import EntityPlan, Plans, Values
from tenon.records.programs import Programs
from tenon.records.trees import Trees

_KNOWN_OF_ACTOR = frozenset(("department", "region", "manager"))


class Facts:
    """What was learnt during one write. Forget it afterwards: it does not notice later changes."""

    def __init__(self, plans: Plans, programs: Programs, unit: UnitOfWork) -> None:
        self.plans = plans
        self.unit = unit
        self.trees = Trees(plans, unit)
        self._programs = programs
        self._known: dict[tuple[str, str], Values] = {}
        self._user: UserFacts | None = None
        self.reads: Callable[[str | None, str | None], bool] = reads_nothing
        """Whether whoever writes may read a record."""

    @property
    def user(self) -> "UserFacts":
        if self._user is None:
            self._user = UserFacts(self)
        return self._user

    def learn(self, plan: EntityPlan, values: Values) -> None:
        """`values` is the stored record; it will not be read again."""
        self._known[plan.name, values["id"]] = values

    def group(self, plan: EntityPlan, ids: Iterable[str]) -> "Group":
        """Records by id, not loaded yet."""
        group = Group(self, plan)
        for record_id in ids:
            group.add(record_id)
        return group

    def one(self, plan: EntityPlan, values: Values) -> "RecordFacts":
        """A record whose values are at hand."""
        return Group(self, plan).add(values["id"], values)

    def evaluate(
        self,
        expression: Expression,
        record: Mapping[str, Any],
        *,
        old: Mapping[str, Any] | None = None,
        is_new: bool = False,
    ) -> Any:
        """The result in the expression language's own form."""
        context = Context(
            record=record,
            today=self.unit.today,
            now=self.unit.now,
            old=old,
            is_new=is_new,
            user=self.user,
            timezone=self.unit.actor.timezone,
            trees=self.trees,
            reads=self.reads,
        )
        return self._programs[expression](context)

    def result(self, expression: Expression, context: Context) -> Any:
        """What an expression comes to in a context that somebody else has made of records of these facts."""
        return self._programs[expression](context)

    def stored(self, entity: str, record_id: str) -> "RecordFacts | None":
        """The record as it is now, deleted or not; None when there is none."""
        plan = self.plans[entity]
        self.values_of(plan, [record_id])
        values = self.known(plan, record_id)
        return None if values is None else self.one(plan, values)

    def record(self, entity: str, record_id: str) -> "RecordFacts":
        """The record, not loaded before something of it is asked for."""
        return Group(self, self.plans[entity]).add(record_id)

    def unsaved(self, entity: str, record_id: str, values: Mapping[str, Any]) -> "RecordFacts":
        """A record that is not written yet, for whoever has to decide before it is; it has no children."""
        plan = self.plans[entity]
        whole = dict.fromkeys(plan.slots) | {"id": record_id} | dict(values)
        return Group(self, plan).add(record_id, whole, stored=False)

    def overlaid(self, record: "RecordFacts", values: Mapping[str, Any]) -> "RecordFacts":
        """The record as if these fields held these values."""
        if record.known is None:
            record.group.load()
        return self.one(record.group.plan, {**(record.known or {}), **values})

    def holds(self, permit: bool | Expression, record: Mapping[str, Any]) -> bool:
        """Whether a permit, or a look-up's `where`, takes in this record."""
        return permit if isinstance(permit, bool) else bool(self.evaluate(permit, record))

    def values_of(self, plan: EntityPlan, ids: Iterable[str]) -> None:
        """Load those not known yet, in one statement."""
        missing = listed(record_id for record_id in ids if (plan.name, record_id) not in self._known)
        if not missing:
            return
        if len(missing) == 1:
            rows = self.unit.connection.run(plan.load_one, {"the_id": missing[0]})
        else:
            rows = self.unit.connection.run(plan.load, {"ids": missing})
        for row in rows:
            self.learn(plan, plan.read_row(row))

    def known(self, plan: EntityPlan, record_id: str) -> Values | None:
        return self._known.get((plan.name, record_id))


class Group:
    """Records that are loaded together, and whose look-ups and children are loaded together."""

    def __init__(self, facts: Facts, plan: EntityPlan) -> None:
        self.facts = facts
        self.plan = plan
        self.members: dict[str, RecordFacts] = {}
        self.listed: dict[str, dict[str, RecordFacts | None]] = {}
        """Of lists of records: field → id → the record, None for one that does not live."""

    def add(self, record_id: str, values: Values | None = None, *, stored: bool = True) -> "RecordFacts":
        """`stored`: whether the database has the record already; only then can it have children."""
        member = self.members.get(record_id)
        if member is None:
            member = self.members[record_id] = RecordFacts(self, record_id, values, stored=stored)
        return member

    def load(self) -> None:
        waiting = [member for member in self.members.values() if member.known is None]
        self.facts.values_of(self.plan, (member.id for member in waiting))
        for member in waiting:
            member.known = self.facts.known(self.plan, member.id) or {}

    def point(self, field: Field) -> None:
        """Make the targets of one look-up of all members one group."""
        targets = Group(self.facts, self.facts.plans[str(field.target)])
        for member in self.members.values():
            target_id = (member.known or {}).get(field.name)
            if target_id is not None:
                member.targets[field.name] = targets.add(target_id)

    def gather(self, field: Field) -> None:
        """Load the records of one list of all members, as one group."""
        targets = Group(self.facts, self.facts.plans[str(field.members)])
        ids = listed(each for member in self.members.values() for each in (member.known or {}).get(field.name) or ())
        known = self.listed.setdefault(field.name, {})
        known.update(dict.fromkeys(ids))
        for row in self.facts.unit.connection.run(targets.plan.load, {"ids": ids}) if ids else ():
            values = targets.plan.read_row(row)
            if row[-2] is None:
                known[values["id"]] = targets.add(values["id"], values)

    def bear(self, relationship: Relationship) -> None:
        """Load the children of all members over one relationship, as one group."""
        born: dict[str, list[RecordFacts]] = {}
        children = Group(self.facts, self.facts.plans[relationship.entity])
        parents = listed(member.id for member in self.members.values() if member.stored)
        rows = self.facts.unit.connection.run(self._children_of(relationship), {"ids": parents}) if parents else []
        for row in rows:
            values = children.plan.read_row(row[1:])
            born.setdefault(row[0], []).append(children.add(values["id"], values))
        for member in self.members.values():
            member.offspring[relationship.name] = born.get(member.id, [])

    def _children_of(self, relationship: Relationship) -> Prepared:
        plans = self.facts.plans
        if relationship.kind == "listing":
            return plans[relationship.entity].holding(relationship.field)
        if relationship.through is None:
            return plans[relationship.entity].children(relationship.field, self.plan.name)
        return _linked(plans, relationship)


class RecordFacts(Mapping[str, Any]):
    """A record as expressions see it. A look-up gives another of these, of which only the id is sure to be there."""

    __slots__ = ("group", "id", "known", "offspring", "stored", "targets")

    def __init__(self, group: Group, record_id: str, values: Values | None, *, stored: bool) -> None:
        self.group = group
        self.id = record_id
        self.known = values
        self.stored = stored
        self.targets: dict[str, RecordFacts] = {}
        self.offspring: dict[str, list[RecordFacts]] = {}

    def __getitem__(self, name: str) -> Any:
        if name == "id":
            return self.id
        if self.known is None:
            actor = self.group.facts.unit.actor
            if self.id == actor.id and self.group.plan.name == "user" and name in _KNOWN_OF_ACTOR:
                return self.group.facts.user[name]
            self.group.load()
        return self._value(name)

    @property
    def entity(self) -> str:
        return self.group.plan.name

    def __iter__(self) -> Iterator[str]:
        entity = self.group.plan.entity
        return iter([*entity.fields, *entity.relationships])

    def __len__(self) -> int:
        return len(self.group.plan.entity.fields) + len(self.group.plan.entity.relationships)

    def __contains__(self, name: object) -> bool:
        entity = self.group.plan.entity
        return name in entity.fields or name in entity.relationships

    def __hash__(self) -> int:
        return hash(self.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecordFacts) and other.id == self.id

    def _value(self, name: str) -> Any:
        entity = self.group.plan.entity
        field = entity.fields.get(name)
        if field is None:
            return self._facet(name) if "." in name else self._children(entity.relationships[name])
        if field.value is not None:
            result = self.group.facts.evaluate(field.value, self)
            return field.type.expression_value(field.type.from_expression(result))
        value = (self.known or {}).get(name)
        if field.members is not None:
            return self._members(field, value or ())
        if value is None:
            return None
        return self._target(field, value) if field.target is not None else field.type.expression_value(value)

    def _facet(self, name: str) -> Any:
        """A part of a value (`amount.currency`), or what is known of a stage (`stage.probability`)."""
        plan = self.group.plan
        whole, _dot, part = name.partition(".")
        value = (self.known or {}).get(whole)
        if value is None or whole not in plan.slots:
            raise KeyError(name)
        if whole == "stage" and plan.entity.pipeline is not None:
            return stage_facet(plan, self.known or {}, part)
        return plan.slots[whole].field.type.part(value, part)

    def _target(self, field: Field, target_id: str) -> Any:
        if field.target not in self.group.facts.plans.model.entities:
            return target_id
        target = self.targets.get(field.name)
        if target is None or target.id != target_id:
            self.group.point(field)
            target = self.targets[field.name]
        return target

    def _members(self, field: Field, ids: Iterable[str]) -> list["RecordFacts"]:
        """The living records of a list, in its order."""
        known = self.group.listed.setdefault(field.name, {})
        if any(identity not in known for identity in ids):
            self.group.gather(field)
        return [found for identity in ids if (found := known[identity]) is not None]

    def _children(self, relationship: Relationship) -> list["RecordFacts"]:
        if relationship.name not in self.offspring:
            self.group.bear(relationship)
        return self.offspring[relationship.name]


class UserFacts(Mapping[str, Any]):
    """The actor as `user` in expressions. The system is nobody: every attribute is null."""

    entity = "user"
    """Of what kind the record is, for look-ups of any record."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    @property
    def id(self) -> str | None:
        return self._facts.unit.actor.id

    def __getitem__(self, name: str) -> Any:
        actor = self._facts.unit.actor
        if name == "roles":
            return sorted(actor.roles)
        if name not in self:
            raise KeyError(name)
        value = getattr(actor, name)
        target = "user" if name == "manager" else name
        if value is None or name in ("id", "name") or target not in self._facts.plans.model.entities:
            return value
        return self._facts.group(self._facts.plans[target], [value]).members[value]

    def __iter__(self) -> Iterator[str]:
        return iter(("id", "name", "department", "region", "roles", "manager"))

    def __len__(self) -> int:
        return 6

    def __contains__(self, name: object) -> bool:
        return name in tuple(self)


def stage_facet(plan: EntityPlan, values: Values, name: str) -> Any:
    """Null for a stage that is no more; labels are in the workspace's language, so that a rule means one thing."""
    stage = stage_of(plan.entity, values)
    if stage is None:
        return None
    if name == "probability":
        return None if stage.probability is None else Decimal(stage.probability)
    if name == "label":
        return stage.label.in_(plan.model.workspace.language)
    return stage.kind if name == "kind" else None


def _linked(plans: Plans, relationship: Relationship) -> Prepared:
    """Living far records over living links, each far record once; the first column is the near record's id."""
    far, link = plans[relationship.entity], plans[str(relationship.through)]
    near_id, far_id = link.column(relationship.field), link.column(str(relationship.far_field))
    pairs = sa.select(near_id.label("near"), far_id.label("far"))
    pairs = pairs.where(among(near_id, "ids", far.dialect), link.deleted_at.is_(None)).distinct()
    ends = pairs.subquery()
    query = sa.select(ends.c.near, *far.selected).join_from(ends, far.table, far.column("id") == ends.c.far)
    return prepare(query.where(far.deleted_at.is_(None)).order_by(far.column("id")), far.dialect)
