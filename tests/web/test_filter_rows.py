"""In charge of the promise that a filter made of rows and its expression are two faces of one thing."""

import pytest

from tenon.actors import Actor
from tenon.errors import InvalidInput
from tenon.web.filter_rows import Condition, Group, Rows, read_rows, write_rows
from tenon.workspace import Workspace

ONE = Condition(name="amount", operator="over", values=("1000",))
TWO = Condition(name="stage", operator="among", values=("won", "lost"))
SAMPLES = [
    Rows(),
    Rows(groups=(Group(conditions=(ONE,)),)),
    Rows(groups=(Group(conditions=(ONE, TWO)),)),
    Rows(groups=(Group(join="or", conditions=(ONE, TWO)),)),
    Rows(join="or", groups=(Group(conditions=(ONE, TWO)), Group(conditions=(TWO, ONE)))),
    Rows(groups=(Group(conditions=(ONE,)), Group(join="or", conditions=(TWO, ONE)))),
    Rows(groups=(Group(conditions=(Condition(name="close_date", operator="this_quarter"),)),)),
    Rows(groups=(Group(conditions=(Condition(name="close_date", operator="last_days", values=("30",)), ONE)),)),
    Rows(groups=(Group(conditions=(Condition(name="account.city", operator="lacks", values=('a "b" \\',)),)),)),
    Rows(groups=(Group(conditions=(Condition(name="created_at", operator="after", values=("2026-03-14T17:00",)),)),)),
    Rows(groups=(Group(conditions=(Condition(name="created_at", operator="on", values=("2026-03-14",)),)),)),
    Rows(groups=(Group(conditions=(Condition(name="amount", operator="between", values=("-5", "10.5")),)),)),
    Rows(groups=(Group(conditions=(Condition(name="owner", operator="me"),)),)),
    Rows(groups=(Group(conditions=(Condition(name="account.roles", operator="has", values=("payer",)),)),)),
]


@pytest.mark.parametrize("rows", SAMPLES)
def test_what_rows_write_is_read_back_as_the_same_rows(workspace: Workspace, rows: Rows) -> None:
    access = workspace.access(Actor.system("test", timezone="Asia/Shanghai"))
    text = write_rows(rows, access, "opportunity")
    assert read_rows(text, access, "opportunity") == rows
    if text:
        assert workspace.reader.understanding.expression(access.shape, "opportunity", text).type.kind == "boolean"


@pytest.mark.parametrize(
    "text",
    ['stage.kind == "open"', "amount > close_date", "count(lines) > 3", "not (amount > 3)", "amount >", "x" * 5000],
)
def test_what_rows_cannot_say_stays_an_expression(workspace: Workspace, text: str) -> None:
    access = workspace.access(Actor.system("test"))
    assert read_rows(text, access, "opportunity") is None


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (Condition(name="amount", operator="over", values=("lots",)), "not_a_number"),
        (Condition(name="amount", operator="over", values=("",)), "required"),
        (Condition(name="amount", operator="between", values=("3",)), "required"),
        (Condition(name="nonsense", operator="over", values=("3",)), "unknown_name"),
    ],
)
def test_an_incomplete_row_is_refused_in_its_place(workspace: Workspace, condition: Condition, code: str) -> None:
    access = workspace.access(Actor.system("test"))
    with pytest.raises(InvalidInput) as refusal:
        write_rows(Rows(groups=(Group(conditions=(ONE, condition)),)), access, "opportunity")
    assert [(detail.path, detail.code) for detail in refusal.value.details] == [("0.1", code)]
