"""In charge of making answers: whole pages in their frame, parts of pages, redirects, and errors people can read."""

import json
from typing import Any

from flask import Response, request
from flask_wtf.csrf import generate_csrf

from tenon.http import Asking, asking
from tenon.texts import Text
from tenon.web.frame import display_of, frame_of, sign_in_address
from tenon.web.gone import Gone
from tenon.web.moments import Moments
from tenon.web.templates import environment
from tenon.web.words import Words

LANGUAGE_NAMES = (("zh-CN", "中文"), ("en", "English"))
"""Each in its own words, so that everybody finds his."""


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page in its frame. When only the middle was asked for (a boosted link), only that is sent."""
    known = asking()
    text = (
        environment()
        .get_template(template)
        .render(
            **shared(known),
            frame=frame_of(known),
            layout="part.html" if request.headers.get("HX-Boosted") else "frame.html",
            script_words=_script_words(known),
            **values,
        )
    )
    return _private(Response(text, status, mimetype="text/html"))


def _script_words(known: Asking) -> str:
    """JSON that cannot end the element it stands in."""
    return json.dumps(Words.of(known.model, known.language).below("script.")).replace("<", "\\u003c")


def fragment(template: str, status: int = 200, **values: Any) -> Response:
    """A fragment that takes the place of a part of a page."""
    text = environment().get_template(template).render(**shared(asking()), **values)
    return _private(Response(text, status, mimetype="text/html"))


def shared(known: Asking) -> dict[str, Any]:
    """The names every template has; `t` gives a label in the reader's language."""
    display = display_of(known)
    return {
        "word": Words.of(known.model, known.language),
        "t": lambda text: text.in_(known.language) if isinstance(text, Text) else "",
        "display": display,
        "moments": Moments(display, known.workspace.now()),
        "csrf_token": generate_csrf(),
        "here": local(request.full_path.rstrip("?") if request.method == "GET" else "/"),
        "languages": LANGUAGE_NAMES,
        "gone": Gone(known),
    }


def go(address: str) -> Response:
    """After a change: look at `address`, which must be a path of our own."""
    return Response("", 303, headers={"Location": local(address)})


def toast(response: Response, message: str, kind: str = "success") -> Response:
    """Let a short message appear beside what the fragment brings. Headers are ASCII, so JSON escapes the rest."""
    response.headers["HX-Trigger"] = json.dumps({"toast": {"message": message, "kind": kind}})
    return response


def local(address: str | None, default: str = "/") -> str:
    """`address` when it is a path of this site, else `default`: nobody is led elsewhere by a link to us."""
    text = address or ""
    strange = any(letter in text for letter in "\\\r\n\t") or not text.isprintable()
    return text if text.startswith("/") and not text.startswith("//") and not strange else default


def show_error(message: Text, hint: Text | None, status: int, trace: str) -> Response:
    """An error as a page; somebody who has not signed in is sent to do so; a fragment gets a toast."""
    known = asking()
    if status == 401 and known.person is None:
        return _to_sign_in()
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        answer = Response("", status, mimetype="text/html")
        answer.headers["HX-Reswap"] = "none"
        words = [text.in_(known.language) for text in (message, hint) if text is not None]
        return toast(answer, " ".join(words), "danger")
    return page("error.html", status, message=message, hint=hint, code=status, trace=trace)


def _to_sign_in() -> Response:
    if not request.headers.get("HX-Request"):
        return go(sign_in_address())
    response = Response("", 401)
    response.headers["HX-Redirect"] = sign_in_address()
    return response


def _private(response: Response) -> Response:
    """Pages show what one person may see: nothing in between may keep them."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Vary"] = "Cookie, HX-Request, HX-Boosted"
    return response
