"""In charge of connectors: streams of records, how fields correspond, and that no secret stands in a file."""

from collections.abc import Mapping
from typing import Any

from tenon.compiler.crons import read_cron
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.referring import draft_of, own_field, refer, refuse_keys, required_keys, timezone, writable_field
from tenon.compiler.scores import sets
from tenon.compiler.work import Draft, Work
from tenon.model.entities import Entity, Field
from tenon.model.names import Names
from tenon.model.outreach import Connector, Credentials, Mapped, Paging, Stream
from tenon.texts import say

_NEEDS_URL = ("rest",)
_KEYS = ("text", "integer", "auto_number", "email", "url")
_STREAM = ("source", "items", "conflict", "deleted", "changed")


def resolve_connectors(work: Work, entities: Mapping[str, Entity]) -> dict[str, Connector]:
    return {name: _connector(work, entities, name, node) for name, node in work.things("connectors").items()}


def _connector(work: Work, entities: Mapping[str, Entity], name: str, node: Node) -> Connector:
    path = ("connectors", name)
    system = node.pick("system")
    if system in _NEEDS_URL:
        required_keys(work, node, path, system, ("url",))
    _check_url(work, node, path)
    schedule = read_cron(work, node.get("schedule"), (*path, "schedule"))
    items = ordered(node.get("streams"), ".".join((*path, "streams")), work.problems)
    made = {key: _stream(work, entities, item, (*path, "streams", key), schedule) for key, item in items.items()}
    return Connector(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        system=system,
        url=node.pick("url", ""),
        credentials=_credentials(work, node.get("auth"), (*path, "auth")),
        timezone=timezone(work, node, path),
        per_minute=node.pick("per_minute"),
        streams=Names({key: stream for key, stream in made.items() if stream is not None}, kind="stream"),
        origin=node.location,
    )


def _check_url(work: Work, node: Node, path: TreePath) -> None:
    url = node.get("url")
    if url is None:
        return
    words = str(url.value)
    host = words.split("://")[-1].split("/")[0]
    if "@" in host:
        message = say("Names and passwords do not belong into an address.", "地址中不得含有用户名和密码。")
        hint = say("Write “auth” with the name of a variable.", "请使用 auth 并写变量名。")
        work.report("secret_in_file", message, url, (*path, "url"), hint=hint)
    elif not words.startswith(("https://", "http://", "sftp://", "imaps://", "file:")):
        message = say("An address begins with https://.", "地址应以 https:// 开头。")
        work.report("bad_value", message, url, (*path, "url"))


def _credentials(work: Work, node: Node | None, path: TreePath) -> Credentials:
    if node is None:
        return Credentials()
    kind = node.pick("kind")
    needed = {"none": (), "basic": ("secret", "user"), "oauth2": ("secret", "user", "token_url")}.get(kind, ("secret",))
    required_keys(work, node, path, kind, needed)
    given: dict[str, Any] = {
        key: node.pick(key) for key in ("secret", "user", "header", "token_url") if key in node.map
    }
    return Credentials(kind=kind, **given)


def _stream(work: Work, entities: Mapping[str, Entity], node: Node, path: TreePath, schedule: str) -> Stream | None:
    draft = draft_of(work, node, path)
    if draft is None:
        return None
    direction = node.pick("direction")
    key = node.get("key") or Node({}, node.source)
    ours = own_field(
        work,
        draft,
        key.get("ours"),
        (*path, "key", "ours"),
        keys=_KEYS,
        wanted=say("field for a number or code", "编号字段"),
    )
    if ours is not None and not ours.unique:
        message = say(
            "“{name}” is not unique: two records could be the same over there.",
            "“{name}”不是唯一字段，两条记录可能对应对方同一条。",
            name=ours.name,
        )
        hint = say("Set “unique: true” on the field.", "请在该字段上设置 unique: true。")
        work.report("not_unique", message, key.get("ours"), (*path, "key", "ours"), hint=hint)
    if direction != "both":
        refuse_keys(work, node, path, direction, ("conflict",))
    if direction == "in":
        refuse_keys(work, node, path, direction, ("where",))
    if direction == "out":
        refuse_keys(work, node, path, direction, ("defaults", "deleted", "mark", "changed", "pages", "assign"))
    mapped = _mapped(work, draft, node, path)
    _check_required(work, entities[draft.name], node, {pair.field for pair in mapped}, path)
    own_schedule = read_cron(work, node.get("schedule"), (*path, "schedule"))
    return Stream(
        name=path[-1],
        label=work.label(node, path, draft.plural),
        help=work.text(node.get("help"), (*path, "help")),
        entity=draft.name,
        direction=direction,
        key_field="" if ours is None else ours.name,
        key_theirs=key.pick("theirs", ""),
        mapped=mapped,
        defaults=sets(work, draft, node.get("defaults"), (*path, "defaults")),
        where=work.expression(node.get("where"), (*path, "where"), work.scope(draft.name, needs_sql=True)),
        mark=_mark(work, draft, node, path),
        pages=_pages(node.get("pages")),
        schedule=own_schedule or schedule,
        stops_on_error=node.pick("on_error", "skip") == "stop",
        assign=refer(work, "assignments", node.get("assign"), (*path, "assign")),
        **{name: node.pick(name) for name in _STREAM if name in node.map},
    )


