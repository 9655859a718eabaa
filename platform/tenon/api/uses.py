"""In charge of `/api/v1/model/uses`: what of the workspace uses a thing of it, for administrators."""

from typing import Any

from flask import Response

from tenon.api.meeting import meet
from tenon.api.outcomes import answer
from tenon.api.parameters import USES, read_parameters
from tenon.errors import Forbidden
from tenon.model.usage import Use, find_subject, uses_of
from tenon.texts import say


def list_uses() -> Response:
    """Raises Forbidden for everybody else, because it tells of entities and rules no matter who may read them."""
    known = meet()
    if not known.access.administers:
        raise Forbidden(say("Only administrators may see what uses what.", "仅管理员可查看引用关系。"))
    subject = find_subject(known.model, read_parameters(USES)["of"])
    return answer({"of": subject, "uses": [_use(use) for use in uses_of(known.model, subject)]})


def _use(use: Use) -> dict[str, Any]:
    return {
        "kind": use.kind,
        "path": use.path,
        "label": {language: use.label.in_(language) for language in ("en", "zh-CN")},
        "how": use.how,
        "subject": use.subject,
        "location": str(use.location or ""),
    }
