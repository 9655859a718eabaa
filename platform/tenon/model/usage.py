"""In charge of "where used": what of a workspace names a given thing, and how.

A thing is meant by its dotted path (`entities.opportunity.fields.amount`); `find_subject` also takes the short
form people write (`opportunity.amount`). The graph is made once per model.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from weakref import WeakKeyDictionary

from tenon.errors import UnknownName
from tenon.locations import Location
from tenon.model.entities import Entity
from tenon.model.reads import Subject
from tenon.model.references import COLLECTIONS
from tenon.model.walking import Named, walk
from tenon.model.workspace import Model
from tenon.texts import Text, say

_OF_ENTITY = ("fields", "relationships", "views", "forms", "rules", "pipelines", "unique")


@dataclass(frozen=True, kw_only=True)
class Use:
    """`path` is what uses the thing (a view, a rule), `how` the place inside it; `label` names it to people."""

    path: str
    kind: str
    label: Text
    location: Location | None
    how: str
    subject: str = ""
    """What exactly is used: the thing asked for, or something below it."""


class UsageGraph:
    def __init__(self, model: Model) -> None:
        self._model = model
        self._by_subject: dict[Subject, list[Named]] = defaultdict(list)
        for named in walk(model):
            self._by_subject[named.subject].append(named)
        self._subjects = sorted(self._by_subject)
        self._translated = sorted(model.wordings)

    def of(self, subject: Subject) -> tuple[Use, ...]:
        """By whom the thing and what is below it is used from outside of it, in the order of the model."""
        if subject.startswith("modules."):
            return self._of_module(subject)
        inside = subject + "."
        found = [
            named
            for other in self._at_or_below(subject)
            for named in self._by_subject.get(other, ())
            if named.thing.path != subject and not named.thing.path.startswith(inside)
        ]
        return (*(self._use(named) for named in dict.fromkeys(found)), *self._translations(subject))

    def _of_module(self, subject: Subject) -> tuple[Use, ...]:
        """By whom its entities, fields, roles, option sets… are used from files that are not its own."""
        folder = f"modules/{subject.partition('.')[2]}/"
        brought = [other for other in self._subjects if _file(thing_at(self._model, other)).startswith(folder)]
        uses = [self._use(named) for other in (subject, *brought) for named in self._by_subject.get(other, ())]
        return tuple(use for use in uses if use.location is None or not use.location.file.startswith(folder))

    def is_used(self, subject: Subject) -> bool:
        """By anything but itself."""
        return any(named.thing.path != subject for named in self._by_subject.get(subject, ()))

    def _at_or_below(self, subject: Subject) -> Iterator[Subject]:
        if subject in self._by_subject:
            yield subject
        yield from _beginning(self._subjects, subject + ".")

    def _use(self, named: Named) -> Use:
        thing = named.thing
        return Use(
            path=thing.path,
            kind=named.kind,
            label=_label(self._model, thing.path, thing.label),
            location=location_of(self._model, f"{thing.path}.{named.place}".strip(".")),
            how=named.place,
            subject=named.subject,
        )

    def _translations(self, subject: Subject) -> Iterator[Use]:
        """Translation files that word something of it."""
        counts: dict[str, int] = defaultdict(int)
        for place in _beginning(self._translated, subject + "."):
            for language in self._model.wordings[place]:
                counts[language] += 1
        for language, count in counts.items():
            path = f"translations.{language}"
            label = say(
                "{count} translations in {language}", "{language} 翻译 {count} 条", count=count, language=language
            )
            location = location_of(self._model, path)
            yield Use(path=path, kind="translation", label=label, location=location, how=subject, subject=subject)


def _beginning(names: list[str], prefix: str) -> list[str]:
    """Of sorted names those that begin so."""
    return names[bisect_left(names, prefix) : bisect_left(names, prefix + "\U0010ffff")]


def _file(thing: object) -> str:
    origin = getattr(thing, "origin", None)
    return "" if origin is None else str(origin.file)


_GRAPHS: "WeakKeyDictionary[Model, UsageGraph]" = WeakKeyDictionary()
"""Goes with its model, which never changes."""


def usage_graph(model: Model) -> UsageGraph:
    graph = _GRAPHS.get(model)
    if graph is None:
        graph = _GRAPHS[model] = UsageGraph(model)
    return graph


def uses_of(model: Model, path: str) -> tuple[Use, ...]:
    """Who uses the thing at `path` (short forms allowed); raises UnknownName with suggestions."""
    return usage_graph(model).of(find_subject(model, path))


def find_subject(model: Model, path: str) -> Subject:
    """The full dotted path of a thing people may name shortly: `opportunity.amount`, `won`, `salesperson`."""
    for candidate in _readings(model, path):
        if _is_thing(thing_at(model, candidate)):
            return candidate
    raise UnknownName.among(path, _known(model, path), where="name")


def thing_at(model: Model, subject: Subject) -> object | None:
    """The value at a dotted path of the model; None when there is none."""
    here: object = model
    for step in subject.split("."):
        if isinstance(here, Mapping):
            here = here.get(step)
        elif isinstance(here, (tuple, list)):
            here = next((item for item in here if getattr(item, "name", getattr(item, "key", None)) == step), None)
        else:
            here = _attribute(here, step)
        if here is None:
            return None
    return here


def _is_thing(value: object) -> bool:
    """Whether it is something with a name of its own, and no mere property of one."""
    return is_dataclass(value) and (hasattr(value, "name") or hasattr(value, "key"))


def _attribute(holder: object, step: str) -> object | None:
    if step == "unique" and isinstance(holder, Entity):
        return holder.uniques
    if step == "demo" and isinstance(holder, Model):
        return tuple(item for item in holder.data if item.demo)
    if step == "options" and not hasattr(holder, "options"):
        settings = getattr(getattr(holder, "type", None), "settings", None)
        return getattr(settings, "options", None)
    return getattr(holder, step, None) if step in getattr(holder, "__dataclass_fields__", {}) else None


def _readings(model: Model, path: str) -> Iterator[Subject]:
    """The path as it is, then as parts of entities, then as single things of each kind."""
    yield path
    name, _, rest = path.partition(".")
    for part in ("entities", *(part for part in COLLECTIONS.values() if part != "entities")):
        yield f"{part}.{path}"
        yield f"{part}.{name}.options.{rest}"
    yield from (f"entities.{name}.{part}.{rest}" for part in _OF_ENTITY)
    entity = model.entities.get(name)
    for pipeline in () if entity is None else entity.pipelines:
        stage = rest.removeprefix("stage.").removeprefix(f"{pipeline}.")
        yield f"entities.{name}.pipelines.{pipeline}.stages.{stage}"
    field, _, option = rest.partition(".")
    yield f"entities.{name}.fields.{field}.options.{option}"


def _known(model: Model, path: str) -> list[str]:
    """Names for suggestions: of the entity that was named, else of everything."""
    name, dot, _rest = path.partition(".")
    entity = model.entities.get(name)
    if dot and entity is not None:
        parts = (entity.fields, entity.relationships, entity.views, entity.forms, entity.rules)
        return [f"{name}.{below}" for part in parts for below in part]
    single = [key for part in COLLECTIONS.values() for key in getattr(model, part, ())]
    return [*single, *(f"{entity.name}.{field}" for entity in model.entities.values() for field in entity.fields)]


def location_of(model: Model, path: str) -> Location | None:
    """Where the value at `path` is written, or the nearest thing around it."""
    while path:
        found = model.origins.get(path)
        if found is not None:
            return found.location
        path = path.rpartition(".")[0]
    return None


def _label(model: Model, path: str, label: Text) -> Text:
    """What stands in an entity is named together with it."""
    steps = path.split(".")
    entity = model.entities.get(steps[1]) if len(steps) > 2 and steps[0] == "entities" else None
    if entity is None:
        return label
    return say("{entity}: {label}", "{entity}：{label}", entity=entity.label, label=label)
