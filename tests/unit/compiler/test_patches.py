"""The promises about patches: one after the other or put together, they mean the same."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tenon.compiler.patches import composed, difference, laid, leaves, reset, without_nulls

NAMES = st.sampled_from("abc")
VALUES = st.one_of(st.integers(0, 2), st.sampled_from(["x", ""]), st.lists(st.integers(0, 1), max_size=2))
TREES = st.recursive(
    st.dictionaries(NAMES, VALUES, max_size=3),
    lambda inner: st.dictionaries(NAMES, st.one_of(VALUES, inner), max_size=3),
    max_leaves=6,
)
PATCHES = st.recursive(
    st.dictionaries(NAMES, st.one_of(VALUES, st.none()), max_size=3),
    lambda inner: st.dictionaries(NAMES, st.one_of(VALUES, st.none(), inner), max_size=3),
    max_leaves=6,
)


def merged(base: Any, patch: dict[str, Any]) -> dict[str, Any]:
    """RFC 7396, written down a second time."""
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value) if isinstance(value, dict) else value
    return result


@settings(deadline=None)
@given(TREES, PATCHES, PATCHES)
def test_a_composed_patch_means_the_one_and_then_the_other(lower: Any, first: Any, second: Any) -> None:
    assert merged(lower, composed(lower, first, second)) == merged(merged(lower, first), second)


@settings(deadline=None)
@given(TREES, PATCHES)
def test_composing_the_same_change_twice_changes_nothing_more(lower: Any, change: Any) -> None:
    once = composed(lower, {}, change)
    assert composed(lower, once, change) == once


@settings(deadline=None)
@given(TREES, TREES)
def test_a_difference_leads_from_one_to_the_other(lower: Any, target: Any) -> None:
    assert merged(lower, difference(lower, target)) == target


@settings(deadline=None)
@given(TREES, TREES, st.sampled_from(["a", "b"]))
def test_a_change_that_is_taken_back_is_not_said_any_more(lower: Any, value: Any, name: str) -> None:
    changed = composed({name: lower}, {}, laid((name,), value))
    back = difference(merged(lower, value), lower)
    assert composed({name: lower}, changed, laid((name,), back)) == {}


@settings(deadline=None)
@given(TREES, st.sampled_from(["a", "b"]), st.sampled_from(["a", "b"]))
def test_a_reset_path_is_not_said_and_the_rest_is(patch: Any, first: str, second: str) -> None:
    after = dict(leaves(reset(patch, (first, second))))
    assert not any(path[:2] == (first, second) for path in after)
    kept = {path: value for path, value in leaves(patch) if path[:2] != (first, second)}
    assert all(after.get(path) == value for path, value in kept.items() if len(path) > 1)


def test_nulls_inside_a_new_thing_are_left_out() -> None:
    assert without_nulls({"a": None, "b": {"c": None, "d": 1}}) == {"b": {"d": 1}}
