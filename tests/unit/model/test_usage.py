"""Who uses what: everything that names a thing is told, with its place, and nothing else is."""

from pathlib import Path

import pytest

from tenon.compiler import compile_sources, read_layers
from tenon.errors import UnknownName
from tenon.model import Model
from tenon.model.contract_changes import contract_changes
from tenon.model.usage import find_subject, usage_graph, uses_of

GADGET = """
label: {en: Gadget, zh-CN: 器件}
owned: true
title: name
search: [name, account.name]
fields:
  name: {type: text, required: true}
  code: {type: text}
  account: {type: lookup, to: account, where: status == "signed"}
  size: {type: decimal}
  double: {type: formula, of: decimal, value: size * 2}
  level: {type: choice, from: x_level, default: '"low" if size == 1 else "high"'}
  colour: {type: choice, options: {red: {}, blue: {}}, visible_when: level == "high"}
  note: {type: text, required_when: stage == "sold"}
  spare: {type: text}
  secret: {type: text, read_only_when: '"administrator" in user.roles'}
rules:
  big: {check: 'size > 1 or colour in ["red"]', on: size, message: Too small}
unique:
  by_code: {fields: [code, account]}
pipelines:
  main:
    initial: open
    stages:
      open: {kind: open, next: [sold], require: [size]}
      sold: {kind: won, guard: size > 2}
views:
  list: {type: table, columns: [name, account.name, size], filters: {sold: {where: stage == "sold"}}, sort: -size}
  board: {type: kanban, by: stage, sum: size, card: [code]}
forms:
  main: {sections: {basics: {fields: [name, code, account, size, level, colour]}}}
"""
FILES = {
    "workspace.yaml": "name: demo\nmodules: [customers]\nlabel: {en: Demo, zh-CN: 示例}\n",
    "entities/x_gadget.yaml": GADGET,
    "entities/account.yaml": "fields: {x_total: {type: rollup, of: sum(x_gadgets.size)}}\n"
    "relationships: {x_gadgets: {from: x_gadget.account, columns: [name, size]}}\n",
    "choices/x_level.yaml": "label: {en: Level, zh-CN: 级别}\noptions: {low: {}, high: {}}\n",
    "roles/x_clerk.yaml": "label: {en: Clerk, zh-CN: 文员}\n"
    "grants: {x_gadget: {read: size > 5, fields: {note: none}}}\ndeny: {x_gadget: [export]}\n",
    "navigation.yaml": "customers: {items: {x_gadget: {view: board}}}\n",
    "data/x_gadget.yaml": "entity: x_gadget\nkey: [code]\nrows: [{code: a, name: A, colour: blue, size: 3}]\n",
    "translations/zh-CN.yaml": "entities: {x_gadget: {fields: {size: {label: 尺寸}}}}\n",
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("usage")
    for path, text in FILES.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    return compile_sources(read_layers(folder))


def told(model: Model, name: str) -> set[tuple[str, str]]:
    """Kind of use, and the end of the path of what uses it."""
    return {(use.kind, use.path.removeprefix("entities.")) for use in uses_of(model, name)}


def test_a_field_is_found_in_every_kind_of_place(model: Model) -> None:
    assert told(model, "x_gadget.size") == {
        ("rollup", "account.fields.x_total"),
        ("relationship", "account.relationships.x_gadgets"),
        ("formula", "x_gadget.fields.double"),
        ("default", "x_gadget.fields.level"),
        ("rule", "x_gadget.rules.big"),
        ("stage", "x_gadget.pipelines.main.stages.open"),
        ("stage", "x_gadget.pipelines.main.stages.sold"),
        ("view", "x_gadget.views.list"),
        ("view", "x_gadget.views.board"),
        ("form", "x_gadget.forms.main"),
        ("role", "roles.x_clerk"),
        ("data", "data.x_gadget"),
        ("translation", "translations.zh-CN"),
    }
    assert ("unique", "x_gadget.unique.by_code") in told(model, "x_gadget.code")
    assert ("role", "roles.x_clerk") in told(model, "x_gadget.note")
    assert {("title", "x_gadget"), ("search", "x_gadget")} <= told(model, "x_gadget.name")
    assert ("filter", "x_gadget.fields.account") in told(model, "account.status")


def test_the_key_of_a_stage_or_option_in_an_expression_is_a_use_of_it(model: Model) -> None:
    assert told(model, "x_gadget.sold") >= {
        ("condition", "x_gadget.fields.note"),
        ("stage", "x_gadget.pipelines.main.stages.open"),
        ("view", "x_gadget.views.list"),
    }
    assert ("condition", "x_gadget.fields.colour") in told(model, "x_level.high")
    assert told(model, "x_level.low") == {("default", "x_gadget.fields.level")}
    assert told(model, "x_gadget.colour.red") == {("rule", "x_gadget.rules.big")}
    assert told(model, "x_gadget.colour.blue") == {("data", "data.x_gadget")}
    assert ("condition", "x_gadget.fields.secret") in told(model, "roles.administrator")


def test_whole_things_are_used_by_what_lies_outside_of_them(model: Model) -> None:
    assert {
        ("role", "roles.x_clerk"),
        ("navigation", "navigation.customers"),
        ("data", "data.x_gadget"),
        ("relationship", "account.relationships.x_gadgets"),
    } <= told(model, "x_gadget")
    assert not [path for _kind, path in told(model, "x_gadget") if path.startswith("x_gadget.")]
    assert ("choice", "x_gadget.fields.level") in told(model, "choices.x_level")
    assert ("navigation", "navigation.customers") in told(model, "x_gadget.views.board")
    assert ("lookup", "x_gadget.fields.account") in told(model, "modules.customers")


def test_a_use_names_its_label_in_both_languages_and_its_place(model: Model) -> None:
    (use,) = [use for use in uses_of(model, "x_gadget.size") if use.kind == "formula"]
    line = GADGET.splitlines().index("  double: {type: formula, of: decimal, value: size * 2}") + 1
    assert (str(use.location).rpartition(":")[0], use.how) == (f"entities/x_gadget.yaml:{line}", "value")
    assert (use.label.in_("en"), use.label.in_("zh-CN")) == ("Gadget: Double", "器件：Double")


def test_a_field_that_nothing_uses_is_known_as_such(model: Model) -> None:
    graph = usage_graph(model)
    unused = [
        name for name in model.entities["x_gadget"].fields if not graph.is_used(f"entities.x_gadget.fields.{name}")
    ]
    assert "spare" in unused
    assert not {"name", "code", "account", "size", "level", "colour", "note", "owner", "stage"} & set(unused)


def test_a_wrong_name_is_answered_with_the_nearest(model: Model) -> None:
    with pytest.raises(UnknownName) as refused:
        find_subject(model, "x_gadget.sise")
    assert "x_gadget.size" in str(refused.value.hint)
    assert find_subject(model, "x_gadget") == "entities.x_gadget"
    assert find_subject(model, "x_level.low") == "choices.x_level.options.low"
    assert find_subject(model, "x_clerk") == "roles.x_clerk"


def test_what_callers_of_the_api_notice_is_told_and_what_breaks_them_marked(model: Model, tmp_path: Path) -> None:
    files = {
        **FILES,
        "entities/x_gadget.yaml": GADGET.replace("  spare: {type: text}", "  fresh: {type: text, required: true}")
        .replace("  note: {type: text,", "  remark: {type: text, was: [note],")
        .replace("blue: {}", "green: {}"),
        "roles/x_clerk.yaml": FILES["roles/x_clerk.yaml"].replace("note", "remark"),
        "data/x_gadget.yaml": FILES["data/x_gadget.yaml"].replace("blue", "green"),
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    found = contract_changes(model, compile_sources(read_layers(tmp_path)))
    assert {(change.kind, change.name, change.breaking) for change in found} == {
        ("added", "x_gadget.fresh", True),
        ("renamed", "x_gadget.remark", False),
        ("changed", "x_gadget.colour", True),
        ("gone", "x_gadget.spare", True),
    }
    assert contract_changes(model, model) == ()
    assert contract_changes(None, model) == ()
