"""Whatever statement fails, the workspace is as it was; what was begun beforehand is finished by the next attempt."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from factories.folder_bench import FolderBench
from tenon.clock import FixedClock
from tenon.database import StatementCount
from tenon.workspace.publishing import Proposal

BEFORE = {
    "choices/x_kind.yaml": "options: {a: {}, b: {}}\n",
    "entities/x_account.yaml": "label: Account\nfields: {name: {type: text}}\n",
    "entities/x_deal.yaml": """
label: Deal
title: name
fields:
  name: {type: text}
  size: {type: text}
  note: {type: text}
  kind: {type: choice, from: x_kind}
pipelines: {main: {stages: {open: {kind: open}, won: {kind: won}}}}
""",
}
AFTER: dict[str, str | None] = {
    "choices/x_kind.yaml": "options: {alpha: {was: [a]}}\nmap: {b: alpha}\n",
    "entities/x_account.yaml": None,
    "entities/x_company.yaml": "label: Company\nwas: [x_account]\nfields: {name: {type: text, unique: true}}\n",
    "entities/x_line.yaml": "label: Line\nfields: {deal: {type: lookup, to: x_deal}, name: {type: text}}\n",
    "entities/x_deal.yaml": """
label: Deal
title: name
fields:
  name: {type: text, required: true}
  size: {type: integer, convert: {otherwise: empty}, indexed: true}
  company: {type: lookup, to: x_company}
  kind: {type: choice, from: x_kind}
pipelines: {main: {stages: {fresh: {kind: open, was: [open]}, won: {kind: won}}}}
""",
}


class Fault(Exception):
    """Stands for a statement that fails."""


class _Texts(list[str]):
    """Notes statements, and refuses the one after `left` others."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left

    def append(self, text: str) -> None:
        super().append(text)
        self.left -= 1
        if self.left < 0:
            raise Fault(text)


class Failing(StatementCount):
    def __init__(self, left: int) -> None:
        super().__init__()
        self.texts = _Texts(left)


@pytest.fixture
def bench(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[FolderBench]:
    made = FolderBench(tmp_path / "small", database_url, clock)
    made.publish(dict(BEFORE))
    for number, size in enumerate(("1", " 2 ", "three", None)):
        made.create("x_deal", name=f"n{number}", size=size, kind="ab"[number % 2])
    made.create("x_account", name="Acme")
    yield made
    made.close()


def fingerprint(bench: FolderBench, *, work: bool = True) -> str:
    """Of every table: its columns, its indexes, and all it holds. `work`: also what is being prepared."""
    with bench.database.reading() as connection:
        inspector = sa.inspect(connection.sqlalchemy)
        found: list[Any] = []
        for table in sorted(inspector.get_table_names()):
            if table == "tenon_work" and not work:
                continue
            columns = sorted(column["name"] for column in inspector.get_columns(table))
            indexes = sorted(str(index["name"]) for index in inspector.get_indexes(table))
            listed = ", ".join(f'"{column}"' for column in columns)
            rows = connection.execute(sa.text(f"SELECT {listed} FROM {table}"))
            found.append((table, columns, indexes, sorted(map(repr, rows))))
    return hashlib.sha256(repr(found).encode()).hexdigest()


def fails_at(bench: FolderBench, made: Proposal, number: int, *, threshold: int = 50_000) -> bool:
    """Carry it out with the statement after `number` others failing; whether it came so far."""
    watcher = Failing(number)
    bench.database.watchers.append(watcher)
    try:
        bench.carry_out(made, threshold=threshold)
    except Fault:
        return True
    finally:
        bench.database.watchers.remove(watcher)
    return False


def test_a_failure_at_any_statement_leaves_the_workspace_as_it_was(bench: FolderBench) -> None:
    made = bench.propose(AFTER)
    assert made.plan.decisions == ()
    before = fingerprint(bench)
    survived = 0
    while fails_at(bench, made, survived):
        assert fingerprint(bench) == before, survived
        survived += 1
    assert survived > 60
    assert bench.rows("SELECT name, kind, stage FROM t_x_deal ORDER BY name") == [
        (f"n{number}", "alpha", "fresh") for number in range(4)
    ]
    assert bench.plan().is_empty


def test_work_that_fails_at_any_statement_is_finished_by_the_next_attempt(bench: FolderBench) -> None:
    made = bench.propose(AFTER)
    number = 0
    while fails_at(bench, made, number, threshold=1):
        number += 11
        assert bench.rows("SELECT max(number) FROM tenon_version") == [(1,)]
    column = next(
        iter(bench.rows("SELECT column_name FROM tenon_ledger WHERE path = 'x_deal.size' AND state = 'live'"))
    )
    sizes = bench.rows(f"SELECT name, {column[0]} FROM t_x_deal ORDER BY name")
    assert sizes == [("n0", 1), ("n1", 2), ("n2", None), ("n3", None)]
    assert bench.rows("SELECT count(*) FROM tenon_work") == [(0,)]


def test_what_was_begun_and_given_up_leaves_no_trace(bench: FolderBench) -> None:
    before = fingerprint(bench, work=False)
    made = bench.propose(AFTER)
    number = 40
    while not bench.rows("SELECT count(*) FROM tenon_work")[0][0]:
        assert fails_at(bench, made, number, threshold=1)
        number += 5
    bench.publish(
        {
            **dict.fromkeys(AFTER),
            **BEFORE,
            "entities/x_other.yaml": "label: Other\nfields: {a: {type: text}}\n",
        }
    )
    assert bench.rows("SELECT count(*) FROM tenon_work") == [(0,)]
    assert fingerprint(bench, work=False) != before
    with bench.database.reading() as connection:
        columns = {column["name"] for column in sa.inspect(connection.sqlalchemy).get_columns("t_x_deal")}
    assert "size_2" not in columns
