"""In charge of `tenon versions`: what was published, when, by whom and why."""

from itertools import pairwise

import click

from tenon.cli.call import Call
from tenon.schema import Version, versions
from tenon.texts import Text, say


@click.command()
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the published versions, newest first. “API” says whether callers of the API notice.

    \b
    Example:
      tenon -w acme versions
    """
    call = ctx.ensure_object(Call)
    with call.database() as database, database.reading() as connection:
        found = versions(connection)
    noticed = [*(_api(new, old) for new, old in pairwise(found)), say("", "")]
    headings = (
        say("Version", "版本"),
        say("When", "时间"),
        say("Who", "操作者"),
        say("API", "接口"),
        say("Why", "原因"),
    )
    rows = [
        (item.number, f"{item.at:%Y-%m-%d %H:%M}", item.author, call.words(api), item.reason)
        for item, api in zip(found, noticed[: len(found)], strict=True)
    ]
    call.table(headings, rows)
    call.show(
        [
            {
                "number": item.number,
                "at": item.at,
                "author": item.author,
                "reason": item.reason,
                "digest": item.digest,
                "modules": item.modules,
                "contract": item.contract,
                "origin": item.origin,
            }
            for item in found
        ]
    )


def _api(new: Version, old: Version) -> Text:
    if not new.contract or not old.contract:
        return say("", "")
    return say("same", "不变") if new.contract == old.contract else say("changed", "有变")
