"""In charge of input that means harm or makes no sense: a clear answer, and nothing written."""

from typing import Any

import pytest

from samples.records_world import World, missing_id
from tenon.errors import TenonError

REFUSED: dict[str, Any] = {
    "nul": {"name": "a\x00b"},
    "five megabytes": {"name": "x" * 5_000_000},
    "broken unicode": {"name": "\ud800"},
    "list for text": {"name": ["x"]},
    "object for text": {"name": {"$ne": None}},
    "number for text": {"name": 7},
    "huge number": {"name": "x", "credit": "9" * 400},
    "infinite": {"name": "x", "credit": float("inf")},
    "not a number": {"name": "x", "credit": float("nan")},
    "exponent": {"name": "x", "credit": "1e400"},
    "wrong currency": {"name": "x", "credit": {"amount": 1, "currency": "XXZ"}},
    "sql for id": {"name": "x", "parent": "' OR 1=1 --"},
    "list for id": {"name": "x", "parent": ["x"]},
    "unknown option": {"name": "x", "status": "<script>"},
    "html key": {"name": "x", "<b>": 1},
    "long key": {"name": "x", "k" * 100_000: 1},
    "dunder": {"name": "x", "__class__": "y"},
    "bytes": {"name": b"x"},
    "a function": {"name": print},
    "thousand unknown names": {"name": "x"} | {f"n{number}": 1 for number in range(1000)},
}


def test_what_makes_no_sense_is_refused_clearly_and_leaves_no_trace(world: World) -> None:
    before = world.everything()
    for case, values in REFUSED.items():
        for verb in (("create", "account", values), ("change", "account", world.ids["acme"], values)):
            options = {"version": 1} if verb[0] == "change" else {}
            with pytest.raises(TenonError) as refusal:
                world.do("boss", *verb, **options)
            assert refusal.value.code == "invalid_input", case
            assert all(len(str(detail.message)) < 500 for detail in refusal.value.details), case
            assert len(refusal.value.details) <= 60, case
    assert world.everything() == before


def test_strange_but_honest_text_is_kept_as_text(world: World) -> None:
    for text in (
        "=HYPERLINK(1)",
        "'; DROP TABLE t_account; --",
        "<b>bold</b>",
        "👩‍👩‍👧 华东",
        "%s %(x)s :x {x}",
        "\\N",
    ):
        record = world.create("account", name=text)
        assert world.read("account", record)["name"] == text


def test_marks_that_turn_text_around_are_taken_out(world: World) -> None:
    record = world.create("account", name="invoice\u202efdp.exe")
    assert world.read("account", record)["name"] == "invoicefdp.exe"


def test_scripts_in_rich_text_are_taken_out(world: World) -> None:
    record = world.create("account", name="x", about='<p onclick="x()">hi<script>alert(1)</script></p>')
    about = world.read("account", record)["about"]
    assert "script" not in about
    assert "onclick" not in about
    assert "hi" in about


NO_IDS: list[Any] = ["", "x", "1; DROP TABLE t_account", "%", "\x00", "9" * 10_000, None, 7, ["x"], missing_id()]


def test_an_id_that_is_none_finds_nothing(world: World) -> None:
    for record in NO_IDS:
        for verb, arguments in (("change", ({"name": "x"},)), ("delete", ()), ("restore", ())):
            with pytest.raises(TenonError) as refusal:
                world.do("boss", verb, "account", record, *arguments, version=None)
            assert refusal.value.code == "not_found"


def test_a_version_that_is_no_number_is_stale(world: World) -> None:
    for version in ("1", 1.5, -1, 10**30, "x", [1]):
        with pytest.raises(TenonError) as refusal:
            world.do("boss", "change", "account", world.ids["acme"], {"name": "y"}, version=version)
        assert refusal.value.code in ("stale_version", "bad_request")
