"""In charge of the answer of a workspace that cannot be opened: what is wrong, and what to run about it.

It stands on nothing but the error, so that it works when nothing else does. What only concerns those who run the
installation (names, files, addresses) stays in the log and with `tenon doctor`.
"""

import secrets
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from werkzeug.wrappers import Request, Response

from tenon.errors import TenonError
from tenon.http import problem_document, status_of
from tenon.http.headers import HEADERS
from tenon.ids import new_id
from tenon.texts import CHINESE, ENGLISH, Text, say

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_TITLE = say("This workspace is not available right now", "此工作区暂时无法使用")
_NEXT = say(
    "Nothing is lost. Whoever runs this installation finds the details with:",
    "数据没有丢失。系统管理员可用以下命令查看详情：",
)
_AGAIN = say("This page tries again by itself.", "本页会自动重试。")
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.6 Inter, system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f5f6f8, #10141b); color: light-dark(#1d2430, #e6e9ef) }
main { max-width: 34rem; margin: 1.5rem; padding: 2rem; border-radius: 14px; background: light-dark(#fff, #1a202b); box-shadow: 0 1px 3px rgb(0 0 0 / .12) }
h1 { font-size: 1.35rem; margin: 0 0 .75rem } p { margin: .6rem 0 }
code { display: block; padding: .7rem .9rem; border-radius: 8px; overflow-x: auto; background: light-dark(#eef0f4, #0c1016); font: .9rem/1.4 ui-monospace, monospace }
.quiet { color: light-dark(#5a6372, #9aa4b5); font-size: .9rem }
"""  # noqa: E501


def repair_answer(
    error: TenonError, folder: Path, environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    """503, whatever the reason: it is the installation that is not ready, never the caller who is wrong."""
    request = Request(environ)
    language = _language(request)
    response = _document(error, language, 503) if _wants_json(request) else _page(error, folder, language)
    response.headers["Retry-After"] = "5"
    return response(environ, start_response)


def refusal_answer(error: TenonError, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """For addresses that belong to no workspace, whose pages could say it nicer."""
    return _document(error, _language(Request(environ)), status_of(error))(environ, start_response)


def _language(request: Request) -> str:
    best = request.accept_languages.best_match([CHINESE, "zh", ENGLISH])
    return CHINESE if best in (CHINESE, "zh") else ENGLISH


def _wants_json(request: Request) -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return "/api/" in request.path or best != "text/html"


def _document(error: TenonError, language: str, status: int) -> Response:
    """Without the details, which may name what the caller must not know."""
    document = {**problem_document(error, language, new_id()[-12:]), "status": status}
    document.pop("errors", None)
    return Response(orjson.dumps(document, default=str), status, headers=HEADERS, mimetype="application/problem+json")


def _page(error: TenonError, folder: Path, language: str) -> Response:
    nonce = secrets.token_urlsafe(12)

    def told(text: Text) -> str:
        return escape(text.in_(language))

    hint = f"<p>{told(error.hint)}</p>" if error.hint is not None else ""
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{told(_TITLE)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="10">'
        f'<style nonce="{nonce}">{_STYLE}</style></head><body><main><h1>{told(_TITLE)}</h1>'
        f"<p>{told(error.message)}</p>{hint}"
        f'<p class="quiet">{told(_NEXT)}</p><code>tenon -w {escape(folder.name)} doctor</code>'
        f'<p class="quiet">{told(_AGAIN)}</p></main></body></html>'
    )
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; frame-ancestors 'none'; base-uri 'none'"
    headers = {**HEADERS, "Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return Response(page, 503, headers=headers, mimetype="text/html")
