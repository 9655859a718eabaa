"""A ledger follows models: names change, columns stay."""

from factories.model_factory import entity, field, lookup, make_model, sorted_view
from tenon.model import Unique, View
from tenon.schema import Ledger, build_tables
from tenon.schema.columns import may_stay
from tenon.schema.following import follow
from tenon.texts import Text

EMPTY = Ledger()


def column_of(ledger: Ledger, name: str, path: str, part: str = "") -> str:
    entry = ledger.column(name, path, part)
    return f"{entry.table}.{entry.column}" if entry is not None else ""


def definitions(ledger: Ledger, table: str) -> set[str]:
    return {index.type for index in ledger.indexes(table)}


def test_each_part_of_a_field_has_its_column() -> None:
    ledger = follow(EMPTY, make_model(entity("deal", field("amount", "money"))), 1)
    assert column_of(ledger, "deal", "amount") == "t_deal.amount"
    assert column_of(ledger, "deal", "amount", "currency") == "t_deal.amount_currency"


def test_a_field_named_like_another_ones_part_gets_a_column_of_its_own() -> None:
    deal = entity("deal", field("amount_currency"), field("amount", "money"))
    ledger = follow(EMPTY, make_model(deal), 1)
    assert column_of(ledger, "deal", "amount", "currency") == "t_deal.amount_currency_2"


def test_following_the_same_model_changes_nothing() -> None:
    model = make_model(entity("deal", field("name", unique=True), lookup("parent", "deal")))
    once = follow(EMPTY, model, 1)
    assert follow(once, model, 2) == once


def test_a_renamed_field_keeps_its_column_and_its_index() -> None:
    before = follow(EMPTY, make_model(entity("deal", field("name", unique=True))), 1)
    after = follow(before, make_model(entity("deal", field("title", unique=True, was=("name",)))), 2)
    assert column_of(after, "deal", "title") == "t_deal.name"
    assert after.column("deal", "name") is None
    assert definitions(after, "t_deal") == definitions(before, "t_deal")


def test_a_renamed_entity_keeps_its_table_also_for_what_is_retired() -> None:
    before = follow(EMPTY, make_model(entity("deal", field("name"), field("note"))), 1)
    before = follow(before, make_model(entity("deal", field("name"))), 2)
    after = follow(before, make_model(entity("chance", field("name"), field("note"), was=("deal",))), 3)
    assert column_of(after, "chance", "name") == "t_deal.name"
    assert column_of(after, "chance", "note") == "t_deal.note"
    assert after.table("deal") is None


def test_a_rename_wins_over_a_retired_field_of_that_name() -> None:
    ledger = follow(EMPTY, make_model(entity("deal", field("a"), field("b"))), 1)
    ledger = follow(ledger, make_model(entity("deal", field("a"))), 2)
    ledger = follow(ledger, make_model(entity("deal", field("b", was=("a",)))), 3)
    assert column_of(ledger, "deal", "b") == "t_deal.a"


def test_a_name_that_still_lives_is_not_taken_for_a_rename() -> None:
    ledger = follow(EMPTY, make_model(entity("deal", field("a"))), 1)
    ledger = follow(ledger, make_model(entity("deal", field("a"), field("b", was=("a",)))), 2)
    assert column_of(ledger, "deal", "a") == "t_deal.a"
    assert column_of(ledger, "deal", "b") == "t_deal.b"


def test_a_field_that_comes_back_finds_its_column() -> None:
    ledger = follow(EMPTY, make_model(entity("deal", field("note"))), 1)
    gone = follow(ledger, make_model(entity("deal")), 2)
    assert gone.column("deal", "note") is None
    back = follow(gone, make_model(entity("deal", field("note"))), 3)
    assert column_of(back, "deal", "note") == "t_deal.note"


def test_a_field_of_another_type_gets_a_fresh_column_and_never_the_old_name() -> None:
    ledger = follow(EMPTY, make_model(entity("deal", field("size"))), 1)
    ledger = follow(ledger, make_model(entity("deal", field("size", "integer"))), 2)
    assert column_of(ledger, "deal", "size") == "t_deal.size_2"


def test_more_decimal_places_fit_into_the_same_column_and_fewer_do_not() -> None:
    assert may_stay("decimal(2)", "decimal(4)")
    assert not may_stay("decimal(4)", "decimal(2)")
    assert may_stay("text", "long_text")
    assert not may_stay("text", "integer")


def test_computed_fields_have_no_column() -> None:
    ledger = follow(EMPTY, make_model(entity("deal", field("double", "formula", options={"of": "integer"}))), 1)
    assert ledger.column("deal", "double") is None


def test_indexes_come_from_look_ups_uniqueness_and_sorted_lists() -> None:
    deal = entity(
        "deal",
        field("code", unique=True),
        field("amount", "money"),
        field("closes", "date", indexed=True),
        field("note", "long_text"),
        lookup("parent", "deal"),
        views=(
            sorted_view("list", "-closes", "-amount"),
            sorted_view("by_closing", "closes"),
            sorted_view("same", "-closes", "-amount"),
            sorted_view("by_note", "note"),
            sorted_view("by_parent", "parent"),
        ),
        uniques=(Unique(name="pair", fields=("parent", "closes")),),
    )
    ledger = follow(EMPTY, make_model(deal), 1)
    assert definitions(ledger, "t_deal") == {
        "unique code where living",
        "unique parent, closes where living",
        "index parent",
        "index created_by",
        "index closes desc, amount desc, id desc where living",
        "index closes, id where living",
    }


def test_the_figures_of_a_board_come_from_one_index_that_stands_for_the_lanes_own() -> None:
    board = View(name="board", type="kanban", label=Text.of("Board"), by="kind", sum="amount")
    plain = View(name="plain", type="kanban", label=Text.of("Plain"), by="kind", sum="note")
    deal = entity(
        "deal",
        field("kind", "choice", indexed=True, options={"options": {"new": {"label": "New"}}}),
        field("amount", "money"),
        field("note", "long_text"),
        lookup("owner", "user"),
        views=(board, plain),
        owner_path=("owner",),
    )
    assert definitions(follow(EMPTY, make_model(deal), 1), "t_deal") == {
        "index kind, amount, amount_currency, owner where living",
        "index owner",
    }


def test_index_names_are_unique_in_the_whole_database() -> None:
    names = [entity(f"{'e' * 58}{n}", field("code", unique=True)) for n in range(3)]
    ledger = follow(EMPTY, make_model(*names), 1)
    indexes = [entry.column for entry in ledger.entries if entry.kind == "index"]
    assert len(indexes) == len(set(indexes))
    assert all(len(name) <= 60 for name in indexes)


def test_tables_are_asked_by_the_names_of_the_model() -> None:
    model = make_model(entity("order", field("group"), field("amount", "money"), lookup("parent", "order")))
    tables = build_tables(model, EMPTY)
    assert tables["order"].name == "t_order"
    assert tables.column("order", "group").name == "group_"
    assert tables.column("order", "amount", "currency").name == "amount_currency"
    assert [column.key for column in tables.columns("order", "amount")] == ["amount", "amount.currency"]
    assert tables.column("order", "deleted_at").name == "deleted_at"
    assert [key.target_fullname for key in tables.column("order", "parent").foreign_keys] == ["t_order.id"]
