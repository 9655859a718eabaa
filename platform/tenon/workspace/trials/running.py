"""In charge of running tests: the sources are published into a temporary database, each test in its own transaction.

Nothing of it touches the workspace: not its database, not its files, not its clock.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.compiler import Sources
from tenon.database import Database, UnitOfWork
from tenon.errors import Conflict, Detail, TenonError
from tenon.model import Model, Trial, TrialSuite
from tenon.schema import Ledger, apply, build_tables, plan
from tenon.schema.system import install
from tenon.texts import say
from tenon.workspace.assembly import Assembled, assemble
from tenon.workspace.seeding import Seeder
from tenon.workspace.trials.acting import Acting, Outcome
from tenon.workspace.trials.judging import judge
from tenon.workspace.trials.results import TrialResult, Verdict
from tenon.workspace.trials.world import World

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_SYSTEM = Actor.system("test")
Wanted = Callable[[str], bool]


class _Undo(Exception):
    """Ends a transaction without keeping it."""


def run_trials(sources: Sources, model: Model, *, wanted: Wanted = lambda _path: True) -> Iterator[TrialResult]:
    """The results one by one, in the order of modules and files; `wanted` is asked with `suite.test`."""
    chosen = [
        (suite, trial)
        for suite in model.tests.values()
        for trial in suite.trials.values()
        if wanted(f"{suite.name}.{trial.name}")
    ]
    if not chosen:
        return
    with _copy(sources, model) as (database, doors):
        for suite, trial in chosen:
            yield _run(database, doors, suite, trial)


def require_passing(sources: Sources, model: Model) -> int:
    """How many tests there are. Raises Conflict that names those which fail, with what they expected."""
    results = list(run_trials(sources, model))
    failed = [result for result in results if not result.passed]
    if failed:
        raise Conflict(
            say("{count} test(s) fail.", "有 {count} 个测试未通过。", count=len(failed)),
            hint=say(
                "“tenon check --tests” shows them; --skip-tests applies all the same.",
                "“tenon check --tests”可查看详情；--skip-tests 可跳过测试。",
            ),
            details=[
                Detail(path=f"tests.{result.path}", code="failed_test", message=result.label) for result in failed
            ],
        )
    return len(results)


@contextmanager
def _copy(sources: Sources, model: Model) -> Iterator[tuple[Database, Assembled]]:
    """A published workspace with reference data and nobody in it."""
    with tempfile.TemporaryDirectory(prefix="tenon-tests-") as folder:
        database = Database.open(f"sqlite:///{Path(folder) / 'tests.sqlite'}")
        ring = Path(folder) / "keys.json"
        try:
            with database.writing() as connection:
                unit = UnitOfWork(actor=_SYSTEM, connection=connection, now=NOW)
                install(connection)
                number = apply(plan(None, model, Ledger(), connection), unit, sources)
                doors = assemble(number, model, build_tables(model, Ledger.load(connection)), database, ring)
                Seeder(unit, doors.reader, doors.writer).reference_data()
            yield database, doors
        finally:
            database.close()


def _run(database: Database, doors: Assembled, suite: TrialSuite, trial: Trial) -> TrialResult:
    now = FixedClock(datetime.fromisoformat(suite.now.replace("Z", "+00:00"))).now() if suite.now else NOW
    failures: tuple[Verdict, ...] = ()
    try:
        with database.writing() as connection:
            actor = replace(_SYSTEM, timezone=doors.model.workspace.timezone)
            failures = tuple(_tried(doors, UnitOfWork(actor=actor, connection=connection, now=now), suite, trial))
            raise _Undo
    except _Undo:
        pass
    return TrialResult(
        suite=suite.name,
        module=suite.module,
        name=trial.name,
        label=trial.label,
        origin=trial.origin,
        failures=failures,
    )


def _tried(doors: Assembled, unit: UnitOfWork, suite: TrialSuite, trial: Trial) -> Iterator[Verdict]:
    world = World(doors, unit)
    try:
        world.furnish(suite, trial)
    except TenonError as error:
        details = "; ".join(str(item.message) for item in error.details if item.message != error.message)
        yield Verdict(about="given", expected=None, actual=f"{error.message} {details}".strip())
        return
    own = UnitOfWork(actor=world.actor, connection=unit.connection, now=unit.now, events=unit.events)
    acting = Acting(world, own)
    outcome = Outcome()
    for place, action in enumerate(trial.when):
        if outcome.refused is not None:
            yield Verdict(about=f"when.{place - 1}", expected=None, actual=str(outcome.refused.message))
            return
        outcome = acting.do(action)
    yield from judge(world, acting, trial.then, outcome)
