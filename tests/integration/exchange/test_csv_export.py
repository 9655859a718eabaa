import csv
import io

import pytest

from samples.workspaces import ADMINISTRATOR
from tenon.access import Access
from tenon.actors import Actor
from tenon.errors import TenonError
from tenon.exchange.csv_export import BYTE_ORDER_MARK, csv_lines
from tenon.query import Query
from tenon.workspace import Workspace

SYSTEM = Actor.system("test")


def exported(workspace: Workspace, actor: Actor, query: Query, language: str | None = None) -> list[dict[str, str]]:
    with workspace.reading(actor) as unit:
        access = Access.of(workspace.model, actor)
        text = "".join(csv_lines(unit, access, workspace.reader, query, language=language))
    return list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK))))


def person(workspace: Workspace, email: str) -> Actor:
    with workspace.database.reading() as connection:
        found = workspace.identities.by_email(connection, email, workspace.now())
    assert found is not None
    return found.actor


def test_all_records_come_out_whatever_the_page_size(workspace: Workspace) -> None:
    admin = person(workspace, ADMINISTRATOR)
    rows = exported(workspace, admin, Query(entity="opportunity", select=("id", "name"), limit=3))
    with workspace.reading(admin) as unit:
        access = Access.of(workspace.model, admin)
        assert len(rows) == workspace.reader.count(unit, access, Query(entity="opportunity")).value


def test_people_get_labels_titles_and_a_byte_order_mark(workspace: Workspace) -> None:
    with workspace.reading(SYSTEM) as unit:
        access = Access.of(workspace.model, SYSTEM)
        query = Query(entity="opportunity", select=("name", "account"))
        first = next(iter(csv_lines(unit, access, workspace.reader, query, language="zh-CN")))
    assert first == f"{BYTE_ORDER_MARK}商机名称,客户\r\n"


def test_text_that_a_spreadsheet_would_run_is_defused_for_people_only(workspace: Workspace) -> None:
    owner = some_person(workspace)
    with workspace.unit(SYSTEM) as unit:
        access = Access.of(workspace.model, SYSTEM)
        workspace.writer.create(unit, access, "account", {"name": "=cmd|' /C calc'!A0", "owner": owner})
    query = Query(entity="account", select=("name",), where='starts_with(name, "=")')
    assert exported(workspace, SYSTEM, query)[0]["name"].startswith("=")
    (row,) = exported(workspace, SYSTEM, query, "en")
    assert next(iter(row.values())).startswith("'=")


def some_person(workspace: Workspace) -> str:
    with workspace.reading(SYSTEM) as unit:
        page = workspace.reader.list(unit, Access.of(workspace.model, SYSTEM), Query(entity="user", select=("id",)))
        return str(page.records[0]["id"])


def test_whoever_may_not_export_gets_nothing(workspace: Workspace) -> None:
    salesperson = person(workspace, "li.na@example.com")
    access = Access.of(workspace.model, salesperson)
    assert not access.can("product", "export")
    with workspace.reading(salesperson) as unit, pytest.raises(TenonError):
        csv_lines(unit, access, workspace.reader, Query(entity="product"))
