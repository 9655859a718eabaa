"""In charge of the numbers of views, tiles, reports and plans: measures, groups, charts, columns, spans of time."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.paths import follow_path, read_path
from tenon.compiler.referring import own_field, refer
from tenon.compiler.work import Draft, Work
from tenon.expressions import NUMBER, Expression, RecordShape, Scope
from tenon.model.analysis import Chart, Column, Figures, Group, Measure, PeriodChoice, Place
from tenon.model.layout import SortKey
from tenon.model.names import Names
from tenon.model.scopes import measure_scope, reader_scope
from tenon.texts import Text, say

DATES = ("date", "datetime")
_GROUPED = ("text", "number", "boolean", "date", "datetime", "choice", "record")
_NOT_SHOWN = ("encrypted",)
"""Types whose values stand on a record's own page alone."""


def measure(
    work: Work,
    node: Node | None,
    path: TreePath,
    *,
    only: Iterable[str] | None = None,
    given: RecordShape | None = None,
) -> Measure | None:
    """A number over the records of the entities in `only`; `given` are the parameters it may read."""
    if node is None:
        return None
    written, here = (node.get("value"), (*path, "value")) if node.map else (node, path)
    roots = {} if given is None else {given.name: given}
    value = work.expression(written, here, measure_scope(work.drafts, only, roots), NUMBER)
    if value is None:
        return None
    if not value.dependencies:
        message = say("This measures no records.", "这里没有对任何记录计算。")
        hint = say("Begin with an entity: count(account).", "请以实体开头，例如 count(account)。")
        work.report("no_records", message, written, here, hint=hint, severity="warning")
    return Measure(
        name=path[-1],
        label=work.label(node, path),
        value=value,
        unit=node.pick("as", "number") if node.map else "number",
        decimals=node.pick("decimals"),
        help=work.text(node.get("help"), (*path, "help")),
    )


def measures(
    work: Work, node: Node, path: TreePath, *, only: Iterable[str] | None = None, given: RecordShape | None = None
) -> dict[str, Measure]:
    items = ordered(node.get("measures"), ".".join((*path, "measures")), work.problems)
    made = {key: measure(work, item, (*path, "measures", key), only=only, given=given) for key, item in items.items()}
    return {key: item for key, item in made.items() if item is not None}


def measured(value: Expression) -> list[str]:
    """The entities whose records it reads."""
    return sorted({way[0] for way in value.dependencies})


def groups(work: Work, draft: Draft, node: Node, path: TreePath, key: str = "groups") -> dict[str, Group]:
    items = ordered(node.get(key), ".".join((*path, key)), work.problems)
    made = {name: _group(work, draft, item, (*path, key, name)) for name, item in items.items()}
    return {name: group for name, group in made.items() if group is not None}


def _group(work: Work, draft: Draft, node: Node, path: TreePath) -> Group | None:
    written, here = (node.get("by"), (*path, "by")) if node.map else (node, path)
    by = work.expression(written, here, work.scope(draft.name, needs_sql=True), None)
    if by is None or written is None:
        return None
    every, bands = node.pick("every"), tuple(node.pick("bands", ()))
    if by.type.kind not in _GROUPED or not _groupable(draft, by):
        message = say("Records cannot be grouped by “{what}”.", "不能按“{what}”分组。", what=by.text)
        work.report("not_groupable", message, written, here)
        return None
    if every is not None and by.type.kind not in DATES:
        message = say("Only dates are grouped by “every”.", "只有日期可以用 every 分组。")
        work.report("wrong_type", message, node.get("every"), (*path, "every"))
    if bands and (by.type.kind != "number" or list(bands) != sorted(set(bands))):
        message = say("Bands are ascending limits of a number.", "bands 须为数字的升序分界。")
        work.report("wrong_order", message, node.get("bands"), (*path, "bands"))
    label = work.label(node, path, _field_label(draft, by))
    return Group(name=path[-1], label=label, by=by, every=every, bands=bands, empty=node.pick("empty", True))


def _groupable(draft: Draft, by: Expression) -> bool:
    field = draft.fields.get(by.text)
    return field is None or (field.type.groupable and field.type.key not in _NOT_SHOWN)


