"""In charge of checking every value of the tree against the language's definition, and of putting aside what is wrong.

Each finding of the JSON Schema becomes one sentence. The tree that comes out holds no unknown name and no value of
a wrong kind, so that the passes after this one can go on and report what they find.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from tenon.compiler import schemas
from tenon.compiler.findings import Finding, findings
from tenon.compiler.memory import of_node
from tenon.compiler.nodes import Node
from tenon.compiler.step_places import steps_in
from tenon.compiler.step_shape import step_findings
from tenon.fields import FIELD_TYPES
from tenon.problems import Problems
from tenon.suggestions import did_you_mean
from tenon.texts import say

Steps = tuple[str | int, ...]
UNKNOWN_TYPE = "unknown_field_type"
Schema = tuple[str, str]
"""("kind", name) or ("field", type)."""


def check_shape(tree: Node, problems: Problems) -> Node:
    """The tree without what is wrong in it; everything wrong is among the problems."""
    wrong: list[Steps] = []
    for path, thing in _things(tree):
        for below, node, finding in _wrong_in(thing, str(path[0])):
            if finding.code != UNKNOWN_TYPE:
                wrong.append((*path, *below, *finding.drop))
            _report((*path, *below), node, finding, problems)
    return _without(tree, wrong) if wrong else tree


def is_whole(thing: Node, kind: str) -> bool:
    """Whether a thing of the checked tree has all it must have; what is wrong in it has been taken out and told."""
    return not _wrong_in(thing, kind)


def _things(tree: Node) -> Iterator[tuple[Steps, Node]]:
    for kind, part in tree.map.items():
        if kind in schemas.WHOLE:
            yield (kind,), part
        else:
            yield from (((kind, name), thing) for name, thing in part.map.items())


@of_node
def _wrong_in(thing: Node, kind: str) -> tuple[tuple[Steps, Node, Finding], ...]:
    """Kept with the thing: the next compilation checks only what was edited."""
    return tuple(
        (below, node, finding)
        for below, node, schema in _described(thing, kind)
        for finding in (*_unknown_type(node, schema), *_found(node, schema), *_of_step(node, schema))
    )


def _described(thing: Node, kind: str) -> Iterator[tuple[Steps, Node, Schema]]:
    """Everything with a schema of its own: the thing, each step in it, and each field of an entity."""
    yield (), thing, ("kind", schemas.KINDS[kind])
    for path, step in steps_in(thing, kind):
        yield path, step, ("kind", "action")
    fields = thing.get("fields") if kind == "entities" else None
    for name, node in ({} if fields is None else fields.map).items():
        if isinstance(node.value, dict):
            yield ("fields", name), node, ("field", _type_of(node))


def _of_step(node: Node, schema: Schema) -> Iterator[Finding]:
    if schema == ("kind", "action"):
        yield from step_findings(node)


def _type_of(node: Node) -> str:
    key = node.get("type")
    if key is None or not isinstance(key.value, str):
        return "text"
    return key.value if key.value in _usable() else schemas.ANY_TYPE


def _unknown_type(node: Node, schema: Schema) -> Iterator[Finding]:
    """Nothing is left out for it: a plain text stands in for the field."""
    key = node.get("type")
    if schema == ("field", schemas.ANY_TYPE) and key is not None:
        name, known = str(key.value), _usable()
        message = say("There is no field type “{name}”.", "没有字段类型“{name}”。", name=name)
        hint = did_you_mean(name, known) or say("Types: {names}.", "可用类型：{names}。", names=", ".join(known))
        yield Finding(code=UNKNOWN_TYPE, message=message, at=("type",), drop=("type",), hint=hint)


@cache
def _usable() -> tuple[str, ...]:
    return tuple(name for name, kind in FIELD_TYPES.items() if not kind.internal)


def _found(node: Node, schema: Schema) -> tuple[Finding, ...]:
    validator = schemas.validator(schema[1]) if schema[0] == "kind" else schemas.field_validator(schema[1])
    found = [finding for error in validator.iter_errors(node.plain()) for finding in findings(error)]
    mistyped = {(*finding.at[:-1], name) for finding in found for name in finding.meant}
    return tuple(f for f in found if f.code != "missing_key" or f.drop not in mistyped)


def _report(path: Steps, node: Node, finding: Finding, problems: Problems) -> None:
    dotted = ".".join(map(str, (*path, *finding.at)))
    problems.add(finding.code, finding.message, path=dotted, location=node.at(finding.at).location, hint=finding.hint)


def _without(tree: Node, wrong: list[Steps]) -> Node:
    """A copy in which nothing is at the given paths."""
    here = {steps[0] for steps in wrong if len(steps) == 1}
    deeper: dict[Any, list[Steps]] = {}
    for steps in wrong:
        if len(steps) > 1 and steps[0] not in here:
            deeper.setdefault(steps[0], []).append(steps[1:])
    value: Any = tree.value
    if isinstance(value, dict):
        value = {
            key: _without(item, deeper[key]) if key in deeper else item
            for key, item in value.items()
            if key not in here
        }
    elif isinstance(value, list):
        value = [
            _without(item, deeper[place]) if place in deeper else item
            for place, item in enumerate(value)
            if place not in here
        ]
    return Node(value, tree.source, tree.line, tree.column, tree.below)
