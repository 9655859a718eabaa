"""In charge of `tenon figures`: the funnel of an entity's pipeline, as a table, as CSV or for programs."""

import sys
from datetime import datetime

import click

from tenon.access import Access
from tenon.api.stage_figures import document
from tenon.cli.call import Call
from tenon.cli.people import acting
from tenon.insight import StageRequest, stage_figures
from tenon.insight.drilling import read_moment
from tenon.insight.tables import csv_text, heads, rows
from tenon.query import Window
from tenon.texts import Text


@click.command()
@click.argument("entity")
@click.option("--pipeline", help="The first one when not given.")
@click.option("--since", help="From this day or instant on.")
@click.option("--until", help="Up to, but not including, this day or instant.")
@click.option(
    "--cohort",
    type=click.Choice(["pipeline", "stage"]),
    default="pipeline",
    help="Whose: records that came into the pipeline then, or of each stage those that got there then.",
)
@click.option("--where", help="Only records for which this expression holds.")
@click.option("--group", help="A field to compare by, such as owner.")
@click.option("--total", help="What to add up of the records in a stage now.")
@click.option("--user", help="The e-mail of whose rights count; the first administrator when not given.")
@click.option("--csv", "as_csv", is_flag=True, help="As a table for spreadsheets.")
@click.pass_context
def command(
    ctx: click.Context,
    entity: str,
    pipeline: str | None,
    since: str | None,
    until: str | None,
    cohort: str,
    where: str | None,
    group: str | None,
    total: str | None,
    user: str | None,
    as_csv: bool,
) -> None:
    """How far records got, how long it took, and where they stand: the funnel of a pipeline.

    \b
    Example:
      tenon -w acme figures opportunity --since 2026-01-01 --group owner
    """
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace:
        actor = acting(workspace, user)

        def moment(name: str, text: str | None) -> datetime | None:
            return None if text is None else read_moment(name, text, actor.timezone)

        request = StageRequest(
            entity=entity,
            pipeline=pipeline,
            where=where,
            window=Window(
                cohort="stage" if cohort == "stage" else "pipeline",
                since=moment("since", since),
                until=moment("until", until),
            ),
            group=group,
            total=total,
        )
        access = Access.of(workspace.model, actor)
        with workspace.reading(actor) as unit:
            calendars = workspace.current.processes.calendars
            found = stage_figures(workspace.reader, calendars, unit, access, request)
    if as_csv:
        sys.stdout.write(csv_text(found, call.language))
        return
    titles = [Text.of(head) for head in heads(found, call.language, brief=True)]
    call.table(titles, rows(found, call.language, brief=True))
    call.show(document(found, call.language))
