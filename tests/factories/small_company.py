"""In charge of a small company that changes at random: what its files say, and what its records are to hold by then.

It knows nothing of how changes are carried out: a field is followed through renames by what it is, not by its name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

NUMBERS = ("integer", "decimal", "text")
"""Types between which whole numbers can go back and forth."""
Names = dict[str, tuple[str, ...]]
"""Name of today → the names it had."""


@dataclass(frozen=True)
class Column:
    """`identity` stays the same whatever becomes of name and type; `first` is whether records were created with it."""

    identity: str
    name: str
    type: str
    first: bool = True
    was: tuple[str, ...] = ()


@dataclass(frozen=True)
class Company:
    """One state; changes make another. `replaced` are the options that were taken away, for good."""

    columns: tuple[Column, ...] = (
        Column("size", "size", "integer"),
        Column("cost", "cost", "text"),
        Column("note", "note", "text"),
    )
    entity: tuple[str, ...] = ("x_job",)
    options: Names = field(default_factory=lambda: {"a": (), "b": (), "c": ()})
    stages: Names = field(default_factory=lambda: {"open": (), "busy": (), "done": ()})
    views: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    count: int = 0

    def files(self) -> dict[str, str]:
        """Every file of the company, by path."""
        found = {f"entities/{self.entity[-1]}.yaml": self._entity(), "choices/x_kind.yaml": self._choices()}
        found |= {
            f"roles/{name}.yaml": f"label: Role\ngrants: {{{self.entity[-1]}: {{read: all}}}}\n" for name in self.roles
        }
        found |= {f"entities/{name}.yaml": "label: Other\nfields: {name: {type: text}}\n" for name in self.others}
        return found

    def _entity(self) -> str:
        names = "".join(f"  {c.name}: {{type: {c.type}{_was(c.was)}}}\n" for c in self.columns)
        kinds = {"open": "open", "busy": "open", "done": "won"}
        stages = ", ".join(
            f"{name}: {{kind: {kinds[(was or (name,))[0]]}{_was(was)}}}" for name, was in self.stages.items()
        )
        listed = ", ".join(["name", *(c.name for c in self.columns)])
        views = "".join(f"  {name}: {{type: table, columns: [{listed}]}}\n" for name in self.views)
        return (
            f"label: Job\ntitle: name\nowned: false\nwas: [{', '.join(self.entity[:-1])}]\n"
            f"fields:\n  name: {{type: text}}\n  kind: {{type: choice, from: x_kind}}\n{names}"
            f"pipelines:\n  main:\n    stages: {{{stages}}}\n" + (f"views:\n{views}" if views else "")
        )

    def _choices(self) -> str:
        options = ", ".join(f"{name}: {{{_was(was).lstrip(', ')}}}" for name, was in self.options.items())
        gone = ", ".join(f"{name}: a" for name in self.replaced)
        return f"options: {{{options}}}\nmap: {{{gone}}}\n"

    def column(self, pick: int) -> Column:
        return self.columns[pick % len(self.columns)]

    def with_column(self, old: Column, new: Column) -> "Company":
        return replace(self, columns=tuple(new if c is old else c for c in self.columns))

    @property
    def fresh(self) -> str:
        return f"x_{self.count}"


def _was(names: tuple[str, ...]) -> str:
    return f", was: [{', '.join(names)}]" if names else ""


def add_field(now: Company, pick: int) -> Company:
    kind = ("text", "integer", "decimal", "date", "boolean")[pick % 5]
    return replace(now, columns=(*now.columns, Column(now.fresh, now.fresh, kind, first=False)))


def rename_field(now: Company, pick: int) -> Company:
    old = now.column(pick)
    return now.with_column(old, replace(old, name=now.fresh, was=(*old.was, old.name)))


def retype_field(now: Company, pick: int) -> Company:
    old = now.column(pick)
    if old.type not in NUMBERS or old.identity == "note":
        return now
    turned = NUMBERS[(NUMBERS.index(old.type) + 1 + pick % 2) % 3]
    return now.with_column(old, replace(old, type=turned))


def remove_field(now: Company, pick: int) -> Company:
    if len(now.columns) < 2:
        return now
    gone = now.column(pick)
    return replace(now, columns=tuple(c for c in now.columns if c is not gone))


def rename_entity(now: Company, _pick: int) -> Company:
    return replace(now, entity=(*now.entity, now.fresh))


def add_entity(now: Company, _pick: int) -> Company:
    return replace(now, others=(*now.others, now.fresh))


def remove_entity(now: Company, _pick: int) -> Company:
    return replace(now, others=now.others[1:])


def rename_option(now: Company, pick: int) -> Company:
    return replace(now, options=_renamed(now.options, list(now.options)[1:], pick, now.fresh))


def replace_option(now: Company, pick: int) -> Company:
    """Its records get option `a`."""
    names = list(now.options)[1:]
    if not names:
        return now
    gone = names[pick % len(names)]
    kept = {name: was for name, was in now.options.items() if name != gone}
    return replace(now, options=kept, replaced=(*now.replaced, gone))


def add_option(now: Company, _pick: int) -> Company:
    return replace(now, options={**now.options, now.fresh: ()})


def rename_stage(now: Company, pick: int) -> Company:
    return replace(now, stages=_renamed(now.stages, list(now.stages), pick, now.fresh))


def change_views(now: Company, pick: int) -> Company:
    return replace(now, views=now.views[1:] if pick % 3 == 0 and now.views else (*now.views, now.fresh))


def change_roles(now: Company, pick: int) -> Company:
    return replace(now, roles=now.roles[1:] if pick % 3 == 0 and now.roles else (*now.roles, now.fresh))


def _renamed(names: Names, those: list[str], pick: int, fresh: str) -> Names:
    if not those:
        return names
    old = those[pick % len(those)]
    return {fresh if name == old else name: (*was, name) if name == old else was for name, was in names.items()}


CHANGES: tuple[Callable[[Company, int], Company], ...] = (
    add_field,
    rename_field,
    retype_field,
    remove_field,
    rename_entity,
    add_entity,
    remove_entity,
    rename_option,
    replace_option,
    add_option,
    rename_stage,
    change_views,
    change_roles,
)


def changed(now: Company, steps: list[tuple[int, int]]) -> Company:
    """After steps of (which change, of what), all published at once."""
    for which, pick in steps:
        now = replace(CHANGES[which % len(CHANGES)](now, pick), count=now.count + 1)
    return now


RECORDS: tuple[dict[str, Any], ...] = (
    {"name": "one", "kind": "a", "stage": "open", "size": 1, "cost": "10", "note": "hello"},
    {"name": "two", "kind": "b", "stage": "busy", "size": 22, "cost": "-7", "note": "12"},
    {"name": "three", "kind": "c", "stage": "open", "size": None, "cost": None, "note": None},
)
"""What is entered at first."""


def expected(now: Company, lost: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """What the records hold in this state, under its names; `lost` are first options that were ever replaced."""
    options = {(was or (name,))[0]: name for name, was in now.options.items()}
    stages = {(was or (name,))[0]: name for name, was in now.stages.items()}
    found = []
    for record in RECORDS:
        values = {c.name: record[c.identity] if c.first else None for c in now.columns}
        kind = "a" if record["kind"] in lost else options[record["kind"]]
        found.append({"name": record["name"], "kind": kind, "stage": stages[record["stage"]], **values})
    return found


def options_lost(states: list[Company]) -> frozenset[str]:
    """The options of the beginning that are gone in any of these states."""
    there = [{(was or (name,))[0] for name, was in state.options.items()} for state in states]
    return frozenset(("a", "b", "c")) - frozenset.intersection(*map(frozenset, there))
