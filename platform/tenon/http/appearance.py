"""In charge of how pages look to a browser: light or dark, wide or close, as its cookies say."""

from flask import request

THEMES = ("auto", "light", "dark")
DENSITIES = ("comfortable", "compact")
THEME_COOKIE, DENSITY_COOKIE = "tenon_theme", "tenon_density"


def chosen_theme() -> str:
    """Of this request; "auto" follows the machine."""
    return _chosen(THEME_COOKIE, THEMES)


def chosen_density() -> str:
    return _chosen(DENSITY_COOKIE, DENSITIES)


def _chosen(cookie: str, known: tuple[str, ...]) -> str:
    value = request.cookies.get(cookie, "")
    return value if value in known else known[0]
