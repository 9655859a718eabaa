"""In charge of the door: every way in which a record can change, each a short list of steps.

All of it happens in the transaction of the unit of work. Whatever is raised, the caller lets it pass so that the
transaction is rolled back; events reach the outbox when the unit ends.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.expressions import Expression
from tenon.fields import Vault
from tenon.ids import new_id
from tenon.model import Model, Operation
from tenon.query import Reader
from tenon.records.bulk import RowOutcome, create_rows, require_import
from tenon.records.computing import computed
from tenon.records.drafts import Draft, ImportOptions, Saved, Work
from tenon.records.facts import Facts
from tenon.records.forgetting import forget
from tenon.records.incoming import Intakes, refuse_what_is_no_record
from tenon.records.linking import existing_links, find_relationship, require_readable, says_the_same
from tenon.records.pipelines import ask_pipeline
from tenon.records.plans import Plans
from tenon.records.programs import Programs
from tenon.records.recycling import delete
from tenon.records.restoring import restore
from tenon.records.rights import not_found
from tenon.records.steps import lock, save_change, save_new
from tenon.records.versions import refuse_stale
from tenon.schema import Tables

Raw = Mapping[str, Any]


class Writer:
    """Writes the records of one model version; shared by all threads. Values are raw, as callers send them.

    Raises InvalidInput with a detail for each field, Conflict, StaleVersion, Forbidden, NotFound, UnknownName.
    """

    def __init__(self, model: Model, tables: Tables, reader: Reader, vault: Vault | None = None) -> None:
        """Without a `vault` records with secrets cannot be written."""
        self.model = model
        self.reader = reader
        self._vault = vault
        self._plans = Plans(model, tables, reader.dialect)
        self._programs = Programs()
        self._intakes = Intakes()

    def facts(self, unit: UnitOfWork) -> Facts:
        """Records as rules see them, for whoever decides by rules what is to be written; nothing is read yet."""
        return Facts(self._plans, self._programs, unit)

    def create(
        self,
        unit: UnitOfWork,
        access: Access,
        entity: str,
        values: Raw,
        *,
        stage: str | None = None,
        id: str | None = None,
    ) -> Saved:
        """`stage` is where the record begins, if not at the beginning; the demands of that stage hold.

        `id`: a fresh one, where something else has to name the record before it is there.
        """
        access.require(entity, "create")
        refuse_what_is_no_record(values)
        raw = values if stage is None else {**values, "stage": stage}
        work = self._work(unit, access, entity, [Draft(id=id or new_id(), raw=raw)])
        return save_new(work, self._intakes[work.plan.entity], self.reader)[0]

    def create_many(
        self,
        unit: UnitOfWork,
        access: Access,
        entity: str,
        rows: Sequence[Raw],
        *,
        as_import: ImportOptions | None = None,
    ) -> list[RowOutcome]:
        """One outcome for each row: what is refused is not written, the rest is."""
        access.require(entity, "create")
        if as_import is not None:
            require_import(access, entity)

        def begin(drafts: list[Draft], tolerant: bool) -> Work:
            return self._work(unit, access, entity, drafts, tolerant=tolerant, options=as_import)

        def save(work: Work) -> list[Saved]:
            return save_new(work, self._intakes[work.plan.entity], self.reader)

        return create_rows(unit, rows, as_import, begin, save)

    def change(
        self, unit: UnitOfWork, access: Access, entity: str, id: str, values: Raw, *, version: int | None
    ) -> Saved:
        """`version` is the one the caller saw; None: the last word wins. Changes of different fields are merged."""
        return self._change(unit, access, entity, id, values, version, reason=None)

    def compute(
        self, unit: UnitOfWork, access: Access, entity: str, id: str, values: Mapping[str, Expression]
    ) -> Saved:
        """Change fields to what expressions come to on the record as it is."""
        work = self._open(unit, access, entity, id, "update")
        return self.change(unit, access, entity, id, computed(work, values), version=None)

    def move_stage(
        self,
        unit: UnitOfWork,
        access: Access,
        entity: str,
        id: str,
        stage: str | None,
        *,
        pipeline: str | None = None,
        values: Raw | None = None,
        reason: str | None = None,
        approved: str | None = None,
        version: int | None,
    ) -> Saved:
        """The same as a change of the field `stage`; `values` are set in the same step.

        `approved` names the approval that was passed for it, said by whoever carries approvals out and nobody else.
        `pipeline` changes it; without a `stage` the record stands in the corresponding one then.
        """
        raw = {**(values or {}), "stage": stage}
        return self._change(unit, access, entity, id, raw, version, reason=reason, pipeline=pipeline, approved=approved)

    def delete(self, unit: UnitOfWork, access: Access, entity: str, id: str, *, version: int | None) -> Saved:
        """Into the recycle bin, with its parts."""
        work = self._open(unit, access, entity, id, "delete")
        refuse_stale(self.reader, work, version)
        return delete(work, work.drafts[0])

    def restore(self, unit: UnitOfWork, access: Access, entity: str, id: str, *, version: int | None = None) -> Saved:
        """Out of the recycle bin, with what went in together; whoever may delete a record may bring it back."""
        work = self._open(unit, access, entity, id, "delete", deleted=True)
        refuse_stale(self.reader, work, version, deleted=True)
        return restore(work, work.drafts[0])

    def forget(self, unit: UnitOfWork, access: Access, entity: str, ids: Iterable[str]) -> int:
        """Drop old entries of a log for good; how many. Of entities without a history, and by the system alone."""
        return forget(self._plans, unit, access, entity, ids)

    def link(
        self,
        unit: UnitOfWork,
        access: Access,
        entity: str,
        id: str,
        relationship: str,
        other: str,
        attributes: Raw | None = None,
    ) -> Saved:
        """Tie two records together, if they are not tied like that already; the record that ties is returned."""
        end = find_relationship(access, entity, relationship)
        require_readable(unit, access, self._plans, self._programs, entity, id)
        require_readable(unit, access, self._plans, self._programs, end.entity, other)
        if end.kind == "listing":
            return self.change(
                unit, access, end.entity, other, {**(attributes or {}), end.field: {"add": [id]}}, version=None
            )
        if end.through is None:
            led = access.model.entities[end.entity].fields[end.field].pointing_at(entity, id)
            return self.change(unit, access, end.entity, other, {**(attributes or {}), end.field: led}, version=None)
        ends = {end.field: id, str(end.far_field): other}
        plan = self._plans[end.through]
        for link in existing_links(unit, plan, ends):
            if says_the_same(plan, link, attributes or {}):
                return Saved(id=link["id"], version=link["version"], changed=False, entity=plan.name)
        return self.create(unit, access, end.through, {**(attributes or {}), **ends})

    def unlink(
        self, unit: UnitOfWork, access: Access, entity: str, id: str, relationship: str, other: str
    ) -> list[Saved]:
        """Undo every tie between two records. Raises NotFound when there is none."""
        end = find_relationship(access, entity, relationship)
        require_readable(unit, access, self._plans, self._programs, entity, id)
        require_readable(unit, access, self._plans, self._programs, end.entity, other)
        if end.through is not None:
            ends = {end.field: id, str(end.far_field): other}
            found = existing_links(unit, self._plans[end.through], ends)
            if not found:
                raise self._not_linked(end.entity)
            return [self.delete(unit, access, end.through, link["id"], version=None) for link in found]
        if end.kind == "listing":
            taken_off = self.change(unit, access, end.entity, other, {end.field: {"remove": [id]}}, version=None)
            if not taken_off.changed:
                raise self._not_linked(end.entity)
            return [taken_off]
        if not existing_links(unit, self._plans[end.entity], {"id": other, end.field: id}):
            raise self._not_linked(end.entity)
        return [self.change(unit, access, end.entity, other, {end.field: None}, version=None)]

    def _change(
        self,
        unit: UnitOfWork,
        access: Access,
        entity: str,
        id: str,
        values: Raw,
        version: int | None,
        reason: str | None,
        pipeline: str | None = None,
        approved: str | None = None,
    ) -> Saved:
        refuse_what_is_no_record(values)
        work = self._open(unit, access, entity, id, "update", values, reason)
        work.drafts[0].approved = approved
        if pipeline is not None:
            ask_pipeline(work.plan.entity, work.drafts[0], pipeline)
        return save_change(work, self._intakes[work.plan.entity], self.reader, version)[0]

    def _open(
        self,
        unit: UnitOfWork,
        access: Access,
        entity: str,
        id: str,
        operation: Operation,
        values: Raw | None = None,
        reason: str | None = None,
        *,
        deleted: bool = False,
    ) -> Work:
        """The stored record, locked, and open to the actor for this operation."""
        access.require(entity, operation)
        plan = self._plans[entity]
        old = lock(self.reader, unit, access, plan, id, operation, deleted=deleted)
        return self._work(unit, access, entity, [Draft(id=id, raw=values or {}, old=old, reason=reason)])

    def _work(self, unit: UnitOfWork, access: Access, entity: str, drafts: list[Draft], **options: Any) -> Work:
        return Work.begin(unit, access, self._plans, self._programs, entity, drafts, vault=self._vault, **options)

    def _not_linked(self, entity: str) -> NotFound:
        return not_found(self.model.entities[entity].label)
