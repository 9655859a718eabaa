"""In charge of duplicate rules: what is compared with what, in the form as written or in the normal form."""

import re

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.referring import refer
from tenon.compiler.work import Draft, Work
from tenon.model.duplicates import Duplicate, Match
from tenon.model.entities import Field
from tenon.texts import say

_ITEM = re.compile(r"(?P<here>[a-z0-9_]+)(?P<loose>~?)(?: = (?P<there>[a-z0-9_]+)(?P<there_loose>~?))?")
NORMAL = ("text", "email", "phone", "url", "address", "postal_address")
"""Types that have a normal form."""


def resolve_duplicates(work: Work, draft: Draft) -> dict[str, Duplicate]:
    items = ordered(draft.node.get("duplicates"), ".".join((*draft.path, "duplicates")), work.problems)
    return {name: _rule(work, draft, node, (*draft.path, "duplicates", name)) for name, node in items.items()}


def _rule(work: Work, draft: Draft, node: Node, path: TreePath) -> Duplicate:
    against = refer(work, "entities", node.get("against"), (*path, "against"))
    there = draft if against is None else work.drafts[against]
    given = node.get("match")
    found = [_match(work, draft, there, item, (*path, "match")) for item in ([] if given is None else given.entries)]
    fallback = say("There is such a record already.", "已有相同的记录。")
    return Duplicate(
        name=path[-1],
        against=there.name,
        match=tuple(match for match in found if match is not None),
        action=node.pick("action"),
        when=work.expression(node.get("when"), (*path, "when"), work.scope(draft.name)),
        message=work.text(node.get("message"), (*path, "message"), fallback) or fallback,
        origin=node.location,
    )


def _match(work: Work, draft: Draft, there: Draft, node: Node, path: TreePath) -> Match | None:
    written = _ITEM.fullmatch(str(node.value))
    if written is None:
        return None
    own = _field(work, draft, written["here"], node, path)
    other = _field(work, there, written["there"] or written["here"], node, path)
    if own is None or other is None:
        return None
    loose = bool(written["loose"] or written["there_loose"])
    for field in (own, other):
        if loose and field.type.key not in NORMAL:
            message = say("“{name}” has no normal form.", "“{name}”没有规范形式。", name=field.name)
            hint = say("Leave the tilde out.", "请去掉波浪号。")
            work.report("no_normal_form", message, node, path, hint=hint)
            return None
    if own.type.expression_type().kind != other.type.expression_type().kind:
        message = say(
            "“{one}” and “{other}” are never equal.", "“{one}”与“{other}”不可能相等。", one=own.name, other=other.name
        )
        work.report("wrong_type", message, node, path)
    return Match(field=own.name, other=other.name, normal=loose)


def _field(work: Work, draft: Draft, name: str, node: Node, path: TreePath) -> Field | None:
    field = draft.fields.get(name)
    if field is None:
        work.unknown(say("field in {entity}", "{entity} 的字段", entity=draft.name), name, draft.fields, node, path)
        return None
    if not field.stored:
        message = say("“{name}” is computed and cannot be compared.", "“{name}”是计算字段，不能用于查重。", name=name)
        work.report("not_stored", message, node, path)
        return None
    return field
