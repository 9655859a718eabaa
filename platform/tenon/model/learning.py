"""In charge of how people learn the product: guided tours, courses and what passing them gives."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from tenon.locations import Location
from tenon.model.names import Names
from tenon.model.references import Refers, Unnamed
from tenon.texts import Text

Page = Literal["list", "record", "new", "home", "search", "builder", "settings"]
QuestionType = Literal["one", "many", "true_false", "order", "number"]
Configuring = Literal["viewer", "proposer", "designer", "administrator"]


@dataclass(frozen=True, kw_only=True)
class TourStep:
    """Opens a page when one is named, points at a field or a part of the page, and waits for `wait_for`."""

    name: str
    title: Text
    text: Text
    entity: Annotated[str | None, Refers("entity", about=True)] = None
    page: Page | None = None
    view: Annotated[str | None, Refers("view")] = None
    dashboard: Annotated[str | None, Refers("dashboard")] = None
    report: Annotated[str | None, Refers("report")] = None
    field: Annotated[str | None, Refers("field")] = None
    at: Annotated[str, Unnamed("a part of the page")] = ""
    wait_for: Literal["", "saved", "opened", "filled", "moved"] = ""
    video: Annotated[str, Unnamed("an address")] = ""


@dataclass(frozen=True, kw_only=True)
class Tour:
    """`by_itself`: offered at the first visit of the page of its first step."""

    name: str
    label: Text
    help: Text | None = None
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    area: Annotated[str, Unnamed("what it is about")] = "start"
    by_itself: bool = False
    steps: Names[TourStep]
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Lesson:
    name: str
    title: Text
    text: Text | None = None
    video: Annotated[str, Unnamed("an address")] = ""
    tour: Annotated[str | None, Refers("tour")] = None
    minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class CourseArea:
    """`pass_mark` is the percent to be reached in this area, `draw` how many of its questions are asked (None: all)."""

    name: str
    label: Text
    pass_mark: int = 0
    draw: int | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    name: str
    text: Text
    right: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """`answers` of type `order` stand in their right order; `number` and `within` are of type `number`."""

    name: str
    text: Text
    type: QuestionType
    area: Annotated[str | None, Unnamed("an area of the course")] = None
    answers: Names[Answer] = field(default_factory=Names)
    true: bool | None = None
    number: float | None = None
    within: float = 0
    points: int = 1
    explain: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Course:
    """`pass_mark` is in percent; `wait` and `valid` in seconds, None: no wait, for ever. `gives…`: on passing."""

    name: str
    label: Text
    help: Text | None = None
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    lessons: Names[Lesson] = field(default_factory=Names)
    areas: Names[CourseArea] = field(default_factory=Names)
    questions: Names[Question] = field(default_factory=Names)
    draw: int | None = None
    pass_mark: int = 80
    minutes: int | None = None
    attempts: int | None = None
    wait: int | None = None
    valid: int | None = None
    requires: Annotated[tuple[str, ...], Refers("course")] = ()
    gives_roles: Annotated[tuple[str, ...], Refers("role")] = ()
    gives_configuring: Configuring | None = None
    gives_modules: Annotated[tuple[str, ...], Refers("module")] = ()
    origin: Location | None = None
