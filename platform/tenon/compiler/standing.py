"""In charge of what still stands of a workspace whose layouts name things that are gone.

A column, a field of a form or an entry of the navigation decides nothing: without it everything else means the same.
What does decide something (a right, a rule, a formula, the condition of a view) is never left out by itself: a view
whose condition is broken goes as a whole, and any other fault leaves nothing standing.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tenon.compiler.compilation import Compilation, check
from tenon.compiler.sources import Sources
from tenon.errors import MetadataError
from tenon.model import Entity, Form, Model, Names, View
from tenon.problems import Problem

_LAYOUT = re.compile(
    r"entities\.[^.]+\.(views|forms)\.|(navigation|dashboards|reports|tours|courses)\.|workspace\.home$"
)
_WHOLE = ("dashboards", "reports", "tours", "courses")
"""Kinds of which a thing goes as a whole."""
_PARTS = frozenset({"columns", "card", "filters", "sort", "sum"})
"""Of a view what can be missing while the rest of it means the same."""
_SET_ASIDE = frozenset({"set_aside", "dead_override"})


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`gone` are the places of layouts that name what is not there: of errors and of what an upgrade set aside."""

    model: Model
    gone: tuple[Problem, ...] = ()


def compile_standing(sources: Sources) -> Standing:
    """For running what was published. Raises MetadataError when more than layouts is broken."""
    return standing(check(sources), sources)


def standing(compilation: Compilation, sources: Sources) -> Standing:
    errors = [problem for problem in compilation.problems if problem.severity == "error"]
    aside = tuple(_set_aside(compilation.problems, sources))
    if compilation.model is not None:
        return Standing(model=compilation.model, gone=aside)
    if compilation.drawn is None or not all(_LAYOUT.match(problem.path) for problem in errors):
        raise MetadataError(compilation.problems)
    return Standing(model=_without(compilation.drawn, errors), gone=(*errors, *aside))


def _set_aside(problems: Iterable[Problem], sources: Sources) -> Iterable[Problem]:
    shorter = {".".join(item.path) for item in sources.adjustments if _is_shorter(item.was, item.now)}
    for problem in problems:
        told = problem.code in _SET_ASIDE or (problem.code == "followed" and problem.path in shorter)
        if told and problem.severity == "warning" and _LAYOUT.match(problem.path):
            yield problem


def _is_shorter(was: str, now: str | None) -> bool:
    """Whether an entry of a list was left out, and not only called by its new name."""
    if now is None:
        return False
    before, after = json.loads(was), json.loads(now)
    return isinstance(before, list) and isinstance(after, list) and len(after) < len(before)


def _without(model: Model, errors: Iterable[Problem]) -> Model:
    entities = dict(model.entities)
    wholes = {kind: dict(getattr(model, kind)) for kind in _WHOLE}
    for problem in errors:
        kind, name, *rest = problem.path.split(".")
        if kind in wholes:
            wholes[kind].pop(name, None)
        elif kind == "entities" and name in entities:
            entities[name] = _pruned(entities[name], rest)
    kinds = {kind: Names(found, kind=kind.removesuffix("s")) for kind, found in wholes.items()}
    return replace(model, entities=Names(entities, kind="entity"), **kinds)  # type: ignore[arg-type]


def _pruned(entity: Entity, place: list[str]) -> Entity:
    """`place`: views or forms, the name, and the way within."""
    what, name, key, *rest = [*place, "", ""]
    if what == "views" and key not in _PARTS:
        views: dict[str, View] = {other: view for other, view in entity.views.items() if other != name}
        return replace(entity, views=Names(views, kind="view"))
    if what == "forms" and name in entity.forms:
        form = _pruned_form(entity.forms[name], key, rest)
        forms = {**entity.forms, name: form} if form is not None else _others(entity, name)
        return replace(entity, forms=Names(forms, kind="form"))
    return entity


def _others(entity: Entity, name: str) -> dict[str, Form]:
    return {other: form for other, form in entity.forms.items() if other != name}


def _pruned_form(form: Form, key: str, rest: list[str]) -> Form | None:
    """None for one whose own condition is broken: nobody could say whom it serves."""
    name, within = [*rest, "", ""][:2]
    if key == "sections":
        kept = {other: section for other, section in form.sections.items() if other != name or within == "fields"}
        return replace(form, sections=Names(kept, kind="section"))
    if key == "tabs" and within != "sections":
        tabs = {other: tab for other, tab in form.tabs.items() if other != name}
        return replace(form, tabs=Names(tabs, kind="tab"))
    return form if key in ("tabs", "inline", "related", "timeline") else None
