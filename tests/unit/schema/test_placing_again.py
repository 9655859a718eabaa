"""An entity that was placed before is not looked at again, and comes to the same lines of the ledger all the same."""

import gc
from dataclasses import replace

from factories.model_factory import entity, field, lookup, make_model
from tenon.model import Entity, Model
from tenon.schema import Ledger
from tenon.schema.following import follow

ACCOUNT = entity("account", field("name", indexed=True), field("codes", "tags", indexed=True))
OTHERS = field("others", "multi_lookup", options={"to": "deal"})
DEAL = entity("deal", field("name"), lookup("account", "account"), OTHERS)
MODEL = make_model(ACCOUNT, DEAL)


def fresh(model: Model) -> Model:
    """The same model of another compilation, of which nothing is remembered."""
    entities = {name: replace(known) for name, known in model.entities.items()}
    return make_model(*(known for name, known in entities.items() if name != "user"))


def with_entities(*entities: Entity) -> Model:
    return make_model(*entities)


def test_placing_again_changes_nothing() -> None:
    ledger = follow(Ledger(), MODEL, 1)
    for version in (2, 3):
        assert follow(ledger, MODEL, version, MODEL) == ledger
        assert follow(ledger, MODEL, version) == ledger


def test_only_the_entity_that_changed_gets_other_lines() -> None:
    ledger = follow(Ledger(), MODEL, 1)
    assert follow(ledger, MODEL, 2, MODEL) == ledger
    more = entity("deal", *(item for item in DEAL.fields.values() if not item.system), field("size", "integer"))
    after = with_entities(ACCOUNT, more)
    found = follow(ledger, after, 2, MODEL)
    assert found == follow(ledger, fresh(after), 2, fresh(MODEL))
    assert {entry.path for entry in found.entries} - {entry.path for entry in ledger.entries} == {"deal.size"}


def test_a_line_that_was_lost_is_placed_again() -> None:
    ledger = follow(Ledger(), MODEL, 1)
    assert follow(ledger, MODEL, 2, MODEL) == ledger
    for lost in ledger.entries:
        if lost.kind != "entity":
            damaged = Ledger(tuple(entry for entry in ledger.entries if entry is not lost))
            again = follow(damaged, MODEL, 1, MODEL)
            assert {entry.place for entry in again.entries} == {entry.place for entry in ledger.entries}, lost.path


def test_an_entity_is_placed_again_when_what_it_points_to_moved() -> None:
    ledger = follow(Ledger(), MODEL, 1)
    assert follow(ledger, MODEL, 2, MODEL) == ledger
    moved = Ledger(tuple(replace(e, table="t_other") if e.table == "t_account" else e for e in ledger.entries))
    found = follow(moved, MODEL, 2, MODEL)
    assert found == follow(moved, fresh(MODEL), 2, fresh(MODEL))
    pointer = found.column("deal", "account")
    assert pointer is not None
    assert pointer.meaning == "link t_other"


def test_an_entity_that_goes_retires_though_its_neighbours_are_as_they_were() -> None:
    ledger = follow(Ledger(), MODEL, 1)
    alone = with_entities(ACCOUNT)
    follow(ledger, alone, 2, MODEL)
    found = follow(ledger, alone, 2, MODEL)
    gone = {entry.path for entry in ledger.entries if entry.table == "t_deal" and entry.kind != "index"}
    assert {entry.path for entry in found.retired()} == gone
    assert all(entry.state == "live" for entry in found.entries if entry.table == "t_account")


def test_what_is_remembered_goes_with_the_entity() -> None:
    ledger = follow(Ledger(), MODEL, 1)
    for _ in range(5):
        other = fresh(MODEL)
        follow(ledger, other, 2)
        del other
        gc.collect()
    assert follow(ledger, fresh(MODEL), 2) == ledger
