"""In charge of entities: first as drafts that others can refer to, at last as what the model holds."""

from tenon.compiler.duplicates import resolve_duplicates
from tenon.compiler.expressions import finish_fields, resolve_rules
from tenon.compiler.forms import resolve_forms
from tenon.compiler.memory import remembered
from tenon.compiler.nodes import Node
from tenon.compiler.paths import follow_path, read_path, region_path
from tenon.compiler.pipelines import finish_pipelines
from tenon.compiler.reminders import resolve_remind
from tenon.compiler.views import resolve_views
from tenon.compiler.work import Draft, Work
from tenon.expressions import Path
from tenon.model import Entity, Field, Names, Relationship, Unique
from tenon.texts import say

OF_RECORD = ("record_entity", "record_id")
"""The fields that name the record which a record belongs to."""
_TITLES = ("text", "auto_number", "email", "phone", "url")


def draft_entities(work: Work) -> None:
    for name, node in work.part("entities").items():
        path = ("entities", name)
        label = work.label(node, path)
        plural = work.text(node.get("plural"), (*path, "plural"), label) or label
        work.drafts[name] = Draft(name=name, node=node, label=label, plural=plural, watch=work.watch)


def finish_entities(work: Work) -> dict[str, Entity]:
    return {name: _finished(work, draft) for name, draft in work.drafts.items()}


def _finished(work: Work, draft: Draft) -> Entity:
    return remembered(work, draft.node, "entity", lambda: _entity(work, draft))


def _entity(work: Work, draft: Draft) -> Entity:
    node = draft.node
    fields = finish_fields(work, draft)
    views = resolve_views(work, draft, title=_title(work, draft))
    return Entity(
        name=draft.name,
        module=draft.module,
        label=draft.label,
        plural=draft.plural,
        help=work.text(node.get("help"), (*draft.path, "help")),
        icon=node.pick("icon", "database"),
        color=node.pick("color", ""),
        title=_title(work, draft),
        owner_path=_owner_path(work, draft),
        region_path=region_path(work, draft),
        history=node.pick("history", True),
        of_record=_of_record(work, draft),
        read_with=_read_with(work, draft),
        remind=resolve_remind(work, draft),
        hierarchy=draft.hierarchy,
        search=_search(work, draft),
        fields=Names(fields, kind="field"),
        relationships=Names(_relationships(work, draft), kind="relationship"),
        rules=Names(resolve_rules(work, draft), kind="rule"),
        pipelines=Names(finish_pipelines(work, draft), kind="pipeline"),
        uniques=_uniques(work, draft),
        duplicates=Names(resolve_duplicates(work, draft), kind="duplicate rule"),
        views=Names(views, kind="view"),
        forms=Names(resolve_forms(work, draft), kind="form"),
        was=tuple(node.pick("was", ())),
        origin=node.location,
    )


def _title(work: Work, draft: Draft) -> str:
    named = draft.node.get("title")
    own = [field for field in draft.fields.values() if not field.system]
    if named is not None:
        if named.value in draft.fields:
            return str(named.value)
        work.unknown(say("field", "字段"), named.value, (f.name for f in own), named, (*draft.path, "title"))
    if "name" in draft.fields:
        return "name"
    worded = (field.name for field in own if field.type.key in _TITLES)
    return next(worded, own[0].name if own else "id")


def _owner_path(work: Work, draft: Draft) -> Path | None:
    """Through parents until one has an owner of its own."""
    path: list[str] = []
    here, seen = draft, {draft.name}
    while True:
        owned = here.said("owned")
        if owned is None or owned.value is False:
            return _ownerless(work, draft, here, path)
        if owned.value is True:
            return (*path, "owner")
        field = here.fields.get(str(owned.value))
        if field is None or field.target not in work.drafts:
            _bad_owned(work, here, owned, field)
            return None
        path.append(field.name)
        here = work.drafts[str(field.target)]
        if here.name in seen:
            message = say("The owners of these records lead in a circle.", "这些记录的负责人形成循环。")
            work.report("cycle", message, draft.node.get("owned"), (*draft.path, "owned"))
            return None
        seen.add(here.name)


def _ownerless(work: Work, draft: Draft, last: Draft, path: list[str]) -> Path | None:
    """A user is its own owner; any other end without an owner leaves the records without one."""
    if not path:
        return None
    if last.name == "user":
        return tuple(path)
    message = say(
        "Records of “{entity}” have no owner to follow.", "“{entity}”的记录没有可跟随的负责人。", entity=last.name
    )
    work.report("wrong_owner", message, draft.node.get("owned"), (*draft.path, "owned"))
    return None


