"""In charge of the promises about meaning: what reads well and makes no sense is found, with its place."""

from collections.abc import Callable

import pytest

from tenon.compiler import Compilation

Compiled = Callable[..., Compilation]


def entity(body: str, fields: str = "name: {type: text}") -> dict[str, str]:
    return {"entities/x_v.yaml": f"label: V\nfields:\n  {fields}\n{body}"}


CASES: list[tuple[dict[str, str], str]] = [
    (entity("", "a: {type: formula, of: decimal, value: a + 1}"), "cycle"),
    (entity("", "a: {type: formula, value: b}\n  b: {type: formula, value: a}"), "cycle"),
    (entity("", "d: {type: lookup, to: dael}"), "unknown_name"),
    (entity("", "d: {type: choice, from: reasons}"), "unknown_name"),
    (entity("", "d: {type: choice}"), "missing_key"),
    (entity("", "d: {type: lookup}"), "missing_key"),
    (entity("", "d: {type: formula}"), "missing_key"),
    (entity("", "d: {type: text, default: 1}"), "bad_expression"),
    (entity("", "d: {type: choice, options: {a: {}}, default: b}"), "unknown_name"),
    (entity("", "d: {type: text, visible_when: nmae}"), "unknown_name"),
    (entity("", "d: {type: text, visible_when: 1 + 1}"), "bad_expression"),
    (entity("", "d: {type: percent, default: stage.probability}"), "unknown_name"),
    (entity("", "stage: {type: text}"), "reserved_name"),
    (entity("", "version: {type: text}"), "reserved_name"),
    (entity("", "class: {type: text}"), "reserved_name"),
    (entity("", "user: {type: user}"), "reserved_name"),
    (entity("", "p: {type: hierarchy}\n  q: {type: hierarchy}"), "second_hierarchy"),
    (entity("", "t: {type: auto_number, pattern: 'A-{number}{x}'}"), "bad_options"),
    (entity("title: nmae\n"), "unknown_name"),
    (entity("owned: naem\n"), "unknown_name"),
    (entity("owned: name\n"), "wrong_owner"),
    (entity("region: name\n"), "wrong_path"),
    (entity("search: [name.x]\n"), "wrong_path"),
    (entity("rules: {r: {check: name, message: No}}\n"), "bad_expression"),
    (entity("rules: {r: {check: not is_new, message: No, on: nmae}}\n"), "unknown_name"),
    (entity("unique: {u: {fields: [nmae]}}\n"), "unknown_name"),
    (entity("relationships: {r: {from: deal.amount}}\n"), "wrong_relationship"),
    (entity("relationships: {r: {from: dael.amount}}\n"), "unknown_name"),
    (entity("relationships: {r: {with: deal, through: deal_line}}\n"), "wrong_relationship"),
    (entity("relationships: {name: {with: deal, through: deal_line}}\n"), "duplicate_name"),
    (entity("pipelines: {p: {initial: b, stages: {a: {kind: open}}}}\n"), "unknown_name"),
    (entity("pipelines: {p: {stages: {a: {kind: open, next: [c]}}}}\n"), "unknown_name"),
    (entity("pipelines: {p: {stages: {a: {kind: open, next: []}, b: {kind: won}}}}\n"), "unreachable_stage"),
    (entity("pipelines: {p: {stages: {a: {kind: open, require: [amount]}}}}\n"), "unknown_name"),
    (entity("pipelines: {p: {stages: {a: {kind: open, guard: count(x) > 0}}}}\n"), "unknown_name"),
    (entity("pipelines: {p: {stages: {a: {kind: open, roles: [boss]}}}}\n"), "unknown_name"),
    (entity("views: {l: {type: table, columns: [nmae]}}\n"), "unknown_name"),
    (entity("views: {l: {type: table, columns: [name, name]}}\n"), "used_twice"),
    (entity("views: {l: {type: table, sort: -nmae}}\n"), "unknown_name"),
    (entity("views: {l: {type: kanban}}\n"), "missing_key"),
    (entity("views: {l: {type: kanban, by: name}}\n"), "wrong_type"),
    (entity("views: {l: {type: table, sum: name}}\n"), "wrong_type"),
    (entity("views: {l: {type: table, where: nmae == 1}}\n"), "unknown_name"),
    (entity("forms: {f: {sections: {a: {fields: [name, name]}}}}\n"), "used_twice"),
    (entity("forms: {f: {sections: {a: {fields: [name]}, b: {fields: [name]}}}}\n"), "used_twice"),
    (entity("forms: {f: {sections: {a: {fields: [nmae]}}}}\n"), "unknown_name"),
    (entity("forms: {f: {sections: {a: {fields: [name]}}, inline: [liens]}}\n"), "unknown_name"),
    (entity("grants: {boss: {read: all}}\n"), "unknown_name"),
    ({"roles/x_r.yaml": "label: R\ngrants: {dael: {read: all}}\n"}, "unknown_name"),
    ({"roles/x_r.yaml": "label: R\ngrants: {deal: {read: amuont > 1}}\n"}, "unknown_name"),
    ({"roles/x_r.yaml": "label: R\ngrants: {deal: {fields: {amuont: none}}}\n"}, "unknown_name"),
    ({"roles/x_r.yaml": "label: R\ngrants: {department: {read: region}}\n"}, "no_region"),
    ({"roles/x_r.yaml": "label: R\ndeny: {dael: [read]}\n"}, "unknown_name"),
    ({"navigation.yaml": "sales: {items: {dael: {}}}\n"}, "unknown_name"),
    ({"navigation.yaml": "sales: {items: {deal: {view: bord}}}\n"}, "unknown_name"),
    ({"data/dael.csv": "name\nA\n"}, "unknown_name"),
    ({"data/deal.csv": "nmae\nA\n"}, "unknown_name"),
    ({"data/deal.csv": "name,loss_reason\nA,prise\n"}, "not_a_choice"),
    ({"data/deal.csv": "name\nA\nA\n"}, "duplicate_key"),
    (
        {"regions.yaml": "a: {label: A, regions: {b: {label: B}}}\nc: {label: C, regions: {b: {label: B}}}\n"},
        "duplicate_name",
    ),
    ({"workspace.yaml": "name: d\nmodules: [slaes]\n"}, "unknown_module"),
    ({"workspace.yaml": "name: d\nmodules: [sales]\ntimezone: Asia/Shangai\n"}, "unknown_name"),
    ({"workspace.yaml": "name: d\nmodules: [sales]\nhome: dael\n"}, "unknown_name"),
]


