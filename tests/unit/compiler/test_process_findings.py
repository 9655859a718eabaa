"""In charge of the promises about processes that make no sense: each is found, with its place, in both languages."""

from collections.abc import Callable

import pytest

from tenon.compiler import Compilation

Compiled = Callable[..., Compilation]
Files = dict[str, str]

ROLE = {"roles/x_boss.yaml": "label: Boss\ngrants: {deal: {read: all}}\n"}
QUOTE = {
    "approvals/x_quote.yaml": "label: Q\nentity: account\nsteps: {a: {who: owner}}\n",
}


def approval(body: str, steps: str = "a: {who: owner}", entity: str = "deal") -> Files:
    return {**ROLE, "approvals/x_a.yaml": f"label: A\nentity: {entity}\nsteps:\n  {steps}\n{body}"}


def automation(do: str, on: str = "created: deal", body: str = "") -> Files:
    return {**ROLE, "automations/x_a.yaml": f"label: A\non: {{{on}}}\ndo:\n  {do}\n{body}"}


def pool(body: str, entity: str = "account") -> Files:
    return {**ROLE, **QUOTE, "pools/x_p.yaml": f"label: P\nentity: {entity}\n{body}"}


def assignment(body: str, rules: str = "a: {to: owner}") -> Files:
    return {**ROLE, "assignments/x_s.yaml": f"label: S\nentity: account\nrules:\n  {rules}\n{body}"}


def calendar(body: str) -> Files:
    return {"calendars/x_c.yaml": f"label: C\n{body}"}


def stages(stages: str, before: str = "") -> Files:
    text = f"label: V\nowned: true\nfields: {{name: {{type: text}}}}\npipelines:\n  p:\n    {before}stages: {stages}\n"
    return {**QUOTE, "entities/x_v.yaml": text}


def pipelines(text: str) -> Files:
    return {"entities/x_v.yaml": f"label: V\nfields: {{name: {{type: text}}}}\npipelines: {text}\n"}


