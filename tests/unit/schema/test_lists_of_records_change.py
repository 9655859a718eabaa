"""What becomes of a look-up that turns into a list of records, and back."""

import pytest

from tenon.fields import FieldType, InvalidValue, TypeSettings, make_type
from tenon.fields.lookup import SAMPLE_ID
from tenon.schema.conversions import way_between
from tenon.schema.conversions.base import Turn


def made(key: str, to: str = "account") -> FieldType:
    return make_type(key, {"to": to} if key != "text" else {}, TypeSettings())


def test_a_look_up_becomes_a_list_of_one() -> None:
    way = way_between(Turn(old=made("lookup"), new=made("multi_lookup")))
    assert way is not None
    assert way.value(SAMPLE_ID) == [SAMPLE_ID]


def test_a_list_becomes_a_look_up_where_it_holds_one() -> None:
    way = way_between(Turn(old=made("multi_lookup"), new=made("lookup")))
    assert way is not None
    assert way.value([SAMPLE_ID]) == SAMPLE_ID
    with pytest.raises(InvalidValue, match="2"):
        way.value([SAMPLE_ID, SAMPLE_ID[:-1] + "c"])


@pytest.mark.parametrize("other", [made("multi_lookup", "region"), made("text")])
def test_ids_never_become_something_else(other: FieldType) -> None:
    assert way_between(Turn(old=made("multi_lookup"), new=other)) is None
    assert way_between(Turn(old=other, new=made("multi_lookup"))) is None
