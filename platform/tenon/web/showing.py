"""In charge of how the records of one request are written: for whom, in which language and zone."""

from tenon.http import Asking
from tenon.web.cells import Showing
from tenon.web.frame import display_of
from tenon.web.words import Words


def showing_of(known: Asking) -> Showing:
    return Showing(display=display_of(known), word=Words.of(known.model, known.language))
