"""In charge of the addresses of templates: which there are, and what one becomes before anybody gets it."""

from flask import Response

from tenon.api.bodies import json_object, text_of
from tenon.api.meeting import meet
from tenon.api.outcomes import answer
from tenon.api.parameters import NOTHING, read_parameters
from tenon.errors import Forbidden, NotFound, UnknownName
from tenon.exchange.previewing import Previews
from tenon.http import Asking
from tenon.ids import is_id
from tenon.texts import say

LOOKED = ("record", "language")


def list_templates() -> Response:
    known = meet()
    read_parameters(NOTHING)
    if not known.access.configures("read"):
        raise Forbidden(say("Only administrators may look at templates.", "只有管理员可以查看模板。"))
    return answer(
        {
            "templates": [
                {
                    "name": each.name,
                    "label": each.label.in_(known.language),
                    "channel": each.channel,
                    "entity": each.entity,
                    "languages": sorted(each.body.languages),
                }
                for each in known.model.templates.values()
            ]
        }
    )


def preview(name: str) -> Response:
    """Nothing is sent and nothing is kept. Without a record, values are made up from the metadata."""
    known = meet()
    read_parameters(NOTHING)
    body = json_object(LOOKED, optional=True)
    record, language = text_of(body, "record"), text_of(body, "language")
    if not known.access.configures("read"):
        raise Forbidden(say("Only administrators may look at templates.", "只有管理员可以查看模板。"))
    if name not in known.model.templates:
        raise UnknownName.among(name[:60], known.model.templates, where="template")
    if record is not None and not is_id(record.lower()):
        raise NotFound(say("There is no such record.", "没有这条记录。"))
    with known.reading() as unit:
        found = _service(known).look(unit, known.access, name, record and record.lower(), language)
    sms = found.sms
    return answer(
        {
            "template": name,
            "channel": found.template.channel,
            "language": found.language,
            "subject": found.subject,
            "preheader": found.preheader,
            "text": found.text,
            "html": found.html,
            "sms": None
            if sms is None
            else {"characters": sms.characters, "parts": sms.parts, "encoding": sms.encoding},
            "notes": [note.in_(known.language) for note in found.notes],
        }
    )


def _service(known: Asking) -> Previews:
    service: Previews = known.assembled.processes.ground.service("previews")
    return service
