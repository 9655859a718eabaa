"""In charge of the times after which a record falls back: what each begins with, and when it is over."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from tenon.expressions import Expression, compile_expression
from tenon.model import Entity, Model, Pool, scope_of
from tenon.process.calendars import Calendars
from tenon.process.working_time import DAY, WorkingTime

Reason = Literal["no_followup", "no_deal"]
_LAST, _CONTACTS = "last_contact", "activities"
"""The field with the last contact, and the relationship to all of them."""


@dataclass(frozen=True, kw_only=True)
class RecycleClock:
    """`begins` gives the date or instant it begins with. `hours`: only working days count."""

    reason: Reason
    seconds: int
    warn: int | None
    begins: Expression
    zone: ZoneInfo
    hours: WorkingTime | None

    @property
    def may_be_due(self) -> str:
        """The condition in the words of the language, by plain days: it misses none that is due or to be warned of."""
        days = max(0, (self.seconds - (self.warn or 0)) // DAY)
        text = self.begins.text
        edge = f"today() - days({days})" if self.begins.type.kind == "date" else f"now() - days({days})"
        return f"is_blank({text}) or ({text}) <= {edge}"

    def since(self, begun: date | datetime | None, owned: datetime) -> datetime:
        """Never before the owner had the record. Whole days are counted from the beginning of the day."""
        if begun is not None and not isinstance(begun, datetime):
            begun = datetime.combine(begun, time(), self.zone)
        latest = owned if begun is None else max(begun, owned)
        if self.seconds % DAY:
            return latest.astimezone(UTC)
        return datetime.combine(latest.astimezone(self.zone).date(), time(), self.zone).astimezone(UTC)

    def due(self, since: datetime) -> datetime:
        return self._later(since, self.seconds)

    def warned(self, since: datetime) -> datetime | None:
        """When the owner is told that it will be over."""
        return None if self.warn is None else self._later(since, self.seconds - self.warn)

    def _later(self, since: datetime, seconds: int) -> datetime:
        return since + timedelta(seconds=seconds) if self.hours is None else self.hours.after(since, seconds)


def clocks_of(model: Model, pool: Pool, calendars: Calendars) -> tuple[RecycleClock, ...]:
    recycle = pool.recycle
    hours = calendars.of(recycle.calendar)
    zone = hours.zone if hours is not None else ZoneInfo(model.workspace.timezone)
    found: list[RecycleClock] = []
    asked: list[tuple[Reason, int | None, Expression | None]] = [
        ("no_followup", recycle.no_followup, recycle.last_followup),
        ("no_deal", recycle.no_deal, recycle.last_deal),
    ]
    for reason, seconds, begins in asked:
        if seconds is not None:
            usual = begins or _usual(model, model.entities[pool.entity], reason)
            made = RecycleClock(reason=reason, seconds=seconds, warn=recycle.warn, begins=usual, zone=zone, hours=hours)
            found.append(made)
    return tuple(found)


def _usual(model: Model, entity: Entity, reason: Reason) -> Expression:
    """The last contact, else the last change; won records, else when the record was made."""
    if reason == "no_followup":
        text = f"max({_CONTACTS}.created_at)" if _CONTACTS in entity.relationships else "changed_at"
        known = entity.fields.get(_LAST)
        if known is not None and known.type.expression_type().kind in ("date", "datetime"):
            text = _LAST
    else:
        won = (end.name for end in entity.relationships.values() if _is_won(model.entities[end.entity]))
        name = next(won, None)
        text = "created_at" if name is None else f'max({name}.stage_since, stage.kind == "won")'
    return compile_expression(text, scope_of(model.entities, entity.name, needs_sql=True))


def _is_won(entity: Entity) -> bool:
    return any(stage.kind == "won" for pipeline in entity.pipelines.values() for stage in pipeline.stages.values())
