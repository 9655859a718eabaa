"""In charge of what an entity says of reminding: of which moment, how long before, whom."""

from tenon.compiler.figures import DATES
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.referring import own_field, required_keys
from tenon.compiler.work import Draft, Work
from tenon.model import Remind
from tenon.texts import say

_PERSON = "user"


def resolve_remind(work: Work, draft: Draft) -> Remind | None:
    node, path = draft.node.get("remind"), (*draft.path, "remind")
    if node is None or not required_keys(work, node, path, "remind", ("at", "before")):
        return None
    at = own_field(work, draft, node.get("at"), (*path, "at"), keys=DATES, wanted=say("date", "日期"))
    wanted = say("length of time", "时长")
    before = own_field(work, draft, node.get("before"), (*path, "before"), keys=("duration",), wanted=wanted)
    if at is None or before is None:
        return None
    when = work.expression(node.get("when"), (*path, "when"), work.scope(draft.name, needs_sql=True))
    return Remind(at=at.name, before=before.name, people=_people(work, draft, node, (*path, "people")), when=when)


def _people(work: Work, draft: Draft, node: Node, path: TreePath) -> tuple[str, ...]:
    """Their owner, where nobody is named."""
    given = node.get("people")
    if given is None:
        return ("owner",) if "owner" in draft.fields else ()
    found = []
    for item in given.entries:
        field = own_field(work, draft, item, path)
        if field is not None and field.leads_to != _PERSON:
            message = say("“{name}” holds no people.", "“{name}”不是人员字段。", name=field.name)
            work.report("wrong_type", message, item, path)
        elif field is not None:
            found.append(field.name)
    return tuple(found)
