"""In charge of the answer of a workspace that cannot be opened: what is wrong, and what to run about it."""

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from werkzeug.wrappers import Request, Response

from tenon.errors import MetadataError, TenonError, Unavailable
from tenon.http import plain_page, problem_document, status_of
from tenon.http.headers import HEADERS
from tenon.ids import new_id
from tenon.texts import CHINESE, ENGLISH, say

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_TITLE = say("This workspace is not available right now", "此工作区暂时无法使用")


def repair_answer(
    error: TenonError, folder: Path, environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    """503, whatever the reason: it is the installation that is not ready, never the caller who is wrong."""
    request = Request(environ)
    response = _answer(_told(error), folder, request)
    response.headers["Retry-After"] = "5"
    return response(environ, start_response)


def refusal_answer(error: TenonError, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """For addresses that belong to no workspace, whose pages could say it nicer."""
    return _document(error, _language(Request(environ)), status_of(error))(environ, start_response)


def _answer(error: TenonError, folder: Path, request: Request) -> Response:
    language = _language(request)
    if _wants_json(request):
        return _document(error, language, 503)
    command = f"tenon -w {shlex.quote(folder.name)} doctor"
    return plain_page(_TITLE, error.message, error.hint, status=503, language=language, command=command, repeats=True)


def _told(error: TenonError) -> TenonError:
    """Of metadata it is what was published that cannot be used, whatever the files say."""
    if not isinstance(error, MetadataError):
        return error
    return Unavailable(
        say(
            "This program cannot use any published version of the workspace: {count} problem(s) were found.",
            "本程序无法使用此工作区的任何已发布版本：发现 {count} 个问题。",
            count=len(error.problems),
        ),
        hint=say(
            "Start the program that published it, or run “tenon apply” to publish the files again.",
            "请使用发布它的程序版本启动，或运行“tenon apply”重新发布文件。",
        ),
    )


def _language(request: Request) -> str:
    best = request.accept_languages.best_match([CHINESE, "zh", ENGLISH])
    return CHINESE if best in (CHINESE, "zh") else ENGLISH


def _wants_json(request: Request) -> bool:
    """Programs ask the API, and whether the workspace is well."""
    if "/api/" in request.path or request.path.endswith("/health"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best != "text/html"


def _document(error: TenonError, language: str, status: int) -> Response:
    """Without the details, which may name what the caller must not know."""
    document = {**problem_document(error, language, new_id()[-12:]), "status": status}
    document.pop("errors", None)
    return Response(orjson.dumps(document, default=str), status, headers=HEADERS, mimetype="application/problem+json")
