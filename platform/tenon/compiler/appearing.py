"""In charge of saying where a new thing will be seen: which views, forms and menus show it."""

from tenon.compiler.nodes import TreePath
from tenon.model import Entity, Model
from tenon.texts import Text, say


def places_of(path: TreePath, model: Model) -> tuple[Text, ...]:
    """One short text per place; a single one saying so when nobody sees it anywhere."""
    kind, name, *rest = (*path, "", "")
    entity = model.entities.get(name) if kind == "entities" else None
    if entity is None:
        return ()
    section, item = rest[0], rest[1]
    if not section:
        return _entity(entity, model)
    if section == "fields" and item in entity.fields:
        return _field(entity, item)
    if section == "views" and item in entity.views and len(path) == 4:
        return (say("as a view of {entity}", "作为“{entity}”的视图", entity=entity.plural),)
    if section == "pipelines" and len(path) > 5:
        return (say("in the pipeline {name}", "在流程“{name}”中", name=item),)
    return ()


def _entity(entity: Entity, model: Model) -> tuple[Text, ...]:
    groups = [
        group.label
        for group in model.navigation.values()
        if any(item.entity == entity.name for item in group.items.values())
    ]
    if groups:
        return tuple(say("in the menu {group}", "在菜单“{group}”中", group=label) for label in groups)
    return (say("with the records it belongs to", "在其所属记录处"),)


def _field(entity: Entity, name: str) -> tuple[Text, ...]:
    views = [view.label for view in entity.views.values() if any(column.path[0] == name for column in view.columns)]
    sections = [
        section.label for form in entity.forms.values() for section in form.sections.values() if name in section.fields
    ]
    places = (
        *(say("in the view {name}", "在视图“{name}”中", name=label) for label in views),
        *(say("in the form, section {name}", "在表单的“{name}”分组中", name=label) for label in sections),
    )
    return places or (say("nowhere yet: it can be placed in views and forms", "尚未显示：可加入视图和表单"),)
