"""In charge of what every field type promises, whatever it is: one suite over the whole catalogue."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import jsonschema
import orjson
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from samples.field_types import VARIATIONS, variation
from tenon.database import Database, prepare
from tenon.fields import FIELD_TYPES, Display, FieldType, InvalidValue, Vault, make_type
from tenon.fields.base import Occasion, TypeSettings
from tenon.fields.lookup import SAMPLE_ID
from tenon.resources import folder
from tenon.texts import LANGUAGES, Text

NAMES = sorted(VARIATIONS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=6,
)
NEAR = st.text(alphabet="0123456789.,-+eE%¥$年月日/:TZ万 \n\u202e<>&;@aé\u0338[]{}'\"", max_size=24)


@pytest.fixture(params=NAMES)
def type(request: pytest.FixtureRequest) -> FieldType:
    return variation(request.param)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database.open(database_url)
    yield database
    database.close()


def both_languages(text: Text) -> bool:
    return all(text.values.get(language, "").strip() for language in LANGUAGES)


def values(type: FieldType) -> list[Any]:
    return [type.parse(raw) for raw in type.examples()]


OCCASION = Occasion(
    record_id=SAMPLE_ID,
    actor_id=SAMPLE_ID,
    actor_name="Ann",
    now=datetime(2026, 3, 14, 9, tzinfo=UTC),
    vault=Vault({"k1": b"k" * 32}, "k1"),
)


def settled(type: FieldType, value: Any) -> Any:
    return type.settled(value, None, OCCASION) if type.settles and value is not None else value


def stored_values(type: FieldType) -> list[Any]:
    return [settled(type, value) for value in values(type)]


def test_every_registered_type_is_covered() -> None:
    assert {variation(name).key for name in NAMES} == set(FIELD_TYPES)


@pytest.mark.parametrize("key", FIELD_TYPES)
def test_a_type_explains_itself_in_both_languages(key: str) -> None:
    type = FIELD_TYPES[key]
    assert type.key == key
    assert both_languages(type.label)
    assert both_languages(type.help)
    assert type.icon
    for operator in getattr(type, "operators", ()) if not type.computed else ():
        assert both_languages(operator.label)


@pytest.mark.parametrize("key", FIELD_TYPES)
def test_options_are_documented_json_schemas(key: str) -> None:
    for name, rule in FIELD_TYPES[key].option_schema.items():
        jsonschema.Draft202012Validator.check_schema(rule)
        assert rule["description"], name
        assert rule["description:zh-CN"], name
        if "default" in rule:
            jsonschema.validate(rule["default"], rule)


def test_the_sample_options_are_valid_and_fit_together(type: FieldType) -> None:
    for name, value in type.options.items():
        jsonschema.validate(value, type.option_schema[name])
    assert type.problems() == ()


def test_a_type_has_examples_of_both_kinds(type: FieldType) -> None:
    assert type.computed or len(type.examples()) > 0
    assert len(type.bad_examples()) > 0


def test_blank_means_no_value(type: FieldType) -> None:
    assert type.parse(None) is None
    assert type.to_json(None) is None
    assert type.show(None, Display()) == ""
    assert set(type.to_columns(None)) <= {None}
    if not type.computed:
        assert type.parse("") is None
        assert type.parse(" \u200b\u202e ") is None


def test_a_good_example_becomes_one_value_and_stays_it(type: FieldType) -> None:
    for value in values(type):
        assert value is not None
        assert type.parse(value) == value
        assert type.key == "encrypted" or type.parse(type.to_json(value)) == value
        if type.expression_type().kind != "opaque":
            computed = type.from_expression(type.expression_value(value))
            assert computed == value or type.key == "address"  # an address that is computed is one line
            assert type.expression_value(computed) == type.expression_value(value)


def test_people_may_write_what_programs_may(type: FieldType) -> None:
    for raw in type.examples():
        assert type.parse_local(raw, "Asia/Shanghai") == type.parse(raw)


def test_a_bad_example_is_refused_in_both_languages(type: FieldType) -> None:
    for raw in type.bad_examples():
        with pytest.raises(InvalidValue) as refusal:
            type.parse(raw)
        assert both_languages(refusal.value.message)
        assert refusal.value.hint is None or both_languages(refusal.value.hint)
        assert all(refusal.value.message.in_(language) for language in LANGUAGES)


def test_json_goes_out_as_documented(type: FieldType) -> None:
    schema = type.openapi()
    jsonschema.Draft202012Validator.check_schema(schema)
    for value in values(type):
        sent = orjson.loads(orjson.dumps(type.to_json(value)))
        jsonschema.validate(sent, schema, format_checker=jsonschema.FormatChecker())


def test_a_value_can_be_shown_to_everybody(type: FieldType) -> None:
    for value in values(type):
        for language in (*LANGUAGES, "de", "no-such-language"):
            assert type.show(value, Display(language=language, timezone="Asia/Shanghai"))


def test_a_column_gives_back_what_it_was_given(type: FieldType, database: Database) -> None:
    """Through SQLAlchemy's own execution, and through statements run on the driver's cursor."""
    if not type.columns():
        return
    table = sample_table(type)
    rows = [*stored_values(type), None]
    stored = [row_of(type, number, value) for number, value in enumerate(rows)]
    with database.engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), stored)
        usual = [tuple(row) for row in connection.execute(sa.select(table).order_by(table.c.number))]
    reading = prepare(sa.select(table).order_by(table.c.number), database.dialect)
    with database.reading() as connection:
        raw = connection.run(reading)
    assert [type.from_columns(row[1:]) for row in usual] == rows
    assert [type.from_columns(row[1:]) for row in raw] == rows


def test_a_raw_statement_writes_what_sqlalchemy_reads(type: FieldType, database: Database) -> None:
    if not type.columns():
        return
    table = sample_table(type)
    with database.engine.begin() as connection:
        table.create(connection)
    insert = prepare(
        table.insert().values({column.name: sa.bindparam(column.name, type_=column.type) for column in table.c}),
        database.dialect,
    )
    rows = [*stored_values(type), None]
    with database.writing() as connection:
        for number, value in enumerate(rows):
            connection.run(insert, row_of(type, number, value))
    with database.engine.connect() as connection:
        found = [tuple(row)[1:] for row in connection.execute(sa.select(table).order_by(table.c.number))]
    assert [type.from_columns(row) for row in found] == rows


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(raw=JSON | NEAR)
def test_any_input_is_read_or_refused_and_what_is_read_stays(name: str, raw: Any) -> None:
    type = variation(name)
    value = None
    with suppress(InvalidValue):
        value = type.parse(raw)
    if value is not None:
        sent = orjson.loads(orjson.dumps(type.to_json(value)))
        assert type.key == "encrypted" or type.parse(sent) == value
        assert len(type.to_columns(settled(type, value))) == len(type.columns())


def test_an_unknown_type_is_answered_with_near_names() -> None:
    with pytest.raises(KeyError, match="money"):
        make_type("mony", {}, TypeSettings())


@pytest.mark.parametrize("widget", sorted({variation(name).widget for name in NAMES}))
def test_the_widget_of_a_type_exists(widget: str) -> None:
    assert (folder("ui") / "templates" / "widgets" / f"{widget}.html").is_file()


def sample_table(type: FieldType) -> sa.Table:
    columns = [sa.Column(f"v{column.part}", column.type) for column in type.columns()]
    return sa.Table("sample", sa.MetaData(), sa.Column("number", sa.Integer, primary_key=True), *columns)


def row_of(type: FieldType, number: int, value: Any) -> dict[str, Any]:
    names = (f"v{column.part}" for column in type.columns())
    return {"number": number, **dict(zip(names, type.to_columns(value), strict=True))}
