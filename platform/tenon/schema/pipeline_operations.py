"""In charge of records whose pipeline or stage a new model does not know: none is left without, none in the dark."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from tenon.database import Connection
from tenon.errors import Conflict
from tenon.fields.storage import Identifier, Instant, ShortText
from tenon.model import Entity, Pipeline
from tenon.model.moves import counterpart, stages_of
from tenon.schema.field_operations import add_missing_columns
from tenon.schema.operations import Filled, Filling, Operation, Risk, Workshop, hold_changes
from tenon.texts import Text, say


class Stand(NamedTuple):
    """Where records stand: names of pipeline and stage, None for none."""

    pipeline: str | None
    stage: str | None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The columns that say where records stand; `pipeline` is "" while there is one pipeline only."""

    table: str
    stage: str
    pipeline: str = ""
    identity: str = "id"
    changed_at: str = "changed_at"

    def counts(self, connection: Connection, *, stage_there: bool, pipeline_there: bool) -> Iterator[tuple[Stand, int]]:
        """Records by where they stand, those in the recycle bin too; a column that is still to come holds nothing."""
        stage = _column(self.stage) if stage_there else sa.null()
        pipeline = _column(self.pipeline) if pipeline_there and self.pipeline else sa.null()
        found = sa.select(pipeline.label("p"), stage.label("s"))
        stands = found.select_from(sa.table(self.table)).subquery()
        query = sa.select(stands.c.p, stands.c.s, sa.func.count()).group_by(stands.c.p, stands.c.s)
        for known, key, count in connection.execute(query):
            yield Stand(known, key), int(count)

    def move(self, connection: Connection, left: Stand, entered: Stand) -> None:
        stage = _column(self.stage)
        here, values = [_is(stage, left.stage)], {self.stage: entered.stage}
        columns = [stage]
        if self.pipeline:
            pipeline = _column(self.pipeline)
            here.append(_is(pipeline, left.pipeline))
            columns.append(pipeline)
            values[self.pipeline] = entered.pipeline
        connection.write(sa.update(sa.table(self.table, *columns)).where(*here).values(values))

    def forget(self, connection: Connection, since: datetime) -> None:
        """Where records stand that were changed since: it was worked out from the stage they had then."""
        pipeline, changed = _column(self.pipeline), sa.column(self.changed_at, Instant())
        table = sa.table(self.table, pipeline, changed)
        clause = sa.update(table).where(changed >= since, pipeline.is_not(None)).values({self.pipeline: sa.null()})
        connection.write(clause)

    def last_of_batch(self, connection: Connection, after: str, size: int) -> str | None:
        """The id of the last of the next records; None when there are none."""
        identity: sa.ColumnClause[Any] = sa.column(self.identity, Identifier())
        query = sa.select(identity).select_from(sa.table(self.table, identity)).order_by(identity).limit(size)
        batch = (query.where(identity > after) if after else query).subquery()
        last = sa.select(batch.c[0]).order_by(batch.c[0].desc()).limit(1)
        return next((str(row[0]) for row in connection.execute(last)), None)

    def place_batch(self, connection: Connection, after: str, last: str, places: "Places") -> int:
        """Gives the records up to `last` the pipeline that goes with their stage; how many records there are."""
        identity: sa.ColumnClause[Any] = sa.column(self.identity, Identifier())
        stage, pipeline = _column(self.stage), _column(self.pipeline)
        table = sa.table(self.table, identity, stage, pipeline)
        here = [identity <= last, *([identity > after] if after else [])]
        counted = sa.select(stage, sa.func.count()).select_from(table).where(*here).group_by(stage)
        found = [(held, int(count)) for held, count in connection.execute(counted)]
        for held, _count in found:
            place = places.of(Stand(None, held))
            if place is not None and place.stage == held:
                clause = sa.update(table).where(*here, stage == held, pipeline.is_(None))
                connection.write(clause.values({self.pipeline: place.pipeline}))
        return sum(count for _held, count in found)


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where records of a model before stand in the pipelines of `after`."""

    after: Entity
    before: Entity | None
    returning: bool = False
    """The pipeline is a retired column that comes back: what it says of a record may be long past."""

    def of(self, stand: Stand) -> Stand | None:
        """None where somebody has to say it: the stage went out of a pipeline that stays."""
        known = self.after.pipelines.get(str(stand.pipeline))
        if self.returning and known is not None and stand.stage not in known.stages:
            known = None
        stage = self._replaced(stand.stage, known)
        pipeline = known or self._home(stage)
        if stage is None or stage in pipeline.stages:
            return self._stand(pipeline, stage or pipeline.initial)
        if known is not None:
            return None
        return self._stand(pipeline, counterpart(pipeline, stages_of(self.after).get(stage)).name)

    def is_gone(self, stand: Stand) -> bool:
        return stand.pipeline is not None and stand.pipeline not in self.after.pipelines

    def is_declared(self, stage: str | None) -> bool:
        """A stage that no pipeline knows, nor says what becomes of it, is asked about as an option of the field."""
        return stage is None or self._replaced(stage) in stages_of(self.after)

    def _stand(self, pipeline: Pipeline, stage: str) -> Stand:
        return Stand(pipeline.name if len(self.after.pipelines) > 1 else None, stage)

    def _home(self, stage: str | None) -> Pipeline:
        """The one pipeline there was, else the one for all; but one that knows the stage, where these do not."""
        pipelines = list(self.after.pipelines.values())
        former = list(self.before.pipelines) if self.before is not None else []
        alone = self.after.pipelines.get(former[0]) if len(former) == 1 else None
        order = [*([alone] if alone is not None else []), pipelines[-1], *pipelines]
        return next((pipeline for pipeline in order if stage in pipeline.stages), order[0])

    def _replaced(self, stage: str | None, pipeline: Pipeline | None = None) -> str | None:
        """What became of a stage that is gone: as the record's own pipeline says, else any."""
        if pipeline is not None and stage in pipeline.map:
            return pipeline.map[str(stage)] or pipeline.initial
        declared = stages_of(self.after)
        if stage is None or stage in declared:
            return stage
        renamed = next((known.name for known in declared.values() if stage in known.was), None)
        mapped = (pipeline.map[stage] for pipeline in self.after.pipelines.values() if stage in pipeline.map)
        return renamed or next(mapped, stage) or None


