"""In charge of the navigation: what is declared, and a place for every entity that was forgotten."""

from tenon.compiler.nodes import Node
from tenon.compiler.ordering import ordered
from tenon.compiler.sources import COMPANY, WORKSPACE
from tenon.compiler.work import Draft, Work
from tenon.model import Entity, Names, NavigationGroup, NavigationItem
from tenon.texts import Text, say

_ICON = "folder"


def resolve_navigation(work: Work, entities: dict[str, Entity]) -> dict[str, NavigationGroup]:
    groups = ordered(work.tree.get("navigation"), "navigation", work.problems)
    items = {name: _items(work, entities, name, node) for name, node in groups.items()}
    hidden = _hidden(work, groups)
    shown = {item.entity for group in items.values() for item in group.values()}
    for entity in entities.values():
        if entity.name not in shown and entity.name not in hidden and _stands_alone(work.drafts[entity.name]):
            group = WORKSPACE if entity.module in COMPANY else entity.module
            items.setdefault(group, {})[entity.name] = _item(entity, entity.name)
    return {name: _group(work, name, groups.get(name), found) for name, found in items.items() if found}


def _stands_alone(draft: Draft) -> bool:
    """Whether people look for such records by themselves: views are declared, or they are no part of others."""
    if draft.node.get("views") is not None:
        return True
    part = isinstance(draft.node.pick("owned"), str) or any(f.on_delete == "cascade" for f in draft.fields.values())
    return not part


def _hidden(work: Work, groups: dict[str, Node]) -> set[str]:
    names = set()
    for group, node in groups.items():
        for item in (node.get("hidden") or Node([], node.source)).entries:
            if item.value not in work.drafts:
                path = ("navigation", group, "hidden")
                work.unknown(say("entity", "实体"), item.value, work.drafts, item, path)
            names.add(str(item.value))
    return names


def _items(work: Work, entities: dict[str, Entity], group: str, node: Node) -> dict[str, NavigationItem]:
    made = {}
    for name, item in ordered(node.get("items"), f"navigation.{group}.items", work.problems).items():
        path = ("navigation", group, "items", name)
        entity = entities.get(str(item.pick("entity", name)))
        if entity is None:
            work.unknown(say("entity", "实体"), item.pick("entity", name), entities, item, path)
            continue
        view = item.get("view")
        if view is not None and view.value not in entity.views:
            work.unknown(say("view", "视图"), view.value, entity.views, view, (*path, "view"))
        made[name] = NavigationItem(
            name=name,
            label=work.text(item.get("label"), (*path, "label"), entity.plural) or entity.plural,
            icon=item.pick("icon", entity.icon),
            entity=entity.name,
            view=None if view is None or view.value not in entity.views else str(view.value),
        )
    return made


def _item(entity: Entity, name: str) -> NavigationItem:
    return NavigationItem(name=name, label=entity.plural, icon=entity.icon, entity=entity.name)


def _group(work: Work, name: str, node: Node | None, items: dict[str, NavigationItem]) -> NavigationGroup:
    module = work.part("modules").get(name)
    fallback = Text.of(name.replace("_", " ").capitalize())
    if module is not None:
        fallback = work.label(module, ("modules", name))
    elif name == WORKSPACE:
        fallback = work.label(work.tree.at(("workspace",)), ("workspace",))
    label = fallback if node is None else work.label(node, ("navigation", name), fallback)
    icon = (None if node is None else node.pick("icon")) or (module.pick("icon") if module is not None else None)
    return NavigationGroup(name=name, label=label, icon=icon or _ICON, items=Names(items, kind="navigation item"))
