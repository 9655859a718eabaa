"""In charge of saying figures of stages in words: which records a number counts, how long, what part."""

from datetime import datetime, timedelta
from decimal import Decimal

from babel.dates import format_date, format_timedelta
from babel.numbers import format_percent

from tenon.fields.locales import locale_of, zone_of
from tenon.http import Asking
from tenon.model import Entity
from tenon.query import Passed, Window
from tenon.web.frame import display_of
from tenon.web.words import Words

_DAY = timedelta(days=1)


def passed_text(known: Asking, entity: Entity, passed: Passed) -> str:
    """As a chip of the list has it: “Offer: went on · 1 Jan 2026 – 31 Mar 2026”."""
    word = Words.of(known.model, known.language)
    pipeline = entity.pipelines.get(passed.pipeline)
    stage = None if pipeline is None else pipeline.stages.get(passed.stage or "")
    label = stage.label.in_(known.language) if stage is not None else word("funnel.no_stage")
    reason = f" ({reason_text(known, entity, passed.pipeline, passed.reason)})" if passed.reason else ""
    when = window_text(known, passed.window)
    said = f"{label}: {word(f'funnel.kind_{passed.kind}')}{reason}"
    return f"{said} · {when}" if when else said


def window_text(known: Asking, window: Window) -> str:
    """Days, both included; "" for all time."""
    if window.since is None and window.until is None:
        return ""
    word = Words.of(known.model, known.language)
    first, last = day_of(known, window.since), day_of(known, window.until, before=True)
    shown = word("funnel.span", first=_shown(known, first), last=_shown(known, last))
    return f"{shown} ({word('funnel.by_stage')})" if window.cohort == "stage" else shown


def day_of(known: Asking, moment: datetime | None, *, before: bool = False) -> datetime | None:
    """The person's own day; `before`: the last one before the moment."""
    if moment is None:
        return None
    local = moment.astimezone(zone_of(display_of(known).timezone))
    return local - timedelta(microseconds=1) if before else local


def reason_text(known: Asking, entity: Entity, pipeline: str, key: str | None) -> str:
    """The label in the option set of a lost stage."""
    stages = entity.pipelines[pipeline].stages.values() if pipeline in entity.pipelines else ()
    sets = [known.model.choices[stage.reasons] for stage in stages if stage.reasons is not None]
    labels = {option.key: option.label.in_(known.language) for one in sets for option in one.options}
    return labels.get(str(key), str(key or ""))


def span_text(known: Asking, seconds: int | None) -> str:
    """As “3.2 days”, “5 hours”; minutes are the smallest."""
    if seconds is None:
        return ""
    word = Words.of(known.model, known.language)
    if seconds >= _DAY.total_seconds() * 2:
        days = f"{seconds / 86_400:.1f}".removesuffix(".0")
        return word("funnel.days", days=days)
    length = timedelta(seconds=max(60, seconds))
    return str(format_timedelta(length, threshold=1.5, granularity="minute", locale=locale_of(known.language)))


def hours_text(known: Asking, seconds: int) -> str:
    """Of working time, in hours."""
    hours = f"{seconds / 3600:.1f}".removesuffix(".0")
    return Words.of(known.model, known.language)("funnel.working_hours", hours=hours)


def part_text(known: Asking, part: Decimal | None) -> str:
    """“51.1%”; a dash for a part of nothing."""
    return "–" if part is None else str(format_percent(part, format="#,##0.#%", locale=locale_of(known.language)))


def _shown(known: Asking, day: datetime | None) -> str:
    if day is None:
        return "…"
    return str(format_date(day.date(), format="medium", locale=locale_of(known.language)))
