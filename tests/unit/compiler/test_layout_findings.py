"""In charge of the promises about views, forms and duplicate rules of every type."""

from collections.abc import Callable

import pytest

from tenon.compiler import Compilation

Compiled = Callable[..., Compilation]
Files = dict[str, str]

TASK = """
label: Task
fields:
  name: {type: text}
  account: {type: lookup, to: account}
  first: {type: lookup, to: x_task}
  starts: {type: date}
  ends: {type: datetime}
  done: {type: percent}
  secret: {type: encrypted}
  notes: {type: long_text}
  phone: {type: phone}
  total: {type: formula, of: decimal, value: done * 2}
pipelines: {default: {stages: {open: {kind: open}, closed: {kind: done}}}}
"""


def task(text: str, **others: str) -> Files:
    return {"entities/x_task.yaml": TASK + text, "roles/idle.yaml": "label: Idle\n"} | {
        f"{name}s/y.yaml": body for name, body in others.items()
    }


def view(text: str) -> Files:
    return task(f"views: {{v: {{{text}}}}}\n")


def form(text: str, **others: str) -> Files:
    return task(f"forms: {{f: {{sections: {{a: {{fields: [name]}}}}, {text}}}}}\n", **others)


def rule(text: str) -> Files:
    return task(f"duplicates: {{d: {{action: warn, {text}}}}}\n")


MEASURED = "measures: {m: count(x_task)}"

CASES: list[tuple[Files, str]] = [
    (view("type: kanban, by: starts"), "wrong_type"),
    (view("type: table, columns: [secret]"), "not_shown"),
    (view("type: kanban, by: stage, card: [secret]"), "not_shown"),
    (view("type: table, sort: notes"), "not_sortable"),
    (view("type: table, group: notes"), "not_groupable"),
    (view("type: table, totals: [name]"), "wrong_type"),
    (view("type: table, colors: {red: starts}"), "bad_expression"),
    (view("type: table, from: starts"), "unknown_key"),
    (view("type: table, roles: [idle]"), "role_without_grants"),
    (view("type: table, default_for: [boss]"), "unknown_name"),
    (view("type: calendar"), "missing_key"),
    (view("type: calendar, from: name"), "wrong_type"),
    (view("type: calendar, from: strats"), "unknown_name"),
    (view("type: calendar, from: starts, progress: done"), "unknown_key"),
    (view("type: calendar, from: starts, to: ends"), "wrong_type"),
    (view("type: calendar, from: starts, people: [account]"), "wrong_type"),
    (view("type: calendar, from: starts, people: [nobody]"), "unknown_name"),
    (view("type: calendar, from: starts, done: done"), "wrong_type"),
    (view("type: timeline, to: ends"), "missing_key"),
    (view("type: timeline, from: starts, progress: name"), "wrong_type"),
    (view("type: timeline, from: starts, depends: account"), "wrong_type"),
    (view("type: map"), "missing_key"),
    (view("type: map, place: account"), "wrong_type"),
    (view("type: cards, image: name"), "wrong_type"),
    (view("type: tree"), "missing_key"),
    (view("type: tree, parent: account"), "wrong_type"),
    (view(f"type: pivot, {MEASURED}"), "missing_key"),
    (view("type: pivot, rows: {g: name}, measures: {m: sum(x_task.name)}"), "bad_expression"),
    (view("type: pivot, rows: {g: name}, measures: {m: count(deal)}"), "unknown_name"),
    (view(f"type: chart, {MEASURED}"), "missing_key"),
    (view(f"type: chart, groups: {{g: nme}}, {MEASURED}"), "unknown_name"),
    (view("type: gantt"), "bad_value"),
    (form("tabs: {t: {sections: [b]}}"), "unknown_name"),
    (form("tabs: {t: {sections: [a]}, u: {sections: [a]}}"), "used_twice"),
    (form("tabs: {t: {sections: [a], visible_when: nme}}"), "unknown_name"),
    (form("stages: [opn]"), "unknown_name"),
    (form("roles: [boss]"), "unknown_name"),
    (form("when: nme"), "unknown_name"),
    (form("use: quick, stages: [open]"), "unknown_key"),
    (form("template: y", template="label: Y\nchannel: document\nbody: B\n"), "unknown_key"),
    (form("use: print, template: z"), "unknown_name"),
    (form("use: print, template: y", template="label: Y\nchannel: sms\nbody: B\n"), "wrong_type"),
    (
        form("use: print, template: y", template="label: Y\nchannel: document\nentity: deal\nbody: B\n"),
        "wrong_entity",
    ),
    (rule("match: [nme~]"), "unknown_name"),
    (rule("match: [total]"), "not_stored"),
    (rule("match: [starts~]"), "no_normal_form"),
    (rule("match: [name~ = nme~], against: account"), "unknown_name"),
    (rule("match: [name~], against: acount"), "unknown_name"),
    (rule("match: [starts = name], against: account"), "wrong_type"),
    (rule("match: [name~], when: nme"), "unknown_name"),
]


@pytest.mark.parametrize(("own", "code"), CASES)
def test_what_cannot_be_shown_is_found_with_its_place(compiled: Compiled, own: Files, code: str) -> None:
    found = [problem for problem in compiled(own).problems if problem.code == code]
    assert found, [f"{problem.code}: {problem.message}" for problem in compiled(own).problems]
    assert all(problem.location is not None and problem.location.line > 0 for problem in found)
    assert all(problem.message.in_("en") != problem.message.in_("zh-CN") for problem in found)


def test_the_form_for_everybody_stands_first(compiled: Compiled) -> None:
    own = task(
        "forms:\n"
        "  quick: {use: quick, sections: {a: {fields: [name]}}}\n"
        "  closed: {stages: [closed], sections: {a: {fields: [done]}}}\n"
        "  main: {sections: {a: {fields: [name, done]}}}\n"
    )
    model = compiled(own).model
    assert model is not None
    assert list(model.entities["x_task"].forms) == ["main", "quick", "closed"]


def test_an_entity_with_special_forms_alone_still_has_one_for_everybody(compiled: Compiled) -> None:
    model = compiled(form("use: quick")).model
    assert model is not None
    first, *others = model.entities["x_task"].forms.values()
    assert first.general
    assert "starts" in first.sections["basics"].fields
    assert [other.name for other in others] == ["f"]


def test_duplicate_rules_say_what_is_compared_with_what(compiled: Compiled) -> None:
    model = compiled(task("duplicates: {d: {match: [name~, phone], action: refuse}}\n")).model
    assert model is not None
    found = model.entities["x_task"].duplicates["d"]
    assert [(match.field, match.other, match.normal) for match in found.match] == [
        ("name", "name", True),
        ("phone", "phone", False),
    ]
    assert found.against == "x_task"
