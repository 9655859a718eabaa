"""In charge of the promises about processes in the model: what automations, approvals, pools and stages become."""

from collections.abc import Callable
from datetime import date

import pytest

from tenon.compiler import Compilation
from tenon.model import Model
from tenon.model.usage import uses_of

Compiled = Callable[..., Compilation]
TEMPLATES = "templates/x_won.yaml"
FILES = {
    "roles/x_director.yaml": "label: Director\ngrants: {deal: {read: all}}\n",
    "approvals/x_discount.yaml": """
label: {en: Discount, zh-CN: 折扣审批}
entity: deal
submit: {by: owner, when: amount > 5, require: [amount]}
steps:
  manager: {who: manager(record.owner), timeout: {after: 2d, do: escalate, remind: 4h, calendar: x_china}}
  director: {who: 'role("x_director", region=account.region)', when: amount > 20, mode: all}
  finance: {who: [head("finance"), request.submitter], beside: director, mode: quorum(2), after: manager}
copy_to: ['role("x_director")']
allow: {delegate: true, add_signer: true, return_to: [manager], recall: until_first_decision}
lock: {fields: "*", except: [name], approver_may_edit: [amount]}
decide: {fields: [amount], comment: on_reject, reasons: loss_reason}
on_approve:
  done: {set: {name: name + "!"}}
  tell: {notify: {to: [owner, trigger.by], title: {en: "{{ name }} passed", zh-CN: "{{ name }}已通过"}}}
on_change: {move: {boss: manager}}
""",
    "automations/x_won.yaml": """
label: Won
on: {stage_entered: {entity: deal, stage: won}, updated: {entity: deal, fields: [amount]}}
when: amount > 0 and changed("amount")
do:
  line: {create: {entity: deal_line, set: {deal: record, product: old.name}}}
  check:
    branch:
      big: {when: amount > 100, do: {ask: {approval: x_discount}}}
      other: {do: {rest: {wait: 3d}}}
  each:
    for_each:
      in: deal_line
      as: row
      where: not is_blank(product)
      do:
        mark: {update: {of: row, set: {product: row.product + name}}}
  last: {task: {title: "Look at {{ steps.line.product }}", to: owner, due: today() + days(1)}, when: amount > 1}
limits: {per_record: 3, timeout: 10m}
""",
    "automations/x_night.yaml": """
label: Night
on: {schedule: {cron: 0 2 * * *, timezone: Asia/Shanghai, entity: deal, where: amount > 5}}
do: {go: {move: lost}}
""",
    "pools/x_open.yaml": """
label: Open
entity: account
where: deal_count == 0
recycle: {no_followup: 30d, no_deal: 180d, warn: 3d, at: "02:00", last_followup: changed_at}
claim: {per_day: 5, hold: 200, cooling: 7d, approve_above: 50, when: region in user.region.subtree}
protect: region in region("east").subtree
mask_before_claim: [name]
assign: x_round
""",
    "assignments/x_round.yaml": """
label: Round
entity: account
rules:
  east: {when: region in region("east").subtree, to: 'role("seller", region=region)', method: least_loaded, most: 9}
  rest: {to: role("seller"), method: weighted, weight: 'coalesce(number("1"), 1)'}
""",
    "calendars/x_base.yaml": "label: Base\nweek: {mon: ['09:00-12:00', '13:30-18:00'], sat: []}\n",
    "calendars/x_china.yaml": """
label: China
timezone: Asia/Shanghai
extends: x_base
holidays: {national: {from: 2026-10-01, to: 2026-10-07}}
workdays: {national: {from: 2026-10-10, hours: ['09:00-12:00']}}
""",
    "entities/x_job.yaml": """
label: Job
owned: true
fields: {name: {type: text}, kind: {type: text}}
pipelines:
  big:
    when: kind == "big"
    stages:
      open:
        {kind: open, limit: 2d, next: [check, lost], escalate: {to: owner, every: 1d, do: {tell: {comment: Late}}}}
      check: {kind: open, skip: false, back: false, entry: {tell: {notify: {to: owner, title: "{{ trigger.reason }}"}}}}
      done: {kind: done, reasons: loss_reason, exit: {note: {comment: Again}}}
      lost: {kind: lost}
  small:
    stages: {open: {kind: open}, done: {kind: done}}
""",
}


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return FILES


