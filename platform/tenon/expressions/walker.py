"""In charge of what every part of understanding shares: where it is, what it has read, what a name means there."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterable

from tenon.expressions.names import WORDS, Dependencies, Found, chain, follow, needs_aggregate, words
from tenon.expressions.nodes import IsNew, Node, Path, Read, Subtree
from tenon.expressions.operators import constant
from tenon.expressions.refusals import ExpressionError, unknown_name
from tenon.expressions.scope import Scope
from tenon.expressions.syntax import Source
from tenon.expressions.types import BOOLEAN, NULL, RecordShape, is_child_list, list_of
from tenon.texts import say


class Walker(ABC):
    """One walk. `inside` is the relationship whose name every path of an aggregate's first argument begins with."""

    def __init__(
        self,
        source: Source,
        scope: Scope,
        dependencies: Dependencies,
        *,
        prefix: tuple[str, Path] = ("record", ()),
        inside: Path | None = None,
    ) -> None:
        self.source = source
        self.scope = scope
        self.dependencies = dependencies
        self.prefix = prefix
        self.inside = inside

    @abstractmethod
    def visit(self, node: ast.expr) -> Node:
        """The typed node, or a refusal."""

    def _refuse(self, node: ast.AST, en: str, zh: str, **values: str) -> ExpressionError:
        return ExpressionError(say(en, zh, **values), position=self.source.position(node))

    def _condition(self, node: Node) -> Node:
        if node.type.kind in ("boolean", "null"):
            return node
        raise ExpressionError(
            say("A condition is needed here, not {kind}.", "这里需要条件，而不是 {kind}。", kind=str(node.type)),
            position=node.position,
            hint=say("Write a comparison, or is_blank(…).", "请写成比较，或使用 is_blank(…)。"),
        )

    def _path(self, node: ast.expr) -> Node:
        nodes = chain(node)
        if nodes is None:
            raise self._refuse(node, "Only “.subtree” can follow here.", "这里只能接“.subtree”。")
        names, at = words(nodes), self.source.position(node)
        if len(names) == 1 and names[0] in ("true", "false", "null"):
            value = {"true": True, "false": False}.get(names[0])
            return constant(value, NULL if value is None else BOOLEAN, at, fixed=True)
        if names == ("is_new",) and self.scope.has_old:
            return IsNew(type=BOOLEAN, position=at)
        base, found = self._resolve(nodes)
        if is_child_list(found.type):
            raise needs_aggregate(".".join(found.path), at)
        self._note(base, found.path)
        return Read(type=found.type, position=at, base=base, path=found.path)

    def _resolve(self, nodes: list[ast.expr]) -> tuple[str, Found]:
        """The base a dotted path begins at, and where it leads."""
        names, positions = words(nodes), [self._name_position(node) for node in nodes]
        base, shape, skip = self._base(names, positions)
        found = follow(shape, names[skip:], positions[skip:], top=skip == 0, present=self.scope.present)
        self.dependencies.former.update(found.former)
        return base, found

    def _base(self, names: Path, positions: list[int]) -> tuple[str, RecordShape, int]:
        first, scope = names[0], self.scope
        if first == "user" and scope.user is not None:
            return "user", scope.user, 1
        if first in scope.roots:
            return f"root:{first}", scope.roots[first], 1
        if self.inside is not None:
            if names[: len(self.inside)] != self.inside or scope.record is None:
                raise self._outside(names, positions[0])
            return "record", scope.record, len(self.inside)
        if first == "old" and scope.has_old and scope.record is not None and len(names) > 1:
            return "old", scope.record, 1
        if scope.record is None:
            raise unknown_name(first, self._known_words(), positions[0])
        return "record", scope.record, 0

    def _outside(self, names: Path, position: int) -> ExpressionError:
        inside = ".".join(self.inside or ())
        return ExpressionError(
            say("Every name here must begin with “{inside}.”.", "这里的名称都必须以“{inside}.”开头。", inside=inside),
            position=position,
        )

    def _known_words(self) -> Iterable[str]:
        words_ = [word for word in WORDS if word != "user" or self.scope.user is not None]
        return [*words_, *self.scope.roots]

    def _name_position(self, node: ast.expr) -> int:
        """Where the last word of a dotted path stands."""
        if isinstance(node, ast.Attribute):
            return self.source.position(node) + len(self.source.written(node)) - len(node.attr)
        return self.source.position(node)

    def _note(self, base: str, path: Path) -> None:
        if base in ("record", "old"):
            start, before = self.prefix
            self.dependencies.add(start, (*before, *path))
        else:
            self.dependencies.add(base, path)

    def _attribute(self, node: ast.Attribute) -> Node:
        if node.attr != "subtree":
            return self._path(node)
        at, root = self.source.position(node), self.visit(node.value)
        shape = root.type.record
        if root.type.kind != "record" or shape is None or shape.hierarchy is None:
            raise self._refuse(node, "“.subtree” needs a record of a tree.", "“.subtree”只能用于树形记录。")
        self.dependencies.entities.add(shape.name)
        return Subtree(type=list_of(root.type), position=at, entity=shape.name, root=root)
