"""In charge of what people write for lengths, times, places and secrets, and what is made of it."""

import pickle
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenon.errors import Unavailable
from tenon.fields import Display, InvalidValue, TypeSettings, Vault, make_type
from tenon.fields.divisions import china, take_apart
from tenon.fields.encrypted import Secret
from tenon.fields.image import picture_kind, trusted_kind
from tenon.fields.lengths import MOST, iso_length, length_in_words, read_length
from tenon.fields.operators import NUMBERS

RECORD = "0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b"
CHINESE, ENGLISH = Display(language="zh-CN"), Display(language="en")


def parsed(key: str, raw: Any, **options: Any) -> Any:
    return make_type(key, options, TypeSettings()).parse(raw)


def shown(key: str, raw: Any, display: Display, **options: Any) -> str:
    type = make_type(key, options, TypeSettings())
    return type.show(type.parse(raw), display)


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("1h 30m", 90),
        ("1h30m", 90),
        ("90 分钟", 90),
        ("1个小时30分", 90),
        ("1:30", 90),
        ("PT1H30M", 90),
        ("pt90m", 90),
        ("1.5 hours", 90),
        ("90", 90),
        ("1 day, 2 hrs", 1560),
        ("2周", 20160),
        ("-15m", -15),
    ],
)
def test_a_length_is_read_as_people_write_it(written: str, minutes: int) -> None:
    assert read_length(written, "minutes") == timedelta(minutes=minutes)


