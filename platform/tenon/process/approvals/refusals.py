"""In charge of the words in which an operation on a request is refused."""

from collections.abc import Sequence

from tenon.errors import Conflict, Forbidden, TenonError
from tenon.model import Approval
from tenon.process.approvals.values import START, Status, TaskStatus
from tenon.texts import Text, say

STATUSES: dict[Status, Text] = {
    "running": say("in approval", "审批中"),
    "revising": say("sent back for revision", "已退回修改"),
    "approved": say("approved", "已通过"),
    "rejected": say("rejected", "已拒绝"),
    "recalled": say("recalled", "已撤回"),
    "cancelled": say("cancelled", "已取消"),
}
_TASKS: dict[TaskStatus, Text] = {
    "waiting": say("It is not your turn yet.", "还没有轮到您审批。"),
    "approved": say("You have approved this already.", "您已经同意过了。"),
    "rejected": say("You have rejected this already.", "您已经拒绝过了。"),
    "returned": say("You have sent this back already.", "您已经退回过了。"),
    "passed": say("This was handed over to somebody else.", "此审批已转交他人。"),
    "skipped": say("You need not decide this: it was skipped.", "此审批已跳过，无需处理。"),
    "resubmitted": say("This was submitted again already.", "此申请已重新提交。"),
    "dropped": say("Your decision is no longer needed here.", "此处已不再需要您的决定。"),
}
_VERBS: dict[str, Text] = {
    "delegate": say("hand it over", "转交"),
    "add_before": say("add somebody before", "前加签"),
    "add_after": say("add somebody after", "后加签"),
    "remind": say("remind people", "催办"),
}


def ended(status: Status) -> TenonError:
    return Conflict(
        say("This request has ended: it was {status}.", "此申请已结束：{status}。", status=STATUSES[status]),
        extra={"status": status},
    )


def not_asked() -> TenonError:
    return Forbidden(
        say("You are not asked in this approval.", "您不是此审批的参与人。"),
        hint=say("Open your inbox to see what waits for you.", "请在审批收件箱中查看待您处理的事项。"),
    )


def not_open(status: TaskStatus) -> TenonError:
    return Conflict(_TASKS.get(status, _TASKS["dropped"]), extra={"status": status})


def to_revise() -> TenonError:
    return Conflict(
        say("This was sent back to be revised.", "此申请已退回修改。"),
        hint=say("Submit it again, or recall it.", "请修改后重新提交，或撤回。"),
    )


def to_decide() -> TenonError:
    return Conflict(
        say("There is nothing to submit again: this waits for a decision.", "无需重新提交：此处等待审批决定。")
    )


def not_allowed(verb: str) -> TenonError:
    return Conflict(say("This approval does not let people {verb}.", "此审批流程不允许{verb}。", verb=_VERBS[verb]))


def no_way_back(flow: Approval, to: str, ways: Sequence[str]) -> TenonError:
    if not ways:
        return Conflict(say("It cannot be sent back from here.", "此处不能退回。"))
    names = [step_label(flow, way) for way in ways]
    joined = Text({lang: sep.join(name.in_(lang) for name in names) for lang, sep in (("en", ", "), ("zh-CN", "、"))})
    return Conflict(
        say("It cannot be sent back to “{to}” from here.", "不能从此处退回到“{to}”。", to=step_label(flow, to)),
        hint=say("It may go back to: {names}.", "可退回到：{names}。", names=joined),
        extra={"ways": list(ways)},
    )


def step_label(flow: Approval, step: str) -> Text:
    if step in flow.steps:
        return flow.steps[step].label
    return say("the submitter", "提交人") if step == START else Text.of(step[:60])


def asked_already() -> TenonError:
    return Conflict(
        say("This person is asked here already.", "此人已在该步骤的审批人中。"),
        hint=say("Choose somebody else.", "请选择其他人。"),
    )


def not_the_submitter() -> TenonError:
    return Conflict(
        say("Whoever submitted it must not decide it.", "提交人不能审批自己的申请。"),
        hint=say("Choose somebody else.", "请选择其他人。"),
    )


def only_submitter() -> TenonError:
    return Forbidden(say("Only whoever submitted the request may do this.", "只有提交人可以这样做。"))


def too_late_to_recall(rule: str) -> TenonError:
    if rule == "never":
        return Conflict(say("Requests of this approval cannot be recalled.", "此审批流程不允许撤回。"))
    return Conflict(
        say("Somebody has decided already, so it cannot be recalled.", "已有人作出决定，不能再撤回。"),
        hint=say("Ask the present approver to send it back.", "请联系当前审批人退回。"),
    )
