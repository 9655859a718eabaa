"""In charge of names: what the API, the expression language and later standard modules need for themselves."""

import keyword
from collections.abc import Iterator

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.sources import COMPANY
from tenon.compiler.work import Work
from tenon.problems import Problems
from tenon.texts import Text, say

CLIENT_PREFIX = "x_"
API_ENTITIES = frozenset(
    (
        *("approvals", "assignments", "calendar", "leavers", "pools"),
        *("batch", "search", "files", "changes", "versions", "model", "limits", "docs", "openapi"),
        *("configuration", "token", "session", "me"),
    )
)
API_RELATIONSHIPS = frozenset(("actions", "approvals", "history", "stage_history", "restore", "files", "include"))
LANGUAGE_WORDS = frozenset((*keyword.kwlist, "user", "old", "is_new", "changed", "true", "false", "null", "record"))
FIELD_WORDS = LANGUAGE_WORDS | {"user"}
"""In expressions `user` is the actor."""
_LANGUAGE = say("the expression language", "表达式语言")


def check_names(work: Work) -> None:
    """Run on drafts with their relationships."""
    for name, draft in work.drafts.items():
        if name in API_ENTITIES:
            _reserved(work, name, say("the API", "API"), draft.node, draft.path, "record")
        if keyword.iskeyword(name):
            _reserved(work, name, _LANGUAGE, draft.node, draft.path, "record")
        for relationship in draft.relationships:
            path = (*draft.path, "relationships", relationship)
            if relationship in API_RELATIONSHIPS or relationship in LANGUAGE_WORDS:
                by = say("the API", "API") if relationship in API_RELATIONSHIPS else _LANGUAGE
                _reserved(work, relationship, by, work.tree.at(path), path, "list")
        for field in draft.fields:
            path = (*draft.path, "fields", field)
            if field in FIELD_WORDS:
                _reserved(work, field, _LANGUAGE, work.tree.at(path), path, "value")


def _reserved(work: Work, name: str, by: Text, node: Node, path: TreePath, what: str) -> None:
    message = say(
        "“{name}” means something else in {by}, so nothing here can be called so.",
        "“{name}”在{by}中另有含义，不能用作此处的名称。",
        name=name,
        by=by,
    )
    other = f"{name[: 39 - len(what)]}_{what}"
    hint = say("Choose another name, such as “{other}”.", "请换一个名称，例如“{other}”。", other=other)
    work.report("reserved_name", message, node, path, hint=hint)


def check_prefixes(tree: Node, local: frozenset[str], problems: Problems) -> None:
    """What a client or an add-on puts on top of others carries a prefix, so no later standard name can collide."""
    prefixes = {name: node.pick("prefix") for name, node in _modules(tree) if name in local}
    prefixes.update(dict.fromkeys(COMPANY, CLIENT_PREFIX))
    for path, node, home in _additions(tree):
        prefix = prefixes.get(node.layer)
        if prefix is not None and not _is_home(home, node.layer) and not path[-1].startswith(prefix):
            message = say(
                "“{name}” is added to what others maintain, so its name begins with “{prefix}”.",
                "“{name}”添加在他人维护的内容之上，名称须以“{prefix}”开头。",
                name=path[-1],
                prefix=prefix,
            )
            hint = say("Call it “{name}”.", "请命名为“{name}”。", name=f"{prefix}{path[-1]}"[:40])
            problems.add("missing_prefix", message, path=".".join(path), location=node.location, hint=hint)


def _is_home(home: str, layer: str) -> bool:
    """Whether the layer adds to what is its own; the client's files and his builder are one."""
    return home == layer or (home in COMPANY and layer in COMPANY)


def _modules(tree: Node) -> Iterator[tuple[str, Node]]:
    modules = tree.get("modules")
    yield from ({} if modules is None else modules.map).items()


def _additions(tree: Node) -> Iterator[tuple[TreePath, Node, str]]:
    """Entities, and fields with the layer their entity is of; an entity belongs to no layer before it is there."""
    entities = tree.get("entities")
    for name, entity in ({} if entities is None else entities.map).items():
        yield ("entities", name), entity, ""
        fields = entity.get("fields")
        for field, node in ({} if fields is None else fields.map).items():
            yield ("entities", name, "fields", field), node, entity.layer
