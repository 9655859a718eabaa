"""In charge of `tenon export`: the records of an entity as CSV."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import click

from tenon.access import Access
from tenon.cli.call import Call
from tenon.cli.people import acting
from tenon.exchange.csv_export import csv_lines
from tenon.query import Query


@click.command()
@click.option("--entity", "-e", required=True, help="Whose records.")
@click.option("--where", help="Which of them: an expression.")
@click.option("--select", help="Fields and paths, with commas; all readable fields when not given.")
@click.option("--sort", help="Such as -amount,name.")
@click.option("--excel", is_flag=True, help="Labels as headings and a byte order mark, for spreadsheets.")
@click.option("--as", "email", help="Whose rights hold; else the first administrator's.")
@click.option("--out", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File; else standard output.")
@click.pass_context
def command(
    ctx: click.Context,
    entity: str,
    where: str | None,
    select: str | None,
    sort: str | None,
    excel: bool,
    email: str | None,
    out: Path | None,
) -> None:
    """Write records as CSV, under the rights of a person.

    \b
    Example:
      tenon -w acme export -e opportunity --where 'stage == "won"' --out won.csv
    """
    call = ctx.ensure_object(Call)
    query = Query(entity=entity, select=_names(select), where=where, sort=_names(sort))
    with call.workspace() as workspace:
        actor = acting(workspace, email)
        with workspace.reading(actor) as unit:
            access = Access.of(workspace.model, actor)
            language = actor.language if excel else None
            lines = csv_lines(unit, access, workspace.reader, query, language=language)
            if out is None:
                _write(sys.stdout, lines)
            else:
                with out.open("w", encoding="utf-8", newline="") as file:
                    _write(file, lines)


def _write(file: TextIO, lines: Iterable[str]) -> None:
    for line in lines:
        file.write(line)


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip()) if text else ()
