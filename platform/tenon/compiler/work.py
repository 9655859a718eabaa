"""In charge of what the passes share while a workspace is compiled: the tree, the words, the findings, the drafts."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar

from tenon.compiler.memory import MISSING, Place, Reads, Watch, Watched, same
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.shape import is_whole
from tenon.expressions import BOOLEAN, Expression, ExpressionError, Scope, Type, compile_expression, list_of
from tenon.fields import FieldType, TypeSettings
from tenon.locations import Location
from tenon.model import ChoiceSet, Field, Pipeline, Relationship, scope_of
from tenon.problems import Problems, Severity
from tenon.suggestions import did_you_mean
from tenon.texts import ENGLISH, Text, say

T = TypeVar("T")


class Draft:
    """An entity while it is being made; its fields have types, and no expressions yet.

    What is read of it is noted (`tenon.compiler.memory`), except while it is `rough`: being filled by one pass.
    """

    def __init__(
        self, *, name: str, node: Node, label: Text, plural: Text, watch: Watch | None = None, rough: bool = False
    ) -> None:
        self.name = name
        self.watch = watch or Watch()
        self.rough = rough
        self._node = node
        self._label = label
        self._plural = plural
        self._hierarchy: str | None = None
        self.fields = {}
        self.relationships = {}
        self.pipelines = {}

    def _noted(self, what: str, value: T) -> T:
        self.watch.note((("draft", self.name), what), value)
        return value

    def look_up(self, what: str) -> Any:
        """What was noted under this word, without noting it."""
        return self._node.get(what[1:]) if what.startswith(".") else getattr(self, f"_{what}")

    def _collection(self, part: str, items: Mapping[str, Any]) -> dict[str, Any]:
        return dict(items) if self.rough else Watched(self.watch, (part, self.name), items)

    @property
    def node(self) -> Node:
        return self._noted("node", self._node)

    def said(self, key: str) -> Node | None:
        """What is written under one key: who asks for no more is not concerned by the rest."""
        return self._noted(f".{key}", self._node.get(key))

    def field_node(self, name: str) -> Node | None:
        """What is written about a field; None for one that the product adds by itself."""
        fields = self.node.get("fields")
        return None if fields is None else fields.get(name)

    @property
    def label(self) -> Text:
        return self._noted("label", self._label)

    @property
    def plural(self) -> Text:
        return self._noted("plural", self._plural)

    @property
    def hierarchy(self) -> str | None:
        return self._hierarchy if self.rough else self._noted("hierarchy", self._hierarchy)

    @hierarchy.setter
    def hierarchy(self, name: str | None) -> None:
        self._hierarchy = name

    @property
    def fields(self) -> dict[str, Field]:
        return self._fields

    @fields.setter
    def fields(self, items: Mapping[str, Field]) -> None:
        self._fields = self._collection("fields", items)

    @property
    def relationships(self) -> dict[str, Relationship]:
        return self._relationships

    @relationships.setter
    def relationships(self, items: Mapping[str, Relationship]) -> None:
        self._relationships = self._collection("relationships", items)

    @property
    def pipelines(self) -> dict[str, Pipeline]:
        return self._pipelines

    @pipelines.setter
    def pipelines(self, items: Mapping[str, Pipeline]) -> None:
        self._pipelines = self._collection("pipelines", items)

    @property
    def module(self) -> str:
        return self.node.layer

    @property
    def path(self) -> TreePath:
        return ("entities", self.name)


class WatchedTree(Node):
    """The root of the tree, as passes see it: which parts and things are asked for is noted."""

    __slots__ = ("_watch",)

    def __init__(self, tree: Node, watch: Watch) -> None:
        super().__init__(tree.value, tree.source, tree.line, tree.column, tree.below)
        self._watch = watch

    @property
    def map(self) -> dict[str, Node]:
        self._watch.note((("tree",), ""), self.value)
        return super().map

    def get(self, key: str) -> Node | None:
        return self.at_part((key,))

    def at(self, path: "tuple[str | int, ...]") -> Node:
        """Whoever looks into a thing depends on the whole thing."""
        self.at_part(tuple(map(str, path[:2])))
        return super().at(path)

    def at_part(self, path: TreePath) -> Node | None:
        found = self.look_up(path)
        self._watch.note((("part",), path), found)
        return found

    def look_up(self, path: TreePath) -> Node | None:
        node: Node | None = self.value.get(path[0]) if isinstance(self.value, dict) and path else None
        for step in path[1:]:
            node = None if node is None else node.child(step)
        return node


class Work:
    """One compilation. `words` maps a dotted place to its wordings by language, from the translation files."""

    def __init__(
        self,
        *,
        tree: Node,
        problems: Problems,
        local: frozenset[str] = frozenset(),
        words: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.watch = Watch()
        self.tree: Node = WatchedTree(tree, self.watch)
        self.problems = problems
        self.places: set[str] = set()
        """Where texts may stand; kept when there are translation files to compare with."""
        self.choices: dict[str, ChoiceSet] = Watched(self.watch, ("choices",))
        self.drafts: dict[str, Draft] = Watched(self.watch, ("drafts",), by_presence=True)
        self._local = local
        self._words = words or {}
        self._scopes: dict[tuple[str, bool, bool], Scope] = {}

    @property
    def local(self) -> frozenset[str]:
        """Names of the modules that belong to this workspace."""
        return self._noted("local", self._local)

    @property
    def words(self) -> Mapping[str, Mapping[str, str]]:
        return self._noted("words", self._words)

    def _noted(self, what: str, value: T) -> T:
        self.watch.note((("work",), what), value)
        return value

    def holds(self, reads: Reads) -> bool:
        """Whether everything would be read the same way now."""
        with self.watch.paused():
            return all(same(self._look_up(place, name), value) for (place, name), value in reads.items())

    def _look_up(self, place: Place, name: Any) -> Any:
        kind = place[0]
        if kind in ("fields", "relationships", "pipelines", "draft"):
            draft = dict.get(self.drafts, place[1])
            if draft is None:
                return MISSING
            return draft.look_up(name) if kind == "draft" else getattr(draft, kind).look_up(name)
        if kind in ("choices", "drafts"):
            collection: Any = getattr(self, kind)
            return collection.look_up(name)
        if kind == "work":
            return self._words_below(name[1]) if isinstance(name, tuple) else getattr(self, f"_{name}")
        tree: Any = self.tree
        return tree.look_up(name) if kind == "part" else tree.value

    @contextmanager
    def gathering(self) -> Iterator[set[str]]:
        """Gives the places of texts that are met inside."""
        before, self.places = self.places, set()
        try:
            yield self.places
        finally:
            before |= self.places
            self.places = before

    def close(self) -> None:
        """Types of expressions know the drafts they were checked with; nothing else is to hang on to these."""
        self.drafts.clear()
        self._scopes.clear()

    def part(self, *path: str) -> Mapping[str, Node]:
        """The items of the map at `path`; nothing when it is not there."""
        tree: Any = self.tree
        node = tree.at_part(path)
        return {} if node is None else node.map

    def things(self, kind: str) -> Mapping[str, Node]:
        """Those of a part that have all they must; the others are told already, and none can be made of them."""
        return {name: node for name, node in self.part(kind).items() if is_whole(node, kind)}

    def text(self, node: Node | None, path: TreePath, otherwise: Text | None = None) -> Text | None:
        """The words at `path` with their translations laid over; `otherwise` when nobody wrote any."""
        dotted = ".".join(path)
        translated = self._words.get(dotted)
        self._note_words(path[:2])
        if self._words:
            self.places.add(dotted)
        written = None if node is None else node.plain()
        if written is None:
            if translated is None:
                return otherwise
            return Text({**(otherwise.values if otherwise is not None else {}), **translated})
        values = {ENGLISH: written} if isinstance(written, str) else dict(written)
        return Text({**values, **(translated or {})})

    def _note_words(self, thing: TreePath) -> None:
        if self.watch.is_on:
            self.watch.note((("work",), ("words", thing)), self._words_below(thing))

    def _words_below(self, thing: TreePath) -> object:
        """All wordings of a thing; False when there are no translation files."""
        return self._grouped.get(".".join(thing)) if self._words else False

    @cached_property
    def _grouped(self) -> dict[str, dict[str, Mapping[str, str]]]:
        groups: dict[str, dict[str, Mapping[str, str]]] = {}
        for place, wording in self._words.items():
            groups.setdefault(".".join(place.split(".")[:2]), {})[place] = wording
        return groups

    def label(self, node: Node, path: TreePath, otherwise: Text | None = None) -> Text:
        """The label of the thing `node` at `path`; made from its name when nothing else is known."""
        fallback = otherwise or Text.of(path[-1].removeprefix("x_").replace("_", " ").capitalize())
        return self.text(node.get("label"), (*path, "label"), fallback) or fallback

    def report(
        self,
        code: str,
        message: Text,
        node: Node | None,
        path: TreePath,
        *,
        hint: Text | None = None,
        severity: Severity = "error",
    ) -> None:
        location = None if node is None else node.location
        self.problems.add(code, message, path=".".join(path), location=location, hint=hint, severity=severity)

    def unknown(self, what: Text, name: object, known: Iterable[str], node: Node | None, path: TreePath) -> None:
        """A name that leads nowhere; `what` is the kind of thing it should be."""
        message = say("There is no {what} “{name}”.", "没有{what}“{name}”。", what=what, name=str(name)[:60])
        self.report("unknown_name", message, node, path, hint=did_you_mean(str(name), known))

    @property
    def type_settings(self) -> TypeSettings:
        return self._noted("type_settings", self._type_settings)

    @cached_property
    def _type_settings(self) -> TypeSettings:
        with self.watch.paused():
            workspace = self.part("workspace")
            given = {key: workspace[key].plain() for key in ("currency", "country") if key in workspace}
        return TypeSettings(**given)

    def scope(self, entity: str, *, has_old: bool = False, needs_sql: bool = False) -> Scope:
        self._noted("trees", self._trees)
        key = (entity, has_old, needs_sql)
        if key not in self._scopes:
            with self.watch.paused():
                self._scopes[key] = scope_of(self.drafts, entity, has_old=has_old, needs_sql=needs_sql)
        return self._scopes[key]

    @cached_property
    def _trees(self) -> tuple[str, ...]:
        """Entities whose records every expression may name by key; known once all fields are."""
        with self.watch.paused():
            return tuple(name for name, draft in self.drafts.items() if draft.hierarchy)

    def type_in(self, entity: str, kind: FieldType) -> Type:
        """What an expression sees of a field of this type; for look-ups a record."""
        if kind.target in self.drafts:
            return Type("record", record=self.scope(str(kind.target)).record)
        if kind.members in self.drafts:
            return list_of(Type("record", record=self.scope(str(kind.members)).record))
        return kind.expression_type()

    def value(
        self, entity: str, kind: FieldType, node: Node | None, path: TreePath, scope: Scope, *, text: str | None = None
    ) -> Expression | None:
        """What a field of this type gets; one that leads to any record takes a record as well as its text."""
        if kind.entities is None:
            return self.expression(node, path, scope, self.type_in(entity, kind), text=text)
        made = self.expression(node, path, scope, None, text=text)
        if made is None or made.type.kind in ("text", "null"):
            return made
        led = made.type.record.name if made.type.kind == "record" and made.type.record is not None else ""
        if led and (not kind.entities or led in kind.entities):
            return made
        message = say(
            "This gives {kind}, which cannot be pointed to here.", "结果是 {kind}，不能作为这里的指向。",
            kind=str(made.type),
        )  # fmt: skip
        self.report("wrong_type", message, node, path)
        return None

    def expression(
        self,
        node: Node | None,
        path: TreePath,
        scope: Scope,
        expected: Type | None = BOOLEAN,
        *,
        text: str | None = None,
    ) -> Expression | None:
        """The compiled expression of `node`; None when there is none, or when it is wrong, which is then reported."""
        if node is None:
            return None
        words = expression_text(node.plain()) if text is None else text
        try:
            return compile_expression(words, scope, expected=expected)
        except ExpressionError as error:
            place = place_inside(node, error.position if text is None else 0)
            self.problems.add(error.code, error.message, path=".".join(path), location=place, hint=error.hint)
            return None

    def fits(self, text: str, scope: Scope) -> bool:
        """Whether `text` is a condition in this scope; nothing is reported."""
        try:
            compile_expression(text, scope, expected=BOOLEAN)
        except ExpressionError:
            return False
        return True


def expression_text(value: object) -> str:
    """A plain YAML value as the expression language writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, "f").rstrip("0").rstrip(".")
    return str(value)


def place_inside(node: Node, position: int) -> Location:
    """The place of a character of a one-line expression."""
    shift = position if node.column and "\n" not in str(node.value) else 0
    return Location(node.source.shown, node.line, node.column + shift)
