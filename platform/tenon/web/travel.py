"""In charge of leaving for another page from a part of one: a dialog cannot be answered with a redirect."""

import json

from flask import Response, request

from tenon.web.pages import go


def travel(address: str) -> Response:
    """To `address`, whether a page asked or a part of it; Back leads here again."""
    if not request.headers.get("HX-Request") or request.headers.get("HX-Boosted"):
        return go(address)
    place = {"path": address, "target": "#page", "select": "#page", "swap": "outerHTML"}
    return Response("", 204, headers={"HX-Location": json.dumps(place)})