@pytest.mark.parametrize(("own", "code"), CASES)
def test_what_makes_no_sense_is_one_problem_with_file_and_line(
    compiled: Compiled, own: dict[str, str], code: str
) -> None:
    compilation = compiled(own)
    assert [problem.code for problem in compilation.problems] == [code]
    problem = compilation.problems[0]
    assert problem.location is not None
    assert problem.location.file in own
    assert problem.location.line > 0
    assert problem.message.in_("zh-CN") != problem.message.in_("en")
    assert compilation.model is None


def test_a_typo_in_an_expression_points_at_the_word(compiled: Compiled) -> None:
    text = "label: V\nfields:\n  name: {type: text}\n  note: {type: text, visible_when: is_blank(nmae)}\n"
    problem = compiled({"entities/x_v.yaml": text}).problems[0]
    assert str(problem.location) == "entities/x_v.yaml:4:45"
    assert "name" in str(problem.hint)


def test_a_circle_over_roll_ups_of_several_entities_is_found(compiled: Compiled) -> None:
    own = {
        "entities/account.yaml": "fields: {x_a: {type: rollup, of: sum(deals.x_b)}}\n",
        "entities/deal.yaml": "fields: {x_b: {type: formula, of: decimal, value: account.x_a}}\n",
    }
    found = [problem for problem in compiled(own).problems if problem.code == "cycle"]
    assert len(found) == 1
    assert "account.x_a → deal.x_b → account.x_a" in str(found[0].message)


def test_owners_that_lead_in_a_circle_are_found(compiled: Compiled) -> None:
    own = {
        "entities/x_a.yaml": "label: A\nowned: b\nfields: {b: {type: lookup, to: x_b}}\n",
        "entities/x_b.yaml": "label: B\nowned: a\nfields: {a: {type: lookup, to: x_a}}\n",
    }
    assert {problem.code for problem in compiled(own).problems} == {"cycle"}


def test_an_old_or_missing_required_module_is_a_problem(compiled: Compiled, sales: dict[str, str]) -> None:
    module = "name: sales\nversion: 1.0.0\nlabel: Sales\nrequires: {core: 2.0.0, stock: 1.0.0}\n"
    found = compiled({}, sales={**sales, "module.yaml": module}).problems
    assert [problem.code for problem in found] == ["old_module", "unknown_module"]


def test_a_workspace_without_the_core_is_told_what_is_missing(compiled: Compiled) -> None:
    found = compiled({}, core={}, sales={}).problems
    assert {"missing_core"} <= {problem.code for problem in found}