@dataclass(frozen=True, kw_only=True)
class PlaceRecords(Operation, Filling):
    """`rows` records get the pipeline and stage where they stand from now on. `gone`: theirs are taken away.

    `fresh`: the column of the pipeline is new, so it can be filled beforehand; stages are what people work with.
    """

    kind = "place_records"
    standing: Standing
    places: Places
    gone: bool = False
    fresh: bool = False

    @property
    def columns(self) -> tuple[str, tuple[str, ...]]:
        return self.standing.table, ((self.standing.pipeline,) if self.fresh else ())

    @property
    def signature(self) -> str:
        after = self.places.after
        before = self.places.before.pipelines if self.places.before is not None else {}
        known = [
            (name, [(stage.name, stage.was) for stage in each.stages.values()], each.initial, dict(each.map))
            for name, each in after.pipelines.items()
        ]
        return hashlib.sha256(repr([self.standing, known, list(before)]).encode()).hexdigest()[:40]

    def begin(self, workshop: Workshop) -> None:
        add_missing_columns(workshop, self.entity, self.places.after.fields["pipeline"])

    def fill_batch(self, connection: Connection, after: str, size: int) -> Filled:
        last = self.standing.last_of_batch(connection, after, size)
        if last is None:
            return Filled(after, 0, last=True)
        done = self.standing.place_batch(connection, after, last, self.places)
        return Filled(last, done, last=done < size)

    @property
    def text(self) -> Text:
        if self.gone:
            return say(
                "{rows} records of “{label}” ({name}) leave pipelines that go, for {home}.",
                "“{label}”（{name}）有 {rows} 条记录的流程将被移除，改走{home}。",
                **self._words,
            )
        return say(
            "{rows} records of “{label}” ({name}) get their pipeline and stage, by default {home}.",
            "“{label}”（{name}）的 {rows} 条记录将获得流程和阶段，默认为{home}。",
            **self._words,
        )

    @property
    def risk(self) -> Risk:
        return "removes" if self.gone else "safe"

    @property
    def subject(self) -> str:
        return f"entities.{self.entity}.pipelines"

    @property
    def _words(self) -> dict[str, Any]:
        home = self.places.of(Stand(None, None))
        known = self.places.after.pipelines
        pipeline = (
            known[home.pipeline] if home is not None and home.pipeline is not None else next(iter(known.values()))
        )
        return {
            "rows": self.rows,
            "label": self.label,
            "name": self.entity,
            "home": say("“{a}”", "“{a}”", a=pipeline.label),
        }

    def fill(self, workshop: Workshop) -> None:
        connection = workshop.connection
        since = workshop.prepared.since(self.standing.table, self.standing.pipeline) if self.fresh else None
        if since is not None:
            hold_changes(workshop, self.standing.table)
            self.standing.forget(connection, since)
        for stand, _count in list(self.standing.counts(connection, stage_there=True, pipeline_there=True)):
            place = self.places.of(stand)
            if place is None:
                message = say(
                    "Records came into the stage “{stage}” meanwhile.",
                    "期间有记录进入了阶段“{stage}”。",
                    stage=stand.stage,
                )
                raise Conflict(message)
            if place != stand and self.places.is_declared(stand.stage):
                self.standing.move(connection, stand, place)