def _field_label(draft: Draft, by: Expression) -> Text | None:
    field = draft.fields.get(by.text)
    return None if field is None else field.label


def figures(work: Work, draft: Draft, node: Node, path: TreePath, given: RecordShape | None = None) -> Figures:
    """Groups and measures of one entity; `rows` of a pivot are groups too."""
    down = groups(work, draft, node, path, "rows" if "rows" in node.map else "groups")
    made = Figures(
        groups=Names(down, kind="group"),
        across=Names(groups(work, draft, node, path, "across"), kind="group"),
        measures=Names(measures(work, node, path, only=(draft.name,), given=given), kind="measure"),
    )
    return replace(made, chart=chart(work, node, path, {**made.groups, **made.across}, made.measures))


def chart(
    work: Work, node: Node, path: TreePath, groups_: Mapping[str, Any], measures_: Mapping[str, Any]
) -> Chart | None:
    given = node.get("chart")
    if given is None:
        return None
    here = (*path, "chart")
    for key in ("x", "series"):
        _beside(work, given.get(key), groups_, say("group", "分组"), (*here, key))
    drawn = given.get("measures")
    for item in [] if drawn is None else drawn.entries:
        _beside(work, item, measures_, say("measure", "度量"), (*here, "measures"))
    return Chart(
        type=given.pick("type"),
        x=given.pick("x"),
        series=given.pick("series"),
        measures=tuple(given.pick("measures", ())),
        stacked=given.pick("stacked", False),
        line=work.expression(given.get("line"), (*here, "line"), reader_scope(work.drafts), NUMBER),
    )


def _beside(work: Work, node: Node | None, known: Mapping[str, Any], what: Text, path: TreePath) -> None:
    if node is not None and node.value not in known:
        work.unknown(what, node.value, known, node, path)


def order(work: Work, node: Node, path: TreePath, known: Iterable[str]) -> tuple[str, ...]:
    """Groups and measures to sort by, as written."""
    given, names, found = node.get("sort"), list(known), []
    for item in [] if given is None else given.each:
        if str(item.value).lstrip("-") in names:
            found.append(str(item.value))
        else:
            what = say("group or measure", "分组或度量")
            work.unknown(what, str(item.value).lstrip("-"), names, item, (*path, "sort"))
    return tuple(found)


def columns(
    work: Work, draft: Draft, node: Node, path: TreePath, scope: Scope | None = None, key: str = "columns"
) -> tuple[Column, ...]:
    """Columns of tables that are no views: fields, or values worked out in SQL."""
    given = node.get(key)
    made = []
    for place, item in enumerate([] if given is None else given.entries):
        column = _column(work, draft, item, (*path, key, str(place)), scope)
        if column is not None:
            made.append(column)
    return tuple(made)


def _column(work: Work, draft: Draft, node: Node, path: TreePath, scope: Scope | None) -> Column | None:
    way, value = (node.get("path"), node.get("value")) if node.map else (node, None)
    if (way is None) == (value is None):
        message = say("A column has a path or a value.", "列须有 path 或 value 之一。")
        work.report("missing_key", message, node, path)
        return None
    seen = scope or work.scope(draft.name, needs_sql=True)
    steps = None if way is None else shown_path(work, draft, way, path)
    worked_out = work.expression(value, (*path, "value"), seen, None)
    if steps is None and worked_out is None:
        return None
    column = Column(
        path=steps,
        value=worked_out,
        label=work.text(node.get("label"), (*path, "label")),
        width=node.pick("width"),
        total=node.pick("total", "none"),
    )
    _check_total(work, draft, column, node, path)
    return column


def _check_total(work: Work, draft: Draft, column: Column, node: Node, path: TreePath) -> None:
    if column.total in ("none", "count", "min", "max"):
        return
    if column.path is not None:
        field = follow_path(work, draft, column.path, node, path)
        kind = "" if field is None else field.type.expression_type().kind
    else:
        kind = "" if column.value is None else column.value.type.kind
    if kind not in ("number", "duration"):
        message = say("Only numbers are added up.", "只有数字可以合计。")
        work.report("wrong_type", message, node.get("total"), (*path, "total"))


