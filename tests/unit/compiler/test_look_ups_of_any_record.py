"""In charge of what is said of look-ups of any record before anything runs: names, defaults, other ends, uses."""

from collections.abc import Callable

import pytest

from tenon.compiler import Compilation
from tenon.model.usage import uses_of

Compiled = Callable[..., Compilation]
NOTE = "label: Note\nplural: Notes\nfields: {name: {type: text}, deal: {type: lookup, to: deal}, about: {%s}}\n"


def note(compiled: Compiled, about: str) -> Compilation:
    return compiled({"entities/x_note.yaml": NOTE % about})


def found(compilation: Compilation) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in compilation.problems]


def test_named_entities_have_the_other_end_and_are_used(compiled: Compiled) -> None:
    model = note(compiled, "type: any_record, entities: [deal, account]").model
    assert model is not None
    end = model.entities["account"].relationships["x_note"]
    assert (end.kind, end.entity, end.field, end.implied) == ("children", "x_note", "about", True)
    assert {"x_note_by_about", "x_note_by_deal"} <= set(model.entities["deal"].relationships)
    assert "entities.x_note.fields.about" in {use.path for use in uses_of(model, "account")}


def test_of_any_entity_no_end_comes_by_itself(compiled: Compiled) -> None:
    model = note(compiled, "type: any_record").model
    assert model is not None
    assert "x_note" not in model.entities["account"].relationships


@pytest.mark.parametrize(
    ("about", "problem"),
    [
        ("type: any_record, entities: [deel]", ("entities.x_note.fields.about.entities", "unknown_name")),
        ("type: any_record, default: deal.amount", ("entities.x_note.fields.about.default", "wrong_type")),
        (
            "type: any_record, entities: [account], default: deal",
            ("entities.x_note.fields.about.default", "wrong_type"),
        ),
        ("type: text, on_delete: keep", ("entities.x_note.fields.about", "unknown_key")),
    ],
)
def test_what_cannot_be_is_told_with_its_place(compiled: Compiled, about: str, problem: tuple[str, str]) -> None:
    (path, code) = problem
    assert any(place.startswith(path) and said == code for place, said in found(note(compiled, about)))


@pytest.mark.parametrize("default", ["deal", "user", "deal.account"])
def test_a_default_may_be_any_record(compiled: Compiled, default: str) -> None:
    assert found(note(compiled, f"type: any_record, default: {default}")) == []