WEEK = "week: {mon: ['09:00-12:00']}\n"
APPROVALS: list[tuple[Files, str]] = [
    (approval("", entity="dael"), "unknown_name"),
    ({"approvals/x_a.yaml": "label: A\nentity: deal\nsteps: {}\n"}, "bad_value"),
    (approval("", "a: {who: owner, when: amount > 1}\n  b: {who: owner, when: amount > 2}"), "approval_cannot_finish"),
    (approval("", "a: {who: owner, when: false}\n  b: {who: owner}"), "unreachable_step"),
    (approval("submit: {when: false}\n"), "approval_cannot_start"),
    (approval("", "a: {who: [owner, manager(owner)], mode: quorum(3)}"), "quorum_too_high"),
    (approval("", "a: {who: owner, mode: qourum(3)}"), "bad_value"),
    (approval("", "a: {who: owner, beside: b}\n  b: {who: owner, beside: a}"), "cycle"),
    (approval("", "a: {who: owner, beside: bb}\n  b: {who: owner}"), "unknown_name"),
    (approval("", "a: {who: role('x_bos')}"), "unknown_name"),
    (approval("", "a: {who: \"managers_up_to(owner, 'x_bos')\"}"), "unknown_name"),
    (approval("", "a: {who: role(name)}"), "bad_expression"),
    (approval("", "a: {who: manager(account)}"), "bad_expression"),
    (approval("", "a: {who: head(owner)}"), "bad_expression"),
    (approval("", "a: {who: amount}"), "not_people"),
    (approval("", "a: {who: onwer}"), "unknown_name"),
    (approval("", "a: {who: 'role(\"x_boss\", regoin=account.region)'}"), "unknown_name"),
    (approval("", "a: {who: each(deal_line.product)}"), "bad_expression"),
    (approval("", "a: {who: user}"), "unknown_name"),
    (approval("submit: {by: owner}\n", entity="user", steps="a: {who: manager}"), "no_owner"),
    (approval("submit: {roles: [x_bos]}\n"), "unknown_name"),
    (approval("submit: {require: [amuont]}\n"), "unknown_name"),
    (approval("submit: {when: amuont > 1}\n"), "unknown_name"),
    (approval("allow: {return_to: [b]}\n"), "unknown_name"),
    (approval("allow: {return_to: everywhere}\n"), "bad_value"),
    (approval("lock: {fields: [amuont]}\n"), "unknown_name"),
    (approval("lock: {except: [amuont]}\n"), "unknown_name"),
    (approval("lock: {approver_may_edit: [amuont]}\n"), "unknown_name"),
    (approval("lock: {approver_may_edit: [weighted]}\n"), "not_writable"),
    (approval("decide: {fields: [amount]}\n"), "locked_field"),
    (approval("decide: {reasons: loss_raeson}\n"), "unknown_name"),
    (approval("on_submit: {a: {set: {amount: 1}}}\n"), "locked_field"),
    (approval("on_approve: {a: {set: {amuont: 1}}}\n"), "unknown_name"),
    (approval("on_change: {move: {old: b}}\n"), "unknown_name"),
    (approval("timeout: {after: 1d, do: delegate}\n"), "missing_key"),
    (approval("timeout: {after: 1d, do: approve, to: owner}\n"), "unknown_key"),
    (approval("timeout: {after: 1d, do: remind, remind: 2d}\n"), "reminder_too_early"),
    (approval("timeout: {after: 1d, do: remind, calendar: chian}\n"), "unknown_name"),
]
AUTOMATIONS: list[tuple[Files, str]] = [
    (automation("a: {craete: {entity: deal}}"), "unknown_key"),
    (automation("a: {when: amount > 1}"), "missing_action"),
    (automation("a: {stop: true, wait: 3d}"), "several_actions"),
    (automation("a: {wait: 3 days}"), "bad_value"),
    (automation("a: {wait: {for: 3d, until: today()}}"), "too_many_keys"),
    (automation("a: {wait: {until: amount}}"), "wrong_type"),
    (automation("a: {set: {amuont: 1}}"), "unknown_name"),
    (automation("a: {set: {name: 1}}"), "bad_expression"),
    (automation("a: {set: {weighted: 1}}"), "not_writable"),
    (automation("a: {set: {loss_reason: prise}}"), "unknown_name"),
    (automation("a: {set: {name: record.nmae}}"), "unknown_name"),
    (automation("a: {set: {name: trigger.reason}}"), "unknown_name"),
    (automation("a: {set: {name: steps.b.name}}"), "unknown_name"),
    (automation("a: {set: {amount: old.amount}}"), "unknown_name"),
    (automation("a: {create: {entity: dael}}"), "unknown_name"),
    (automation("a: {create: {entity: deal_line, set: {product: name}}}"), "missing_field"),
    (automation("a: {create: {entity: deal_line, set: {deal: account}}}"), "bad_expression"),
    (automation("a: {update: {of: deal_lines, set: {product: name}}}"), "unknown_name"),
    (automation("a: {update: {of: amount, set: {product: name}}}"), "wrong_path"),
    (automation("a: {update: {of: deal_line, where: nmae == 1, set: {product: name}}}"), "unknown_name"),
    (automation("a: {notify: {to: owner, template: deal_wno}}"), "unknown_name"),
    (automation("a: {notify: {to: owner}}"), "missing_key"),
    (automation("a: {notify: {to: name, title: Hello}}"), "not_people"),
    (automation("a: {notify: {to: owner, title: 'Hello {{ nmae }}'}}"), "unknown_name"),
    (automation("a: {email: {to: amount, subject: Hello}}"), "not_people"),
    (automation("a: {webhook: {url: 'ftp://x'}}"), "bad_value"),
    (automation("a: {assign: {rule: rond}}"), "unknown_name"),
    (automation("a: {assign: {to: owner, field: name}}"), "wrong_type"),
    (automation("a: {approval: discuont}"), "unknown_name"),
    ({**QUOTE, **automation("a: {approval: x_quote}")}, "wrong_entity"),
    (automation("a: {move: wno}"), "unknown_name"),
    (automation("a: {claim: {pool: unsinged, to: owner}}"), "unknown_name"),
    (automation("a: {run: {function: credit.chekc}}"), "unknown_name"),
    (automation("a: {link: {relationship: account, to: account}}"), "wrong_path"),
    (automation("a: {stop: true}\n  b: {wait: 3d}"), "unreachable_step"),
    (automation("a: {wait: 3d, when: false}"), "unreachable_step"),
    (automation("a: {branch: {x: {do: {s: {stop: true}}}}}\n  b: {wait: 3d}"), "unreachable_step"),
    (automation("a: {branch: {x: {do: {s: {wait: 1d}}}, y: {do: {t: {wait: 1d}}}}}"), "unreachable_step"),
    (automation("a: {branch: {x: {when: amuont > 1, do: {s: {wait: 1d}}}}}"), "unknown_name"),
    (automation("a: {branch: {x: {do: {s: {wiat: 1d}}}}}"), "unknown_key"),
    (automation("a: {for_each: {in: account, do: {s: {wait: 1d}}}}"), "wrong_path"),
    (automation("a: {for_each: {in: deal_line, as: amount, do: {s: {wait: 1d}}}}"), "reserved_name"),
    (automation("a: {for_each: {in: deal_line, do: {s: {update: {of: itme, set: {product: name}}}}}}"), "unknown_name"),
    (automation("a: {wait: 3d}", "craeted: deal"), "unknown_key"),
    (automation("a: {wait: 3d}", "created: dael"), "unknown_name"),
    (automation("a: {wait: 3d}", "updated: {entity: deal, fields: [amuont]}"), "unknown_name"),
    (automation("a: {wait: 3d}", "stage_entered: {entity: deal, stage: wno}"), "unknown_name"),
    (automation("a: {wait: 3d}", "stage_entered: {entity: deal, pipeline: defualt}"), "unknown_name"),
    (automation("a: {wait: 3d}", "approved: discuont"), "unknown_name"),
    (automation("a: {wait: 3d}", "form_submitted: contcat"), "unknown_name"),
    (automation("a: {wait: 3d}", "date_reached: {entity: deal, field: name}"), "wrong_type"),
    (
        automation("a: {wait: 3d}", "date_reached: {entity: deal, field: created_at, where: changed('name')}"),
        "unknown_name",
    ),
    (automation("a: {wait: 3d}", "schedule: 0 25 * * *"), "bad_schedule"),
    (automation("a: {wait: 3d}", "schedule: {cron: 0 2 * * *, timezone: Asia/Shangai}"), "unknown_name"),
    (automation("a: {set: {name: '\"x\"'}}", "schedule: 0 2 * * *"), "no_record"),
    (automation("a: {wait: 3d}", "manual: {entity: deal, roles: [x_bos]}"), "unknown_name"),
    (automation("a: {wait: 3d}", "webhook: {entity: deal, match: {name: trigger.no}}"), "unknown_name"),
    (automation("a: {wait: 3d}", "created: deal, updated: account"), "several_entities"),
    (automation("a: {wait: 3d}", body="when: amuont > 1\n"), "unknown_name"),
    (automation("a: {wait: 3d}", "schedule: 0 2 * * *", "run_as: actor\n"), "no_actor"),
    (automation("a: {wait: 3d}", "created: user", "run_as: owner\n"), "no_owner"),
    (automation("a: {wait: 3d}", body="notify: name\n"), "not_people"),
]
OTHERS: list[tuple[Files, str]] = [
    (pool("", entity="accuont"), "unknown_name"),
    (pool("", entity="user"), "no_owner"),
    (pool("where: nmae == 1\n"), "unknown_name"),
    (pool("protect: changed('name')\n"), "unknown_name"),
    (pool("recycle: {no_followup: 3d, warn: 3d}\n"), "reminder_too_early"),
    (pool("recycle: {warn: 3d}\n"), "missing_key"),
    (pool("recycle: {no_followup: 3d, last_followup: name}\n"), "wrong_type"),
    (pool("recycle: {no_followup: 3d, calendar: chian}\n"), "unknown_name"),
    (pool("claim: {hold: 10, approve_above: 10}\n"), "limit_never_reached"),
    (pool("claim: {roles: [x_bos]}\n"), "unknown_name"),
    (pool("claim: {approve_above: 5, approval: quote}\n"), "unknown_name"),
    ({**approval(""), **pool("claim: {approve_above: 5, approval: x_a}\n")}, "wrong_entity"),
    (pool("mask_before_claim: [phnoe]\n"), "unknown_name"),
    (pool("mask_before_claim: [owner]\n"), "cannot_mask"),
    (pool("release_reasons: loss_raeson\n"), "unknown_name"),
    (pool("assign: rond\n"), "unknown_name"),
    (assignment("field: name\n"), "wrong_type"),
    (assignment("field: onwer\n"), "unknown_name"),
    (assignment("", "a: {to: owner}\n  b: {to: owner}"), "unreachable_rule"),
    (assignment("", "a: {to: owner, method: weighted}"), "missing_key"),
    (assignment("", "a: {to: owner, method: weighted, weight: person.nmae}"), "unknown_name"),
    (assignment("outside_hours: wait\n"), "missing_key"),
    (calendar(""), "no_working_time"),
    (calendar("week: {mon: ['09:00-12:00', '11:00-18:00']}\n"), "bad_span"),
    (calendar("week: {mon: ['12:00-09:00']}\n"), "bad_span"),
    (calendar("week: {mon: ['9-12']}\n"), "bad_value"),
    (calendar(WEEK + "timezone: Asia/Shangai\n"), "unknown_name"),
    (calendar(WEEK + "extends: chian\n"), "unknown_name"),
    (calendar(WEEK + "extends: x_c\n"), "cycle"),
    (calendar(WEEK + "holidays: {a: {from: 2026-02-30}}\n"), "bad_value"),
    (calendar(WEEK + "holidays: {a: {from: 2026-10-07, to: 2026-10-01}}\n"), "bad_span"),
    (
        calendar(WEEK + "holidays: {a: {from: 2026-10-01, to: 2026-10-07}}\nworkdays: {b: {from: 2026-10-07}}\n"),
        "day_twice",
    ),
]
PIPELINES: list[tuple[Files, str]] = [
    (stages("{a: {kind: open, next: [b]}, b: {kind: open, next: []}, c: {kind: won}}"), "unreachable_stage"),
    (stages("{a: {kind: open, next: [b, c]}, b: {kind: open, next: []}, c: {kind: won}}"), "dead_end_stage"),
    (stages("{a: {kind: open, next: [b]}, b: {kind: open, back: false, next: [a]}}"), "forbidden_move"),
    (stages("{a: {kind: open, next: [b, c]}, b: {kind: open, skip: false}, c: {kind: won}}"), "forbidden_move"),
    (stages("{a: {kind: open, approval: x_qoute}, b: {kind: won}}"), "unknown_name"),
    (stages("{a: {kind: open}, b: {kind: won, approval: x_quote}}"), "wrong_entity"),
    (stages("{a: {kind: open, entry: {s: {set: {nmae: '1'}}}}, b: {kind: won}}"), "unknown_name"),
    (stages("{a: {kind: open, exit: {s: {sett: {name: '1'}}}}, b: {kind: won}}"), "unknown_key"),
    (stages("{a: {kind: open, escalate: {to: owner}}, b: {kind: won}}"), "missing_key"),
    (stages("{a: {kind: open, limit: 1d, escalate: {to: name}}, b: {kind: won}}"), "not_people"),
    (stages("{a: {kind: open, limit: 1d, escalate: {template: lste}}, b: {kind: won}}"), "unknown_name"),
    (stages("{a: {kind: open, limit: 1d, calendar: chian}, b: {kind: won}}"), "unknown_name"),
    (stages("{a: {kind: open, reasons: loss_raeson}, b: {kind: won}}"), "unknown_name"),
    (pipelines("{p: {when: nmae == 'x', stages: {a: {kind: open}}}, q: {stages: {a: {kind: open}}}}"), "unknown_name"),
    (pipelines("{p: {stages: {a: {kind: open}}}, q: {stages: {b: {kind: open}}}}"), "unreachable_pipeline"),
    (pipelines("{p: {when: name == 'x', stages: {a: {kind: open}}}}"), "no_pipeline_left"),
    (pipelines("{p: {when: stage == 'a', stages: {a: {kind: open}}}, q: {stages: {a: {kind: open}}}}"), "cycle"),
    (pipelines("{p: {when: name == 'x', stages: {a: {kind: open}}}, q: {stages: {a: {kind: won}}}}"), "stage_differs"),
    (
        pipelines("{p: {when: user.name == 'x', stages: {a: {kind: open}}}, q: {stages: {a: {kind: open}}}}"),
        "unknown_name",
    ),
]


