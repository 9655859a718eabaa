"""In charge of what people and programs may write into a field, type by type, beyond the common contract."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from marshmallow import Schema, ValidationError

from tenon.expressions import DATE, INTEGER, TEXT, number_of
from tenon.fields import (
    Display,
    FieldType,
    InvalidValue,
    Money,
    Option,
    Reference,
    TypeSettings,
    literal,
    make_type,
    marshmallow_field,
)
from tenon.fields.computed import type_for
from tenon.texts import say

CHINESE = Display(language="zh-CN", timezone="Asia/Shanghai")
ENGLISH = Display(language="en", timezone="Europe/Berlin")
LEVELS = (
    Option(key="a", label=say("Key account", "重点客户")),
    Option(key="b", label=say("Other", "其他"), active=False),
)


def a(key: str, **options: Any) -> FieldType:
    return make_type(key, options, TypeSettings(options=LEVELS))


def refusal(type: FieldType, raw: Any) -> InvalidValue:
    with pytest.raises(InvalidValue) as caught:
        type.parse(raw)
    return caught.value


def test_text_is_normalised_and_loses_what_nobody_sees() -> None:
    assert a("text").parse("  cafe\u0301\u202e \n 二 ") == "café 二"
    assert a("long_text").parse("one\r\n\ttwo\u2066") == "one\n\ttwo"


def test_a_text_too_long_is_refused_with_the_limit_and_never_cut() -> None:
    found = refusal(a("text", max=120), "x" * 121)
    assert found.code == "too_long"
    assert "121" in str(found.message)
    assert "120" in found.message.in_("zh-CN")
    assert refusal(a("long_text"), "x" * 5_000_000).code == "too_long"


def test_nul_is_refused() -> None:
    assert refusal(a("text"), "a\x00b").code == "control_character"


@pytest.mark.parametrize(
    ("raw", "amount", "currency"),
    [
        ("¥1,200.50", "1200.50", "CNY"),
        ("￥8", "8.00", "CNY"),
        ("-$3.2", "-3.20", "USD"),
        ("120 元", "120.00", "CNY"),
        ("usd 5", "5.00", "USD"),
        ("5 EUR", "5.00", "EUR"),
        ("1.2万", "12000.00", "CNY"),
        ({"amount": 3, "currency": ""}, "3.00", "CNY"),
        ({"amount": "3", "currency": "JPY"}, "3.00", "JPY"),
    ],
)
def test_money_is_read_with_its_currency(raw: Any, amount: str, currency: str) -> None:
    assert a("money").parse(raw) == Money(Decimal(amount), currency)


@pytest.mark.parametrize("raw", ["¥", "CNY", "¥¥5", "5 XXY", "CNY 5 USD"])
def test_money_without_an_amount_or_with_two_currencies_is_refused(raw: str) -> None:
    assert refusal(a("money"), raw)


def test_money_takes_only_the_currencies_of_its_field() -> None:
    euro = a("money", currency="EUR", currencies=["EUR", "USD"])
    assert euro.parse("5") == Money(Decimal("5.00"), "EUR")
    assert refusal(euro, "5 JPY").code == "unknown_currency"
    assert a("money", currency="XYQ").problems()


def test_money_is_shown_as_the_language_writes_it() -> None:
    value = Money(Decimal("1234567.50"), "CNY")
    assert a("money").show(value, CHINESE) == "¥1,234,567.50"
    assert a("money").show(value, ENGLISH) == "CN¥1,234,567.50"


def test_a_computed_amount_is_in_the_currency_of_the_field() -> None:
    assert a("formula", of="money", currency="USD").from_columns([Decimal("2")]) == Money(Decimal("2.00"), "USD")
    assert a("formula", of="money").from_expression(Decimal("0.125")) == Money(Decimal("0.12"), "CNY")


def test_numbers_keep_their_limits() -> None:
    assert refusal(a("integer", min=1, max=5), 6).code == "above_maximum"
    assert refusal(a("decimal", min=0), "-0.01").code == "below_minimum"
    assert refusal(a("decimal"), "9999999999999.996").code == "too_many_digits"
    assert refusal(a("decimal"), Decimal("1e999999")).code == "too_many_digits"
    assert a("decimal").parse("1e-300") == 0
    assert a("integer", min=3, max=2).problems()


def test_percent_is_a_share_of_a_hundred() -> None:
    assert a("percent").parse("45％") == Decimal("45.00")
    assert a("percent").show(Decimal("12.50"), ENGLISH) == "12.5%"


@pytest.mark.parametrize("raw", ["03/04/2026", "14.03.2026", "3-4-26"])
def test_a_date_that_can_be_read_twice_is_refused_with_a_hint(raw: str) -> None:
    found = refusal(a("date"), raw)
    assert found.code == "ambiguous_date"
    assert found.hint is not None
    assert "2026-03-14" in str(found.hint)


def test_a_date_must_be_in_the_calendar() -> None:
    assert refusal(a("date"), "2026-02-29").code == "no_such_date"
    assert a("date").show(date(2026, 3, 4), CHINESE) == "2026年3月4日"


def test_a_time_without_zone_is_refused_by_programs_and_local_for_people() -> None:
    type = a("datetime")
    assert refusal(type, "2026-03-14T09:00").code == "no_timezone"
    assert type.parse_local("2026年3月14日 9:00", "Asia/Shanghai") == datetime(2026, 3, 14, 1, tzinfo=UTC)
    assert type.parse_local("2026-03-14", "Asia/Shanghai") == datetime(2026, 3, 13, 16, tzinfo=UTC)
    assert type.parse_local("2026-03-14T09:00Z", "Asia/Shanghai") == datetime(2026, 3, 14, 9, tzinfo=UTC)


def test_an_instant_is_shown_in_the_viewers_zone() -> None:
    noon = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)
    assert a("datetime").show(noon, CHINESE) == "2026年3月15日 07:30:00"
    assert a("datetime").to_json(noon) == "2026-03-14T23:30:00Z"


def test_choices_go_by_key_and_for_people_by_label() -> None:
    type = a("choice")
    assert type.parse_local("重点客户", "UTC") == type.parse_local("KEY ACCOUNT", "UTC") == "a"
    assert refusal(type, "重点客户").code == "not_a_choice"
    assert a("multi_choice").parse_local("其他；重点客户", "UTC") == ["a", "b"]


def test_a_retired_option_stays_valid() -> None:
    assert a("choice").parse("b") == "b"
    assert a("choice").show("gone", CHINESE) == "gone"


def test_tags_are_listed_once() -> None:
    assert a("tags").parse(["VIP", "vip ", "", "重点"]) == ["VIP", "重点"]
    assert a("tags").parse("a、b，c") == ["a", "b", "c"]


def test_phones_are_stored_internationally_and_shown_at_home_nationally() -> None:
    type = a("phone")
    assert type.parse("(010) 6234-5678 转 801") == "+861062345678;ext=801"
    assert type.show("+8613812345678", CHINESE) == "138 1234 5678"
    assert type.show("+16502530000", CHINESE) == "+1 650-253-0000"
    assert refusal(type, "62345678").code == "not_a_phone"


@pytest.mark.parametrize(
    "raw", ["java\nscript:alert(1)", "vbscript:x", "//example.com@evil", "https://a\\@b.com", "file:///etc"]
)
def test_links_that_are_not_links_are_refused(raw: str) -> None:
    assert refusal(a("url"), raw).code == "not_a_url"


def test_rich_text_keeps_formatting_and_nothing_that_runs() -> None:
    type = a("rich_text")
    hostile = (
        '<p onclick="x()">Hi <img src=x onerror=alert(1)><a href="javascript:alert(1)">a</a></p><style>p{}</style>'
    )
    assert type.parse(hostile) == '<p>Hi <a rel="noopener noreferrer">a</a></p>'
    assert type.to_json("<script>alert(1)</script><b>old</b>") == "<b>old</b>"
    assert type.parse("<p> &nbsp; </p>") is None
    assert type.show("<p>one</p><p>a &lt; b</p>", ENGLISH) == "one\na < b"


def test_rich_text_is_never_broken_open_by_normalisation() -> None:
    clean = a("rich_text").parse("<b>\u0338 onmouseover=alert(1) x=</b>")
    assert "<b>" in clean


def test_a_hidden_reference_cannot_be_sent_back_and_erase_the_link() -> None:
    account = a("lookup", to="account")
    assert account.target == "account"
    assert refusal(account, account.to_json(Reference(None, None))).code == "hidden_record"
    assert account.to_json(Reference("x", "Acme")) == {"id": "x", "title": "Acme"}
    assert account.parse({"id": None, "title": None}) is None


def test_fixed_targets_need_no_option() -> None:
    assert [a(key).target for key in ("user", "region", "file")] == ["user", "region", "file"]


def test_automatic_numbers_count_within_their_period() -> None:
    type = a("auto_number", pattern="OPP-{year}{month}-{number:05}")
    march = date(2026, 3, 14)
    assert type.write(42, march) == "OPP-202603-00042"  # type: ignore[attr-defined]
    assert type.write(1234567, march) == "OPP-202603-1234567"  # type: ignore[attr-defined]
    assert type.series(march) == type.series(date(2026, 3, 31)) == "OPP-202603-{number:05}"  # type: ignore[attr-defined]
    assert not type.writable
    for pattern in ("OPP", "{number}{number}", "{number}-{week}"):
        assert a("auto_number", pattern=pattern).problems()


def test_computed_types_are_their_result_without_a_column() -> None:
    type = a("formula", of="percent", scale=0)
    assert type.columns() == ()
    assert type.widget == "percent"
    assert type.show(Decimal(45), ENGLISH) == "45%"
    assert refusal(type, 45).code == "computed"
    given = make_type("rollup", {"of": "max(lines.day)"}, TypeSettings(of=a("date")))
    assert given.expression_type() == DATE


def test_a_result_type_follows_from_the_expression() -> None:
    settings = TypeSettings()
    assert [type_for(type, settings).key for type in (INTEGER, number_of(None), DATE, TEXT)] == [
        "integer",
        "decimal",
        "date",
        "text",
    ]
    assert type_for(number_of(4), settings).options["scale"] == 4


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (-5, "-5"),
        (Decimal("1E+3"), "1000"),
        ('a "b" \\ 重\n', '"a \\"b\\" \\\\ 重\\n"'),
        (date(2026, 3, 14), 'date("2026-03-14")'),
        (datetime(2026, 3, 14, 9, tzinfo=UTC), '"2026-03-14T09:00:00Z"'),
    ],
)
def test_values_are_written_as_constants_of_the_language(value: Any, text: str) -> None:
    assert literal(value) == text


def test_lists_have_no_constant() -> None:
    with pytest.raises(TypeError):
        literal(["a"])


def test_a_schema_reads_with_the_type_and_keeps_its_refusal_whole() -> None:
    schema = Schema.from_dict(
        {"amount": marshmallow_field(a("money"), required=True), "on": marshmallow_field(a("date"))}
    )()
    assert schema.load({"amount": "5", "on": None}) == {"amount": Money(Decimal("5.00"), "CNY"), "on": None}
    assert schema.dump({"amount": Money(Decimal("5.00"), "CNY")}) == {"amount": {"amount": "5.00", "currency": "CNY"}}
    with pytest.raises(ValidationError) as caught:
        schema.load({"amount": "x", "on": "03/04/2026"})
    assert isinstance(caught.value.messages, dict)
    assert [error.code for error in caught.value.messages["on"]] == ["ambiguous_date"]
