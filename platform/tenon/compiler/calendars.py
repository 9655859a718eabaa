"""In charge of calendars: working hours of a week, holidays, and the days that make up for them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.referring import timezone
from tenon.compiler.work import Work
from tenon.model import Calendar, DayRange, Names
from tenon.texts import say

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Spans = tuple[tuple[int, int], ...]


def resolve_calendars(work: Work) -> dict[str, Calendar]:
    made = {name: _calendar(work, name, node) for name, node in work.things("calendars").items()}
    whole = {name: _extended(work, made, name) for name in made}
    for name, calendar in whole.items():
        path = ("calendars", name)
        told = any(problem.path.startswith(f"calendars.{name}.") for problem in work.problems.items)
        if not told and not any(calendar.week.values()) and not calendar.workdays:
            message = say("No time is working time, so no limit ever ends.", "没有任何工作时间，期限将永不到达。")
            hint = say(
                'Write the hours of a week: week: {mon: ["09:00-18:00"]}.',
                '请写明每周工作时间：week: {mon: ["09:00-18:00"]}。',
            )
            work.report("no_working_time", message, work.tree.at(path), path, hint=hint)
    return whole


def _calendar(work: Work, name: str, node: Node) -> Calendar:
    path: TreePath = ("calendars", name)
    week = node.get("week")
    holidays = _ranges(work, node.get("holidays"), (*path, "holidays"))
    workdays = _ranges(work, node.get("workdays"), (*path, "workdays"))
    _check_apart(work, holidays, workdays, path)
    return Calendar(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        timezone=timezone(work, node, path) or None,
        week={
            WEEKDAYS.index(day): _spans(work, item, (*path, "week", day))
            for day, item in ({} if week is None else week.map).items()
        },
        holidays=Names(holidays, kind="holiday"),
        workdays=Names(workdays, kind="working day"),
        extends=node.pick("extends"),
        was=tuple(node.pick("was", ())),
        origin=node.location,
    )


def _spans(work: Work, node: Node | None, path: TreePath) -> Spans:
    """In minutes since midnight; each after the one before."""
    spans = []
    last = 0
    for item in () if node is None else node.entries:
        begin, end = (_minutes(part) for part in str(item.value).split("-"))
        if begin >= end or begin < last:
            message = say(
                "“{span}” overlaps, or ends before it begins.", "“{span}”有重叠，或结束早于开始。", span=str(item.value)
            )
            work.report("bad_span", message, item, path)
            continue
        spans.append((begin, end))
        last = end
    return tuple(spans)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _ranges(work: Work, node: Node | None, path: TreePath) -> dict[str, DayRange]:
    made = {}
    for name, item in ({} if node is None else node.map).items():
        here = (*path, name)
        first = _day(work, item.get("from"), (*here, "from"))
        last = first if item.get("to") is None else _day(work, item.get("to"), (*here, "to"))
        if first is None or last is None:
            continue
        if last < first:
            message = say("The last day lies before the first.", "最后一天早于第一天。")
            work.report("bad_span", message, item.get("to"), (*here, "to"))
            continue
        hours = _spans(work, item.get("hours"), (*here, "hours"))
        made[name] = DayRange(name=name, label=work.label(item, here), first=first, last=last, hours=hours)
    return made


def _day(work: Work, node: Node | None, path: TreePath) -> date | None:
    try:
        return None if node is None else date.fromisoformat(str(node.value))
    except ValueError:
        message = say("“{value}” is no day.", "“{value}”不是日期。", value=str(node and node.value))
        work.report("bad_value", message, node, path)
        return None


def _check_apart(
    work: Work, holidays: Mapping[str, DayRange], workdays: Mapping[str, DayRange], path: TreePath
) -> None:
    """A day is off or made up for, never both."""
    for name, made_up in workdays.items():
        for other, off in holidays.items():
            if made_up.first <= off.last and off.first <= made_up.last:
                message = say(
                    "“{name}” is a working day within the holiday “{other}”.",
                    "“{name}”为工作日，却处于假期“{other}”之内。",
                    name=name,
                    other=other,
                )
                here = (*path, "workdays", name)
                work.report("day_twice", message, work.tree.at(here), here)


def _extended(work: Work, calendars: Mapping[str, Calendar], name: str) -> Calendar:
    """With what it takes over from those it extends; its own words win."""
    whole, seen = calendars[name], [name]
    here = whole
    while here.extends is not None:
        path = ("calendars", here.name, "extends")
        if here.extends not in calendars:
            work.unknown(say("calendar", "日历"), here.extends, calendars, work.tree.at(path), path)
            return whole
        if here.extends in seen:
            message = say("Calendars extend one another in a circle.", "日历的继承关系成环。")
            work.report("cycle", message, work.tree.at(path), path)
            return whole
        seen.append(here.extends)
        here = calendars[here.extends]
        whole = replace(
            whole,
            timezone=whole.timezone or here.timezone,
            week={**here.week, **whole.week},
            holidays=Names({**here.holidays, **whole.holidays}, kind="holiday"),
            workdays=Names({**here.workdays, **whole.workdays}, kind="working day"),
        )
    return whole
