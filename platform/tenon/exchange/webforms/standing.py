"""In charge of whether a web form takes answers on a day, and where it stands on the web."""

from datetime import date
from typing import Literal

from tenon.model import Model
from tenon.model.outreach import WebForm

Standing = Literal["open", "paused", "early", "closed"]


def standing_of(form: WebForm, today: date) -> Standing:
    """`today` is the day in the workspace's zone."""
    if form.paused:
        return "paused"
    if form.opens and today < date.fromisoformat(form.opens):
        return "early"
    if form.closes and today > date.fromisoformat(form.closes):
        return "closed"
    return "open"


def address_of(form: WebForm) -> str:
    """Last part of the form's address."""
    return (form.page.address if form.page is not None else "") or form.name


def form_at(model: Model, address: str) -> WebForm | None:
    """By its address or its name."""
    found = next((form for form in model.webforms.values() if address_of(form) == address), None)
    return found or model.webforms.get(address)