def _mapped(work: Work, draft: Draft, node: Node, path: TreePath) -> tuple[Mapped, ...]:
    given = node.get("map")
    made, direction = [], node.pick("direction")
    for name, item in ({} if given is None else given.map).items():
        here = (*path, "map", name)
        one_way = item.pick("direction", direction) if item.map else direction
        outgoing = one_way == "out"
        field = draft.fields.get(name) if outgoing else writable_field(work, draft, item, name, here)
        if field is None:
            if outgoing:
                work.unknown(say("field", "字段"), name, draft.fields, item, here)
            continue
        if direction != "both" and one_way != direction:
            message = say("The stream goes “{direction}” only.", "该数据流仅为“{direction}”方向。", direction=direction)
            work.report("wrong_direction", message, item.get("direction"), (*here, "direction"))
        made.append(_pair(work, draft, field, item, here, one_way))
    return tuple(made)


def _pair(work: Work, draft: Draft, field: Field, node: Node, path: TreePath, direction: Any) -> Mapped:
    """A look-up is found by the field that `match` names, which has to be unique over there."""
    theirs = node.pick("theirs", "") if node.map else str(node.value)
    if node.map and not theirs:
        required_keys(work, node, path, field.name, ("theirs",))
    values = node.pick("values", {})
    keys = [option.key for option in field.type.settings.options]
    for one, ours in values.items():
        if keys and ours not in keys:
            place = node.at(("values", one))
            work.unknown(say("option", "选项"), ours, keys, place, (*path, "values"))
    return Mapped(
        field=field.name,
        theirs=theirs,
        direction=direction,
        value=work.expression(node.get("value"), (*path, "value"), work.scope(draft.name), None),
        values=values,
        target=field.target,
        match=_match(work, field, node, path),
        format=node.pick("format", ""),
        clears=node.pick("empty", "clear") == "clear",
    )


def _match(work: Work, field: Field, node: Node, path: TreePath) -> str | None:
    given = node.get("match")
    if field.target is None or field.target not in work.drafts:
        refuse_keys(work, node, path, field.name, ("match",))
        return None
    if given is None:
        return None
    found = own_field(work, work.drafts[field.target], given, (*path, "match"))
    if found is not None and not found.unique:
        message = say(
            "“{name}” is not unique, so it names no single record.",
            "“{name}”不是唯一字段，无法确定一条记录。",
            name=found.name,
        )
        work.report("not_unique", message, given, (*path, "match"))
    return None if found is None else found.name


def _check_required(work: Work, entity: Entity, node: Node, mapped: set[str], path: TreePath) -> None:
    """New records need what records cannot be without."""
    if node.pick("direction") == "out":
        return
    given = mapped | set(node.pick("defaults", {})) | {node.pick("key", {}).get("ours")}
    for field in entity.fields.values():
        if (
            field.required
            and not field.system
            and field.default is None
            and field.name not in (*given, "stage", "owner")
        ):
            message = say("New records would lack “{name}”.", "新记录将缺少“{name}”。", name=field.name)
            hint = say("Map it, or give it a value under “defaults”.", "请在 map 中对应，或在 defaults 中给出。")
            work.report("cannot_be_saved", message, node, path, hint=hint)


def _mark(work: Work, draft: Draft, node: Node, path: TreePath) -> str | None:
    if node.pick("deleted") == "mark":
        required_keys(work, node, path, "mark", ("mark",))
    field = own_field(
        work, draft, node.get("mark"), (*path, "mark"), keys=("boolean",), wanted=say("yes/no field", "是/否字段")
    )
    return None if field is None else field.name


def _pages(node: Node | None) -> Paging | None:
    if node is None:
        return None
    given: dict[str, Any] = {key: node.pick(key) for key in ("by", "size", "parameter", "next") if key in node.map}
    return Paging(**given)
