"""In charge of what every action and trigger promises: words in two languages, a schema, an example that fits it."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tenon import resources
from tenon.actions import ACTIONS, action_document
from tenon.actions.document import STEP_WORDS
from tenon.compiler import schemas
from tenon.triggers import TRIGGERS, trigger_document

BOTH = {"en", "zh-CN"}
CATALOGUES = [*(("action", item) for item in ACTIONS.values()), *(("trigger", item) for item in TRIGGERS.values())]


@pytest.mark.parametrize(("kind", "item"), CATALOGUES, ids=lambda item: getattr(item, "key", item))
class TestEverything:
    def test_it_has_words_in_both_languages(self, kind: str, item: Any) -> None:
        assert set(item.label.languages()) >= BOTH
        assert set(item.help.languages()) >= BOTH
        assert item.help.in_("en").endswith(".")

    def test_every_property_is_described_in_both_languages(self, kind: str, item: Any) -> None:
        for name, schema in item.schema.get("properties", {}).items():
            assert schema["description"], name
            assert schema["description:zh-CN"], name

    def test_every_slot_is_a_property(self, kind: str, item: Any) -> None:
        known = set(item.schema.get("properties", {}))
        assert {slot.at for slot in item.slots if slot.at} <= known
        assert {name for group in getattr(item, "choices", ()) for name in group} <= known
        assert not item.short or item.short in known

    def test_its_example_fits_its_schema(self, kind: str, item: Any) -> None:
        validator = Draft202012Validator(schemas.whole(kind))
        assert [error.message for error in validator.iter_errors({item.key: item.example})] == []


def test_no_action_is_called_like_a_word_of_steps() -> None:
    assert not set(ACTIONS) & set(STEP_WORDS)


@pytest.mark.parametrize(("name", "document"), [("action", action_document()), ("trigger", trigger_document())])
def test_the_schema_for_editors_says_what_the_catalogue_says(name: str, document: dict[str, Any]) -> None:
    written = json.loads((resources.folder("metadata") / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(document)), "run `tenon docs`"


@pytest.mark.parametrize("kind", ["approval", "automation", "pool", "assignment", "calendar", "pipeline"])
def test_the_examples_of_a_kind_fit_it(kind: str) -> None:
    validator = schemas.validator(kind) if kind != "pipeline" else Draft202012Validator(schemas.whole(kind))
    examples = schemas.load(kind)["examples"]
    assert examples
    for example in examples:
        assert [error.message for error in validator.iter_errors(example)] == []
