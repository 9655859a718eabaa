"""In charge of reading input without a database: what is taken, what is complained of."""

from typing import Any

import pytest

from samples.records_world import model
from tenon.errors import BadRequest
from tenon.ids import new_id
from tenon.records import input_schema
from tenon.records.drafts import Draft
from tenon.records.incoming import Intake, refuse_what_is_no_record

ACCOUNT = Intake(model().entities["account"])
ALLOWED = frozenset(("name", "status", "credit", "most_discount", "tags"))
VISIBLE = ALLOWED | {"id", "version", "code"}


def _read(raw: dict[str, Any]) -> Draft:
    draft = Draft(id=new_id(), raw=raw)
    ACCOUNT.read(draft, ALLOWED, VISIBLE)
    return draft


def test_the_short_way_and_the_schema_read_the_same() -> None:
    raw = {"name": " Acme ", "status": "signed", "credit": "1,200.50", "most_discount": 5, "tags": ["a", "b"]}
    short, long = _read(raw), _read({**raw, "nmae": "x"})
    assert short.problems == []
    assert short.sent == long.sent


def test_every_complaint_is_collected_and_good_values_are_kept() -> None:
    draft = _read({"name": "Acme", "status": "lost", "credit": {}, "stauts": 1, "code": "x", "secret": "x"})
    found = {(problem.path, problem.code) for problem in draft.problems}
    assert ("stauts", "unknown_name") in found
    assert ("code", "read_only") in found
    assert ("secret", "unknown_name") in found
    assert {path for path, _code in found} == {"status", "stauts", "code", "secret"} | (
        {"credit"} if draft.failed >= {"credit"} else set()
    )
    assert draft.failed >= {"status"}
    assert draft.sent["name"] == "Acme"


def test_suggestions_come_only_from_what_may_be_sent() -> None:
    (problem,) = _read({"secrets": "x"}).problems
    assert "secret" not in str(problem.hint).replace("secrets", "")
    (problem,) = _read({"statu": "x"}).problems
    assert "status" in str(problem.hint)


def test_a_flood_of_unknown_names_is_cut_off() -> None:
    draft = _read({f"name{number}": 1 for number in range(5000)})
    assert 0 < len(draft.problems) <= 50


def test_what_is_no_record_is_refused() -> None:
    for raw in (None, "x", 7, [("name", "x")], {1: "x"}, {None: "x"}):
        with pytest.raises(BadRequest):
            refuse_what_is_no_record(raw)


def test_the_schema_of_an_entity_has_its_writable_fields() -> None:
    fields = input_schema(model().entities["deal"])().fields
    assert "amount" in fields
    assert "weighted" not in fields
