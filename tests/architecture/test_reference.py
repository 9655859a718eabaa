from pathlib import Path

import pytest

from tenon.cli.main import tenon
from tenon.cli.reference import pages

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", list(pages(tenon)))
def test_the_reference_says_what_the_product_does(name: str) -> None:
    """`make docs` writes it anew."""
    assert (REFERENCE / name).read_text(encoding="utf-8") == pages(tenon)[name]