@pytest.mark.parametrize(("own", "code"), [*APPROVALS, *AUTOMATIONS, *OTHERS, *PIPELINES])
def test_a_process_that_makes_no_sense_is_one_error_with_file_and_line(
    compiled: Compiled, own: Files, code: str
) -> None:
    compilation = compiled(own)
    errors = [problem for problem in compilation.problems if problem.severity == "error"]
    assert [problem.code for problem in errors] == [code], [str(problem.message) for problem in errors]
    problem = errors[0]
    assert problem.location is not None
    assert problem.location.line > 0
    assert problem.location.file.startswith(
        ("approvals/x_", "automations/x_", "pools/", "assign", "calen", "entities/")
    )
    assert problem.message.in_("zh-CN") != problem.message.in_("en")
    assert compilation.model is None


WARNINGS: list[tuple[Files, str]] = [
    (approval("", "a: {who: role('x_blind')}") | {"roles/x_blind.yaml": "label: B\n"}, "role_cannot_read"),
    (automation("a: {set: {amount: amount * 2}}", "updated: deal"), "triggers_itself"),
    (automation("a: {set: {amount: amount * 2}}", "updated: {entity: deal, fields: [amount]}"), "triggers_itself"),
    (automation("a: {create: {entity: deal, set: {account: account, name: name}}}"), "triggers_itself"),
    (assignment("", "a: {to: owner, when: name == 'x'}"), "no_fallback"),
    (stages("{a: {kind: open, next: [b]}, b: {kind: open, next: [a]}, c: {kind: open, next: [d, a]}, d: {kind: won}}",
            "initial: c\n    "), "never_ends"),
    (
        pipelines("{p: {when: name == 'x', stages: {a: {kind: open, label: One}}}, q: {stages: {a: {kind: open}}}}"),
        "stage_differs",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("own", "code"), WARNINGS)
def test_a_doubtful_process_is_warned_of(compiled: Compiled, own: Files, code: str) -> None:
    compilation = compiled(own)
    assert {problem.code for problem in compilation.problems} == {code}
    assert all(problem.severity == "warning" for problem in compilation.problems)
    assert compilation.model is not None


FINE: list[Files] = [
    automation("a: {set: {amount: amount * 2}}", "updated: deal", "when: amount < 100\n"),
    automation("a: {set: {amount: amount * 2}, when: amount < 100}", "updated: deal"),
    automation("a: {set: {amount: amount * 2}}", "updated: {entity: deal, fields: [name]}"),
    automation("a: {set: {name: '\"done\"'}}", "updated: deal"),
    automation("a: {set: {amount: amount * 2}}", "updated: deal", "once: true\n"),
]


@pytest.mark.parametrize("own", FINE)
def test_an_automation_that_comes_to_rest_is_not_warned_of(compiled: Compiled, own: Files) -> None:
    assert compiled(own).problems == ()


def test_a_circle_over_two_automations_is_told_once_with_its_way(compiled: Compiled) -> None:
    own = {
        **ROLE,
        "automations/x_a.yaml": "label: A\non: {created: deal}\n"
        "do: {s: {create: {entity: account, set: {name: name}}}}\n",
        "automations/x_b.yaml": "label: B\non: {created: account}\ndo: {s: {create: "
        "{entity: deal, set: {name: name, account: record}}}}\n",
    }
    found = [problem for problem in compiled(own).problems if problem.code == "triggers_itself"]
    assert len(found) == 1
    assert "x_a → x_b → x_a" in str(found[0].message)


def test_a_misspelt_role_points_at_the_word_and_says_what_was_meant(compiled: Compiled) -> None:
    problem = compiled(approval("", "a:\n    who: role('x_bos')")).problems[0]
    assert str(problem.location) == "approvals/x_a.yaml:5:16"
    assert "x_boss" in str(problem.hint)


def test_a_misspelt_name_between_braces_points_at_the_word(compiled: Compiled) -> None:
    problem = compiled(automation("a: {notify: {to: owner, title: 'Hi {{ nmae }}'}}")).problems[0]
    assert str(problem.location) == "automations/x_a.yaml:4:41"
    assert "name" in str(problem.hint)


def test_people_are_not_chosen_in_forms_and_filters(compiled: Compiled) -> None:
    own = {
        "entities/x_v.yaml": "label: V\nowned: true\nfields:\n  a: {type: text, visible_when: manager(owner) == user}\n"
    }
    problem = compiled(own).problems[0]
    assert "where people are chosen" in str(problem.message)
