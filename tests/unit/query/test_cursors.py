from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenon.errors import BadRequest
from tenon.query.cursors import mark_of, read_cursor, write_cursor

ANY = frozenset((str, int, float, bool, Decimal, date, datetime))
VALUES = st.one_of(
    st.none(),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)


@given(st.lists(VALUES, max_size=5))
def test_a_cursor_gives_back_exactly_what_was_put_in(values: list[object]) -> None:
    given_values = (*values, "the id")
    found = read_cursor(write_cursor("mark", given_values), "mark", [ANY] * len(given_values))
    assert found == given_values
    assert [type(value) for value in found] == [type(value) for value in given_values]


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        read_cursor(text, mark_of("a query"), [ANY])


def test_a_value_of_another_type_is_refused() -> None:
    cursor = write_cursor("mark", (1, "id"))
    with pytest.raises(BadRequest):
        read_cursor(cursor, "mark", [frozenset((str,)), frozenset((str,))])


def test_a_mark_tells_queries_apart() -> None:
    assert mark_of("deal", ("a",), None) == mark_of("deal", ("a",), None)
    assert mark_of("deal", ("a",), None) != mark_of("deal", ("a",), "x")
    assert mark_of("deal", "a") != mark_of("deala")