def shown_path(work: Work, draft: Draft, node: Node, path: TreePath) -> tuple[str, ...] | None:
    """A way to a field whose values may stand in a list."""
    steps = read_path(node)
    field = follow_path(work, draft, steps, node, path)
    if field is None:
        return None
    if field.type.key in _NOT_SHOWN:
        message = say(
            "“{name}” is encrypted and cannot stand in a list.", "“{name}”已加密，不能显示在列表中。", name=field.name
        )
        work.report("not_shown", message, node, path)
        return None
    return steps


def sort_keys(work: Work, draft: Draft, node: Node, path: TreePath) -> tuple[SortKey, ...]:
    given = node.get("sort")
    keys = []
    for item in [] if given is None else given.each:
        steps = read_path(item)
        field = follow_path(work, draft, steps, item, (*path, "sort"))
        if field is None:
            continue
        if not field.type.sortable or field.type.key in _NOT_SHOWN:
            message = say("Records cannot be sorted by “{name}”.", "不能按“{name}”排序。", name=field.name)
            work.report("not_sortable", message, item, (*path, "sort"))
        else:
            keys.append(SortKey(steps, descending=str(item.value).startswith("-")))
    return tuple(keys)


def totals(work: Work, draft: Draft, node: Node, path: TreePath) -> tuple[str, ...]:
    """Own number fields that are added up."""
    given, names = node.get("totals"), []
    for item in [] if given is None else given.entries:
        field = own_field(work, draft, item, (*path, "totals"))
        if field is None:
            continue
        if field.type.expression_type().kind not in ("number", "duration"):
            message = say("“{name}” cannot be added up.", "“{name}”无法求和。", name=field.name)
            work.report("wrong_type", message, item, (*path, "totals"))
        else:
            names.append(field.name)
    return tuple(names)


def places(work: Work, node: Node | None, path: TreePath, *, kinds: Iterable[str], wanted: Text) -> tuple[Place, ...]:
    """Entity → way to a field whose values are of these kinds of the expression language."""
    made = []
    for name, item in ({} if node is None else node.map).items():
        if name not in work.drafts:
            work.unknown(say("entity", "实体"), name, work.drafts, item, (*path, name))
            continue
        steps = read_path(item)
        field = follow_path(work, work.drafts[name], steps, item, (*path, name))
        if field is None:
            continue
        if field.type.expression_type().kind not in tuple(kinds):
            message = say("“{name}” is no {wanted}.", "“{name}”不是{wanted}。", name=str(item.value), wanted=wanted)
            work.report("wrong_type", message, item, (*path, name))
        else:
            made.append(Place(entity=name, path=steps))
    return tuple(made)


def period(work: Work, node: Node | None, path: TreePath, draft: Draft | None = None) -> PeriodChoice | None:
    """Of a report, whose `at` is one way, or of a dashboard, whose `at` has one per entity."""
    if node is None:
        return None
    wanted = say("date", "日期")
    given = node.get("at")
    if draft is not None and given is not None:
        whole = Node({draft.name: given}, given.source, given.line, given.column)
        at = places(work, whole, path, kinds=DATES, wanted=wanted)
    else:
        at = places(work, given, (*path, "at"), kinds=DATES, wanted=wanted)
    default = node.pick("default")
    choices = tuple(node.pick("choices", (default,)))
    if default not in choices:
        message = say("“{default}” is not among the choices.", "“{default}”不在可选项中。", default=default)
        work.report("not_a_choice", message, node.get("default"), (*path, "default"))
    return PeriodChoice(default=default, choices=choices, at=at, compare=node.pick("compare"))


def segment_of(work: Work, draft: Draft | None, node: Node, path: TreePath) -> str | None:
    given = node.get("segment")
    name = refer(work, "segments", given, (*path, "segment"))
    if name is None or draft is None:
        return name
    other = work.part("segments")[name].pick("entity")
    if other != draft.name:
        message = say("The segment is of “{other}”.", "该分群属于“{other}”。", other=str(other))
        work.report("wrong_entity", message, given, (*path, "segment"))
    return name