@pytest.fixture
def model(compiled: Compiled, files: dict[str, str]) -> Model:
    compilation = compiled(files)
    assert [str(problem.message) for problem in compilation.problems] == []
    assert compilation.model is not None
    return compilation.model


def test_an_approval_asks_in_rounds(model: Model) -> None:
    approval = model.approvals["x_discount"]
    assert approval.rounds == (("manager",), ("finance", "director"))
    finance = approval.steps["finance"]
    assert (finance.mode, finance.quorum, finance.quorum_percent) == ("quorum", 2, None)
    assert len(finance.who) == 2
    manager = approval.steps["manager"].timeout
    assert manager is not None
    assert (manager.after, manager.remind, manager.calendar) == (2 * 86400, 4 * 3600, "x_china")


def test_an_approval_says_what_is_locked_and_what_happens_afterwards(model: Model) -> None:
    approval = model.approvals["x_discount"]
    assert approval.lock.every
    assert approval.lock.exceptions == ("name",)
    assert approval.allow.return_to == ("manager",)
    assert approval.allow.add_signer == "both"
    assert approval.on_change.map == {"boss": "manager"}
    assert list(approval.on_approve) == ["done", "tell"]
    tell = approval.on_approve["tell"].slots
    assert tell.texts["title"].in_("zh-CN") == "{{ name }}已通过"
    assert set(tell.placeholders) == {"name"}


def test_a_step_knows_its_action_its_values_and_its_result(model: Model) -> None:
    automation = model.automations["x_won"]
    line = automation.do["line"]
    assert (line.action, line.gives, line.slots.entity) == ("create", "deal_line", "deal_line")
    assert set(line.slots.values) == {"deal", "product"}
    assert automation.do["last"].slots.placeholders["steps.line.product"].type.kind == "text"
    assert automation.limits.timeout == 600


def test_branches_and_loops_hold_steps_of_their_own(model: Model) -> None:
    do = model.automations["x_won"].do
    assert list(do["check"].arms) == ["big", "other"]
    assert do["check"].arms["big"].do["ask"].slots.approval == "x_discount"
    assert do["check"].arms["other"].do["rest"].slots.seconds == {"for": 3 * 86400}
    loop = do["each"]
    assert loop.slots.path == ("deal_line",)
    body = loop.arms["do"]
    assert body.item == "row"
    assert (body.do["mark"].slots.way, body.do["mark"].slots.entity) == ("row", "deal_line")


def test_several_triggers_tell_what_each_of_them_knows(model: Model) -> None:
    automation = model.automations["x_won"]
    assert automation.entity == "deal"
    assert automation.on["stage_entered"].slots.stages["stage"].names == ("won",)
    assert automation.on["updated"].slots.field_names == ("amount",)


def test_nobody_sets_off_a_schedule_so_it_runs_as_the_system(model: Model) -> None:
    night = model.automations["x_night"]
    assert night.run_as == "system"
    assert night.on["schedule"].slots.options["cron"] == "0 2 * * *"
    assert night.on["schedule"].slots.options["timezone"] == "Asia/Shanghai"
    assert model.automations["x_won"].run_as == "actor"


def test_a_pool_has_its_times_in_seconds(model: Model) -> None:
    pool = model.pools["x_open"]
    assert (pool.recycle.no_followup, pool.recycle.warn, pool.claim.cooling) == (30 * 86400, 3 * 86400, 7 * 86400)
    assert pool.assign == "x_round"
    assert pool.claim.when is not None


