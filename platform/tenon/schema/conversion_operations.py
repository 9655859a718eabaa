"""In charge of the steps that change what the values of a field are: another type, or tighter limits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, cast

import sqlalchemy as sa

from tenon.database import Connection
from tenon.errors import Conflict, Detail
from tenon.fields.storage import Instant
from tenon.model import Otherwise
from tenon.schema.field_operations import AddField, OfField
from tenon.schema.moving import Move, Sample, Step, is_open
from tenon.schema.operations import BATCH, Filled, Filling, Risk, Workshop, hold_changes
from tenon.texts import CHINESE, ENGLISH, Text, say

MANY_VALUES = 50_000
"""From here on converting takes long enough for people to notice."""


@dataclass(frozen=True, kw_only=True)
class OfValues(OfField):
    """`rows` values, of which `refused` do not fit; `samples` are a few of these, for administrators' eyes."""

    refused: int = 0
    samples: tuple[Sample, ...] = ()
    otherwise: Otherwise = "refuse"

    def to_json(self) -> dict[str, Any]:
        shown = [{"record": s.record, "value": s.value, "reason": words_of(s.reason)} for s in self.samples]
        counts = {"convertible": self.rows - self.refused, "refused": self.refused}
        return {**super().to_json(), **counts, "otherwise": self.otherwise, "samples": shown}

    def answered(self, answer: str) -> Self:
        return replace(self, otherwise=cast(Otherwise, answer))

    @property
    def examples(self) -> Text:
        """“: 1.555 (It has more decimal places than are kept.)”, or nothing."""
        shown = [(f"“{s.value}” " if s.value else "", s.reason) for s in self.samples[:3]]
        return Text(
            {
                language: sign + " ".join(f"{value}({reason.in_(language)})" for value, reason in shown)
                if shown
                else ""
                for language, sign in ((ENGLISH, " "), (CHINESE, ""))
            }
        )


@dataclass(frozen=True, kw_only=True)
class ChangeType(OfValues, AddField, Filling):
    """Another type for a field with values: a column beside, filled by converting; the old one stays, retired.

    `move` is None when nothing can be converted between the two types.
    """

    kind = "change_type"
    before: Text
    after: Text
    move: Move | None = None
    proposed: tuple[tuple[str, int], ...] = ()
    """Of a type with options: the values there are, most frequent first, with how often."""

    @property
    def text(self) -> Text:
        return self.told("{first}{rest}", "{first}{rest}", first=self._first, rest=self._rest)

    @property
    def risk(self) -> Risk:
        if self.move is None or is_open(self.refused, self.otherwise):
            return "needs_decision"
        return "slow" if self.rows >= MANY_VALUES else "safe"

    def answers(self) -> tuple[str, ...]:
        return ("empty",) if self.refused and self.move is not None else ()

    def to_json(self) -> dict[str, Any]:
        found = [{"value": value, "records": count} for value, count in self.proposed]
        returning = self.move is not None and self.move.returning
        return {**super().to_json(), "possible": self.move is not None, "returning": returning, "proposed": found}

    def connect(self, workshop: Workshop) -> None:
        """Columns that held the field before point where they did."""
        if self.move is None or not self.move.returning:
            super().connect(workshop)

    def fill(self, workshop: Workshop) -> None:
        if self.move is None:
            raise LookupError(self.subject)
        since = workshop.prepared.since(self.move.table, self.move.target[0])
        if since is None:
            found = self.fill_batch(workshop.connection, "", BATCH)
            while not found.last:
                found = self.fill_batch(workshop.connection, found.cursor, BATCH)
        else:
            hold_changes(workshop, self.move.table)
            for batch in self.move.changed(workshop.connection, self._unsure(since)):
                self.write(workshop.connection, batch)

    @property
    def columns(self) -> tuple[str, tuple[str, ...]]:
        """Columns that held the field before are another one's past until the version is published: not these."""
        if self.move is None or self.move.returning:
            return "", ()
        return self.move.table, self.move.target

    @property
    def signature(self) -> str:
        return self.move.signature(self.otherwise) if self.move is not None else ""

    def begin(self, workshop: Workshop) -> None:
        self.make(workshop)

    def fill_batch(self, connection: Connection, after: str, size: int) -> Filled:
        """What the database can convert by itself it does; the rest is looked at value by value."""
        if self.move is None:
            raise LookupError(self.subject)
        certain = self.move.certain(connection.dialect)
        if certain is None or (certain.value is None and not self.move.returning):
            steps = self.move.batch(connection, after, size)
            self.write(connection, steps)
            return Filled(steps[-1].record if steps else after, len(steps), last=len(steps) < size)
        last, done = self.move.stretch(connection, after, size)
        if done:
            if not self.move.returning:
                self.move.convert_certain(connection, after, last, certain)
            for batch in self.move.batches(connection, certain.condition, after, last):
                self.write(connection, batch)
        return Filled(last, done, last=done < size)

    def write(self, connection: Connection, steps: Sequence[Step]) -> None:
        """What does not fit becomes empty, if that was decided; otherwise raises Conflict."""
        bad = [step.refusal for step in steps if step.refusal is not None]
        if is_open(len(bad), self.otherwise):
            raise Conflict(
                say(
                    "Values of “{label}” turned up that cannot be converted.",
                    "“{label}”出现了无法转换的新值。",
                    label=self.label,
                ),
                hint=say("Make a new plan and look at it.", "请重新生成计划并查看。"),
                details=[Detail(path=self.subject, code="not_convertible", message=s.reason) for s in bad[:5]],
            )
        if self.move is not None:
            self.move.write(connection, steps)

    def _unsure(self, since: Any) -> sa.ColumnElement[bool]:
        """Records changed since filling began, and those that have no value yet."""
        if self.move is None:
            raise LookupError(self.subject)
        changed: sa.ColumnClause[Any] = sa.column(self.move.changed_at, Instant())
        target: sa.ColumnClause[Any] = sa.column(self.move.target[0])
        source: sa.ColumnClause[Any] = sa.column(self.move.source[0])
        return sa.or_(changed >= since, sa.and_(target.is_(None), source.is_not(None)))

    @property
    def _first(self) -> Text:
        parameters = {"before": self.before, "after": self.after, "good": self.rows - self.refused}
        if self.move is None:
            return self.told(
                "Field “{label}” of “{of}” ({name}) cannot change from {before} to {after}: its {rows} values mean "
                "nothing there. Add a new field instead.",
                "“{of}”的字段“{label}”（{name}）不能由{before}改为{after}：其 {rows} 个值无法对应。请改为新增字段。",
                **parameters,
            )
        if self.move.returning:
            return self.told(
                "Field “{label}” of “{of}” ({name}) is {after} again, no longer {before}: {good} of {rows} values "
                "return as they were or as they were changed since.",
                "“{of}”的字段“{label}”（{name}）由{before}恢复为{after}："
                "{rows} 个值中有 {good} 个恢复原值或其后的修改。",
                **parameters,
            )
        return self.told(
            "Field “{label}” of “{of}” ({name}) changes from {before} to {after}: {good} of {rows} values are "
            "converted, the old ones are kept aside.",
            "“{of}”的字段“{label}”（{name}）由{before}改为{after}：{rows} 个值中有 {good} 个可转换，旧值另行保留。",
            **parameters,
        )

    @property
    def _rest(self) -> Text:
        if self.move is None or not self.refused:
            return say("", "")
        if self.otherwise == "refuse":
            return say(
                " {refused} do not fit:{examples}. Correct them, or say that they become empty.",
                " {refused} 个不适合：{examples}。请先更正，或指定将其置空。",
                refused=self.refused,
                examples=self.examples,
            )
        return say(" {refused} that do not fit become empty.", " {refused} 个不适合的值将置空。", refused=self.refused)


