"""In charge of what is said about requests: what happened, who is told what, why a record is locked."""

from collections.abc import Mapping

from tenon.model import Approval
from tenon.texts import Text, say

HAPPENED: Mapping[str, Text] = {
    "submitted": say("Submitted", "提交"),
    "resubmitted": say("Submitted again", "重新提交"),
    "approved": say("Approved", "同意"),
    "rejected": say("Rejected", "拒绝"),
    "returned": say("Sent back", "退回"),
    "delegated": say("Handed over", "转交"),
    "added_before": say("Added before", "前加签"),
    "added_after": say("Added after", "后加签"),
    "recalled": say("Recalled", "撤回"),
    "reminded": say("Reminded", "催办"),
    "copied": say("Copied", "抄送"),
    "commented": say("Commented", "评论"),
    "reassigned": say("Given to somebody else", "改派"),
    "forced": say("Decided by an administrator", "管理员裁定"),
    "expired": say("Not decided in time", "超时未处理"),
    "escalated": say("Asked too, because time ran out", "超时升级"),
    "not_applicable": say("Step does not apply", "步骤不适用"),
    "agreed_before": say("Agreed already in an earlier step", "已在之前的步骤同意，自动通过"),
    "submitter_skipped": say("Not asked: submitted it", "提交人本人，跳过"),
    "submitter_manager": say("The manager is asked instead of the submitter", "提交人本人，改由上级审批"),
    "nobody_skipped": say("Skipped: nobody was found", "未找到审批人，跳过"),
    "nobody_rejected": say("Rejected: nobody was found", "未找到审批人，拒绝"),
    "nobody_administrator": say("An administrator is asked: nobody was found", "未找到审批人，转管理员"),
    "nothing_applies": say("No step applies", "没有适用的步骤"),
    "moved": say("Moved to the new definition", "迁移到新流程"),
    "restarted": say("Begun again under the new definition", "按新流程重新开始"),
    "edited": say("Changed fields while deciding", "审批时修改字段"),
    "not_done": say("What should follow could not be done", "后续操作未能完成"),
}


def happened(kind: str) -> Text:
    return HAPPENED.get(kind) or Text.of(kind)


def asked(flow: Approval, submitter: str) -> Text:
    return say(
        "{person} asks you to decide: {approval}", "{person}请您审批：{approval}", person=submitter, approval=flow.label
    )


def to_revise(flow: Approval) -> Text:
    return say("Sent back to you: {approval}", "已退回给您：{approval}", approval=flow.label)


def reminder(flow: Approval, submitter: str) -> Text:
    return say(
        "Reminder: {person} waits for your decision on {approval}",
        "催办：{person}在等待您审批“{approval}”",
        person=submitter,
        approval=flow.label,
    )


def copied(flow: Approval, submitter: str) -> Text:
    return say(
        "For your information: {approval}, submitted by {person}",
        "抄送：{person}提交的“{approval}”",
        person=submitter,
        approval=flow.label,
    )


def ended(flow: Approval, outcome: str) -> Text:
    texts = {
        "approved": say("Approved: {approval}", "审批通过：{approval}", approval=flow.label),
        "rejected": say("Rejected: {approval}", "审批被拒绝：{approval}", approval=flow.label),
        "recalled": say("Recalled: {approval}", "已撤回：{approval}", approval=flow.label),
    }
    return texts.get(outcome) or say("Cancelled: {approval}", "审批已取消：{approval}", approval=flow.label)


def locked(flow: Approval, submitter: str, waiting: str) -> Text:
    return say(
        "It is in approval “{approval}”, submitted by {person}; now asked: {waiting}.",
        "正在审批“{approval}”，提交人：{person}，当前审批人：{waiting}。",
        approval=flow.label,
        person=submitter,
        waiting=waiting,
    )
