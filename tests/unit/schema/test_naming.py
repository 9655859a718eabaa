"""Physical names are safe on both databases and never given twice."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenon.schema.naming import LONGEST, physical_name


def test_an_ordinary_name_stays_as_it_is() -> None:
    assert physical_name("close_date", ()) == "close_date"


@pytest.mark.parametrize("word", ["order", "group", "user", "oid", "xmin", "rowid", "select"])
def test_a_word_the_database_needs_itself_is_avoided(word: str) -> None:
    assert physical_name(word, ()) == f"{word}_"


def test_long_names_that_begin_alike_stay_apart() -> None:
    assert physical_name("a" * 80 + "x", ()) != physical_name("a" * 80 + "y", ())


@given(st.text(min_size=1, max_size=120), st.sets(st.text(alphabet="ab_2", min_size=1, max_size=4)))
def test_every_name_is_safe_short_and_not_taken(wanted: str, taken: set[str]) -> None:
    name = physical_name(wanted, taken)
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert len(name) <= LONGEST
    assert name not in taken


@given(st.lists(st.sampled_from(["name", "Name", "na me", "name_2", "n" * 70]), max_size=12))
def test_names_given_one_after_the_other_are_all_different(wanted: list[str]) -> None:
    given_names: list[str] = []
    for name in wanted:
        given_names.append(physical_name(name, given_names))
    assert len(set(given_names)) == len(wanted)
