"""In charge of data sets: rows that become records, checked against the fields they fill."""

from collections.abc import Mapping
from typing import Any

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.work import Draft, Work
from tenon.fields import InvalidValue
from tenon.model import DataSet, Field
from tenon.texts import say

_KEPT = ("id", "version")
_NOW = "today"
"""Days counted from the day of loading: today, today+14d, today-30d 10:30."""
_READ_WHEN_LOADED = ("date", "datetime")


def resolve_data(work: Work) -> tuple[DataSet, ...]:
    """Reference data first, then demonstration data, each in the order of layers and files."""
    found = []
    for kind in ("data", "demo"):
        for name, node in work.part(kind).items():
            made = _data_set(work, kind, name, node)
            if made is not None:
                found.append(made)
    return tuple(found)


def _data_set(work: Work, kind: str, name: str, node: Node) -> DataSet | None:
    path: TreePath = (kind, name)
    entity = str(node.pick("entity", name))
    draft = work.drafts.get(entity)
    if draft is None:
        work.unknown(say("entity", "实体"), entity, work.drafts, node.get("entity") or node, path)
        return None
    rows = node.get("rows")
    items = [] if rows is None else rows.entries
    key = _key(work, draft, node, items, path)
    fillable = _check_columns(work, draft, items, path)
    for place, row in enumerate(items):
        _check_row(work, draft, row, (*path, "rows", str(place)), key, fillable)
    _check_doubles(work, items, key, path)
    values: tuple[Mapping[str, Any], ...] = tuple(row.plain() for row in items)
    return DataSet(
        name=name,
        module=node.layer,
        entity=entity,
        key=key,
        rows=values,
        demo=kind == "demo",
        origin=node.location,
    )


def _key(work: Work, draft: Draft, node: Node, rows: list[Node], path: TreePath) -> tuple[str, ...]:
    given = node.get("key")
    if given is None:
        return tuple(list(rows[0].map)[:1]) if rows else ()
    names = given.each
    columns = {name for row in rows for name in row.map}
    for item in names:
        if item.value not in draft.fields and item.value not in columns:
            work.unknown(say("field", "字段"), item.value, draft.fields, item, (*path, "key"))
    return tuple(str(item.value) for item in names)


def _check_columns(work: Work, draft: Draft, rows: list[Node], path: TreePath) -> set[str]:
    """Names of the fields that rows may fill; a wrong name is reported where it stands first."""
    fillable = {f.name for f in draft.fields.values() if not f.type.computed and f.name not in _KEPT}
    first: dict[str, Node] = {}
    for row in rows:
        for name, node in row.map.items():
            first.setdefault(name, node)
    for name, node in first.items():
        if name not in fillable:
            work.unknown(say("field to fill", "可填写的字段"), name, fillable, node, (*path, "rows", name))
    return fillable


def _check_row(work: Work, draft: Draft, row: Node, path: TreePath, key: tuple[str, ...], fillable: set[str]) -> None:
    for name in key:
        if name not in row.map:
            message = say(
                "The row has no “{name}”, which tells it from others.", "该行缺少识别字段“{name}”。", name=name
            )
            work.report("missing_key", message, row, path)
    for name, node in row.map.items():
        if name in fillable:
            _check_value(work, draft.fields[name], node, (*path, name))


def _check_value(work: Work, field: Field, node: Node, path: TreePath) -> None:
    """Look-ups are found by key or title when the rows are loaded; everything else must fit its type now."""
    value = node.plain()
    relative = field.type.key in _READ_WHEN_LOADED and isinstance(value, str) and value.startswith(_NOW)
    if field.leads_to is not None or field.entities is not None or relative or value is None:
        return
    try:
        field.type.parse_local(value, "UTC")
    except InvalidValue as refusal:
        work.report(refusal.code, refusal.message, node, path, hint=refusal.hint)


def _check_doubles(work: Work, rows: list[Node], key: tuple[str, ...], path: TreePath) -> None:
    """Two rows with the same key would overwrite each other."""
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        values = tuple(str(row.pick(name)) for name in key)
        if key and values in seen:
            message = say("Two rows have the key “{key}”.", "有两行的键都是“{key}”。", key=", ".join(values))
            work.report("duplicate_key", message, row, path)
        seen.add(values)
