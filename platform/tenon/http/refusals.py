"""In charge of answering a refusal: problem JSON for programs, a page for people.

Pages register how they show an error; without them every answer is problem JSON.
"""

import logging
from collections.abc import Callable
from typing import Any, cast

import orjson
from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from tenon.errors import TenonError, Unavailable
from tenon.http.context import Asking
from tenon.http.plain_page import plain_page
from tenon.http.statuses import problem_document, status_of
from tenon.ids import new_id
from tenon.texts import CHINESE, ENGLISH, Text, say

LOG = logging.getLogger("tenon.http")
PROBLEM_JSON = "application/problem+json"
ErrorPage = Callable[[Text, Text | None, int, str], Response]
"""Shows a message, a hint, a status and a trace to a person."""

_PAGE_KEY = "tenon.error_page"
_NOT_POSSIBLE = say("This is not possible right now", "暂时无法完成")


def show_errors_with(page: ErrorPage) -> Callable[[Any], None]:
    """For a blueprint's `record`: people see errors through `page`."""

    def remember(state: Any) -> None:
        state.app.extensions[_PAGE_KEY] = page

    return remember


def answer_error(error: Exception) -> Response:
    """The answer to any exception; nothing of a fault of ours is told but its trace."""
    if isinstance(error, HTTPException) and (error.code is None or error.code < 400):
        return error.get_response()  # type: ignore[return-value]
    refusal = error if isinstance(error, TenonError) else None
    status = status_of(refusal) if refusal is not None else getattr(error, "code", None) or 500
    trace = _trace()
    response = _page(refusal, status, trace) or _problem(error, refusal, status, trace)
    if status == 503:
        response.headers["Retry-After"] = "5"
    response.headers["X-Trace"] = trace
    if refusal is not None and "retry_after" in refusal.extra:
        response.headers["Retry-After"] = str(refusal.extra["retry_after"])
    if isinstance(error, HTTPException) and error.code == 405:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ())
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def wants_json() -> bool:
    """The API speaks JSON always; elsewhere it is the caller's choice."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", PROBLEM_JSON], default="text/html")
    return best != "text/html"


def _page(refusal: TenonError | None, status: int, trace: str) -> Response | None:
    """None when a program asks, or when nobody shows pages.

    A page in its frame asks the database who may see what; without it the refusal is told on a page of its own.
    """
    page: ErrorPage | None = current_app.extensions.get(_PAGE_KEY)
    if page is None or wants_json():
        return None
    message = refusal.message if refusal is not None else _plain(status)
    hint = refusal.hint if refusal is not None else None
    if _asking() is not None:
        try:
            return page(message, hint, status, trace)
        except Unavailable:
            LOG.warning("the database is not there for the error page, trace %s", trace)
        except Exception:  # whatever is wrong with the page, the refusal itself must be told
            LOG.exception("the error page failed, trace %s", trace)
    return plain_page(_NOT_POSSIBLE, message, hint, status=status, language=_language(), trace=f"{status} · {trace}")


def _problem(error: Exception, refusal: TenonError | None, status: int, trace: str) -> Response:
    language = _language()
    if refusal is not None:
        document = problem_document(refusal, language, trace)
    else:
        code = "method_not_allowed" if status == 405 else "internal_error"
        document = {
            "type": f"/errors/{code}",
            "title": code.replace("_", " ").capitalize(),
            "status": status,
            "detail": _plain(status).in_(language),
            "trace": trace,
        }
    return Response(orjson.dumps(document, default=str), status=status, mimetype=PROBLEM_JSON)


def _plain(status: int) -> Text:
    if status == 405:
        return say("This address does not take this method.", "此地址不支持该请求方法。")
    return say(
        "Something went wrong on our side. Nothing was saved. Tell your administrator the number shown.",
        "系统出现错误，未保存任何内容。请把显示的编号告诉管理员。",
    )


def _asking() -> Asking | None:
    return cast("Asking | None", g.get("asking"))


def _trace() -> str:
    known = _asking()
    return known.trace if known is not None else new_id()[-12:]


def _language() -> str:
    known = _asking()
    if known is not None:
        return known.language
    best = request.accept_languages.best_match([CHINESE, "zh", ENGLISH])
    return CHINESE if best in (CHINESE, "zh") else ENGLISH
