"""In charge of the entries of calendars between two moments: a statement for each source, few a day, all counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.exchange.agenda.sources import Scope, Source
from tenon.fields import Display
from tenon.query import Placed, Reader, Spread
from tenon.query.titling import title_of


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Some days of one time zone, each with its edges: `days` and `moments` are one longer than the days are many."""

    zone: ZoneInfo
    days: tuple[date, ...]
    moments: tuple[datetime, ...]

    @classmethod
    def of_days(cls, zone: ZoneInfo, first: date, count: int) -> "Stretch":
        days = tuple(first + timedelta(days=number) for number in range(count + 1))
        return cls(zone=zone, days=days, moments=tuple(midnight(day, zone) for day in days))

    @classmethod
    def between(cls, zone: ZoneInfo, begin: datetime, end: datetime) -> "Stretch":
        """The days that two moments touch; the first and the last one may be parts of days."""
        first, last = begin.astimezone(zone).date(), (end - timedelta(microseconds=1)).astimezone(zone).date()
        whole = cls.of_days(zone, first, (last - first).days + 1)
        moments = (begin, *whole.moments[1:-1], end)
        return cls(zone=zone, days=whole.days, moments=moments)

    @property
    def shown(self) -> tuple[date, ...]:
        return self.days[:-1]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A record in a calendar. `first` and `last` are the days it covers, in the zone it was asked for.

    Dates are whole days; instants are in UTC. `ends` is None when nothing says when it ends. `lines` are label and
    value of what the view shows besides the title.
    """

    source: Source
    id: str
    version: int
    title: str
    starts: date | datetime
    ends: date | datetime | None
    first: date
    last: date
    color: str
    done: bool
    changed_at: datetime
    lines: tuple[tuple[str, str], ...] = ()

    @property
    def timed(self) -> bool:
        return isinstance(self.starts, datetime)

    @property
    def address(self) -> str:
        return f"/{self.source.entity.name}/{self.id}"


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """`entries` in the order of time; `counts`: of all sources, how many entries cover each day."""

    stretch: Stretch
    entries: Sequence[Entry]
    counts: Mapping[date, int]

    @property
    def complete(self) -> bool:
        """Whether every entry is among those given."""
        held: dict[date, int] = {}
        for entry in self.entries:
            for day in days_between(entry.first, entry.last):
                held[day] = held.get(day, 0) + 1
        return all(held.get(day, 0) >= number for day, number in self.counts.items())


def read_agenda(
    reader: Reader,
    unit: UnitOfWork,
    access: Access,
    sources: Sequence[Source],
    stretch: Stretch,
    *,
    display: Display,
    scope: Scope = "all",
    where: str | None = None,
    most: int = 100,
) -> Agenda:
    """`most`: of each source, entries that begin on a day. `where` stands for the view's own condition."""
    entries: list[Entry] = []
    counts = dict.fromkeys(stretch.shown, 0)
    for source in sources:
        own = None if source.view.where is None else source.view.where.text
        conditions = (own if where is None else where, source.concerning(scope))
        request = Spread(
            entity=source.entity.name,
            select=_selected(access, source),
            starts=source.starts,
            ends=source.ends,
            days=stretch.days,
            moments=stretch.moments,
            most=most,
            where=" and ".join(f"({text})" for text in conditions if text) or None,
            colors=source.colors,
        )
        found = reader.spread(unit, access, request)
        for day, number in zip(stretch.shown, found.counts, strict=True):
            counts[day] += number
        entries.extend(entry_of(source, placed, stretch, display) for placed in found.placed)
    entries.sort(key=lambda entry: order_of(entry, stretch.zone))
    return Agenda(stretch=stretch, entries=entries, counts=counts)


def entry_of(source: Source, placed: Placed, stretch: Stretch, display: Display) -> Entry:
    record = placed.record
    starts = record[source.starts]
    ends = None if source.ends is None else record[source.ends]
    return Entry(
        source=source,
        id=record["id"],
        version=record["version"],
        title=title_of(source.entity, record, display),
        starts=starts,
        ends=ends,
        first=stretch.days[placed.first],
        last=stretch.days[placed.last],
        color=placed.color or source.color,
        done=bool(record[source.done]) if source.done is not None else False,
        changed_at=record.get("changed_at") or datetime.fromtimestamp(0, UTC),
        lines=tuple(_lines(source, record, display)),
    )


def order_of(entry: Entry, zone: ZoneInfo) -> tuple[date, bool, datetime, str]:
    """Day by day: what takes whole days first, then by the clock."""
    at = entry.starts if isinstance(entry.starts, datetime) else midnight(entry.starts, zone)
    return (entry.first, entry.timed and entry.first == entry.last, at, entry.id)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins, as an instant; where clocks skip midnight, its first moment that there is."""
    wall = datetime.combine(day, time.min, zone)
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).date() < day:
        return wall.replace(fold=1).astimezone(UTC)
    return instant


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _selected(access: Access, source: Source) -> tuple[str, ...]:
    readable = access.readable_fields(source.entity.name)
    own = [name for name in (source.entity.title, "changed_at") if name in readable]
    more = [name for name in (source.ends, source.done) if name is not None]
    return tuple(dict.fromkeys((*own, source.starts, *more, *(line.name for line in source.lines))))


def _lines(source: Source, record: Mapping[str, Any], display: Display) -> Iterator[tuple[str, str]]:
    for line in source.lines:
        value = record[line.name]
        shown = "" if value is None else line.type.show(value, display)
        if shown and line.name != source.entity.title:
            yield line.label.in_(display.language), shown
