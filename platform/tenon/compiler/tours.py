"""In charge of guided tours: every step opens a page that is there and points at something on it."""

from collections.abc import Mapping

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.referring import audience, own_field, refer
from tenon.compiler.work import Work
from tenon.model.entities import Entity
from tenon.model.learning import Page, Tour, TourStep
from tenon.model.names import Names
from tenon.texts import Text, say

_OF_ENTITY = ("list", "record", "new")


def resolve_tours(work: Work, entities: Mapping[str, Entity]) -> dict[str, Tour]:
    return {name: _tour(work, entities, name, node) for name, node in work.things("tours").items()}


def _tour(work: Work, entities: Mapping[str, Entity], name: str, node: Node) -> Tour:
    path = ("tours", name)
    items = ordered(node.get("steps"), ".".join((*path, "steps")), work.problems)
    return Tour(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        roles=audience(work, node, path),
        area=node.pick("area", "start"),
        by_itself=node.pick("start") == "by_itself",
        steps=Names(
            {key: _step(work, entities, item, (*path, "steps", key)) for key, item in items.items()}, kind="step"
        ),
        origin=node.location,
    )


def _step(work: Work, entities: Mapping[str, Entity], node: Node, path: TreePath) -> TourStep:
    _check_page(work, node, path)
    entity = refer(work, "entities", node.get("entity"), (*path, "entity"))
    view, field = node.get("view"), None
    if entity is not None:
        views = entities[entity].views
        if view is not None and view.value not in views:
            work.unknown(say("view", "视图"), view.value, views, view, (*path, "view"))
        field = own_field(work, work.drafts[entity], node.get("field"), (*path, "field"))
    return TourStep(
        name=path[-1],
        title=_words(work, node, path, "title"),
        text=_words(work, node, path, "text"),
        entity=entity,
        page=_page(node),
        view=node.pick("view"),
        dashboard=refer(work, "dashboards", node.get("dashboard"), (*path, "dashboard")),
        report=refer(work, "reports", node.get("report"), (*path, "report")),
        field=None if field is None else field.name,
        at=node.pick("at", ""),
        wait_for=node.pick("wait_for", ""),
        video=node.pick("video", ""),
    )


def _page(node: Node) -> Page | None:
    page: Page | None = node.pick("page", "list" if "entity" in node.map else None)
    return page


def _check_page(work: Work, node: Node, path: TreePath) -> None:
    opened = [key for key in ("entity", "dashboard", "report") if key in node.map]
    if len(opened) > 1:
        work.report("several_places", say("A step opens one page.", "一个步骤只能打开一个页面。"), node, path)
    for key in ("view", "field"):
        if key in node.map and "entity" not in node.map:
            message = say("“{key}” needs “entity”.", "{key} 需要 entity。", key=key)
            work.report("missing_key", message, node.get(key), (*path, key))
    page = node.pick("page")
    if page in _OF_ENTITY and "entity" not in node.map:
        message = say("“{page}” needs “entity”: of what.", "{page} 需要 entity：指明实体。", page=page)
        work.report("missing_key", message, node, path)
    if page is not None and page not in _OF_ENTITY and opened:
        message = say("“{page}” is no page of “{what}”.", "“{page}”不是“{what}”的页面。", page=page, what=opened[0])
        work.report("several_places", message, node.get("page"), (*path, "page"))


def _words(work: Work, node: Node, path: TreePath, key: str) -> Text:
    found = work.text(node.get(key), (*path, key))
    return found or Text.of(path[-1])
