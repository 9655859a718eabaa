"""In charge of what all pages of the console share: administrators only, one frame, both languages."""

from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import orjson
from flask import Response, request, url_for
from flask_admin import BaseView
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tenon.errors import Forbidden
from tenon.http import Asking, asking
from tenon.http.appearance import chosen_theme
from tenon.resources import folder
from tenon.texts import Text, say

TITLE = say("Operators' console", "运维控制台")
_WORDS = {
    "back": say("Back to the workspace", "返回工作区"),
    "skip": say("Skip to the page", "跳到正文"),
    "none": say("Nothing here.", "暂无内容。"),
    "all": say("All", "全部"),
    "filter": say("Filter", "筛选"),
    "older": say("Older", "更早"),
    "reason": say("Reason", "原因"),
    "audit": say("What was done here", "操作记录"),
    "details": say("Details", "详情"),
    "actions": say("Actions", "操作"),
}


class Page(BaseView):  # type: ignore[misc]
    """One entry of the console's menu. `key` names it in addresses."""

    key: ClassVar[str]
    label: ClassVar[Text]

    def __init__(self, address: str | None = None) -> None:
        super().__init__(name=self.key, endpoint=f"console_{self.key}" if address is None else self.key, url=address)
        if address is None:
            self.url = self.key

    def is_accessible(self) -> bool:
        """Raises Unauthenticated, or Forbidden for whoever is no administrator, or comes with a token."""
        known = asking()
        if known.actor.is_system or known.door != "session" or not known.access.administers:
            raise Forbidden(say("Only administrators use the console.", "只有管理员可以使用控制台。"))
        if known.must_change_password:
            raise Forbidden(say("Choose a new password first.", "请先设置新密码。"))
        return True

    def _run_view(self, function: Any, *arguments: Any, **named: Any) -> Any:
        """As it is, where Flask-Admin would call it a second time after a TypeError."""
        return function(self, *arguments, **named)

    def show(self, template: str, **values: Any) -> Response:
        known = asking()
        language = known.language
        text = (
            environment()
            .get_template(f"console/{template}.html")
            .render(
                t=lambda text: text.in_(language) if isinstance(text, Text) else text,
                words=_WORDS,
                title=TITLE,
                heading=self.label,
                language=language,
                theme=chosen_theme(),
                menu=[(view.label, url_for(f"{view.endpoint}.index"), view is self) for view in self.admin._views],
                csrf_token=generate_csrf(),
                workspace=known.model.workspace.label,
                colors=known.model.digest[:12],
                **values,
            )
        )
        response = Response(text, mimetype="text/html")
        response.headers["Cache-Control"] = "private, no-store"
        return response


def shown(value: Any, known: Asking) -> Any:
    """A value as an operator reads it: instants on his clock, everything else as it is."""
    if isinstance(value, datetime):
        zone = known.person.timezone if known.person is not None else "UTC"
        return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, Text):
        return value.in_(known.language)
    if isinstance(value, dict | list):
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    return "" if value is None else value


def in_language(words: dict[str, str] | None, known: Asking) -> str:
    """Words kept by language."""
    return Text(words).in_(known.language) if words else ""


def asked(name: str) -> str:
    """A parameter of the address, never long."""
    return request.args.get(name, "")[:100]


@lru_cache(maxsize=1)
def environment() -> Environment:
    """A name that is missing in a template is an error, never a blank."""
    made = Environment(
        loader=FileSystemLoader(folder("ui") / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(asset=_asset, url_for=url_for)
    return made


def _asset(name: str) -> str:
    manifest = folder("ui") / "static" / "dist" / "manifest.json"
    return url_for("web.static", name=_built(manifest.read_bytes())[name])


@lru_cache(maxsize=2)
def _built(manifest: bytes) -> dict[str, str]:
    names: dict[str, str] = orjson.loads(manifest)
    return names