@dataclass(frozen=True, kw_only=True)
class TightenLimits(OfValues):
    """The same type with tighter limits; `rows` values were looked at."""

    kind = "tighten_limits"

    @property
    def text(self) -> Text:
        if self.otherwise == "refuse":
            return self.told(
                "Field “{label}” of “{of}” ({name}) has tighter limits, and {refused} values do not keep "
                "them:{examples}. Correct them, or say that they stay until somebody edits them.",
                "“{of}”的字段“{label}”（{name}）限制收紧，有 {refused} 个值不符合：{examples}。"
                "请先更正，或指定保留至下次编辑。",
                refused=self.refused,
                examples=self.examples,
            )
        return self.told(
            "Field “{label}” of “{of}” ({name}) has tighter limits; {refused} values that do not keep them stay until "
            "somebody edits them.",
            "“{of}”的字段“{label}”（{name}）限制收紧；{refused} 个不符合的值保留至下次编辑。",
            refused=self.refused,
        )

    @property
    def risk(self) -> Risk:
        return "safe" if self.otherwise == "keep" else "needs_decision"

    def answers(self) -> tuple[str, ...]:
        return ("keep",)


@dataclass(frozen=True, kw_only=True)
class RequireField(OfField):
    """Required from now on; `rows` living records have no value, and can still be saved in their other fields.

    `gaps` is the condition that finds them.
    """

    kind = "require_field"
    gaps: str = ""

    @property
    def text(self) -> Text:
        return self.told(
            "Field “{label}” of “{of}” ({name}) becomes required; {rows} records have no value yet. They can still be "
            "changed in other fields; “{filter}” finds them.",
            "“{of}”的字段“{label}”（{name}）变为必填；{rows} 条记录尚无值，其他字段仍可修改；用“{filter}”可找到它们。",
            filter=self.gaps,
        )

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "filter": self.gaps}


def words_of(text: Text) -> dict[str, str]:
    return {language: text.in_(language) for language in (ENGLISH, CHINESE)}
