"""In charge of the marks that administrators see where a layout names what is gone; everybody else sees nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tenon.http import Asking
from tenon.problems import Problem
from tenon.texts import Text, say

_ELSEWHERE = ("navigation", "dashboards", "reports", "tours", "courses")
"""Kinds of which a thing goes as a whole: there is no page left to mark."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What is gone, and what to do about it."""

    text: Text
    advice: Text


class Gone:
    """The marks of the workspace in force, by place; templates know it as `gone`."""

    def __init__(self, known: Asking) -> None:
        told = known.person is not None and not known.must_change_password and bool(known.assembled.gone)
        self._problems = known.assembled.gone if told and known.access.administers else ()

    def of_view(self, entity: str, view: str, others: Iterable[str]) -> list[Mark]:
        """Of a list as it is shown by a view, and of views that cannot be shown at all; `others` are shown."""
        shown = {name for name in others if name != view}
        return [_mark(one) for one, rest in self._below("entities", entity, "views") if rest[0] not in shown]

    def of_section(self, entity: str, section: str) -> list[Mark]:
        return [_mark(one) for one, rest in self._below("entities", entity, "forms") if rest[1:3] == _in(section)]

    def of_form(self, entity: str, sections: Iterable[str]) -> list[Mark]:
        """Everything about forms that stands in none of the sections that are shown."""
        shown = [_in(section) for section in sections]
        return [_mark(one) for one, rest in self._below("entities", entity, "forms") if rest[1:3] not in shown]

    def of_navigation(self) -> list[Mark]:
        home = [_mark(one) for one in self._problems if one.path == "workspace.home"]
        return home + [_mark(one) for kind in _ELSEWHERE for one, _rest in self._below(kind)]

    def _below(self, *place: str) -> Iterator[tuple[Problem, tuple[str, ...]]]:
        """Each with the rest of its path, which is never empty."""
        for problem in self._problems:
            path = tuple(problem.path.split("."))
            if path[: len(place)] == place and len(path) > len(place):
                yield problem, path[len(place) :]


def _in(section: str) -> tuple[str, str]:
    return ("sections", section)


def _mark(problem: Problem) -> Mark:
    place = str(problem.location or problem.path)
    advice = say(
        "Take it out in {place}, or go back with “tenon rollback”.",
        "请在 {place} 中删除它，或用“tenon rollback”回退。",
        place=place,
    )
    return Mark(text=problem.message, advice=advice)
