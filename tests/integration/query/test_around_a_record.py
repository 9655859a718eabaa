import pytest

from security.reading_world import (
    DEAL_HIDDEN,
    DEAL_MINE,
    EAST,
    MINE,
    OLGA,
    SAM,
    SHANGHAI,
    THEIRS,
    WEST,
    World,
    identity,
)
from tenon.database import count_statements
from tenon.errors import NotFound, UnknownName
from tenon.query import Query

HIDDEN = {"id": None, "title": None, "hidden": True}


def test_related_records_are_filtered_sorted_and_chosen_like_any_list(world: World) -> None:
    with world.reading("rita") as (unit, access), count_statements(world.database) as counter:
        query = Query(entity="line", select=("product",), where="price > 1", sort=("-product",))
        page = world.reader.related(unit, access, "deal", DEAL_MINE, "lines", query)
    assert [record["product"] for record in page.records] == ["Nuts", "Bolts"]
    assert counter.count == 2


def test_records_over_links_come_once_each_way(world: World) -> None:
    with world.reading("rita") as (unit, access):
        page = world.reader.related(unit, access, "deal", DEAL_MINE, "partners", Query(entity="", sort=("name",)))
        assert [record["id"] for record in page.records] == [MINE, THEIRS]
        links = world.reader.related(unit, access, "account", THEIRS, "partnership")
        assert [record["role"] for record in links.records] == ["second"]


def test_related_records_of_many_are_one_statement_and_limited_for_each(world: World) -> None:
    with world.reading("rita") as (unit, access), count_statements(world.database) as counter:
        query = Query(entity="line", select=("price",), sort=("-price",), limit=1)
        found = world.reader.related_to(unit, access, "deal", [DEAL_MINE, DEAL_HIDDEN, "x"], "lines", query)
        partners = world.reader.related_to(unit, access, "deal", [DEAL_MINE], "partners", Query(entity="", limit=5))
    assert counter.count == 2
    assert {deal: [line["price"] for line in lines] for deal, lines in found.items()} == {
        DEAL_MINE: ["6.00"],
        DEAL_HIDDEN: ["500.00"],
    }
    assert len(partners[DEAL_MINE]) == 2


def test_a_relationship_that_is_not_there_is_unknown(world: World) -> None:
    with world.reading("rita") as (unit, access), pytest.raises(UnknownName):
        world.reader.related(unit, access, "deal", DEAL_MINE, "linse")


def test_history_shows_look_ups_by_title_in_few_statements(world: World) -> None:
    with world.reading("rita") as (unit, access), count_statements(world.database) as counter:
        found = world.reader.history(unit, access, "deal", DEAL_MINE)
    changes = {name: pair for change in found for name, pair in change.changes.items()}
    assert changes["account"][1] == {"id": MINE, "title": "Acme"}
    assert (changes["note"], changes["margin"]) == (("old", "mine"), ("8", "9"))
    assert (found[0].actor, found[0].at) == ({"id": OLGA, "title": "Olga"}, "2026-03-14T20:30:00Z")
    assert counter.count == 4


def test_history_hides_records_and_entries_the_reader_may_not_see(world: World) -> None:
    with world.reading("sam") as (unit, access):
        allies, account = world.reader.history(unit, access, "deal", DEAL_MINE)
        assert account.changes["account"] == (HIDDEN, {"id": MINE, "title": "Acme"})
        unseen, mine = {"id": None, "title": None, "hidden": True}, {"id": MINE, "title": "Acme"}
        assert allies.changes["allies"] == ([unseen, unseen], [unseen, mine, unseen])
        (other,) = world.reader.history(unit, access, "deal", DEAL_HIDDEN)
        assert other.changes == {"name": ("Bet", "Beta")}


def test_stage_history_tells_the_way_through_the_stages(world: World) -> None:
    with world.reading("sam") as (unit, access):
        (step,) = world.reader.stage_history(unit, access, "deal", DEAL_HIDDEN)
        with pytest.raises(NotFound):
            world.reader.stage_history(unit, access, "deal", identity(999))
    assert (step.from_stage, step.to_stage, step.seconds) == ("open", "won", 60)
    assert step.actor == {"id": OLGA, "title": "Olga"}


def test_a_picker_finds_by_the_middle_of_a_word_and_in_any_case(world: World) -> None:
    with world.reading("sam") as (unit, access), count_statements(world.database) as counter:
        assert world.reader.options(unit, access, "user", "AM") == [{"id": SAM, "title": "Sam"}]
        assert [option["title"] for option in world.reader.options(unit, access, "user")] == ["Olga", "Rita", "Sam"]
        assert len(world.reader.options(unit, access, "user", limit=2)) == 2
    assert counter.count == 3


def test_a_picker_for_a_field_keeps_to_the_fields_own_condition(world: World) -> None:
    with world.reading("rita") as (unit, access):
        options = world.reader.options(unit, access, "account", field=("deal", "account"))
        assert len(options) == 3
        chosen = world.reader.options(unit, access, "account", field=("partnership", "account"))
        assert [option["id"] for option in chosen] == [MINE]
        with pytest.raises(UnknownName):
            world.reader.options(unit, access, "account", field=("deal", "owner"))


def test_search_looks_into_every_entity_in_one_statement(world: World) -> None:
    with world.reading("sam") as (unit, access), count_statements(world.database) as counter:
        found = world.reader.search(unit, access, "acme")
        assert {(hit["entity"], hit["title"]) for hit in found} == {("account", "Acme"), ("deal", "Alpha")}
        assert world.reader.search(unit, access, "  ") == []
    assert counter.count == 1


def test_trees_answer_for_expressions_computed_in_python(world: World) -> None:
    with world.reading("rita") as (unit, _access), count_statements(world.database) as counter:
        trees = world.reader.trees(unit)
        assert trees.subtree("region", EAST) == {EAST, SHANGHAI}
        assert trees.subtree("region", EAST) == {EAST, SHANGHAI}
        assert (trees.find("region", "west"), trees.find("region", "north")) == (WEST, None)
    assert counter.count == 3