def _bad_owned(work: Work, draft: Draft, owned: Node, field: Field | None) -> None:
    path = (*draft.path, "owned")
    if field is None:
        known = [f.name for f in draft.fields.values() if f.target is not None]
        work.unknown(say("look-up", "关联字段"), owned.value, known, owned, path)
    else:
        message = say("“{field}” is no look-up.", "“{field}”不是关联字段。", field=field.name)
        work.report("wrong_owner", message, owned, path)


def _of_record(work: Work, draft: Draft) -> bool:
    node = draft.node.get("of_record")
    if node is None or not node.value:
        return False
    for name in OF_RECORD:
        field = draft.fields.get(name)
        if field is None or field.type.key != "text":
            message = say(
                "“of_record” needs the text fields “{fields}”.",
                "“of_record”需要文本字段“{fields}”。",
                fields=", ".join(OF_RECORD),
            )
            work.report("no_record", message, node, (*draft.path, "of_record"))
            return False
    return True


def _read_with(work: Work, draft: Draft) -> tuple[str, ...]:
    """Look-ups that rights come along; they must not lead in a circle, or the question would have no end."""
    node = draft.node.get("read_with")
    found = []
    for item in () if node is None else node.entries:
        field = draft.fields.get(str(item.value))
        path = (*draft.path, "read_with")
        if field is None:
            known = [each.name for each in draft.fields.values() if each.leads_to is not None]
            work.unknown(say("look-up", "关联字段"), item.value, known, item, path)
        elif field.leads_to not in work.drafts or field.type.computed:
            message = say("“{field}” is no look-up.", "“{field}”不是关联字段。", field=field.name)
            work.report("wrong_type", message, item, path)
        elif _leads_back(work, draft.name, str(field.leads_to)):
            message = say("The rights to read these records lead in a circle.", "这些记录的查看权限形成循环。")
            work.report("cycle", message, item, path)
        else:
            found.append(field.name)
    return tuple(found)


def _leads_back(work: Work, start: str, there: str, seen: frozenset[str] = frozenset()) -> bool:
    if there == start or work.drafts[there].said("of_record") is not None:
        return True
    named = work.drafts[there].said("read_with")
    for item in () if named is None or there in seen else named.entries:
        field = work.drafts[there].fields.get(str(item.value))
        further = None if field is None else field.leads_to
        if further in work.drafts and _leads_back(work, start, str(further), seen | {there}):
            return True
    return False


def _search(work: Work, draft: Draft) -> tuple[Path, ...]:
    node = draft.node.get("search")
    found = []
    for item in () if node is None else node.entries:
        path = read_path(item)
        if follow_path(work, draft, path, item, (*draft.path, "search")) is not None:
            found.append(path)
    return tuple(found)


def _relationships(work: Work, draft: Draft) -> dict[str, Relationship]:
    for relationship in draft.relationships.values():
        path = (*draft.path, "relationships", relationship.name, "columns")
        child = work.drafts[relationship.through or relationship.entity]
        for place, column in enumerate(relationship.columns):
            node = work.tree.at((*path, place))
            follow_path(work, child, tuple(column.split(".")), node, path)
    return draft.relationships


def _uniques(work: Work, draft: Draft) -> tuple[Unique, ...]:
    section = draft.node.get("unique")
    made = []
    for name, node in ({} if section is None else section.map).items():
        path = (*draft.path, "unique", name)
        fields = node.get("fields")
        names = [item for item in (fields.entries if fields is not None else ()) if _stored(work, draft, item, path)]
        message = work.text(node.get("message"), (*path, "message"))
        made.append(Unique(name=name, fields=tuple(str(item.value) for item in names), message=message))
    return tuple(made)


def _stored(work: Work, draft: Draft, item: Node, path: tuple[str, ...]) -> bool:
    field = draft.fields.get(str(item.value))
    if field is None:
        work.unknown(say("field", "字段"), item.value, draft.fields, item, (*path, "fields"))
    elif not field.stored:
        message = say(
            "“{name}” is computed and cannot be unique.", "“{name}”是计算字段，不能要求唯一。", name=field.name
        )
        work.report("not_stored", message, item, (*path, "fields"))
    return field is not None and field.stored
