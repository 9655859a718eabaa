"""In charge of the values that describe what people see of an entity: views and forms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from tenon.expressions import Expression, Path
from tenon.locations import Location
from tenon.model.analysis import Figures
from tenon.model.names import Names
from tenon.model.references import Refers, Unnamed
from tenon.texts import Text


@dataclass(frozen=True)
class SortKey:
    path: Annotated[Path, Refers("path")]
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class ViewColumn:
    """A column shows the value at `path`; `label` overrides the field's own. `width` is in pixels."""

    path: Annotated[Path, Refers("path")]
    label: Text | None = None
    width: int | None = None


@dataclass(frozen=True, kw_only=True)
class ViewFilter:
    name: str
    label: Text
    where: Expression


@dataclass(frozen=True, kw_only=True)
class View:
    """`type` is table, kanban, calendar, timeline, map, cards, tree, pivot or chart; other attributes follow from it.

    `by` and `sum` belong to kanban; `starts`, `ends`, `progress` and `depends` to calendars and timelines; `people`
    (whose calendar a record stands in) and `done` to calendars; `place` to maps; `image` to cards; `parent` to trees;
    `figures` to pivots and charts. Columns are there for all of them.
    """

    name: str
    type: str
    label: Text
    columns: tuple[ViewColumn, ...] = ()
    where: Expression | None = None
    filters: Names[ViewFilter] = field(default_factory=Names)
    sort: tuple[SortKey, ...] = ()
    by: Annotated[str | None, Refers("field")] = None
    sum: Annotated[str | None, Refers("field")] = None
    card: Annotated[tuple[Path, ...], Refers("path")] = ()
    group: Annotated[Path | None, Refers("path")] = None
    totals: Annotated[tuple[str, ...], Refers("field")] = ()
    colors: Annotated[Mapping[str, Expression], Unnamed("colours")] = field(default_factory=dict)
    """Colour → when a record has it; the first that holds."""
    starts: Annotated[Path | None, Refers("path")] = None
    ends: Annotated[Path | None, Refers("path")] = None
    progress: Annotated[str | None, Refers("field")] = None
    depends: Annotated[str | None, Refers("field")] = None
    people: Annotated[tuple[str, ...], Refers("field")] = ()
    done: Annotated[str | None, Refers("field")] = None
    place: Annotated[Path | None, Refers("path")] = None
    image: Annotated[str | None, Refers("field")] = None
    parent: Annotated[str | None, Refers("field")] = None
    figures: Figures = field(default_factory=Figures)
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    default_for: Annotated[tuple[str, ...], Refers("role")] = ()
    implied: bool = False
    """Made by the compiler because nobody declared one."""
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """Fields in reading order; `columns` is 1, 2 or 3 on wide screens."""

    name: str
    label: Text
    fields: Annotated[tuple[str, ...], Refers("field")]
    placed: Annotated[tuple[str, ...], Unnamed("some of the fields")] = ()
    """Of the fields those that nobody put here: they had no place."""
    columns: int = 2
    help: Text | None = None
    visible_when: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Tab:
    """Sections that are shown together, one tab at a time; sections of no tab stand above all."""

    name: str
    label: Text
    icon: str = ""
    sections: Annotated[tuple[str, ...], Unnamed("sections of the form")]
    visible_when: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What the timeline of a record tells. `of` are relationships whose records stand in it at the date of their
    calendar, else when they were made; `log` is the one to which a new record is added on the spot. `step` and `due`
    are the record's own fields with what comes next, and until when: still to be done while `open_when` holds.
    """

    of: Annotated[tuple[str, ...], Refers("relationship")] = ()
    log: Annotated[str | None, Refers("relationship")] = None
    step: Annotated[str | None, Refers("field")] = None
    due: Annotated[str | None, Refers("field")] = None
    open_when: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Form:
    """`inline` names relationships edited as child tables; `related` those listed below the record.

    `roles`, `stages` and `when` restrict whom and which records it serves. Of an entity's forms those for pages
    without a restriction stand first; whoever chooses tries the restricted ones before them.
    """

    name: str
    label: Text
    sections: Names[Section]
    inline: Annotated[tuple[str, ...], Refers("relationship")] = ()
    related: Annotated[tuple[str, ...], Refers("relationship")] = ()
    tabs: Names[Tab] = field(default_factory=Names)
    timeline: Telling | None = None
    use: Literal["page", "quick", "print"] = "page"
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    stages: Annotated[tuple[str, ...], Refers("stage")] = ()
    when: Expression | None = None
    template: Annotated[str | None, Refers("template")] = None
    implied: bool = False
    """Made by the compiler because nobody declared one."""
    origin: Location | None = None

    @property
    def general(self) -> bool:
        """Whether it serves every reader and every record."""
        return self.use == "page" and not self.roles and not self.stages and self.when is None
