from pathlib import Path
from typing import Any

import pytest

from samples.workspaces import ADMINISTRATOR
from tenon.access import Access
from tenon.actors import Actor
from tenon.errors import InvalidInput, UnknownName
from tenon.exchange import Importer, ImportResult, read_mapping
from tenon.exchange.importing.mapping import FileForm
from tenon.exchange.importing.rows import open_rows
from tenon.query import Query
from tenon.workspace import Workspace

MAPPING: dict[str, Any] = {
    "entity": "account",
    "match": ["name"],
    "columns": {
        "size": {"from": "人数", "type": "number"},
        "since": {"type": "date", "format": "%m/%d/%Y"},
        "sector": {"map": {"technolgy": "technology"}},
    },
    "skip": {"test": {"when": 'starts_with(name, "TEST")', "why": "a trial row"}},
    "fields": {
        "name": "name",
        "employees": "size",
        "next_follow_up": {"column": "since", "empty": "leave"},
        "industry": "sector",
        "parent": {"column": "parent", "find": "name", "missing": "empty"},
    },
}
HEADINGS = "name,人数,since,sector,parent\n"


@pytest.fixture
def administrator(workspace: Workspace) -> Actor:
    with workspace.database.reading() as connection:
        found = workspace.identities.by_email(connection, ADMINISTRATOR, workspace.now())
    assert found is not None
    return found.actor


def run(
    workspace: Workspace, actor: Actor, file: Path, mapping: dict[str, Any] = MAPPING, **options: Any
) -> ImportResult:
    with open_rows(file, FileForm(options.pop("encoding", "utf-8"))) as opened:
        read = read_mapping(mapping, workspace.model, opened.headings)
        importer = Importer(read, workspace.reader, workspace.writer, lambda: workspace.unit(actor), "UTC")
        return importer.run(opened.lines, **options)


def accounts(workspace: Workspace, actor: Actor, where: str) -> list[dict[str, Any]]:
    with workspace.reading(actor) as unit:
        query = Query(entity="account", select=("name", "employees", "industry", "parent"), where=where)
        return workspace.reader.list(unit, Access.of(workspace.model, actor), query).records


def test_every_row_ends_in_one_of_five_ways_and_the_counts_add_up(
    workspace: Workspace, administrator: Actor, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(
        HEADINGS
        + "Alpha Ltd,12,3/1/2026,technolgy,\n"
        + "Beta Ltd,many,3/1/2026,,\n"  # not a number
        + "Gamma Ltd,7,30/1/2026,,\n"  # no such month
        + "TEST Ltd,1,,,\n"  # skipped on purpose
        + "Alpha Ltd,12,3/1/2026,technology,\n"  # says the same again
        + "Delta Ltd,5,,nonsense,\n"  # unknown choice
    )
    result = run(workspace, administrator, file)
    assert result.counts() == {
        "rows": 6,
        "created": 1,
        "changed": 0,
        "unchanged": 1,
        "rejected": 3,
        "ignored": 1,
    }
    assert [rejection.line for rejection in result.rejections] == [3, 4, 7]
    assert accounts(workspace, administrator, 'name == "Alpha Ltd"')[0]["industry"] == "technology"


def test_a_second_run_finds_everything_unchanged(workspace: Workspace, administrator: Actor, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(HEADINGS + "".join(f"Row {number},{number},,,\n" for number in range(1, 30)))
    assert run(workspace, administrator, file).created == 29
    assert run(workspace, administrator, file).counts()["unchanged"] == 29


def test_a_dry_run_judges_every_row_and_writes_nothing(
    workspace: Workspace, administrator: Actor, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(HEADINGS + "Mother Ltd,1,,,\nDaughter Ltd,2,,,Mother Ltd\n")
    result = run(workspace, administrator, file, dry_run=True)
    assert result.created == 2
    assert accounts(workspace, administrator, 'ends_with(name, "er Ltd")') == []


def test_the_same_file_in_several_encodings_imports_equally(
    workspace: Workspace, administrator: Actor, tmp_path: Path
) -> None:
    for encoding in ("utf-8", "gb18030", "utf-16"):
        file = tmp_path / f"{encoding}.csv"
        file.write_text(HEADINGS + f"编码公司 {encoding},3,,,\n", encoding=encoding)
        assert run(workspace, administrator, file, encoding=encoding).created == 1
    assert len(accounts(workspace, administrator, 'starts_with(name, "编码公司")')) == 3


def test_a_file_in_another_encoding_is_refused_whole(
    workspace: Workspace, administrator: Actor, tmp_path: Path
) -> None:
    file = tmp_path / "gbk.csv"
    file.write_text(HEADINGS + "编码公司,3,,,\n", encoding="gb18030")
    with pytest.raises(InvalidInput):
        run(workspace, administrator, file)


def test_a_column_that_is_not_there_refuses_the_file_with_a_suggestion(
    workspace: Workspace, administrator: Actor, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("nme,人数,since,sector,parent\n")
    with pytest.raises(UnknownName) as refusal:
        run(workspace, administrator, file)
    assert "nme" in str(refusal.value.hint)


def test_one_bad_row_among_many_does_not_take_its_portion_along(
    workspace: Workspace, administrator: Actor, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    rows = [f"Many {number},{number},,,\n" for number in range(1, 601)]
    rows[250] = "Many 251," + "9" * 40 + ",,,\n"
    file.write_text(HEADINGS + "".join(rows))
    result = run(workspace, administrator, file)
    assert (result.created, result.rejected) == (599, 1)