def test_assignment_rules_stand_in_their_order(model: Model) -> None:
    rules = model.assignments["x_round"].rules
    assert [rule.method for rule in rules.values()] == ["least_loaded", "weighted"]
    assert rules["east"].most == 9


def test_a_calendar_takes_over_the_week_of_the_one_it_extends(model: Model) -> None:
    china = model.calendars["x_china"]
    assert china.week[0] == ((540, 720), (810, 1080))
    assert china.week[5] == ()
    assert china.holidays["national"].last == date(2026, 10, 7)
    assert china.workdays["national"].hours == ((540, 720),)


def test_stages_shared_by_pipelines_are_one_option(model: Model) -> None:
    job = model.entities["x_job"]
    assert [option.key for option in job.fields["stage"].type.settings.options] == ["open", "check", "done", "lost"]
    assert [pipeline.when is None for pipeline in job.pipelines.values()] == [False, True]


def test_a_stage_holds_what_it_does_by_itself(model: Model) -> None:
    stages = model.entities["x_job"].pipelines["big"].stages
    assert list(stages["check"].entry) == ["tell"]
    assert list(stages["done"].exit) == ["note"]
    escalate = stages["open"].escalate
    assert escalate is not None
    assert (escalate.every, list(escalate.do), len(escalate.to)) == (86400, ["tell"], 1)
    assert not stages["check"].skip
    assert not stages["check"].back
    assert stages["done"].reasons == "loss_reason"


@pytest.mark.parametrize(
    ("name", "user"),
    [
        ("entities.deal.fields.amount", "approvals.x_discount"),
        ("entities.deal_line.fields.product", "automations.x_won"),
        ("entities.deal.pipelines.default.stages.won", "automations.x_won"),
        ("entities.deal.relationships.deal_line", "automations.x_won"),
        ("roles.x_director", "approvals.x_discount"),
        ("approvals.x_discount", "automations.x_won"),
        ("assignments.x_round", "pools.x_open"),
        ("calendars.x_china", "approvals.x_discount"),
        ("choices.loss_reason", "entities.x_job.pipelines.big.stages.done"),
    ],
)
def test_whatever_a_process_names_is_known_to_be_used_by_it(model: Model, name: str, user: str) -> None:
    assert user in {use.path for use in uses_of(model, name)}


def test_the_order_of_steps_counts_and_is_part_of_the_digest(compiled: Compiled) -> None:
    first = compiled({"automations/x_a.yaml": "label: A\non: {created: deal}\ndo: {a: {wait: 1d}, b: {stop: true}}\n"})
    other = compiled({"automations/x_a.yaml": "label: A\non: {created: deal}\ndo: {b: {wait: 1d}, a: {stop: true}}\n"})
    again = compiled({"automations/x_a.yaml": "on: {created: deal}\nlabel: A\ndo: {a: {wait: 1d}, b: {stop: true}}\n"})
    assert first.model is not None
    assert other.model is not None
    assert again.model is not None
    assert first.model.digest != other.model.digest
    assert first.model.digest == again.model.digest


def test_texts_of_processes_can_be_translated(compiled: Compiled, files: dict[str, str]) -> None:
    words = """
approvals: {x_discount: {steps: {manager: {label: 经理}}}}
automations: {x_won: {label: 赢单, do: {last: {task: {title: "请查看 {{ steps.line.product }}"}}}}}
pools: {x_open: {label: 公海}}
calendars: {x_china: {holidays: {national: {label: 国庆节}}}}
entities: {x_job: {pipelines: {big: {stages: {open: {escalate: {do: {tell: {comment: {text: 超时}}}}}}}}}}
"""
    compilation = compiled({**files, "translations/zh-CN.yaml": words})
    assert [problem.code for problem in compilation.problems] == []
    assert compilation.model is not None
    assert compilation.model.approvals["x_discount"].steps["manager"].label.in_("zh-CN") == "经理"
    assert compilation.model.pools["x_open"].label.in_("zh-CN") == "公海"
