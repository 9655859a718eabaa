"""In charge of the promise that forms judge in the browser only what the person may see and the form holds."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tenon.actors import Actor
from tenon.fields import Money
from tenon.web.conditions import conditions
from tenon.workspace import Workspace

NOW = datetime(2026, 3, 14, 20, 0, tzinfo=UTC)


def made(workspace: Workspace, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    entity = workspace.model.entity("opportunity")
    actor = Actor(id="0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b", name="Ada", timezone="Asia/Shanghai")
    record = {"stage": "lost", "amount": Money(Decimal("12.50"), "CNY"), "margin": Money(Decimal(7), "CNY")}
    readable = [name for name in entity.fields if name not in without]
    text = conditions(entity, entity.forms["main"], record, actor, NOW, is_new=False, readable=readable)
    found: dict[str, Any] = json.loads(text)
    return found


def test_conditions_and_formulas_of_the_forms_own_fields_go_out(workspace: Workspace) -> None:
    plan = made(workspace)
    assert set(plan["fields"]["loss_reason"]) == {"visible", "required"}
    assert set(plan["fields"]["weighted"]) == {"value"}
    assert set(plan["sections"]) == {"loss"}
    assert plan["record"]["amount"] == "12.5"
    assert plan["record"]["stage.kind"] == "lost"


def test_what_needs_other_records_is_left_to_the_server(workspace: Workspace) -> None:
    assert "lines_total" not in made(workspace)["fields"]


def test_a_field_the_person_may_not_read_is_neither_value_nor_rule(workspace: Workspace) -> None:
    plan = made(workspace, without=("amount", "margin"))
    assert "amount" not in plan["record"]
    assert "margin" not in plan["record"]
    assert "weighted" not in plan["fields"]


def test_today_is_the_persons_own_day(workspace: Workspace) -> None:
    assert made(workspace)["context"]["today"] == "2026-03-15"
