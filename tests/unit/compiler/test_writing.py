"""The promises about files the product writes: they read back as what was meant, and edits leave the rest alone."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenon.compiler import WORKSPACE, SourceFile
from tenon.compiler.edits import content_of, edited
from tenon.compiler.writing import layer_files, text

WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["yes", "null", "~", "0123", "+.5", "1e5", "- a", "a: b", "#x", "2020-01-01", "\u2028", "{a", "'", '"']
    ),
)
VALUES = st.one_of(WORDS, st.integers(-(10**15), 10**15), st.booleans(), st.lists(WORDS, max_size=3))
CONTENTS = st.dictionaries(
    st.sampled_from(["label", "help", "fields", "x_a"]),
    st.one_of(
        VALUES, st.dictionaries(st.sampled_from(["en", "zh-CN", "type"]), st.one_of(VALUES, st.none()), max_size=3)
    ),
    min_size=1,
    max_size=4,
)
HAND_MADE = """\
# why this file is here
label:   {en: Deal, zh-CN: 商机}   # two languages
fields:
  # the name
  name:      {max: 80, label: {en: Name, zh-CN: 名称}}
  stage_note:
    label: Note
    options: [a,
              b]

  x_tax: {type: text}     # by law
views:
  list:
    columns:
    - name
    - x_tax   # last
"""


def file(path: str, content: str) -> SourceFile:
    return SourceFile(layer=WORKSPACE, path=path, text=content)


@settings(deadline=None)
@given(CONTENTS)
@example({"label": "\x85", "help": "a\nb "})
def test_what_is_written_reads_back_as_it_was_meant(content: dict[str, Any]) -> None:
    printable = all(ord(letter) < 0xD800 or ord(letter) > 0xDFFF for letter in str(content))
    if printable:
        assert content_of(file("entities/x_a.yaml", text(content))) == content


def test_the_same_content_is_written_as_the_same_bytes() -> None:
    patch = {"entities": {"x_a": {"label": "A"}, "deal": {"icon": "star"}}, "navigation": {"sales": {"label": "S"}}}
    files = layer_files(WORKSPACE, patch)
    assert [item.path for item in files] == ["entities/deal.yaml", "entities/x_a.yaml", "navigation.yaml"]
    assert files == layer_files(WORKSPACE, patch)


def edit(before: str, after: dict[str, Any]) -> str:
    old = (file("entities/deal.yaml", before),)
    said = {"entities": {"deal": content_of(old[0])}}
    (new,) = edited(old, said, {"entities": {"deal": after}}, layer=WORKSPACE)
    assert content_of(new) == after
    return new.text


def changed_lines(before: str, after: str) -> list[str]:
    return [line for line in after.splitlines() if line not in before.splitlines()]


def test_an_edit_touches_the_lines_it_is_about_and_no_others() -> None:
    content: dict[str, Any] = content_of(file("entities/deal.yaml", HAND_MADE))
    content["fields"]["x_tax"]["max"] = 20
    after = edit(HAND_MADE, content)
    assert changed_lines(HAND_MADE, after) == ["  x_tax: {type: text, max: 20} # by law"]


def test_a_new_thing_goes_to_the_end_of_its_map() -> None:
    content: dict[str, Any] = content_of(file("entities/deal.yaml", HAND_MADE))
    content["fields"]["x_size"] = {"type": "integer"}
    after = edit(HAND_MADE, content)
    assert changed_lines(HAND_MADE, after) == ["  x_size: {type: integer}"]
    assert "[a,\n              b]" in after


def test_a_removed_thing_leaves_the_comments_of_the_others() -> None:
    content: dict[str, Any] = content_of(file("entities/deal.yaml", HAND_MADE))
    del content["fields"]["stage_note"]
    after = edit(HAND_MADE, content)
    assert "# why this file is here" in after
    assert "# the name" in after
    assert "stage_note" not in after


@settings(deadline=None)
@given(CONTENTS, CONTENTS)
def test_any_edit_says_what_was_asked_for(before: dict[str, Any], after: dict[str, Any]) -> None:
    if not any(0xD800 <= ord(letter) <= 0xDFFF for letter in str([before, after])):
        assert edit(text(before), after) == edit(text(before), after)


@pytest.mark.parametrize("paths", [["entities/deal.yaml"], ["entities/deal.yaml", "entities/deal/fields.yaml"]])
def test_a_thing_that_goes_takes_all_its_files_along(paths: list[str]) -> None:
    files = tuple(file(path, "a: 1\n") for path in paths)
    said = {"entities": {"deal": {"a": 1, "fields": {"a": 1}}}}
    assert edited(files, said, {}, layer=WORKSPACE) == ()
