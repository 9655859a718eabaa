"""In charge of the small world the unit tests of the expression language speak about."""

import pytest

from samples.shapes import Shape
from tenon.expressions import (
    BOOLEAN,
    DATE,
    DATETIME,
    TEXT,
    Scope,
    choice_of,
    list_of,
    number_of,
    record_of,
)


@pytest.fixture(scope="session")
def scope() -> Scope:
    """A deal with an account, lines and stages; old values may be named."""
    region = Shape("region", {"name": TEXT}, "parent")
    user = Shape("user", {"name": TEXT, "region": record_of(region)})
    account = Shape("account", {"name": TEXT, "region": record_of(region)})
    part = Shape("part", {"weight": number_of(2)})
    line = Shape(
        "line", {"name": TEXT, "amount": number_of(2), "quantity": number_of(0), "parts": list_of(record_of(part))}
    )
    deal = Shape(
        "deal",
        {
            "name": TEXT,
            "amount": number_of(2),
            "probability": number_of(0),
            "signed": BOOLEAN,
            "close_date": DATE,
            "created_at": DATETIME,
            "stage": choice_of(["open", "won", "lost"]),
            "stage.probability": number_of(0),
            "tags": list_of(TEXT),
            "account": record_of(account),
            "owner": record_of(user),
            "lines": list_of(record_of(line)),
        },
    )
    approval = Shape("request", {"deal": record_of(deal)})
    return Scope(record=deal, user=user, has_old=True, roots={"request": approval}, entities={"region": region})
