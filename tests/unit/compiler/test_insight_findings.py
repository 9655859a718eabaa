"""In charge of the promises about dashboards, reports, scores, targets and segments: what makes no sense is found."""

from collections.abc import Callable

import pytest

from tenon.compiler import Compilation

Compiled = Callable[..., Compilation]
Files = dict[str, str]

VISIT = """
label: V
owned: true
fields:
  name: {type: text}
  deal: {type: lookup, to: deal}
  day: {type: date}
  until: {type: date}
  cost: {type: money}
  minutes: {type: integer}
  kind: {type: choice, from: loss_reason}
  secret: {type: encrypted}
  report: {type: long_text}
"""
TEAM = "label: Team\ngrants: {deal: {read: all}}\n"


def files(**things: str) -> Files:
    """`dashboard="…"` is the file dashboards/x.yaml."""
    made = {"entities/x_visit.yaml": VISIT, "roles/team.yaml": TEAM, "roles/idle.yaml": "label: Idle\n"}
    return made | {f"{kind}s/x.yaml": f"label: X\n{text}" for kind, text in things.items()}


def dashboard(tiles: str, more: str = "") -> Files:
    return files(dashboard=f"tiles: {{{tiles}}}\n{more}")


def report(text: str, kind: str = "table") -> Files:
    return files(report=f"entity: x_visit\ntype: {kind}\n{text}")


def score(text: str) -> Files:
    return files(score=f"entity: x_visit\n{text}")


def target(text: str) -> Files:
    return files(target=f"period: month\n{text}")


FIGURE = "a: {type: figure, value: count(x_visit)}"
FACTOR = "factors: {a: {value: minutes, weight: 100}}\n"

