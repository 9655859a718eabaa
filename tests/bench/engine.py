"""In charge of measuring the engine's own big jobs: a large model from files to tables, and an import."""

import csv
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from bench.world import SYSTEM, World
from tenon.clock import SystemClock
from tenon.compiler import compile_sources, read_layers
from tenon.database import Database
from tenon.exchange import Importer, plain_mapping, read_mapping
from tenon.exchange.importing.mapping import file_form
from tenon.exchange.importing.rows import open_rows
from tenon.workspace.publishing import propose, publish

T = TypeVar("T")
Times = dict[str, tuple[float, float]]
"""What was done → seconds on the clock, seconds of CPU time of this process."""

ENTITIES, FIELDS, ROWS = 300, 40, 10_000


def import_rows(world: World, folder: Path) -> Times:
    """A file of opportunities, taken in by an administrator; their customers are found by name."""
    workspace = world.workspace
    with workspace.reading(SYSTEM) as unit:
        person = workspace.identities.by_token(unit.connection, world.administrator, workspace.now())
    assert person is not None
    actor, model, file = person.actor, workspace.model, folder / "rows.csv"
    _write_rows(file)
    times: Times = {}
    with open_rows(file, file_form({})) as opened:
        entity = model.entity("opportunity")
        mapping = read_mapping(plain_mapping(model, entity, opened.headings, ()), model, opened.headings)
        importer = Importer(
            mapping, workspace.reader, workspace.writer, lambda: workspace.unit(actor), model.workspace.timezone
        )
        result = _timed(times, f"import {ROWS:,} rows", lambda: importer.run(opened.lines))
    assert result.counts()["created"] == ROWS, result.counts()
    return times


def large_model(database: Database, folder: Path) -> Times:
    """300 entities of 40 fields from files to tables, and again after a change of one field."""
    _write_model(folder)
    times: Times = {}
    size = f"{ENTITIES} entities × {FIELDS} fields"
    sources = _timed(times, f"read {size}", lambda: read_layers(folder))
    _timed(times, "compile them", lambda: compile_sources(sources))
    proposal = _timed(times, "plan them (compiled again)", lambda: propose(database, folder))
    _timed(times, "apply the plan", lambda: publish(database, proposal, SYSTEM, clock=SystemClock()))
    changed = folder / "modules" / "many" / "entities" / "thing_7.yaml"
    changed.write_text(changed.read_text() + "  added: {type: text, label: {en: Added, zh-CN: 新增}}\n")
    sources = read_layers(folder)
    _timed(times, "compile after one field more", lambda: compile_sources(sources))
    proposal = _timed(times, "plan one field more", lambda: propose(database, folder))
    _timed(times, "apply one field more", lambda: publish(database, proposal, SYSTEM, clock=SystemClock()))
    print(f"peak memory of this process so far: {_peak():,.0f} MB")
    return times


def _peak() -> float:
    """Megabytes; Linux counts in kilobytes, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1_000_000 if sys.platform == "darwin" else 1000)


def _timed(times: Times, name: str, do: Callable[[], T]) -> T:
    wall, cpu = time.perf_counter(), time.process_time()
    result = do()
    times[name] = (time.perf_counter() - wall, time.process_time() - cpu)
    return result


def _write_rows(file: Path) -> None:
    with file.open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["name", "account", "kind", "amount", "close_date", "stage", "next_step"])
        for number in range(ROWS):
            customer = f"Customer {number % 100}"
            writer.writerow([f"Imported {number}", customer, "new", number * 10, "2026-09-30", "offer", "Call"])


def _write_model(folder: Path) -> None:
    module = folder / "modules" / "many"
    (module / "entities").mkdir(parents=True)
    (folder / "workspace.yaml").write_text(
        "name: many\nlabel: {en: Many, zh-CN: 许多}\nmodules: [core, many]\nlanguage: en\n"
        "timezone: UTC\ncurrency: CNY\ncountry: CN\n"
    )
    (module / "module.yaml").write_text("name: many\nversion: 1.0.0\nlabel: {en: Many, zh-CN: 许多}\n")
    for number in range(ENTITIES):
        (module / "entities" / f"thing_{number}.yaml").write_text(_entity(number))


def _entity(number: int) -> str:
    """A look-up to the next one, formulas and conditions among plain fields."""
    fields: dict[str, Any] = {
        "name": "type: text, required: true, max: 120",
        "next": f"type: lookup, to: thing_{(number + 1) % ENTITIES}",
    }
    for place in range(FIELDS - len(fields)):
        kinds = ("type: decimal, scale: 2", "type: text, max: 100", "type: date", "type: integer", "type: boolean")
        formula, condition = f"type: formula, of: decimal, value: f0 * 2 + {place}", ", visible_when: f0 > 10"
        kind = formula if place % 8 == 6 else kinds[place % 5] + (condition if place % 8 == 7 else "")
        fields[f"f{place}"] = kind
    lines = [f"  {name}: {{{kind}, label: {{en: {name}, zh-CN: {name}}}}}" for name, kind in fields.items()]
    head = f"label: {{en: Thing {number}, zh-CN: 事物{number}}}\nowned: true\nfields:\n"
    return head + "\n".join(lines) + "\n"
