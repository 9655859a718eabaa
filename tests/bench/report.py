"""In charge of the tables that a bench prints."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from bench.measuring import Figures
from bench.tasks import HANDWRITTEN

AIMS = {"get-one": 4.0, "list-50": 5.0, "create": 2.0, "update": 2.0, "aggregate": 1.0}
"""How many times the hand-written application's rate we aim at; below 1 would be slower than it."""


def show(title: str, found: Mapping[str, Mapping[str, Figures]]) -> None:
    """`found`: task → contender → figures."""
    headings = ("", "", "requests/s", "times", "aim", "p50 ms", "p99 ms", "CPU µs: own", "database")
    table = Table(title=title, title_justify="left")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number < 2 else "right", no_wrap=True)
    for task, contenders in found.items():
        for name, figures in contenders.items():
            table.add_row(task if name == HANDWRITTEN else "", name, *_cells(task, name, figures, contenders))
        table.add_section()
    Console(width=110).print(table)


def show_times(title: str, found: Mapping[str, tuple[float, float]]) -> None:
    """`found`: what was done → seconds on the clock and of CPU time."""
    table = Table("", title=title, title_justify="left")
    table.add_column("seconds", justify="right")
    table.add_column("CPU seconds: own", justify="right")
    for name, (wall, cpu) in found.items():
        table.add_row(name, f"{wall:.2f}", f"{cpu:.2f}")
    Console(width=110).print(table)


def _cells(task: str, name: str, figures: Figures, contenders: Mapping[str, Figures]) -> Sequence[str]:
    first = name == HANDWRITTEN
    return (
        f"{figures.rate:,.0f}",
        "" if first else f"{figures.rate / contenders[HANDWRITTEN].rate:.1f} ×",
        "" if first else f"{AIMS[task]:.0f} ×",
        f"{figures.percentile(0.5):.2f}",
        f"{figures.percentile(0.99):.2f}",
        f"{figures.own_each:,.0f}",
        f"{figures.database_each:,.0f}" if figures.database else "",
    )