CASES: list[tuple[Files, str]] = [
    (dashboard("a: {type: figure}"), "missing_key"),
    (dashboard("a: {type: figure, value: count(x_vist)}"), "unknown_name"),
    (dashboard("a: {type: figure, value: sum(x_visit.name)}"), "bad_expression"),
    (dashboard("a: {type: figure, value: max(x_visit.day)}"), "bad_expression"),
    (dashboard("a: {type: figure, value: 1 + 1}"), "no_records"),
    (dashboard("a: {type: figure, value: count(x_visit), columns: [name]}"), "unknown_key"),
    (dashboard("a: {type: figure, value: count(x_visit) / count(deal), where: minutes > 1}"), "missing_key"),
    (dashboard("a: {type: figure, value: count(x_visit), where: minuts > 1}"), "unknown_name"),
    (dashboard("a: {type: figure, value: count(x_visit), colors: {red: vale < 1}}"), "unknown_name"),
    (dashboard("a: {type: figure, value: count(x_visit), target: none}"), "unknown_name"),
    (dashboard("a: {type: figure, value: count(x_visit), segment: none}"), "unknown_name"),
    (dashboard("a: {type: figure, value: count(x_visit), link: {dashboard: y}}"), "unknown_name"),
    (dashboard("a: {type: figure, value: count(x_visit), link: {entity: deal, view: lst}}"), "unknown_name"),
    (dashboard("a: {type: figure, value: count(x_visit), link: {view: list}}"), "missing_key"),
    (dashboard("a: {type: figure, value: count(x_visit), link: {report: r, dashboard: x}}"), "several_places"),
    (dashboard("a: {type: figure, value: count(x_visit), width: 13}"), "too_wide"),
    (dashboard("a: {type: figure, value: count(x_visit), unfiltered: [rgion]}"), "unknown_name"),
    (dashboard("a: {type: figure, value: count(x_visit), roles: [tem]}"), "unknown_name"),
    (dashboard("a: {type: report, report: salse}"), "unknown_name"),
    (dashboard("a: {type: list, entity: x_vist}"), "unknown_name"),
    (dashboard("a: {type: list, entity: x_visit, view: bord}"), "unknown_name"),
    (dashboard("a: {type: list, entity: x_visit, columns: [nme]}"), "unknown_name"),
    (dashboard("a: {type: list, entity: x_visit, columns: [secret]}"), "not_shown"),
    (dashboard("a: {type: list, entity: x_visit, columns: [{path: name, value: minutes}]}"), "missing_key"),
    (dashboard("a: {type: list, entity: x_visit, columns: [{path: name, total: sum}]}"), "wrong_type"),
    (dashboard("a: {type: list, entity: x_visit, sort: secret}"), "not_sortable"),
    (dashboard("a: {type: funnel, entity: x_visit}"), "no_stages"),
    (dashboard("a: {type: funnel, entity: deal, pipeline: defalt}"), "unknown_name"),
    (dashboard("a: {type: ranking, by: ownr, value: count(x_visit)}"), "unknown_name"),
    (dashboard("a: {type: ranking, by: owner, value: count(x_visit) / count(deal)}"), "missing_key"),
    (dashboard("a: {type: target, target: plan, measure: m}"), "unknown_name"),
    (dashboard("a: {type: chart, entity: x_visit, groups: {g: kind}, measures: {m: count(x_visit)}}"), "missing_key"),
    (dashboard(FIGURE, "roles: [idle]\n"), "role_without_grants"),
    (dashboard(FIGURE, "roles: [team]\nhome_for: [seller]\n"), "not_seen"),
    (dashboard(FIGURE, "period: {default: this_month, at: {x_visit: name}}\n"), "wrong_type"),
    (dashboard(FIGURE, "period: {default: this_month, at: {x_vist: day}}\n"), "unknown_name"),
    (dashboard(FIGURE, "period: {default: today, choices: [this_year], at: {x_visit: day}}\n"), "not_a_choice"),
    (dashboard(FIGURE, "filters: {f: {at: {x_visit: kind}}}\n"), "missing_key"),
    (dashboard(FIGURE, "filters: {f: {to: regin, at: {deal: account.region}}}\n"), "unknown_name"),
    (dashboard(FIGURE, "filters: {f: {to: region, at: {deal: account}}}\n"), "wrong_type"),
    (dashboard(FIGURE, "filters: {f: {from: loss_reason, at: {x_visit: deal}}}\n"), "wrong_type"),
    (
        dashboard(FIGURE, "filters: {f: {to: region, default: user.name, at: {deal: account.region}}}\n"),
        "bad_expression",
    ),
    (report(""), "missing_key"),
    (report("columns: [name]\ngroups: {g: kind}\n"), "unknown_key"),
    (report("columns: [name]\nwhere: parameters.frm == day\n"), "unknown_name"),
    (report("columns: [name]\nparameters: {p: {type: record}}\n"), "missing_key"),
    (report("columns: [name]\nparameters: {p: {type: choice, from: reasons}}\n"), "unknown_name"),
    (report("columns: [name]\nparameters: {p: {type: date, default: 1}}\n"), "bad_expression"),
    (report("columns: [name]\nperiod: {at: name, default: today}\n"), "wrong_type"),
    (report("columns: [name]\nsort: -nme\n"), "unknown_name"),
    (report("columns: [name]\ndrill: {view: lst}\n"), "unknown_name"),
    (report("columns: [name]\ndrill: {columns: [nme]}\n"), "unknown_name"),
    (report("columns: [name]\nschedule: {s: {at: '0 8 * * 1'}}\n"), "missing_key"),
    (report("columns: [name]\nschedule: {s: {at: '0 25 * * 1', roles: [team]}}\n"), "bad_schedule"),
    (report("columns: [name]\nschedule: {s: {at: '0 8 31 4 *', roles: [team]}}\n"), "bad_schedule"),
    (report("columns: [name]\nschedule: {s: {at: '0 8 * * 1', roles: [tem]}}\n"), "unknown_name"),
    (report("columns: [name]\nschedule: {s: {at: '0 8 * * 1', emails: [a@b.c]}}\n"), "missing_key"),
    (
        report("columns: [name]\nschedule: {s: {at: '0 8 * * 1', roles: [team], timezone: Asia/Shangai}}\n"),
        "unknown_name",
    ),
    (report("groups: {g: {by: report}}\n", "grouped"), "not_groupable"),
    (report("groups: {g: {by: secret}}\n", "grouped"), "not_groupable"),
    (report("groups: {g: {by: kind, every: month}}\n", "grouped"), "wrong_type"),
    (report("groups: {g: {by: minutes, bands: [5, 1]}}\n", "grouped"), "wrong_order"),
    (report("groups: {g: kind}\nmeasures: {m: count(deal)}\n", "grouped"), "unknown_name"),
    (report("groups: {g: kind}\nmeasures: {m: sum(x_visit.kind)}\n", "grouped"), "bad_expression"),
    (report("groups: {g: kind}\nmeasures: {m: count(x_visit)}\nkeep: n > 1\n", "grouped"), "unknown_name"),
    (report("groups: {g: kind}\nmeasures: {m: count(x_visit)}\nsort: -n\n", "grouped"), "unknown_name"),
    (report("groups: {g: kind}\nmeasures: {m: count(x_visit)}\nchart: {type: pie, x: h}\n", "grouped"), "unknown_name"),
    (report("groups: {g: kind}\nmeasures: {m: count(x_visit)}\n", "matrix"), "missing_key"),
    (report("chart: {type: pie}\n", "chart"), "missing_key"),
    (score("factors: {a: {value: minutes, weight: 60}}\n"), "wrong_weights"),
    (score("factors: {a: {value: name, weight: 100}}\n"), "bad_expression"),
    (score("factors: {a: {value: minuts, weight: 100}}\n"), "unknown_name"),
    (score("factors: {a: {value: minutes, weight: 100, scale: {from: 1}}}\n"), "missing_key"),
    (
        score(
            "factors: {a: {value: minutes, weight: 100,"
            " scale: {steps: [{from: 5, points: 1}, {from: 1, points: 2}]}}}\n"
        ),
        "wrong_order",
    ),
    (score(FACTOR + "tiers: {A: top 50%, B: top 20%}\n"), "wrong_order"),
    (score(FACTOR + "tiers: {A: from 20, B: from 50}\n"), "wrong_order"),
    (score(FACTOR + "tiers: {A: top 120%}\n"), "wrong_order"),
    (score(FACTOR + "tiers: {A: rest, B: top 20%}\n"), "wrong_order"),
    (score(FACTOR + "tiers: {A: minuts > 5}\n"), "unknown_name"),
    (score(FACTOR + "tiers: {A: {is: rest, set: {minuts: 1}}}\n"), "unknown_name"),
    (score(FACTOR + "tiers: {A: {is: rest, set: {minutes: name}}}\n"), "bad_expression"),
    (score(FACTOR + "tiers: {A: {is: rest, set: {created_at: now()}}}\n"), "not_writable"),
    (score(FACTOR + "tiers: {A: rest}\nresult: {tier: kind}\n"), "not_a_choice"),
    (score(FACTOR + "result: {score: name}\n"), "wrong_type"),
    (score(FACTOR + "schedule: 0 3 1 *\n"), "bad_value"),
    (score(FACTOR + "schedule: 0 3 x * *\n"), "bad_schedule"),
    (target("by: [user]\nmeasures: {m: {value: count(x_visit), date: dy}}\n"), "unknown_name"),
    (target("by: [user]\nmeasures: {m: {value: count(x_visit), date: name}}\n"), "wrong_type"),
    (target("by: [user]\nmeasures: {m: count(x_visit)}\n"), "missing_key"),
    (target("by: [user]\nmeasures: {m: {value: count(x_visit) + count(deal), date: day}}\n"), "several_entities"),
    (target("by: [usr]\nmeasures: {m: {value: count(x_visit), date: day}}\n"), "unknown_name"),
    (target("by: [account]\nmeasures: {m: {value: count(x_visit), date: day}}\n"), "missing_path"),
    (target("by: [account]\nmeasures: {m: {value: count(x_visit), date: day, at: {account: deal}}}\n"), "wrong_type"),
    (files(segment="entity: x_visit\n"), "missing_key"),
    (files(segment="entity: x_visit\nwhere: nme\n"), "unknown_name"),
    (files(segment="entity: x_visit\nwhere: minutes > 1\nexclude: [y]\n"), "unknown_name"),
    (files(segment="entity: x_visit\nexclude: [x]\n"), "cycle"),
]


