"""In charge of the workspace's own colours: its accent, and the colours its options name by number.

The content policy allows no style in pages, so these colours are a small style sheet of their own.
"""

import re
from collections.abc import Iterator

from tenon.model import Model

PALETTE = {
    "blue": "#1c6fd8",
    "azure": "#3388d6",
    "indigo": "#4d63e3",
    "purple": "#a43cc0",
    "pink": "#cf3a6e",
    "red": "#d1383d",
    "orange": "#e8772e",
    "yellow": "#eda21c",
    "lime": "#6fae1e",
    "green": "#2fa84f",
    "teal": "#0f9c78",
    "cyan": "#1795ae",
    "gray": "#67707e",
}
"""The colours of the language by name; `ui/src/tags.css` has the same for options."""

READABLE = 4.5
"""Contrast of text that WCAG 2.2 asks for."""

MARGIN = 0.5
"""The accent also stands on a tint of itself, where it contrasts a little less."""

_NUMBER = re.compile(r"#[0-9a-fA-F]{6}")
_LIGHT_SURFACE, _DARK_SURFACE = "#f4f6f9", "#1b212c"
Rgb = tuple[float, float, float]


def color_class(color: str) -> str:
    """The class that gives an element this colour as `--c`: `c-green`, `c-206bc4`."""
    return f"c-{color.removeprefix('#').lower()}" if color in PALETTE or _NUMBER.fullmatch(color) else "c-gray"


def color_sheet(model: Model) -> str:
    """CSS: the accent in shades that can be read on light and dark, and a class for each numbered colour in use.

    Web forms may have an accent of their own.
    """
    lines = [_accented(":root", model.workspace.accent or "blue")]
    for form in model.webforms.values():
        if form.page is not None and form.page.color:
            lines.append(_accented(f'html[data-webform="{form.name}"]', form.page.color))
    lines += [f".c-{color[1:]}{{--c:{color}}}" for color in sorted(set(_numbered(model)))]
    return "\n".join(lines) + "\n"


def _accented(selector: str, accent: str) -> str:
    button, on_light, on_dark = shades_of(accent)
    shades = {
        "--accent": _hex(button),
        "--accent-hover": _hex(_mixed(button, (0, 0, 0), 0.14)),
        "--accent-text": f"light-dark({_hex(on_light)},{_hex(on_dark)})",
    }
    return f"{selector}{{" + ";".join(f"{name}:{value}" for name, value in shades.items()) + "}"


def shades_of(accent: str) -> tuple[Rgb, Rgb, Rgb]:
    """Under white words, and as words on the light and on the dark surface."""
    color = _rgb(accent)
    return (
        _until_readable(color, _rgb("#ffffff"), darker=True),
        _until_readable(color, _rgb(_LIGHT_SURFACE), darker=True),
        _until_readable(color, _rgb(_DARK_SURFACE), darker=False),
    )


def contrast(first: Rgb, second: Rgb) -> float:
    """The ratio WCAG 2.2 defines, 1 to 21."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _numbered(model: Model) -> Iterator[str]:
    for choices in model.choices.values():
        yield from (option.color.lower() for option in choices.options if _NUMBER.fullmatch(option.color))
    for entity in model.entities.values():
        for field in entity.fields.values():
            own = field.type.settings.options
            yield from (option.color.lower() for option in own if _NUMBER.fullmatch(option.color))
        for pipeline in entity.pipelines.values():
            yield from (stage.color.lower() for stage in pipeline.stages.values() if _NUMBER.fullmatch(stage.color))


def _until_readable(color: Rgb, against: Rgb, *, darker: bool) -> Rgb:
    """The nearest shade that can be read on `against`, in steps towards black or white."""
    for step in range(21):
        shade = _mixed(color, (0, 0, 0) if darker else (255, 255, 255), step / 20)
        if contrast(shade, against) >= READABLE + MARGIN:
            return shade
    return (0, 0, 0) if darker else (255, 255, 255)


def _rgb(color: str) -> Rgb:
    number = PALETTE.get(color, color).removeprefix("#")
    return (int(number[0:2], 16), int(number[2:4], 16), int(number[4:6], 16))


def _hex(color: Rgb) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in color)


def _mixed(color: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (part + (aim - part) * share for part, aim in zip(color, other, strict=True))
    return (red, green, blue)


def _luminance(color: Rgb) -> float:
    linear = [_linear(part / 255) for part in color]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
