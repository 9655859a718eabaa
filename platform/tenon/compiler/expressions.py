"""In charge of the expressions of fields and rules, each in its scope and with the type it must have."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.system_fields import add_owner_default
from tenon.compiler.work import Draft, Work, expression_text
from tenon.expressions import Expression
from tenon.model import Field, Rule
from tenon.texts import Text, say

_CONDITIONS = ("required_when", "visible_when", "read_only_when")
_VALUES = {"formula": "value", "rollup": "of"}
"""Computed type → the option that holds its expression."""


def finish_fields(work: Work, draft: Draft) -> dict[str, Field]:
    """The fields with their expressions; the draft keeps those without, which others see whoever is finished first."""
    finished = {}
    for name, field in draft.fields.items():
        path = (*draft.path, "fields", name)
        node = draft.field_node(name) if not field.system else None
        if node is not None and node.map:
            compiled = {**dict(_conditions(work, draft, node, path)), **_values(work, draft, field, node, path)}
            if compiled:
                field = replace(field, **compiled)
        finished[name] = add_owner_default(work, draft, field)
    return finished


def _conditions(work: Work, draft: Draft, node: Node, path: TreePath) -> Iterator[tuple[str, Expression | None]]:
    for key in _CONDITIONS:
        if key in node.map:
            yield key, work.expression(node.get(key), (*path, key), work.scope(draft.name))


def _values(work: Work, draft: Draft, field: Field, node: Node, path: TreePath) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "default" in node.map:
        values["default"] = _default(work, draft, field, node, (*path, "default"))
    if "where" in node.map and field.leads_to in work.drafts:
        scope = work.scope(str(field.leads_to), needs_sql=True)
        values["where"] = work.expression(node.get("where"), (*path, "where"), scope)
    elif field.type.restriction and field.target in work.drafts:
        scope = work.scope(str(field.target), needs_sql=True)
        values["where"] = work.expression(node, path, scope, text=field.type.restriction)
    key = _VALUES.get(field.type.key)
    if key is not None:
        expected = work.type_in(draft.name, field.type)
        scope = work.scope(draft.name, needs_sql=True)
        values["value"] = work.expression(node.get(key), (*path, key), scope, expected)
    return values


def _default(work: Work, draft: Draft, field: Field, node: Node, path: TreePath) -> Expression | None:
    """A key of the field's own choices stands for itself; everything else is an expression."""
    given = node.get("default")
    if given is None or field.type.computed:
        if given is not None:
            message = say("A computed field has no default.", "计算字段没有默认值。")
            work.report("unknown_key", message, given, path)
        return None
    keys = {option.key for option in field.type.settings.options}
    text = json.dumps(given.value) if given.value in keys else expression_text(given.value)
    text_of_key = text if given.value in keys else None
    return work.value(draft.name, field.type, given, path, work.scope(draft.name), text=text_of_key)


def resolve_rules(work: Work, draft: Draft) -> dict[str, Rule]:
    items = ordered(draft.node.get("rules"), ".".join((*draft.path, "rules")), work.problems)
    rules = {name: _rule(work, draft, name, node) for name, node in items.items()}
    return {name: rule for name, rule in rules.items() if rule is not None}


def _rule(work: Work, draft: Draft, name: str, node: Node) -> Rule | None:
    path = (*draft.path, "rules", name)
    check = work.expression(node.get("check"), (*path, "check"), work.scope(draft.name, has_old=True))
    fallback = say("The rule “{name}” is broken.", "违反规则“{name}”。", name=name)
    message = work.text(node.get("message"), (*path, "message"), fallback)
    on = node.get("on")
    named = [] if on is None else on.each
    for item in named:
        if item.value not in draft.fields:
            work.unknown(say("field", "字段"), item.value, draft.fields, item, (*path, "on"))
    if check is None:
        return None
    fields = tuple(str(item.value) for item in named)
    return Rule(name=name, check=check, message=Text.of(message or fallback), on=fields, origin=node.location)