@dataclass(frozen=True, kw_only=True)
class OrphanStage(Operation):
    """A stage goes out of one pipeline and stays in another; `rows` records hold it, and nothing was said of them."""

    kind = "orphan_stage"
    pipeline: str
    stage: str

    @property
    def text(self) -> Text:
        return say(
            "Stage “{stage}” would go out of pipeline “{pipeline}” of “{label}” ({name}), but {rows} records "
            "are there. Say where they go: “map: {{{stage}: …}}” beside the stages.",
            "“{label}”（{name}）的流程“{pipeline}”将移除阶段“{stage}”，但有 {rows} 条记录处于该阶段。"
            "请在阶段旁写明“map: {{{stage}: …}}”。",
            stage=self.stage,
            pipeline=self.pipeline,
            label=self.label,
            name=self.entity,
            rows=self.rows,
        )

    @property
    def risk(self) -> Risk:
        return "needs_decision"

    @property
    def subject(self) -> str:
        return f"entities.{self.entity}.pipelines.{self.pipeline}"

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "stage": self.stage}


def placing(
    standing: Standing, places: Places, connection: Connection, *, stage_there: bool, pipeline_there: bool
) -> Iterator[Operation]:
    """What has to be done so that every record stands somewhere; nothing when all do."""
    common: dict[str, Any] = {"entity": places.after.name, "label": places.after.label}
    moved = {True: 0, False: 0}
    for stand, count in standing.counts(connection, stage_there=stage_there, pipeline_there=pipeline_there):
        if not places.is_declared(stand.stage):
            continue
        place = places.of(stand)
        if place is None:
            yield OrphanStage(**common, rows=count, pipeline=str(stand.pipeline), stage=str(stand.stage))
        elif place.pipeline != stand.pipeline or (stand.stage is None) or _stays_away(places, stand, place):
            moved[places.is_gone(stand)] += count
    fresh = bool(standing.pipeline) and not pipeline_there
    for gone, rows in moved.items():
        if rows:
            yield PlaceRecords(**common, rows=rows, standing=standing, places=places, gone=gone, fresh=fresh)


def _stays_away(places: Places, stand: Stand, place: Stand) -> bool:
    """Whether the stage changes by more than what is told of it as an option of the field."""
    return stand.stage in stages_of(places.after) and place.stage != stand.stage


def _column(name: str) -> sa.ColumnClause[Any]:
    return sa.column(name, ShortText())


def _is(column: sa.ColumnClause[Any], value: str | None) -> sa.ColumnElement[bool]:
    return column.is_(None) if value is None else column == value
