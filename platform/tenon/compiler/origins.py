"""In charge of explaining where a value comes from: layer, file, line, and what it overrides."""

from collections.abc import Callable, Iterator, Mapping

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.sources import BUILDER, Authorship
from tenon.errors import UnknownName
from tenon.model import Model, Origin

AuthorOf = Callable[[TreePath], Authorship | None]


class Origins(Mapping[str, Origin]):
    """Dotted path → origin. Reads the tree when asked, so a model carries it at no cost."""

    def __init__(self, tree: Node, author_of: AuthorOf = lambda path: None) -> None:
        self._tree = tree
        self._author_of = author_of

    @property
    def tree(self) -> Node:
        """The resolved metadata itself."""
        return self._tree

    def __getitem__(self, path: str) -> Origin:
        found = _found(self._tree, path.split("."))
        if found is None:
            raise KeyError(path)
        steps, node = found
        return _origin(node, self._author_of(steps))

    def __iter__(self) -> Iterator[str]:
        return (".".join(path) for path, _node in self._tree.leaves())

    def __len__(self) -> int:
        return sum(1 for _leaf in self._tree.leaves())

    def parts(self, path: str) -> dict[str, Origin]:
        """Each leaf of a map, which many layers may have written, by its dotted path; any other value alone, as ""."""
        found = _found(self._tree, path.split("."))
        if found is None:
            raise KeyError(path)
        steps, node = found
        leaves = node.leaves() if node.map else [((), node)]
        return {".".join(below): _origin(leaf, self._author_of((*steps, *below))) for below, leaf in leaves}

    def below(self, path: str) -> list[str]:
        """The names directly under `path`, for suggestions."""
        found = _found(self._tree, path.split(".")) if path else ((), self._tree)
        return [] if found is None else list(found[1].map)


def _found(node: Node, words: list[str]) -> tuple[TreePath, Node] | None:
    """The steps to the thing at a path and the thing; a name may have dots in it, as those of translations have."""
    if not words:
        return (), node
    for length in range(1, len(words) + 1):
        step = ".".join(words[:length])
        below = node.child(step)
        found = None if below is None else _found(below, words[length:])
        if found is not None:
            return (step, *found[0]), found[1]
    return None


def _origin(node: Node, by: Authorship | None) -> Origin:
    lower: list[Origin] = []
    below = node.below
    while below is not None:
        lower.append(Origin(layer=below.layer, location=below.location, value=below.plain()))
        below = below.below
    signed = by if node.layer == BUILDER else None
    return Origin(
        layer=node.layer,
        location=node.location,
        value=node.plain(),
        overrides=tuple(reversed(lower)),
        author=signed.author if signed else "",
        version=signed.version if signed else 0,
    )


def explain(model: Model, path: str) -> Origin:
    """The origin of a value by its dotted path; raises UnknownName with suggestions.

    A path may begin at an entity (`opportunity.amount.label`) and leave out `entities` and `fields`.
    """
    known = model.origins
    for candidate in _readings(path):
        found = known.get(candidate)
        if found is not None:
            return found
    raise _unknown(known, path)


def explain_parts(model: Model, path: str) -> Mapping[str, Origin]:
    """As `explain`, with an origin for each leaf of what is a map."""
    explain(model, path)
    known = model.origins
    if not isinstance(known, Origins):
        return {"": explain(model, path)}
    return next(known.parts(candidate) for candidate in _readings(path) if candidate in known)


def _readings(path: str) -> Iterator[str]:
    yield path
    entity, _, rest = path.partition(".")
    yield f"entities.{path}"
    yield f"entities.{entity}.fields.{rest}"


def _unknown(known: Mapping[str, Origin], path: str) -> UnknownName:
    """Names the step at which the path leads nowhere."""
    steps: TreePath = tuple(path.split("."))
    if isinstance(known, Origins):
        for start in ("", "entities"):
            reached = start
            for step in steps:
                names = known.below(reached)
                if step not in names:
                    break
                reached = f"{reached}.{step}".strip(".")
            if reached != start:
                return UnknownName.among(step, [*names, *known.below(f"{reached}.fields")], where=path)
        return UnknownName.among(steps[0], [*known.below(""), *known.below("entities")], where=path)
    return UnknownName.among(path, known, where=path)
