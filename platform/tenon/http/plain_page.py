"""In charge of a page that stands on nothing but an error: for when the workspace, or whoever asks, is not known.

It needs no template, no style sheet and no database, so that it works when nothing else does. It never says more
than the error does; what only concerns those who run the installation stays in the log and with `tenon doctor`.
"""

import secrets
from html import escape

from flask import Response

from tenon.http.headers import HEADERS
from tenon.texts import Text, say

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


def plain_page(
    title: Text,
    message: Text,
    hint: Text | None,
    *,
    status: int,
    language: str,
    command: str = "",
    repeats: bool = False,
    trace: str = "",
) -> Response:
    """`command` is what to run on the server; a page that `repeats` asks again after a while."""
    nonce = secrets.token_urlsafe(12)

    def told(text: Text) -> str:
        return escape(text.in_(language))

    refresh = '<meta http-equiv="refresh" content="10">' if repeats else ""
    parts = [f"<p>{told(message)}</p>", f"<p>{told(hint)}</p>" if hint is not None else ""]
    if command:
        parts.append(f'<p class="quiet">{told(_NEXT)}</p><code>{escape(command)}</code>')
    if repeats:
        parts.append(f'<p class="quiet">{told(_AGAIN)}</p>')
    if trace:
        parts.append(f'<p class="quiet">{escape(trace)}</p>')
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{told(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{refresh}'
        f'<style nonce="{nonce}">{_STYLE}</style></head><body><main><h1>{told(title)}</h1>'
        f"{''.join(parts)}</main></body></html>"
    )
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; frame-ancestors 'none'; base-uri 'none'"
    headers = {**HEADERS, "Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return Response(page, status, headers=headers, mimetype="text/html")
