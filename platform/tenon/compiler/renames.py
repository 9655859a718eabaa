"""In charge of names that changed below: what a layer says under an old name is about the thing of the new one."""

from tenon.compiler.nodes import Node


def followed(name: str, item: Node, base: Node) -> str:
    """The name in `base` of what was called `name`; `name` itself when nothing was.

    A thing with a type of its own is a new one that happens to have the old name.
    """
    if item.get("type") is not None:
        return name
    for present, thing in base.map.items():
        earlier = thing.get("was")
        if earlier is not None and any(entry.value == name for entry in earlier.entries):
            return present
    return name