@given(st.integers(-(MOST // timedelta(seconds=1)), MOST // timedelta(seconds=1)), st.sampled_from(["days", "minutes"]))
def test_every_length_is_read_back_as_it_is_shown(seconds: int, unit: str) -> None:
    length = timedelta(seconds=seconds)
    for text in (iso_length(length), length_in_words(length, unit, False), length_in_words(length, unit, True)):
        assert read_length(text, unit) == length


@given(st.timedeltas(min_value=-MOST, max_value=MOST))
def test_a_computed_length_is_rounded_to_the_nearest_second(length: timedelta) -> None:
    found = make_type("duration", {}, TypeSettings()).from_expression(length)
    assert abs(found - length) <= timedelta(milliseconds=500)
    assert found % timedelta(seconds=1) == timedelta(0)


def test_lengths_are_counted_in_the_unit_of_the_field() -> None:
    assert parsed("duration", "3", unit="days") == timedelta(days=3)
    assert shown("duration", "26h", ENGLISH) == "26h"
    assert shown("duration", "26h", ENGLISH, unit="days") == "1d 2h"
    assert shown("duration", "90m", CHINESE) == "1小时30分钟"
    assert {operator.name for operator in NUMBERS} >= {"over", "between"}


@given(st.times(), st.times())
def test_times_sort_as_the_day_goes(first: Any, second: Any) -> None:
    first, second = (each.replace(microsecond=0) for each in (first, second))
    assert (parsed("time", first) < parsed("time", second)) is (first < second)


@pytest.mark.parametrize(
    ("written", "kept"), [("9:5", "09:05"), ("下午1点", "13:00"), ("12:00 am", "00:00"), ("0:00", "00:00")]
)
def test_a_time_has_one_way_of_writing(written: str, kept: str) -> None:
    assert parsed("time", written) == kept


def test_a_chinese_address_in_one_line_is_taken_apart() -> None:
    assert take_apart("广东深圳市南山区科技园路1号") == ("广东省", "深圳市", "南山区", "科技园路1号")
    assert take_apart("上海市浦东新区世纪大道100号") == ("上海市", "上海市", "浦东新区", "世纪大道100号")
    assert take_apart("杭州市西湖区文三路") == ("浙江省", "杭州市", "西湖区", "文三路")
    assert take_apart("1 Main Street") == ("", "", "", "1 Main Street")


def test_an_address_is_shown_in_the_order_of_the_reader() -> None:
    raw = {"province": "广东省", "city": "深圳市", "street": "科技园路1号", "postcode": "518057"}
    assert shown("address", raw, CHINESE) == "广东省深圳市科技园路1号 518057"
    assert shown("address", raw, ENGLISH) == "科技园路1号, 深圳市, 广东省 518057"
    abroad = {"country": "US", "city": "Springfield", "province": "IL", "street": "1 Main St"}
    assert shown("address", abroad, ENGLISH) == "1 Main St, Springfield, IL, United States"
    assert shown("address", abroad, CHINESE).startswith("美国")


def test_the_list_of_places_is_whole() -> None:
    """34 provinces; 293 prefecture-level cities and 40 prefectures, leagues and autonomous prefectures below 27."""
    cities, districts = china()
    assert len(cities) == 34
    seats = [name for province, names in cities.items() if province.endswith(("省", "自治区")) for name in names]
    others = {"台湾省": 20, "海南省": 15, "河南省": 1, "湖北省": 4, "新疆维吾尔自治区": 12}
    assert len(seats) - sum(others.values()) == 333
    assert all(len(set(names)) == len(names) for names in (*cities.values(), *districts.values()))
    assert set(districts) <= {name for names in cities.values() for name in names}
    large = "北京 上海 广州 深圳 成都 杭州 重庆 武汉 苏州 西安 南京 长沙 天津 郑州 无锡 宁波 青岛 合肥"
    assert {f"{name}市" for name in large.split()} <= set(districts)


def test_codes_have_names_in_the_language_of_the_reader() -> None:
    assert shown("country", "cn", CHINESE) == "中国"
    assert make_type("country", {}, TypeSettings()).parse_local("德国", "UTC") == "DE"
    assert shown("currency", "cny", CHINESE) == "人民币"
    assert shown("language", "zh_hans", ENGLISH) == "Simplified Chinese"
    assert shown("country", "DE", Display(language="fr")) == "Allemagne"


def test_a_sealed_text_opens_with_its_key_in_its_record_alone() -> None:
    old, new = Vault({"k1": b"a" * 32}, "k1"), Vault({"k1": b"a" * 32, "k2": b"b" * 32}, "k2")
    sealed = old.seal("密码", RECORD)
    assert "密码" not in sealed
    assert new.open(sealed, RECORD) == "密码"
    assert not new.is_current(sealed)
    assert new.is_current(new.seal("x", RECORD))
    for vault, text, record in (
        (Vault({"k2": b"a" * 32}, "k2"), sealed, RECORD),
        (Vault({"k1": b"c" * 32}, "k1"), sealed, RECORD),
        (old, sealed, "another"),
        (old, sealed[:-6] + "AAAA==", RECORD),
        (old, "plain", RECORD),
    ):
        with pytest.raises(Unavailable):
            vault.open(text, record)


def test_a_secret_tells_nothing_by_itself() -> None:
    secret = Secret(clear="6222 0212")
    assert "6222" not in f"{secret!r} {secret} {[secret]}"
    with pytest.raises(TypeError):
        orjson.dumps(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        make_type("encrypted", {}, TypeSettings()).to_columns(secret)


def test_documents_that_look_alike_differ() -> None:
    assert len({parsed("json", [value]) for value in (1, True, 1.0, "1", None)}) == 5
    with pytest.raises(InvalidValue, match="does not fit at “size”"):
        parsed("json", {"size": "x"}, schema={"properties": {"size": {"type": "integer"}}})


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"schema": {"type": "nonsense"}}, "json"),
        ({"schema": {"$ref": "https://example.com/schema.json"}}, "json"),
        ({"map": "https://example.com/?q={lat}"}, "geo_point"),
        ({"only": ["XQ"]}, "country"),
        ({"country": "XQ"}, "address"),
        ({"min": "soon"}, "duration"),
        ({"min": "2h", "max": "1h"}, "duration"),
    ],
)
def test_options_that_make_no_sense_are_found(key: str, options: dict[str, Any]) -> None:
    assert make_type(key, options, TypeSettings()).problems()


def test_a_picture_is_told_by_its_bytes() -> None:
    assert picture_kind(b"\x89PNG\r\n\x1a\n0000") == "image/png"
    assert picture_kind(b"RIFF\x00\x00\x00\x00WEBPVP8 ") == "image/webp"
    assert picture_kind(b"<svg onload=alert(1)>") is None
    assert trusted_kind("image/png", b"<html>") == "application/octet-stream"
    assert trusted_kind("text/plain", b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert trusted_kind("application/pdf", b"%PDF-1.7") == "application/pdf"


def test_a_place_links_to_a_map() -> None:
    type: Any = make_type("geo_point", {"map": "https://map.example.com/?q={lat},{lon}"}, TypeSettings())
    assert type.link(type.parse("31.2304 N, 121.4737 E")) == "https://map.example.com/?q=31.2304,121.4737"
    assert type.show(type.parse("0, -0"), ENGLISH) == "0, 0"
