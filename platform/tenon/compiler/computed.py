"""In charge of the types of formulas and roll-ups: a roll-up has the type of what it adds up."""

import ast
from dataclasses import dataclass, field, replace

from tenon.compiler.fields import options_of
from tenon.compiler.nodes import Node
from tenon.compiler.work import Draft, Work
from tenon.expressions import Expression
from tenon.fields import FieldType, make_type
from tenon.fields.computed import type_for
from tenon.model import Field

_KEEPING = ("sum", "min", "max", "avg", "first")
"""Aggregates whose result is of the kind of what they read."""
Place = tuple[str, str]


def resolve_computed(work: Work) -> None:
    """Give every roll-up the type of its result; formulas name theirs."""
    results = _Results(work)
    for draft in work.drafts.values():
        for field_ in list(draft.fields.values()):
            if field_.type.key == "rollup":
                results.settle(draft, field_)


@dataclass
class _Results:
    work: Work
    settled: set[Place] = field(default_factory=set)

    def settle(self, draft: Draft, field_: Field) -> FieldType:
        """Follows roll-ups of roll-ups first; a cycle ends here and is reported where cycles are looked for."""
        place = (draft.name, field_.name)
        if place in self.settled:
            return draft.fields[field_.name].type
        self.settled.add(place)
        node = self.work.tree.at((*draft.path, "fields", field_.name))
        result = self._read(draft, node) or self._worked_out(draft, field_, node)
        if result is None:
            return field_.type
        kind = make_type("rollup", options_of(draft.name, "rollup", node), replace(self.work.type_settings, of=result))
        draft.fields[field_.name] = replace(draft.fields[field_.name], type=kind)
        return kind

    def _read(self, draft: Draft, node: Node) -> FieldType | None:
        """The type of the field at the end of `sum(lines.amount)`; None when the expression is not so plain."""
        call = _call(str(node.pick("of", "")))
        if call is None:
            return None
        name, path = call
        if name == "count":
            return make_type("integer", {}, self.work.type_settings)
        if name in ("any", "all"):
            return make_type("boolean", {}, self.work.type_settings)
        found = self._follow(draft, path)
        if found is None or name not in _KEEPING:
            return None
        if name == "avg" and found.key == "integer":
            return make_type("decimal", {}, self.work.type_settings)
        return found

    def _follow(self, draft: Draft, path: list[str]) -> FieldType | None:
        """The result type at the end of a path through relationships and look-ups."""
        here: Draft | None = draft
        kind: FieldType | None = None
        for name in path:
            if here is None:
                return None
            kind = None
            relationship, found = here.relationships.get(name), here.fields.get(name)
            if relationship is not None:
                here = self.work.drafts.get(relationship.entity)
            elif found is not None:
                kind = self.settle(here, found) if found.type.key == "rollup" else found.type
                here = self.work.drafts.get(str(kind.target or kind.members))
            else:
                return None
        of: FieldType | None = getattr(kind, "of", None)
        return of or kind

    def _worked_out(self, draft: Draft, field_: Field, node: Node) -> FieldType | None:
        """From the type of the expression; what is wrong with it is reported when it is compiled for good."""
        path = (*draft.path, "fields", field_.name, "of")
        expression: Expression | None = self.work.expression(node.get("of"), path, self.work.scope(draft.name), None)
        return None if expression is None else type_for(expression.type, self.work.type_settings)


def _call(text: str) -> tuple[str, list[str]] | None:
    """Name and path of `name(a.b.c, …)`; None for anything else, well-formed or not."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name) or not tree.args:
        return None
    names: list[str] = []
    node: ast.expr = tree.args[0]
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return tree.func.id, [node.id, *reversed(names)]
