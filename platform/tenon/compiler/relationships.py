"""In charge of the other ends of look-ups: those with a name of their own, and those that get one by themselves."""

from collections import defaultdict
from typing import Literal

from tenon.compiler.naming import LANGUAGE_WORDS
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.work import Draft, Work
from tenon.model import Field, Relationship
from tenon.texts import Text, say

Ends = dict[str, list[Field]]
"""Entity → the look-ups of others that point to it."""


def resolve_relationships(work: Work) -> None:
    ends = _ends(work)
    for draft in work.drafts.values():
        nodes = ordered(draft.node.get("relationships"), ".".join((*draft.path, "relationships")), work.problems)
        for name, node in nodes.items():
            _declare(work, draft, name, node)
        _imply(work, draft, ends[draft.name])


def _ends(work: Work) -> Ends:
    ends: Ends = defaultdict(list)
    for draft in work.drafts.values():
        for field in draft.fields.values():
            for entity in _leads_to(field):
                if entity in work.drafts and not field.system and not field.type.computed:
                    ends[entity].append(field)
    return ends


def _leads_to(field: Field) -> tuple[str, ...]:
    """Of a look-up of any record the entities it names: of one that names none every entity would have an end."""
    return (field.leads_to,) if field.leads_to is not None else field.entities or ()


def _declare(work: Work, draft: Draft, name: str, node: Node) -> None:
    path = (*draft.path, "relationships", name)
    if name in draft.fields:
        message = say("“{name}” is already a field.", "“{name}”已是字段名称。", name=name)
        work.report("duplicate_name", message, node, path)
    elif ("from" in node.map) == ("with" in node.map):
        message = say(
            "A relationship has either “from” or “with” and “through”.",
            "关系须写 from，或写 with 与 through，二者选一。",
        )
        work.report("missing_key", message, node, path)
    else:
        made = _children(work, draft, node, path) if "from" in node.map else _many(work, draft, node, path)
        if made is not None:
            draft.relationships[name] = made


def _children(work: Work, draft: Draft, node: Node, path: TreePath) -> Relationship | None:
    entity, _, field = str(node.pick("from")).partition(".")
    origin = node.get("from")
    child = work.drafts.get(entity)
    if child is None:
        work.unknown(say("entity", "实体"), entity, work.drafts, origin, (*path, "from"))
        return None
    found = child.fields.get(field)
    if found is None:
        work.unknown(say("field", "字段"), f"{entity}.{field}", (f"{entity}.{n}" for n in child.fields), origin, path)
        return None
    if found.entities != () and draft.name not in _leads_to(found):
        message = say(
            "“{field}” does not point to “{entity}”.", "“{field}”不指向“{entity}”。",
            field=f"{entity}.{field}", entity=draft.name,
        )  # fmt: skip
        work.report("wrong_relationship", message, origin, (*path, "from"))
        return None
    return _made(work, node, path, kind=_kind(found), entity=entity, field=field)


def _many(work: Work, draft: Draft, node: Node, path: TreePath) -> Relationship | None:
    far, through = str(node.pick("with")), str(node.pick("through"))
    for key, name in (("with", far), ("through", through)):
        if name not in work.drafts:
            work.unknown(say("entity", "实体"), name, work.drafts, node.get(key), (*path, key))
            return None
    near_field = _link(work, through, draft.name, node, "field", path, taken=None)
    far_field = _link(work, through, far, node, "far_field", path, taken=near_field)
    if near_field is None or far_field is None:
        return None
    return _made(
        work, node, path, kind="many_to_many", entity=far, field=near_field, through=through, far_field=far_field
    )


def _link(
    work: Work, through: str, target: str, node: Node, key: str, path: TreePath, *, taken: str | None
) -> str | None:
    """The look-up of the link entity that points to `target`."""
    found = [f.name for f in work.drafts[through].fields.values() if f.target == target and not f.system]
    wanted = node.pick(key)
    if wanted is not None and wanted not in found:
        work.unknown(say("look-up", "关联字段"), wanted, found, node.get(key), (*path, key))
        return None
    candidates = [wanted] if wanted is not None else [name for name in found if name != taken]
    if not candidates:
        message = say(
            "“{through}” has no look-up to “{target}”.", "“{through}”没有指向“{target}”的关联字段。",
            through=through, target=target,
        )  # fmt: skip
        work.report("wrong_relationship", message, node, path)
    return candidates[0] if candidates else None


def _made(work: Work, node: Node, path: TreePath, **ends: str) -> Relationship:
    return Relationship(
        name=path[-1],
        label=work.label(node, path, work.drafts[ends["entity"]].plural),
        columns=tuple(node.pick("columns", ())),
        origin=node.location,
        **ends,  # type: ignore[arg-type]
    )


def _imply(work: Work, draft: Draft, ends: list[Field]) -> None:
    """Every look-up can be read from its other end, named after the child entity."""
    named = {(r.entity, r.field) for r in draft.relationships.values() if r.through is None}
    counts: dict[str, int] = defaultdict(int)
    for field in ends:
        counts[field.entity] += 1
    for field in ends:
        if (field.entity, field.name) not in named:
            _imply_one(work, draft, field, alone=counts[field.entity] == 1)


def _imply_one(work: Work, draft: Draft, field: Field, *, alone: bool) -> None:
    name = field.entity if alone and field.entity not in LANGUAGE_WORDS else f"{field.entity}_by_{field.name}"
    if name in draft.fields or name in draft.relationships:
        name = f"{field.entity}_by_{field.name}"
    if name in draft.fields or name in draft.relationships:
        return
    draft.relationships[name] = Relationship(
        name=name,
        label=_implied_label(work, field, alone),
        kind=_kind(field),
        entity=field.entity,
        field=field.name,
        implied=True,
        was=_former_names(work, field, name, alone=alone),
        origin=field.origin,
    )


def _former_names(work: Work, field: Field, name: str, *, alone: bool) -> tuple[str, ...]:
    """What the end was called before entity or field were renamed."""
    entities = (field.entity, *work.drafts[field.entity].node.pick("was", ()))
    called = [f"{entity}_by_{each}" for entity in entities for each in (field.name, *field.was)]
    if len(entities) == 1 and not field.was:
        return ()
    return tuple(old for old in (*(entities[1:] if alone else ()), *called) if old != name)


def _implied_label(work: Work, field: Field, alone: bool) -> Text:
    """Of several lists of one entity each is called after its field as well."""
    plural = work.drafts[field.entity].plural
    if alone or field.members is None:
        return plural
    return say("{plural} ({field})", "{plural}（{field}）", plural=plural, field=field.label)


def _kind(field: Field) -> Literal["children", "listing"]:
    """What it is seen from the other end: a look-up has children, a list of records is listed in."""
    return "children" if field.members is None else "listing"
