"""In charge of the promise that every table the product keeps for itself says what it is for, in both languages."""

from tenon.schema import SYSTEM_TABLES
from tenon.schema.system_help import SYSTEM_HELP, column_notes
from tenon.texts import LANGUAGES


def test_every_system_table_is_explained_and_none_that_is_gone() -> None:
    """A new one gets its sentence in `schema/system_help.py`."""
    assert set(SYSTEM_HELP) == set(SYSTEM_TABLES)
    for help_ in SYSTEM_HELP.values():
        assert len({help_.in_(language) for language in LANGUAGES}) == len(LANGUAGES)


def test_the_comments_beside_columns_are_found_at_their_table() -> None:
    notes = column_notes()
    assert notes["lock"]["fields"] == "null: every field"
    assert notes["session"]["id"] == "hash of what the browser holds"
    for table, columns in notes.items():
        assert set(columns) <= set(SYSTEM_TABLES[table].columns.keys()), table
