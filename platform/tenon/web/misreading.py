"""In charge of a list whose address asks for what is not there (any more): the list without records, and why.

Records are never shown as if the condition had not been asked for: what is done with them would reach further.
"""

from typing import Any

from flask import Response, request

from tenon.errors import BadRequest
from tenon.web.entities import understands
from tenon.web.listing import Listing
from tenon.web.pages import fragment, page
from tenon.web.summaries import Chip


def is_misread(listing: Listing) -> bool:
    """Whether the person's own condition names what is not there for him."""
    return bool(listing.where) and not understands(listing.known, listing.entity.name, listing.where)


def show_misread(listing: Listing, refusal: BadRequest) -> Response:
    """In its frame, so that the condition can be changed or taken away; the address stays as it was."""
    chip = Chip(text=listing.where, without=listing.address(where=""), exact=False)
    values: dict[str, Any] = {"listing": listing, "entity": listing.entity, "chips": [chip], "refusal": refusal}
    if request.headers.get("HX-Target") == "results":
        return fragment("lists/misread.html", **values)
    return page("lists/misread_page.html", 400, **values)