@pytest.mark.parametrize(("own", "code"), CASES)
def test_what_makes_no_sense_is_found_with_its_place(compiled: Compiled, own: Files, code: str) -> None:
    found = [problem for problem in compiled(own).problems if problem.code == code]
    assert found, [f"{problem.code}: {problem.message}" for problem in compiled(own).problems]
    assert all(problem.location is not None and problem.location.line > 0 for problem in found)
    assert all(problem.message.in_("en") != problem.message.in_("zh-CN") for problem in found)


def test_things_of_another_entity_do_not_fit(compiled: Compiled) -> None:
    own = report("columns: [name]\nsegment: y\n") | {"segments/y.yaml": "label: Y\nentity: deal\nwhere: amount > 1\n"}
    assert [problem.code for problem in compiled(own).problems] == ["wrong_entity"]
    own = files(segment="entity: x_visit\ninclude: [y]\n") | {
        "segments/y.yaml": "label: Y\nentity: deal\nwhere: amount > 1\n"
    }
    assert [problem.code for problem in compiled(own).problems] == ["wrong_entity"]


def test_a_tile_shows_the_readers_share_only_of_what_is_planned_that_way(compiled: Compiled) -> None:
    plan = "label: P\nperiod: year\nby: [department]\nmeasures: {m: {value: count(x_visit), date: day}}\n"
    tile = "a: {type: target, target: plan, measure: %s, of: %s}"
    for measure, of, codes in (
        ("m", "department", []),
        ("m", "me", ["wrong_target"]),
        ("n", "all", ["unknown_name"]),
    ):
        own = dashboard(tile % (measure, of)) | {"targets/plan.yaml": plan}
        assert [problem.code for problem in compiled(own).problems] == codes


