"""In charge of the promise that the accent can be read on every surface."""

import pytest

from tenon.web.colors import PALETTE, READABLE, color_class, contrast, shades_of


@pytest.mark.parametrize("color", [*PALETTE, "#000000", "#ffffff", "#ffff00", "#7f7f7f", "#00ff00", "#ff00ff"])
def test_an_accent_of_any_colour_can_be_read(color: str) -> None:
    button, on_light, on_dark = shades_of(color)
    assert contrast(button, (255, 255, 255)) >= READABLE
    assert contrast(on_light, (246, 247, 249)) >= READABLE
    assert contrast(on_dark, (16, 20, 27)) >= READABLE


def test_contrast_is_the_ratio_of_the_guideline() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("color", "name"), [("green", "c-green"), ("#206BC4", "c-206bc4"), ("", "c-gray"), ('x"><script>', "c-gray")]
)
def test_a_colour_is_a_class_that_holds_nothing_else(color: str, name: str) -> None:
    assert color_class(color) == name
