"""In charge of looking at a template before anybody gets it: filled with a record, as its reader would get it."""

from collections.abc import Mapping
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import BadRequest, UnknownName
from tenon.exchange.messages.rendering import Rendered, rendered
from tenon.fields.base import Display
from tenon.process.ground import Ground
from tenon.texts import say


def preview(
    ground: Ground,
    unit: UnitOfWork,
    access: Access,
    template: str,
    record_id: str | None,
    *,
    language: str | None = None,
    given: Mapping[str, Any] | None = None,
) -> Rendered:
    """Only of a record that the actor may read. Raises UnknownName, NotFound, BadRequest without a record."""
    found = ground.model.templates.get(template)
    if found is None or (found.roles and not access.administers and not access.actor.roles & set(found.roles)):
        raise UnknownName.among(template, ground.model.templates, where="template")
    if found.entity is not None and record_id is None:
        raise BadRequest(say("Choose a record to fill the template with.", "请选择用于预览模板的记录。"))
    if found.entity is not None and record_id is not None:
        ground.reader.one(unit, access, found.entity, record_id, ("id",))
    scene = ground.evaluation.scene(unit, found.entity, record_id)
    display = Display(language=language or access.actor.language, timezone=access.actor.timezone)
    return rendered(found, scene, display, given)
