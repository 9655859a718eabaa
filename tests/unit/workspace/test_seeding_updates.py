"""In charge of the promises about reference data that the vendor and the company both change."""

import pytest

from tenon.workspace.seeding_updates import merge

SEEDED = {"name": "North", "city": "Harbin"}


def test_what_the_vendor_changed_arrives() -> None:
    outcome = merge(SEEDED, SEEDED, {"name": "Northern", "city": "Harbin"})
    assert (outcome.changes, outcome.kept) == (("name",), ())
    assert outcome.seeded == {"name": "Northern", "city": "Harbin"}


def test_what_the_company_changed_stays_and_the_rest_of_the_record_still_follows() -> None:
    outcome = merge({**SEEDED, "name": "Ours"}, SEEDED, {"name": "Northern", "city": "Ningbo"})
    assert (outcome.changes, outcome.kept) == (("city",), ("name",))


def test_a_company_that_takes_its_change_back_follows_the_vendor_again() -> None:
    kept = merge({**SEEDED, "name": "Ours"}, SEEDED, {"name": "Northern", "city": "Harbin"})
    again = merge(SEEDED, kept.seeded, {"name": "Northmost", "city": "Harbin"})
    assert again.changes == ("name",)


def test_an_edit_where_the_vendor_changed_nothing_is_no_conflict() -> None:
    outcome = merge({**SEEDED, "name": "Ours"}, SEEDED, {**SEEDED, "city": "Ningbo"})
    assert (outcome.changes, outcome.kept) == (("city",), ())


@pytest.mark.parametrize("there", ["Ours", "Northern"])
def test_a_value_that_was_never_seeded_is_the_companys(there: str) -> None:
    outcome = merge({"name": there}, {}, {"name": "Northern"})
    assert outcome.changes == ()
    assert outcome.kept == (("name",) if there == "Ours" else ())
