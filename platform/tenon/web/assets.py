"""In charge of the files browsers fetch: built scripts and styles under names that change with their content."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import orjson
from flask import Blueprint, Response, send_from_directory, url_for
from markupsafe import Markup

from tenon.errors import Unavailable
from tenon.http import asking
from tenon.resources import folder
from tenon.texts import say
from tenon.web.colors import color_sheet

FOR_EVER = "public, max-age=31536000, immutable"


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/static/dist/<path:name>", "static", static)
    blueprint.add_url_rule("/-/colors-<digest>.css", "colors", colors)
    blueprint.add_url_rule("/favicon.ico", "favicon", favicon)


def manifest() -> Mapping[str, str]:
    """Name in the source → name in `ui/static/dist`, as last built; raises Unavailable when that never happened."""
    file = folder("ui") / "static" / "dist" / "manifest.json"
    try:
        return _read(file, file.stat().st_mtime_ns)
    except FileNotFoundError:
        raise Unavailable(
            say("The front end is not built. Run “make setup”.", "前端尚未构建，请运行“make setup”。")
        ) from None


@lru_cache(maxsize=2)
def _read(file: Path, _changed: int) -> Mapping[str, str]:
    names: dict[str, str] = orjson.loads(file.read_bytes())
    return names


def asset(name: str) -> str:
    """The address of a built file: `asset("main.js")`."""
    return url_for("web.static", name=manifest()[name])


def icon(name: str, kind: str = "") -> Markup:
    """One of the icons of `ui/icons.txt`, as wide as the text; it says nothing to screen readers."""
    classes = f"icon {kind}" if kind else "icon"
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        classes, asset("icons.svg"), name if name in known_icons(manifest()["icons.svg"]) else "point"
    )


@lru_cache(maxsize=2)
def known_icons(sprite_name: str) -> frozenset[str]:
    """Names in the built sprite; metadata may name others, which are shown as a point."""
    sprite = (folder("ui") / "static" / "dist" / sprite_name).read_text("utf-8")
    return frozenset(part.partition('"')[0] for part in sprite.split('<symbol id="')[1:])


def static(name: str) -> Response:
    response = send_from_directory(folder("ui") / "static" / "dist", name)
    response.headers["Cache-Control"] = FOR_EVER
    return response


def colors(digest: str) -> Response:
    """The workspace's own colours; the address changes with the model."""
    response = Response(color_sheet(asking().model), mimetype="text/css")
    response.headers["Cache-Control"] = FOR_EVER
    return response


def favicon() -> Response:
    """Browsers ask for it unasked; the page names its own icon."""
    response = send_from_directory(folder("ui") / "static" / "dist", manifest()["icon.svg"])
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
