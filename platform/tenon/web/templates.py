"""In charge of the template environment: strict, escaping, compiled once."""

from functools import lru_cache

from flask import url_for
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tenon.resources import folder
from tenon.web.assets import asset, icon
from tenon.web.colors import color_class


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
        extensions=["jinja2.ext.do"],
    )
    made.globals.update(asset=asset, icon=icon, url_for=url_for, color_class=color_class)
    return made
