"""In charge of pools: which records nobody owns, when they fall back, and who may take them."""

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.referring import draft_of, refer, refer_all, same_entity, seconds
from tenon.compiler.scenes import Scene, scope_in
from tenon.compiler.work import Draft, Work
from tenon.expressions import Expression
from tenon.model import Claim, Pool, Recycle
from tenon.texts import say


def resolve_pools(work: Work) -> dict[str, Pool]:
    made = {name: _pool(work, name, node) for name, node in work.things("pools").items()}
    return {name: pool for name, pool in made.items() if pool is not None}


def _pool(work: Work, name: str, node: Node) -> Pool | None:
    path: TreePath = ("pools", name)
    draft = draft_of(work, node, path)
    if draft is None:
        return None
    if "owner" not in draft.fields:
        message = say("Records of “{entity}” have no owner.", "“{entity}”的记录没有负责人。", entity=draft.name)
        hint = say("A pool gives records to owners: write “owned: true”.", "公海用于分配负责人：请写 owned: true。")
        work.report("no_owner", message, node.get("entity"), (*path, "entity"), hint=hint)
    refer(work, "choices", node.get("release_reasons"), (*path, "release_reasons"))
    assign = refer(work, "assignments", node.get("assign"), (*path, "assign"))
    same_entity(work, "assignments", assign, draft.name, node.get("assign"), (*path, "assign"))
    return Pool(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        entity=draft.name,
        where=work.expression(node.get("where"), (*path, "where"), work.scope(draft.name, needs_sql=True)),
        recycle=_recycle(work, draft, node.get("recycle"), (*path, "recycle")),
        claim=_claim(work, draft, node.get("claim"), (*path, "claim")),
        protect=work.expression(node.get("protect"), (*path, "protect"), work.scope(draft.name, needs_sql=True)),
        mask_before_claim=_masked(work, draft, node.get("mask_before_claim"), (*path, "mask_before_claim")),
        release_reasons=node.pick("release_reasons"),
        assign=assign,
        was=tuple(node.pick("was", ())),
        origin=node.location,
    )


def _recycle(work: Work, draft: Draft, node: Node | None, path: TreePath) -> Recycle:
    if node is None:
        return Recycle()
    refer(work, "calendars", node.get("calendar"), (*path, "calendar"))
    lengths = {key: seconds(node, key) for key in ("no_followup", "no_deal", "warn")}
    waits = [length for key in ("no_followup", "no_deal") if (length := lengths[key]) is not None]
    if lengths["warn"] is not None and waits and lengths["warn"] >= min(waits):
        message = say("The warning comes before the time begins.", "预警时间早于计时开始。")
        work.report("reminder_too_early", message, node.get("warn"), (*path, "warn"))
    if lengths["warn"] is not None and not waits:
        message = say("There is nothing to warn of.", "没有可预警的内容。")
        hint = say("Say when records fall back: no_followup, no_deal.", "请写明回收条件：no_followup、no_deal。")
        work.report("missing_key", message, node.get("warn"), (*path, "warn"), hint=hint)
    return Recycle(
        **lengths,
        at=node.pick("at", "02:00"),
        last_followup=_moment(work, draft, node.get("last_followup"), (*path, "last_followup")),
        last_deal=_moment(work, draft, node.get("last_deal"), (*path, "last_deal")),
        calendar=node.pick("calendar"),
    )


def _moment(work: Work, draft: Draft, node: Node | None, path: TreePath) -> Expression | None:
    compiled = work.expression(node, path, work.scope(draft.name, needs_sql=True), None)
    if compiled is not None and compiled.type.kind not in ("date", "datetime"):
        message = say(
            "This gives {kind}, but a date or an instant is needed.",
            "结果是 {kind}，这里需要日期或时间。",
            kind=str(compiled.type),
        )
        work.report("wrong_type", message, node, path)
    return compiled


def _claim(work: Work, draft: Draft, node: Node | None, path: TreePath) -> Claim:
    if node is None:
        return Claim()
    approval = refer(work, "approvals", node.get("approval"), (*path, "approval"))
    same_entity(work, "approvals", approval, draft.name, node.get("approval"), (*path, "approval"))
    hold, above = node.pick("hold"), node.pick("approve_above")
    if hold is not None and above is not None and above >= hold:
        message = say(
            "Nobody holds more than {hold}, so approval above {above} never comes.",
            "每人最多持有 {hold} 条，因此超过 {above} 条的审批不会发生。",
            hold=hold,
            above=above,
        )
        work.report("limit_never_reached", message, node.get("approve_above"), (*path, "approve_above"))
    if node.get("approval") is not None and above is None:
        message = say("“{name}” is missing.", "缺少“{name}”。", name="approve_above")
        work.report("missing_key", message, node.get("approval"), (*path, "approval"))
    return Claim(
        roles=refer_all(work, "roles", node.get("roles"), (*path, "roles")),
        when=work.expression(node.get("when"), (*path, "when"), scope_in(work, Scene(entity=draft.name))),
        per_day=node.pick("per_day"),
        hold=hold,
        cooling=seconds(node, "cooling"),
        approve_above=above,
        approval=approval,
    )


def _masked(work: Work, draft: Draft, node: Node | None, path: TreePath) -> tuple[str, ...]:
    names = []
    for item in () if node is None else node.entries:
        field = draft.fields.get(str(item.value))
        if field is None:
            work.unknown(say("field", "字段"), item.value, draft.fields, item, path)
        elif field.system or field.name == "owner":
            message = say("“{name}” cannot be masked.", "“{name}”不能被隐藏。", name=field.name)
            work.report("cannot_mask", message, item, path)
        else:
            names.append(field.name)
    return tuple(names)
