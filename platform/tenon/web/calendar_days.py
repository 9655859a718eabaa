"""In charge of laying entries out: which row of a week, which lane of a day, how many do not fit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from babel.dates import format_date, format_time

from tenon.exchange.agenda import Agenda, Entry, Mark, mark_of
from tenon.exchange.agenda.entries import days_between, midnight
from tenon.process.working_time import WorkingTime
from tenon.web.calendar_look import Look

MONTH_ROWS = 4
WEEK_ROWS = 6
SHORTEST = 30
"""Minutes an entry takes on the page at least, so that its words can be read."""
_DAY = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Bar:
    """An entry on one day. `clock` is when it begins on it; `begins`, `ends`: whether there, or on another day."""

    entry: Entry
    day: date
    clock: str
    begins: bool
    ends: bool


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A timed entry on one day, in minutes since midnight on the wall; one of `lanes` beside one another."""

    bar: Bar
    begin: int
    end: int
    lane: int
    lanes: int


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A day. `rows` are bars or gaps; `more` entries have no place on the page. `mark` is None without a calendar."""

    day: date
    label: str
    whole: str
    weekday: str
    today: bool
    outside: bool
    mark: Mark | None
    count: int
    rows: Sequence[Bar | None] = ()
    segments: Sequence[Segment] = ()
    more: int = 0


class Layout:
    """One look at one agenda; `working` is the calendar whose days are marked."""

    def __init__(self, look: Look, agenda: Agenda, working: WorkingTime | None) -> None:
        self._look = look
        self._agenda = agenda
        self._zone = agenda.stretch.zone
        self._marks: Mapping[date, Mark] = (
            {} if working is None else {day: mark_of(working, day) for day in agenda.stretch.shown}
        )

    def weeks(self) -> list[list[Cell]]:
        days = self._agenda.stretch.shown
        return [
            self._row(days[place : place + 7], self._agenda.entries, MONTH_ROWS) for place in range(0, len(days), 7)
        ]

    def columns(self) -> list[Cell]:
        """Of a week or a day: whole days in rows above, the others by the clock below."""
        days = self._agenda.stretch.shown
        long = [entry for entry in self._agenda.entries if not self._by_the_clock(entry)]
        rows = WEEK_ROWS if len(days) > 1 else len(long) or 1
        cells = self._row(days, long, rows)
        return [self._with_hours(cell) for cell in cells]

    def listed(self) -> list[Cell]:
        """Days with entries, and today."""
        cells = []
        for day in self._agenda.stretch.shown:
            bars = [self._bar(entry, day) for entry in self._on(day)]
            if bars or day == self._look.today or self._mark_is_named(day):
                cells.append(self._cell(day, rows=bars, more=max(0, self._agenda.counts[day] - len(bars))))
        return cells

    def _row(self, days: Sequence[date], entries: Sequence[Entry], most: int) -> list[Cell]:
        """A week: what takes several days keeps its row through all of them."""
        places: dict[date, dict[int, Bar]] = {day: {} for day in days}
        for entry in sorted(self._within(entries, days), key=lambda each: self._rank(each, days[0])):
            covered = days_between(max(entry.first, days[0]), min(entry.last, days[-1]))
            row = next(row for row in range(len(entries) + 1) if all(row not in places[day] for day in covered))
            for day in covered:
                places[day][row] = self._bar(entry, day)
        cells = []
        for day in days:
            kept = {row: bar for row, bar in places[day].items() if row < most}
            rows = [kept.get(row) for row in range(max(kept, default=-1) + 1)]
            counted = self._agenda.counts[day] if most == MONTH_ROWS else len(places[day])
            cells.append(self._cell(day, rows=rows, more=max(0, counted - len(kept))))
        return cells

    def _with_hours(self, cell: Cell) -> Cell:
        timed = [entry for entry in self._on(cell.day) if self._by_the_clock(entry)]
        held = len(self._on(cell.day))
        unread = max(0, self._agenda.counts[cell.day] - held)
        return Cell(**{**vars(cell), "segments": self._lanes(timed, cell.day), "more": cell.more + unread})

    def _lanes(self, entries: Sequence[Entry], day: date) -> list[Segment]:
        """Entries that overlap, directly or through others, share the width."""
        spans = sorted(((*self._minutes(entry, day), entry) for entry in entries), key=lambda span: (span[0], -span[1]))
        found: list[Segment] = []
        group: list[tuple[int, int, int, Entry]] = []
        until = -1
        for begin, end, entry in spans:
            if begin >= until:
                found += self._shared(group, day)
                group = []
            taken = {lane for _begin, other_end, lane, _entry in group if other_end > begin}
            lane = next(lane for lane in range(len(group) + 1) if lane not in taken)
            group.append((begin, end, lane, entry))
            until = max(until, end)
        return found + self._shared(group, day)

    def _shared(self, group: Iterable[tuple[int, int, int, Entry]], day: date) -> list[Segment]:
        group = list(group)
        lanes = max((lane for _begin, _end, lane, _entry in group), default=0) + 1
        return [
            Segment(bar=self._bar(entry, day), begin=begin, end=end, lane=lane, lanes=lanes)
            for begin, end, lane, entry in group
        ]

    def _minutes(self, entry: Entry, day: date) -> tuple[int, int]:
        """From and to on the wall of that day. What begins late in the evening reaches up, not into the next day."""
        start, end = _instants(entry)
        begin = _minute(start.astimezone(self._zone), day)
        finish = _minute(end.astimezone(self._zone), day)
        begin = min(begin, _DAY - SHORTEST)
        return begin, max(finish, begin + SHORTEST)

    def _by_the_clock(self, entry: Entry) -> bool:
        if not entry.timed:
            return False
        start, end = _instants(entry)
        return end - start < timedelta(days=1)

    def _bar(self, entry: Entry, day: date) -> Bar:
        begins = entry.first == day and not self._began_before(entry)
        clock = ""
        if isinstance(entry.starts, datetime) and begins:
            clock = str(format_time(entry.starts, "short", tzinfo=self._zone, locale=self._look.locale))
        return Bar(entry=entry, day=day, clock=clock, begins=begins, ends=entry.last == day)

    def _began_before(self, entry: Entry) -> bool:
        """Whether it began before the first day that is shown."""
        first = self._agenda.stretch.days[0]
        if isinstance(entry.starts, datetime):
            return entry.starts < midnight(first, self._zone)
        return entry.starts < first

    def _on(self, day: date) -> list[Entry]:
        return [entry for entry in self._agenda.entries if entry.first <= day <= entry.last]

    def _within(self, entries: Iterable[Entry], days: Sequence[date]) -> list[Entry]:
        return [entry for entry in entries if entry.first <= days[-1] and entry.last >= days[0]]

    def _rank(self, entry: Entry, first: date) -> tuple[date, bool, int, bool, datetime, str]:
        begin = max(entry.first, first)
        length = (entry.last - begin).days
        return (begin, length == 0, -length, entry.timed, _instants(entry)[0], entry.id)

    def _mark_is_named(self, day: date) -> bool:
        mark = self._marks.get(day)
        return mark is not None and mark.label is not None

    def _cell(self, day: date, *, rows: Sequence[Bar | None], more: int) -> Cell:
        locale = self._look.locale
        return Cell(
            day=day,
            label=str(day.day),
            whole=str(format_date(day, "full", locale=locale)),
            weekday=str(format_date(day, "EEE", locale=locale)),
            today=day == self._look.today,
            outside=self._look.span == "month" and day.month != self._look.day.month,
            mark=self._marks.get(day),
            count=self._agenda.counts[day],
            rows=rows,
            more=more,
        )


def _instants(entry: Entry) -> tuple[datetime, datetime]:
    """Of a moment both are the same; of whole days midnight in UTC, which is good enough to compare by."""
    if isinstance(entry.starts, datetime):
        ends = entry.ends if isinstance(entry.ends, datetime) and entry.ends > entry.starts else entry.starts
        return entry.starts, ends
    start = datetime.combine(entry.starts, datetime.min.time(), UTC)
    return start, start


def _minute(moment: datetime, day: date) -> int:
    if moment.date() < day:
        return 0
    return _DAY if moment.date() > day else moment.hour * 60 + moment.minute
