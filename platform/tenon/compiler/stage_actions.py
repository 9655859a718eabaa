"""In charge of what stages do by themselves: on entering, on leaving, and when a record stays too long."""

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.referring import refer, seconds
from tenon.compiler.scenes import USER, Scene, record_type
from tenon.compiler.steps import resolve_steps
from tenon.compiler.who import resolve_who
from tenon.compiler.work import Work
from tenon.expressions import TEXT
from tenon.model import DataShape, Escalation
from tenon.texts import say


def stage_scene(work: Work, entity: str) -> Scene:
    told = {"from_stage": TEXT, "to_stage": TEXT, "reason": TEXT, "by": record_type(work, USER)}
    return Scene(entity=entity, roots={"trigger": DataShape("trigger", told)}, has_old=True)


def resolve_escalation(work: Work, stage: Node, path: TreePath, scene: Scene) -> Escalation | None:
    node = stage.get("escalate")
    if node is None:
        return None
    if stage.get("limit") is None:
        message = say("Without a “limit” no record stays too long.", "没有 limit 就不会超时。")
        hint = say("Say how long it may stay: limit: 14d.", "请写明最长停留时间，例如 limit: 14d。")
        work.report("missing_key", message, node, path, hint=hint)
    to = resolve_who(work, node.get("to"), (*path, "to"), scene)
    template = refer(work, "templates", node.get("template"), (*path, "template"))
    return Escalation(
        to=to,
        template=template,
        do=resolve_steps(work, node.get("do"), (*path, "do"), scene),
        every=seconds(node, "every"),
    )
