"""In charge of measuring what automations cost: the write that sets them off, and what is done after it."""

import time
from collections.abc import Callable
from pathlib import Path

from bench.servers import database
from tenon.actors import Actor
from tenon.clock import SystemClock
from tenon.database import Database
from tenon.settings import Settings
from tenon.workspace import Workspace
from tenon.workspace.publishing import propose, publish

Times = dict[str, tuple[float, float]]
COUNTS = (0, 5, 20)
WRITES = 300
SYSTEM = Actor.system("bench", timezone="UTC")
WORKSPACE = """
name: bench
label: {en: Bench, zh-CN: 测速}
modules: [core]
language: en
timezone: UTC
currency: CNY
country: CN
"""
ENTITY = """
label: {en: Thing, zh-CN: 事物}
plural: {en: Things, zh-CN: 事物}
fields:
  name: {type: text, required: true, max: 80, label: {en: Name, zh-CN: 名称}}
  size: {type: integer, label: {en: Size, zh-CN: 大小}}
  note: {type: text, max: 80, label: {en: Note, zh-CN: 备注}}
"""
AUTOMATION = """
on: {updated: {entity: x_thing, fields: [size]}}
do: {note: {set: {note: '"seen"'}}}
"""


def cost(kind: str, folder: Path) -> Times:
    """By how many automations each write sets off."""
    times: Times = {}
    for count in COUNTS:
        here = folder / f"automations-{count}"
        here.mkdir()
        with database(kind, here) as url:
            _measure(url, here, count, times)
    return times


def _measure(url: str, folder: Path, count: int, times: Times) -> None:
    for path, text in _files(count).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    opened = Database.open(url)
    publish(opened, propose(opened, folder), SYSTEM, clock=SystemClock())
    opened.close()
    with Workspace.open(folder, Settings.of(folder, {"TENON_DATABASE_URL": url}), SystemClock()) as workspace:
        access, writer = workspace.access(SYSTEM), workspace.writer
        with workspace.unit(SYSTEM) as unit:
            thing = writer.create(unit, access, "x_thing", {"name": "Thing", "size": 0}).id
        workspace.background.run_due()

        def write() -> None:
            for size in range(1, WRITES + 1):
                with workspace.unit(SYSTEM) as unit:
                    writer.change(unit, access, "x_thing", thing, {"size": size}, version=None)

        times[f"1,000 writes, {count} automations"] = _thousand(write)
        times[f"what follows them, {count} automations"] = _thousand(workspace.background.run_due)


def _files(count: int) -> dict[str, str]:
    automations = {f"automations/x_auto_{number}.yaml": AUTOMATION for number in range(count)}
    return {"workspace.yaml": WORKSPACE, "entities/x_thing.yaml": ENTITY, **automations}


def _thousand(do: Callable[[], object]) -> tuple[float, float]:
    """What WRITES of them took, as if they were a thousand."""
    wall, cpu = time.perf_counter(), time.process_time()
    do()
    each = 1000 / WRITES
    return (time.perf_counter() - wall) * each, (time.process_time() - cpu) * each
