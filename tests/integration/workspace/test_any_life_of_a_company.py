"""The promise about any life of a company: whatever changes in whichever order, its records and its versions hold."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from sqlalchemy import make_url

from factories.folder_bench import FolderBench
from factories.small_company import RECORDS, Company, changed, expected, options_lost
from services.postgres import administrator
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.errors import Conflict
from tenon.query import Query
from tenon.schema import published
from tenon.workspace.proposals import propose_version

Copied = Callable[[], "Iterator[FolderBench]"]
STEPS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5)), min_size=1, max_size=4)


@pytest.fixture
def bench(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[FolderBench]:
    made = FolderBench(tmp_path / "small", database_url, clock)
    made.publish(dict(Company().files()))
    for record in RECORDS:
        made.create("x_job", **record)
    yield made
    made.close()


NUMBERS = count(1)


@contextmanager
def copy_of(bench: FolderBench, folder: Path) -> Iterator[FolderBench]:
    """The same company in a folder and a database of its own."""
    bench.close()
    address, name = make_url(bench.url), f"life_{next(NUMBERS)}"
    shutil.copytree(bench.folder, folder / "small")
    if address.get_backend_name() == "sqlite":
        shutil.copy(address.database or "", folder / "copy.sqlite")
        made = FolderBench(folder / "small", f"sqlite:///{folder / 'copy.sqlite'}", bench.clock)
        yield made
        made.close()
        return
    original, new = sql.Identifier(address.database or ""), sql.Identifier(f"{address.database}_{name}")
    with administrator(address.set(database="postgres")) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(new, original))
        own = address.set(database=f"{address.database}_{name}").render_as_string(hide_password=False)
        made = FolderBench(folder / "small", own, bench.clock)
        try:
            yield made
        finally:
            made.close()
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(new))


def rewrite(bench: FolderBench, before: Company, after: Company) -> None:
    bench.write({**dict.fromkeys(before.files()), **after.files()})


def values(bench: FolderBench, state: Company) -> list[dict[str, Any]]:
    """What the records hold, numbers alike whatever type they are kept in."""
    names = ("name", "kind", "stage", *(column.name for column in state.columns))
    actor = Actor.system("look")
    with bench.open() as workspace, workspace.reading(actor) as unit:
        query = Query(entity=state.entity[-1], select=names, sort=("created_at", "id"), limit=10)
        records = workspace.reader.list(unit, workspace.access(actor), query).records
    return in_order([{name: record[name] for name in names} for record in records])


def in_order(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    plain = [{name: number(value) for name, value in record.items()} for record in records]
    return sorted(plain, key=lambda record: str(record["name"]))


def number(value: Any) -> Any:
    try:
        return value if value is None or isinstance(value, bool) else Decimal(value)
    except InvalidOperation:
        return value


def digest(bench: FolderBench) -> tuple[int, str]:
    with bench.database.reading() as connection:
        found = published(connection)
    assert found is not None
    return found.number, found.digest


@settings(deadline=None, max_examples=4, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(life=st.lists(STEPS, min_size=2, max_size=3))
def test_records_and_versions_hold_through_any_changes_back_and_forth(
    bench: FolderBench, tmp_path_factory: pytest.TempPathFactory, life: list[list[tuple[int, int]]]
) -> None:
    with copy_of(bench, tmp_path_factory.mktemp("life")) as company:
        states = [Company()]
        of_version = {digest(company): states[0]}
        for steps in life:
            states.append(changed(states[-1], steps))
            rewrite(company, states[-2], states[-1])
            made, late = company.propose(), company.propose()
            assert made.plan.seal == late.plan.seal
            if made.plan.is_empty:
                continue
            company.carry_out(made)
            of_version[digest(company)] = states[-1]
            assert company.plan().is_empty
            with pytest.raises(Conflict):
                company.carry_out(late)
            assert values(company, states[-1]) == in_order(expected(states[-1], options_lost(states)))
        lost = options_lost(states)
        newest = list(of_version)[-1]
        for sealed, state in [*list(of_version.items())[::-1], (newest, states[-1])]:
            back = propose_version(company.database, sealed[0])
            if not back.plan.is_empty:
                company.carry_out(back)
            assert digest(company)[1] == sealed[1]
            assert propose_version(company.database, sealed[0]).plan.is_empty
            assert values(company, state) == in_order(expected(state, lost))
