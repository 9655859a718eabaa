"""In charge of owners that are taken away by an ordinary change: a record is given back to a pool, or keeps its owner.

What asks for a reason has a way of its own (`process.pools`), which changes the record in the product's name.
"""

from tenon.records.drafts import Draft, Work
from tenon.texts import say


def check_release(work: Work, draft: Draft) -> None:
    pools = work.plan.pools
    if not pools or draft.before is None or work.access.actor.is_system or draft.values["owner"] is not None:
        return
    if draft.before["owner"] is None or "owner" in draft.failed:
        return
    fitting = [pool for pool in pools if pool.where is None or work.evaluate(draft, pool.where)]
    if not fitting:
        message = say("It would be in no pool, so somebody has to own it.", "它不属于任何公海，必须有负责人。")
        draft.problem("owner", "required", message, say("Choose another owner.", "请选择其他负责人。"))
    elif all(pool.release_reasons is not None for pool in fitting):
        message = say(
            "Giving it back to “{pool}” asks for a reason.", "退回“{pool}”需要说明原因。", pool=fitting[0].label
        )
        hint = say(
            "Use “Give back” on the record's page, or the “release” of the pool over the API.",
            "请在记录页面点击“退回”，或通过 API 的公海 release 操作。",
        )
        draft.problem("owner", "reason_needed", message, hint)
