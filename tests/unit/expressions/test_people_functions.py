"""In charge of the promises about choosing people: what each function finds, and where it may be used."""

from datetime import UTC, date, datetime

import pytest

from tenon.expressions import (
    FUNCTIONS,
    TEXT,
    Context,
    ExpressionError,
    RecordShape,
    Scope,
    Type,
    compile_expression,
    list_of,
    record_of,
    require_sql,
    to_python,
)


class Shape:
    hierarchy = None

    def __init__(self, name: str, /, **attributes: Type) -> None:
        self.name = name
        self.known = attributes

    def attribute(self, name: str) -> Type | None:
        return self.known.get(name)

    def attributes(self) -> list[str]:
        return list(self.known)


USER: RecordShape = Shape("user", name=TEXT)
REGION: RecordShape = Shape("region", name=TEXT)
LINE: RecordShape = Shape("line", keeper=record_of(USER))
DEAL: RecordShape = Shape(
    "deal", owner=record_of(USER), region=record_of(REGION), name=TEXT, lines=list_of(record_of(LINE))
)
SCOPE = Scope(record=DEAL, user=USER, people=USER)


class Directory:
    """u1 reports to u2, u2 to u3; u3 is director and heads finance."""

    def managers(self, person: str | None) -> tuple[str, ...]:
        return {"u1": ("u2", "u3"), "u2": ("u3",)}.get(str(person), ())

    def department(self, code: str | None) -> str | None:
        return {"finance": "d1"}.get(str(code))

    def head(self, department: str | None) -> str | None:
        return {"d1": "u3"}.get(str(department))

    def members(self, department: str | None) -> tuple[str, ...]:
        return {"d1": ("u1", "u3")}.get(str(department), ())

    def holders(self, role: str, region: str | None, department: str | None) -> tuple[str, ...]:
        if role != "director":
            return ()
        return ("u3",) if region in (None, "r1") else ()


def found(text: str) -> object:
    record = {
        "owner": "u1",
        "region": {"id": "r1"},
        "name": "A",
        "lines": [{"keeper": "u2"}, {"keeper": {"id": "u1"}}, {"keeper": "u2"}, {"keeper": None}],
    }
    context = Context(
        record=record,
        today=date(2026, 1, 5),
        now=datetime(2026, 1, 5, tzinfo=UTC),
        user={"id": "u1"},
        people=Directory(),
    )
    return to_python(compile_expression(text, SCOPE))(context)


EXAMPLES = [(example.text, example.shows) for item in FUNCTIONS.values() if item.people for example in item.examples]


@pytest.mark.parametrize(("text", "shows"), EXAMPLES)
def test_an_example_shows_who_is_found(text: str, shows: str) -> None:
    people = found(text)
    assert (people if isinstance(people, str) else ", ".join(people)) == shows  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("manager(owner)", "u2"),
        ("manager(owner, 2)", "u3"),
        ("manager(owner, 3)", None),
        ("manager(owner, 0)", None),
        ("managers(owner)", ("u2", "u3")),
        ('managers_up_to(owner, "nobody")', ("u2", "u3")),
        ('managers_up_to(owner, "director")', ("u2", "u3")),
        ('head("sales")', None),
        ('role("director", region=region)', ("u3",)),
        ('role("director", region)', ("u3",)),
        ('role("director", department=null)', ("u3",)),
        ("each(lines.keeper)", ("u2", "u1")),
        ('each(lines.keeper, keeper == "u1")', ("u1",)),
        ('owner if name == "A" else manager(owner)', "u1"),
    ],
)
def test_people_are_found_by_today_s_directory(text: str, people: object) -> None:
    assert found(text) == people


@pytest.mark.parametrize(
    "text",
    [
        "manager(region)",
        "manager(name)",
        "head(owner)",
        "role(name)",
        'role("a", owner)',
        'role("a", area=region)',
        'role("a", region=region, region)',
        "each(lines)",
        "each(lines.keeper.name)",
        "upper(text=name)",
    ],
)
def test_what_gives_nobody_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(text, SCOPE)


@pytest.mark.parametrize("text", ["manager(owner)", 'role("a")', "each(lines.keeper)"])
def test_people_are_chosen_only_where_the_scope_knows_users(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"choose|chosen"):
        compile_expression(text, Scope(record=DEAL, user=USER))


@pytest.mark.parametrize("text", ["manager(owner)", "each(lines.keeper)"])
def test_people_are_never_chosen_in_sql(text: str) -> None:
    with pytest.raises(ExpressionError):
        require_sql(compile_expression(text, SCOPE))
