"""In charge of the order of items in a map: file order, unless an item asks for a neighbour."""

from tenon.compiler.nodes import Node
from tenon.problems import Problems
from tenon.suggestions import did_you_mean
from tenon.texts import say


def ordered(node: Node | None, path: str, problems: Problems) -> dict[str, Node]:
    """The items of a map, each placed `after` or `before` the item it names."""
    items = dict(node.map) if node is not None else {}
    wishes = [(name, *wish) for name, item in items.items() if (wish := _wish(item)) is not None]
    if not wishes:
        return items
    order = list(items)
    for name, side, neighbour in wishes:
        if neighbour.value not in items or neighbour.value == name:
            _report(name, neighbour, list(items), f"{path}.{name}", problems)
            continue
        order.remove(name)
        order.insert(order.index(str(neighbour.value)) + (side == "after"), name)
    return {name: items[name] for name in order}


def _wish(item: Node) -> tuple[str, Node] | None:
    for side in ("after", "before"):
        neighbour = item.get(side)
        if neighbour is not None and isinstance(neighbour.value, str):
            return side, neighbour
    return None


def _report(name: str, neighbour: Node, known: list[str], path: str, problems: Problems) -> None:
    message = say(
        "“{name}” cannot stand beside “{neighbour}”, which is not there.",
        "“{name}”无法排在“{neighbour}”旁边，因为后者不存在。",
        name=name,
        neighbour=str(neighbour.value),
    )
    hint = did_you_mean(str(neighbour.value), [other for other in known if other != name])
    problems.add("unknown_neighbour", message, path=path, location=neighbour.location, hint=hint)
