"""In charge of one run of the bench: what is asked for on the command line, in which order, and what is printed.

The generated API and an application written by hand answer the same questions about the same rows, in one process.
"""

import argparse
import gc
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from bench import automations, background, engine, schema_changes
from bench.agreement import check_agreement
from bench.measuring import Figures, race
from bench.report import show, show_times
from bench.servers import database
from bench.tasks import CONTENDERS, HANDWRITTEN, TASKS, Caller, requests
from bench.world import World, build
from tenon.database import Database

DATABASES = ("sqlite", "postgresql")
ENGINE = ("import", "model", "column", "type", "big-type", "automations", "jobs")
APART = ("killing",)
"""Only when asked for: they take minutes."""
CHANGES = {
    "column": schema_changes.column_of_a_big_table,
    "type": schema_changes.type_of_a_column,
    "big-type": schema_changes.type_of_a_big_column,
}


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    for kind in options.database or DATABASES:
        with tempfile.TemporaryDirectory() as name:
            _run(kind, Path(name), options)
    return 0


def _run(kind: str, folder: Path, options: argparse.Namespace) -> None:
    wanted = options.only or [*TASKS, *ENGINE]
    tasks = [task for task in wanted if task in TASKS]
    if tasks or "import" in wanted:
        with database(kind, folder) as url, build(url, folder, options.rows) as world:
            if tasks:
                show(f"{kind}, {options.rows:,} opportunities", _measure(world, tasks, options))
            if "import" in wanted:
                show_times(f"{kind}, import", engine.import_rows(world, folder))
    if "model" in wanted:
        (folder / "model").mkdir()
        with database(kind, folder / "model") as url, closing(Database.open(url)) as other:
            show_times(f"{kind}, a large model", engine.large_model(other, folder / "model"))
    if "automations" in wanted:
        show_times(f"{kind}, automations", automations.cost(kind, folder))
    if "jobs" in wanted:
        (folder / "jobs").mkdir()
        with database(kind, folder / "jobs") as url:
            show_times(f"{kind}, events and jobs", background.events(url, folder / "jobs"))
    if "killing" in wanted:
        (folder / "killing").mkdir()
        with database(kind, folder / "killing") as url:
            print(f"{kind}, killed workers\n{background.killing(url, folder / 'killing')}")
    for task, measure in CHANGES.items():
        if task in wanted:
            (folder / task).mkdir()
            with database(kind, folder / task) as url:
                show_times(f"{kind}, changes of a table", measure(url))


def _measure(world: World, tasks: list[str], options: argparse.Namespace) -> dict[str, dict[str, Figures]]:
    versions: dict[bool, dict[str, int]] = {True: {}, False: {}}
    callers = {name: Caller(world, name, versions[name == HANDWRITTEN]) for name in CONTENDERS}
    check_agreement(world, callers)
    found = {}
    for task in tasks:
        contenders = {
            name: (world.handwritten if caller.by_hand else world.generated, requests(caller, task))
            for name, caller in callers.items()
        }
        gc.collect()
        found[task] = race(contenders, options.seconds, lambda: _backends(world.engine))
    return found


def _backends(engine: sa.Engine) -> list[int]:
    """The database's processes that work for this one; none on SQLite."""
    if engine.dialect.name == "sqlite":
        return []
    with engine.connect() as connection:
        query = sa.text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return list(connection.scalars(query))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description="Measure speed.")
    parser.add_argument("--rows", type=int, default=100_000, help="opportunities; a tenth as many accounts")
    parser.add_argument("--seconds", type=float, default=3.0, help="for each task and contender")
    tasks = (*TASKS, *ENGINE, *APART)
    parser.add_argument("--only", action="append", choices=tasks, help="this task only; may be repeated")
    parser.add_argument("--database", action="append", choices=DATABASES, help="this database only; may be repeated")
    return parser.parse_args(arguments)
