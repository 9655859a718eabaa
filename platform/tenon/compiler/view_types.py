"""In charge of what each type of view asks for beyond a table: dates of a calendar, the place of a map, and so on."""

from typing import Any

from tenon.compiler.figures import DATES, figures, totals
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.paths import follow_path, read_path
from tenon.compiler.referring import audience, far_field, own_field, refuse_keys, required_keys, result_key
from tenon.compiler.work import Draft, Work
from tenon.expressions import Expression, Path
from tenon.texts import Text, say

LABELS: dict[str, Text] = {
    "kanban": say("Board", "看板"),
    "calendar": say("Calendar", "日历"),
    "timeline": say("Timeline", "时间线"),
    "map": say("Map", "地图"),
    "cards": say("Cards", "卡片"),
    "tree": say("Tree", "树"),
    "pivot": say("Pivot table", "透视表"),
    "chart": say("Chart", "图表"),
}
"""What a view of the type is called when it has no label."""
_NEEDED = {
    "calendar": ("from",),
    "timeline": ("from",),
    "map": ("place",),
    "pivot": ("rows", "measures"),
    "chart": ("groups", "measures"),
}
_OWN = {
    "table": ("group", "totals"),
    "kanban": ("card",),
    "calendar": ("from", "to", "card", "people", "done"),
    "timeline": ("from", "to", "progress", "depends", "group", "card"),
    "map": ("place", "card"),
    "cards": ("image", "group", "card"),
    "tree": ("parent",),
    "pivot": ("rows", "across", "measures"),
    "chart": ("groups", "measures", "chart"),
}
_KEYS = tuple(dict.fromkeys(key for keys in _OWN.values() for key in keys))
PEOPLE = "user"
_PLACES = ("geo_point", "address")
_PICTURES = ("file", "image")


def particulars(work: Work, draft: Draft, node: Node, path: TreePath) -> dict[str, Any]:
    """The attributes of a `View` that belong to single types, and those of all types that a table can do without."""
    kind = node.pick("type", "table")
    required_keys(work, node, path, kind, _NEEDED.get(kind, ()))
    refuse_keys(work, node, path, kind, [key for key in _KEYS if key not in _OWN[kind]])
    wanted = say("date", "日期")
    starts, ends = (
        far_field(work, draft, node.get(key), (*path, key), keys=DATES, wanted=wanted) for key in ("from", "to")
    )
    if kind == "calendar" and starts is not None and ends is not None:
        _check_alike(work, draft, node, path, starts, ends)
    return {
        "group": _group(work, draft, node, path),
        "totals": totals(work, draft, node, path),
        "colors": _colors(work, draft, node, path),
        "starts": starts,
        "ends": ends,
        "progress": _number(work, draft, node, path),
        "depends": _depends(work, draft, node, path),
        "people": _people(work, draft, node, path),
        "done": _done(work, draft, node, path),
        "place": _place(work, draft, node, path),
        "image": _image(work, draft, node, path),
        "parent": _parent(work, draft, node, path, kind),
        **({"figures": figures(work, draft, node, path)} if kind in ("pivot", "chart") else {}),
        "roles": audience(work, node, path),
        "default_for": audience(work, node, path, "default_for"),
    }


def _check_alike(work: Work, draft: Draft, node: Node, path: TreePath, starts: Path, ends: Path) -> None:
    """Whole days end on a day, moments at a moment."""
    given = node.get("to")
    fields = [follow_path(work, draft, steps, given or node, path) for steps in (starts, ends)]
    kinds = {result_key(field) for field in fields if field is not None}
    if len(kinds) > 1:
        message = say("“from” and “to” are not both dates, nor both times.", "from 与 to 须同为日期，或同为日期时间。")
        work.report("wrong_type", message, given, (*path, "to"))


