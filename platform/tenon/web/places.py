"""In charge of the list of provinces, cities and districts that address inputs offer."""

import orjson
from flask import Blueprint, Response

from tenon.fields.divisions import china


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/-/places/CN", "places", places)


def places() -> Response:
    """JSON: province → cities, city → districts. The same for everybody, so browsers keep it for a day."""
    response = Response(orjson.dumps(china()._asdict()), mimetype="application/json")
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
