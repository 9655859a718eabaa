"""In charge of views: the declared ones, and the table an entity gets when nobody declared any."""

from tenon.compiler.figures import shown_path, sort_keys
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.view_types import LABELS, particulars
from tenon.compiler.work import Draft, Work
from tenon.expressions import Path
from tenon.model import Field, Names, SortKey, View, ViewColumn, ViewFilter
from tenon.texts import say

MOST_COLUMNS = 8
_TOO_LONG = (
    *("long_text", "rich_text", "file", "tags", "multi_choice"),
    *("image", "json", "signature", "encrypted", "checklist"),
)
_LANES = ("stage", "choice")


def resolve_views(work: Work, draft: Draft, *, title: str) -> dict[str, View]:
    items = ordered(draft.node.get("views"), ".".join((*draft.path, "views")), work.problems)
    views = {name: _view(work, draft, name, node, title) for name, node in items.items()}
    return views or _implied(work, draft, title)


def _implied(work: Work, draft: Draft, title: str) -> dict[str, View]:
    sort = (SortKey(("changed_at",), descending=True),)
    columns = _implied_columns(draft, title)
    origin = draft.node.location
    listed = View(
        name="list", type="table", label=draft.plural, columns=columns, sort=sort, implied=True, origin=origin
    )
    views = {"list": listed}
    if draft.pipelines:
        label = LABELS["kanban"]
        shown = tuple(column.path for column in columns if column.path not in ((title,), ("stage",)))[:3]
        views["board"] = View(
            name="board", type="kanban", label=label, by="stage", card=shown, implied=True, origin=origin
        )
    return views


def _implied_columns(draft: Draft, title: str) -> tuple[ViewColumn, ...]:
    first, last = [title], [name for name in ("stage", "owner") if name in draft.fields]
    middle = [
        field.name
        for field in draft.fields.values()
        if not field.system and field.type.key not in _TOO_LONG and field.name not in (*first, *last)
    ]
    names = [*first, *middle[: MOST_COLUMNS - len(last) - 1], *last]
    return tuple(ViewColumn(path=(name,)) for name in names)


def _view(work: Work, draft: Draft, name: str, node: Node, title: str) -> View:
    path = (*draft.path, "views", name)
    kind = node.pick("type", "table")
    scope = work.scope(draft.name, needs_sql=True)
    columns = _columns(work, draft, node, path)
    return View(
        name=name,
        type=kind,
        label=work.label(node, path, LABELS.get(kind, draft.plural)),
        columns=columns or (_implied_columns(draft, title) if kind == "table" else ()),
        where=work.expression(node.get("where"), (*path, "where"), scope),
        filters=Names(_filters(work, draft, node, path), kind="filter"),
        sort=sort_keys(work, draft, node, path),
        by=_lane(work, draft, node, path, kind),
        sum=_sum(work, draft, node, path),
        card=_card(work, draft, node, path),
        **particulars(work, draft, node, path),
        origin=node.location,
    )


def _columns(work: Work, draft: Draft, node: Node, path: TreePath) -> tuple[ViewColumn, ...]:
    given = node.get("columns")
    made = []
    for place, item in enumerate(() if given is None else given.entries):
        here = (*path, "columns", str(place))
        way = item.get("path") or item
        steps = shown_path(work, draft, way, here)
        if steps is not None:
            label = work.text(item.get("label"), (*here, "label"))
            made.append(ViewColumn(path=steps, label=label, width=item.pick("width")))
    _check_doubles(work, [column.path for column in made], given, (*path, "columns"))
    return tuple(made)


def _check_doubles(work: Work, paths: list[Path], node: Node | None, place: TreePath) -> None:
    seen: set[Path] = set()
    for path in paths:
        if path in seen:
            message = say("“{path}” is there twice.", "“{path}”出现两次。", path=".".join(path))
            work.report("used_twice", message, node, place)
        seen.add(path)


def _filters(work: Work, draft: Draft, node: Node, path: TreePath) -> dict[str, ViewFilter]:
    items = ordered(node.get("filters"), ".".join((*path, "filters")), work.problems)
    scope = work.scope(draft.name, needs_sql=True)
    made = {}
    for name, item in items.items():
        here = (*path, "filters", name)
        where = work.expression(item.get("where"), (*here, "where"), scope)
        if where is not None:
            made[name] = ViewFilter(name=name, label=work.label(item, here), where=where)
    return made


def _lane(work: Work, draft: Draft, node: Node, path: TreePath, kind: str) -> str | None:
    given = node.get("by")
    if kind != "kanban":
        return None
    if given is None:
        if draft.pipelines:
            return "stage"
        message = say("A kanban needs “by”: the field of its lanes.", "看板需要 by：分列所依据的字段。")
        work.report("missing_key", message, node, path)
        return None
    return _own(work, draft, given, (*path, "by"), allowed=_LANES)


def _sum(work: Work, draft: Draft, node: Node, path: TreePath) -> str | None:
    given = node.get("sum")
    if given is None:
        return None
    name = _own(work, draft, given, (*path, "sum"))
    if name is not None and draft.fields[name].type.expression_type().kind != "number":
        message = say("“{name}” cannot be added up.", "“{name}”无法求和。", name=name)
        work.report("wrong_type", message, given, (*path, "sum"))
    return name


def _own(work: Work, draft: Draft, node: Node, path: TreePath, *, allowed: tuple[str, ...] | None = None) -> str | None:
    """The name of a field of the entity itself, of one of the allowed types."""
    field: Field | None = draft.fields.get(str(node.value))
    if field is None:
        work.unknown(say("field", "字段"), node.value, draft.fields, node, path)
        return None
    if allowed is not None and field.type.key not in allowed:
        message = say("Lanes are made of a choice or the stage.", "看板只能按选项或阶段分列。")
        work.report("wrong_type", message, node, path)
    return field.name


def _card(work: Work, draft: Draft, node: Node, path: TreePath) -> tuple[Path, ...]:
    given = node.get("card")
    found = (shown_path(work, draft, item, (*path, "card")) for item in ([] if given is None else given.entries))
    return tuple(steps for steps in found if steps is not None)