def _group(work: Work, draft: Draft, node: Node, path: TreePath) -> Path | None:
    given = node.get("group")
    steps = far_field(work, draft, given, (*path, "group"))
    if steps is None or given is None:
        return None
    field = follow_path(work, draft, steps, given, path)
    if field is None or not field.type.groupable:
        message = say("Records cannot be grouped by “{what}”.", "不能按“{what}”分组。", what=str(given.value))
        work.report("not_groupable", message, given, (*path, "group"))
        return None
    return steps


def _colors(work: Work, draft: Draft, node: Node, path: TreePath) -> dict[str, Expression]:
    given = node.get("colors")
    scope = work.scope(draft.name, needs_sql=True)
    made = {}
    for color, item in ({} if given is None else given.map).items():
        when = work.expression(item, (*path, "colors", color), scope)
        if when is not None:
            made[color] = when
    return made


def _number(work: Work, draft: Draft, node: Node, path: TreePath) -> str | None:
    given = node.get("progress")
    field = own_field(work, draft, given, (*path, "progress"))
    if field is None:
        return None
    if field.type.expression_type().kind != "number":
        message = say("“{name}” is no number.", "“{name}”不是数字。", name=field.name)
        work.report("wrong_type", message, given, (*path, "progress"))
        return None
    return field.name


def _people(work: Work, draft: Draft, node: Node, path: TreePath) -> tuple[str, ...]:
    given, names = node.get("people"), []
    for place, item in enumerate(() if given is None else given.entries):
        field = own_field(work, draft, item, (*path, "people", str(place)))
        if field is not None and PEOPLE not in (field.target, field.members):
            message = say("“{name}” names no people.", "“{name}”不是人员字段。", name=field.name)
            work.report("wrong_type", message, item, (*path, "people"))
        elif field is not None:
            names.append(field.name)
    return tuple(names)


def _done(work: Work, draft: Draft, node: Node, path: TreePath) -> str | None:
    field = own_field(work, draft, node.get("done"), (*path, "done"), keys=("boolean",), wanted=say("yes/no", "是/否"))
    return None if field is None else field.name


def _depends(work: Work, draft: Draft, node: Node, path: TreePath) -> str | None:
    return _link_to_itself(work, draft, node.get("depends"), (*path, "depends"))


def _parent(work: Work, draft: Draft, node: Node, path: TreePath, kind: str) -> str | None:
    if kind != "tree":
        return None
    given = node.get("parent")
    if given is not None:
        return _link_to_itself(work, draft, given, (*path, "parent"))
    if draft.hierarchy is None:
        message = say(
            "A tree needs “parent”: the look-up to the record above.", "树形视图需要 parent：指向上级记录的关联字段。"
        )
        work.report("missing_key", message, node, path)
    return draft.hierarchy


def _link_to_itself(work: Work, draft: Draft, node: Node | None, path: TreePath) -> str | None:
    field = own_field(work, draft, node, path)
    if field is None:
        return None
    if field.target != draft.name:
        message = say(
            "“{name}” is no look-up to the same entity.", "“{name}”不是指向本实体的关联字段。", name=field.name
        )
        work.report("wrong_type", message, node, path)
        return None
    return field.name


def _place(work: Work, draft: Draft, node: Node, path: TreePath) -> Path | None:
    given = node.get("place")
    if given is None:
        return None
    steps = read_path(given)
    field = follow_path(work, draft, steps, given, (*path, "place"))
    if field is None:
        return None
    if field.type.key not in _PLACES and field.target != "region":
        message = say("“{name}” is no place on a map.", "“{name}”不是地图上的位置。", name=str(given.value))
        hint = say("A geo point, an address or a region is one.", "须为地理坐标、地址或区域。")
        work.report("wrong_type", message, given, (*path, "place"), hint=hint)
        return None
    return steps


def _image(work: Work, draft: Draft, node: Node, path: TreePath) -> str | None:
    wanted = say("picture", "图片字段")
    field = own_field(work, draft, node.get("image"), (*path, "image"), keys=_PICTURES, wanted=wanted)
    return None if field is None else field.name
