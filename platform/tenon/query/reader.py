"""In charge of the one door for reading: every answer about records comes out of here, under somebody's rights.

A `Reader` belongs to one model version. Statements are planned once per (query shape, rights) and remembered;
what differs between two callers of the same rights are parameters alone.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import Column

from tenon.access import Access, AccessShape
from tenon.database import DialectName, UnitOfWork
from tenon.errors import BadRequest
from tenon.expressions import Expression, Former, TreeReader
from tenon.fields import AnyRecord, Vault
from tenon.fields.encrypted import Secret
from tenon.fields.sealing import no_vault
from tenon.ids import is_id
from tenon.model import Model, Operation
from tenon.query import (
    aggregates,
    former,
    history,
    lists,
    locking,
    offers,
    recognising,
    related,
    rights,
    searching,
    spreading,
    stage_figures,
    trees,
)
from tenon.query.cursors import mark_of, read_cursor, write_cursor
from tenon.query.listings import any_records, read_records
from tenon.query.lists import Plan
from tenon.query.memory import Memory
from tenon.query.names import find
from tenon.query.passing import check_passed
from tenon.query.refusals import check_limit, not_found
from tenon.query.requests import (
    COUNT_CAP,
    MOST_RECORDS,
    Aggregate,
    Count,
    Form,
    History,
    Page,
    Query,
    Record,
    Records,
    StageHistory,
)
from tenon.query.scope import Understanding
from tenon.query.selection import literal_values, needs, require, understood
from tenon.query.spreading import Spread, Spreaded
from tenon.query.statement import Statement
from tenon.query.windows import Cells, Lengths, Losses, Moments, StageQuestion
from tenon.schema import Tables
from tenon.texts import say

P = TypeVar("P")


class Reader:
    """Every method takes the unit of work and the access; there is no way around either."""

    def __init__(self, model: Model, tables: Tables, dialect: DialectName, vault: Vault | None = None) -> None:
        """Without a `vault` secrets cannot be revealed."""
        self.model = model
        self._vault = vault
        self.tables = tables
        self.dialect: DialectName = dialect
        self.understanding = Understanding()
        self.foreign: Memory[Hashable, bool] = Memory(500)
        self._plans: Memory[Hashable, Any] = Memory(2000)

    # Lists

    def list(self, unit: UnitOfWork, access: Access, query: Query) -> Page:
        """One page; one statement, and one more when a count is asked for."""
        require(access, query.entity, needs(query))
        check_limit(query.limit, MOST_RECORDS)
        where = self._where(access, query)
        mark = mark_of(query.entity, query.sort, query.where, query.deleted, query.may, *_told(query))
        plan, parameters = self._list_plan(access, query, where, mark)
        rows = plan.rows(unit, access, {**parameters, **_values(query, where)})
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        following = write_cursor(mark, rows[-1][-len(plan.kinds) :]) if more and rows else None
        count = self._count(unit, access, query, where, COUNT_CAP) if query.count else None
        return Page(read_records(self, unit, access, plan, rows), following, count)

    def reveal(self, unit: UnitOfWork, access: Access, entity: str, identity: str, name: str) -> str | None:
        """The content of a secret field, the only way to it; one statement. Raises NotFound as `one` does, UnknownName.

        Whoever calls this shows it to nobody else and writes it down nowhere.
        """
        found = find(access.shape, entity, name, where="field").field.type
        secret = self.one(unit, access, entity, identity, (name,), form="values")[name]
        if secret is None:
            return None
        if not isinstance(secret, Secret):
            raise BadRequest(
                say("“{name}” is no secret: {label}.", "“{name}”不是加密字段：{label}。", name=name, label=found.label)
            )
        if self._vault is None:
            raise no_vault()
        return secret.open(self._vault, identity.lower())

    def one(
        self,
        unit: UnitOfWork,
        access: Access,
        entity: str,
        identity: str,
        select: Sequence[str] | None = None,
        deleted: bool = False,
        form: Form = "json",
    ) -> Record:
        """One record in one statement; raises NotFound. `deleted`: from the recycle bin, for those who may delete."""
        require(access, entity, needs(Query(entity=entity, deleted=deleted)))
        names = tuple(select or ())
        plan = self.plan(
            ("one", entity, names, form, deleted),
            access,
            lambda statement: lists.plan_one(statement, entity, names, form, deleted),
        )
        rows = plan.rows(unit, access, {"id": identity}) if is_id(identity) else []
        if not rows:
            raise not_found(self.model, entity)
        return read_records(self, unit, access, plan, rows)[0]

    def among(
        self, unit: UnitOfWork, access: Access, entity: str, identities: Sequence[str], form: Form = "json"
    ) -> dict[str, Record]:
        """The records with these ids that the actor may see, by id, with every readable field; one statement."""
        require(access, entity, ("read",))
        plan = self.plan(("among", entity, form), access, lambda statement: lists.plan_among(statement, entity, form))
        rows = plan.rows(unit, access, {"ids": identities}) if identities else []
        return {record["id"]: record for record in read_records(self, unit, access, plan, rows)}

    def count(self, unit: UnitOfWork, access: Access, query: Query, cap: int | None = None) -> Count:
        """How many records `query` means; exact without a cap, else counted no further than that."""
        require(access, query.entity, needs(query))
        where = self._where(access, query)
        return self._count(unit, access, query, where, cap)

    def stage_question(self, access: Access, question: StageQuestion) -> stage_figures.Asked:
        """For `stage_cells` and the like, which take what is understood; no statement. Raises Forbidden, UnknownName,
        ExpressionError."""
        return stage_figures.understand(self, access, question)

    def stage_cells(self, unit: UnitOfWork, access: Access, asked: stage_figures.Asked) -> Cells:
        """What became of records, by stage and group; one statement."""
        return stage_figures.cells(self, unit, access, asked)

    def stage_durations(self, unit: UnitOfWork, access: Access, asked: stage_figures.Asked) -> Lengths:
        """How long ended stays took, by stage and group; one statement."""
        return stage_figures.durations(self, unit, access, asked)

    def stage_moments(
        self, unit: UnitOfWork, access: Access, asked: stage_figures.Asked, stages: Sequence[str]
    ) -> Moments:
        """(stage, entered, left or None) of each stay in `stages`; one statement."""
        return stage_figures.moments(self, unit, access, asked, stages)

    def stage_losses(self, unit: UnitOfWork, access: Access, asked: stage_figures.Asked) -> Losses:
        """Records that are lost now, by the stage before and the reason; one statement."""
        return stage_figures.losses(self, unit, access, asked)

    def aggregate(self, unit: UnitOfWork, access: Access, request: Aggregate) -> Records:
        """One record per group, in one statement. Raises BadRequest when a sum would mix currencies."""
        return aggregates.aggregate(self, unit, access, request)

    def former_names(self, access: Access, request: Query | Aggregate) -> tuple[Former, ...]:
        """Names and keys of the past in a request that was answered; no statement."""
        return former.former_names(self, access, request) if self._has_past else ()

    def spread(self, unit: UnitOfWork, access: Access, request: Spread) -> Spreaded:
        """Records over days, as calendars show them; one statement, whatever the number of records."""
        return spreading.spread(self, unit, access, request)

    # Records around a record

    def related(
        self,
        unit: UnitOfWork,
        access: Access,
        entity: str,
        identity: str,
        relationship: str,
        query: Query | None = None,
    ) -> Page:
        """The records at the other end; NotFound when the record itself is not to be seen. Two statements."""
        return related.related(self, unit, access, entity, identity, relationship, query)

    def related_to(
        self, unit: UnitOfWork, access: Access, entity: str, identities: Sequence[str], relationship: str, query: Query
    ) -> dict[str, Records]:
        """For each record its related ones (at most `query.limit` each), in one statement for all."""
        return related.related_to(self, unit, access, entity, identities, relationship, query)

    def history(self, unit: UnitOfWork, access: Access, entity: str, identity: str, limit: int = 100) -> History:
        """What changed, newest first, as far as the actor may read the fields. NotFound as for `one`."""
        return history.history(self, unit, access, entity, identity, limit)

    def stage_history(self, unit: UnitOfWork, access: Access, entity: str, identity: str) -> StageHistory:
        """The record's way through its stages, oldest first."""
        return history.stage_history(self, unit, access, entity, identity)

    def titles(self, unit: UnitOfWork, access: Access, entity: str, identities: Sequence[str]) -> dict[str, str | None]:
        """Titles of the records among `identities` that the actor may see; one statement."""
        return history.titles(self, unit, access, entity, identities)

    def led_to(self, unit: UnitOfWork, access: Access, values: Iterable[AnyRecord]) -> dict[AnyRecord, AnyRecord]:
        """What look-ups of any record lead to, with titles, as far as it may be seen; one statement for each entity."""
        return any_records(self, unit, access, values)

    def recognised(
        self, unit: UnitOfWork, access: Access, entities: Sequence[str], identities: Sequence[str]
    ) -> dict[str, AnyRecord]:
        """The records among `entities` that have these ids and may be seen, by id; one statement."""
        return recognising.recognised(self, unit, access, entities, identities)

    # Finding

    def options(
        self,
        unit: UnitOfWork,
        access: Access,
        entity: str,
        text: str = "",
        limit: int = 10,
        *,
        field: tuple[str, str] | None = None,
    ) -> Records:
        """What a look-up may point to: {"id", "title"}. `field` is (entity, field) whose own condition then holds."""
        return offers.options(self, unit, access, entity, text, limit, field)

    def search(self, unit: UnitOfWork, access: Access, text: str, limit: int = 5) -> Records:
        """Records of any kind: {"entity", "id", "title"}, at most `limit` of each entity; one statement."""
        return searching.search(self, unit, access, text, limit)

    # Rights on single records

    def may(self, unit: UnitOfWork, access: Access, entity: str, identity: str) -> rights.Rights:
        """What the actor may do with this record, and which fields he may change; one statement."""
        return rights.rights(self, unit, access, entity, identity)

    def lock(
        self,
        unit: UnitOfWork,
        access: Access,
        entity: str,
        identity: str,
        columns: Sequence[Column[Any]],
        operations: tuple[Operation, ...],
        *,
        pointers_too: bool,
    ) -> locking.Locked | None:
        """For the writer: a record, locked, as stored, with what the actor may do to it; one statement."""
        return locking.lock(self, unit, access, entity, identity, columns, operations, pointers_too=pointers_too)

    def trees(self, unit: UnitOfWork) -> TreeReader:
        """The workspace's hierarchies, for expressions computed in Python; read once per unit and root."""
        return trees.Trees(self.model, self.tables, unit)

    # For the modules of this package

    def plan(self, key: Hashable, access: Access, make: Callable[[Statement], P]) -> P:
        """The remembered plan for `key` under these rights."""
        return self.plan_for(key, access.shape, make)

    def plan_for(self, key: Hashable, shape: AccessShape, make: Callable[[Statement], P]) -> P:
        whole = (key, shape)
        found: P | None = self._plans.get(whole)
        if found is None:
            found = make(Statement(self.model, self.tables, self.dialect, shape))
            self._plans.put(whole, found)
        return found

    @cached_property
    def _has_past(self) -> bool:
        return former.has_past(self.model)

    def _where(self, access: Access, query: Query) -> Expression | None:
        if query.passed is not None:
            check_passed(access, query.entity, query.passed)
        return understood(self.understanding, access, query.entity, query.where)

    def _list_plan(
        self, access: Access, query: Query, where: Expression | None, mark: str
    ) -> tuple[Plan, dict[str, Any]]:
        """The plan, and the parameters of the cursor."""
        key = (
            "list",
            query.entity,
            query.select,
            query.sort,
            query.limit,
            query.deleted,
            query.may,
            query.form,
            _shape(where),
            *_told(query, shape=True),
        )
        first = self.plan((*key, None), access, lambda statement: lists.plan_list(statement, query, where, None))
        if query.after is None:
            return first, {}
        place = read_cursor(query.after, mark, first.kinds)
        nulls = tuple(value is None for value in place)
        plan = self.plan((*key, nulls), access, lambda statement: lists.plan_list(statement, query, where, nulls))
        return plan, {f"k{index}": value for index, value in enumerate(place) if value is not None}

    def _count(
        self, unit: UnitOfWork, access: Access, query: Query, where: Expression | None, cap: int | None
    ) -> Count:
        key = ("count", query.entity, query.deleted, query.may, cap, _shape(where), *_told(query, shape=True))
        plan = self.plan(key, access, lambda statement: lists.plan_count(statement, query, where, cap))
        found = int(plan.rows(unit, access, _values(query, where))[0][0])
        return Count(found) if cap is None or found <= cap else Count(cap, capped=True)


def _shape(where: Expression | None) -> str | None:
    return None if where is None else where.shape


def _values(query: Query, where: Expression | None) -> dict[str, Any]:
    return {**literal_values(where), **(query.passed.values if query.passed is not None else {})}


def _told(query: Query, *, shape: bool = False) -> tuple[Hashable, ...]:
    """The figure whose records are meant, if any; or only its shape."""
    return () if query.passed is None else (query.passed.shape if shape else query.passed,)