def test_a_missing_report_is_told_with_what_was_meant(compiled: Compiled) -> None:
    own = dashboard("a: {type: report, report: visist}") | {
        "reports/visits.yaml": "label: V\nentity: x_visit\ntype: table\ncolumns: [name]\n"
    }
    (problem,) = compiled(own).problems
    assert "visits" in str(problem.hint)
    assert problem.path == "dashboards.x.tiles.a.report"


def test_parameters_are_read_in_conditions_columns_and_measures(compiled: Compiled) -> None:
    own = report(
        "parameters: {least: {type: number, default: 5}, who: {type: record, to: user, default: user}}\n"
        "where: minutes > parameters.least and owner == parameters.who\n"
        "groups: {g: kind}\nmeasures: {m: 'count(x_visit, minutes > parameters.least)'}\n",
        "grouped",
    )
    compilation = compiled(own)
    assert compilation.problems == ()
    assert compilation.model is not None
    report_ = compilation.model.reports["x"]
    assert report_.where is not None
    assert report_.where.root_dependencies == {("parameters", "least"), ("parameters", "who")}
    assert report_.figures.measures["m"].value.dependencies == {("x_visit",), ("x_visit", "minutes")}


def test_owners_and_regions_are_found_without_being_told(compiled: Compiled) -> None:
    own = target("by: [user, department, region]\nmeasures: {m: {value: sum(deal.amount), date: created_at}}\n")
    model = compiled(own).model
    assert model is not None
    reach = {one.dimension: one.path for one in model.targets["x"].measures["m"].reach}
    assert reach == {
        "user": ("owner",),
        "department": ("owner", "department"),
        "region": ("account", "region"),
    }
