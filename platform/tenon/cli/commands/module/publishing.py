"""In charge of what the changing commands share: try it, show it, ask, publish it; or leave all as it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from tenon.cli.call import Call
from tenon.cli.decisions import long_work
from tenon.compiler import compile_sources
from tenon.compiler.editors import refresh_schemas
from tenon.database import Database
from tenon.errors import Conflict, Detail, MetadataError
from tenon.model import Model
from tenon.schema import published
from tenon.texts import Text, say
from tenon.workspace.keys import ring_of
from tenon.workspace.publishing import Proposal, propose, publish


def published_model(database: Database) -> Model | None:
    """What is in force; None before anything was published."""
    with database.reading() as connection:
        version = published(connection)
    return None if version is None else compile_sources(version.sources)


@contextmanager
def reverting(undo: Callable[[], None]) -> Iterator[None]:
    """Whatever goes wrong inside, or is answered with no, leaves the files as they were."""
    try:
        yield
    except BaseException:
        undo()
        raise


def proposed(call: Call, database: Database, refusal: Text) -> Proposal:
    """Raises Conflict with `refusal` and everything that speaks against it, each with its place."""
    try:
        return propose(database, call.folder)
    except MetadataError as error:
        details = [
            Detail(path=str(item.location or item.path), code=item.code, message=item.message, hint=item.hint)
            for item in error.problems
            if item.severity == "error"
        ]
        raise Conflict(refusal, details=details) from error


def asked(call: Call, *, yes: bool) -> None:
    """Raises click.Abort for no; programs must say --yes."""
    if yes:
        return
    if call.as_json:
        raise click.UsageError("--json does not ask; say --yes.")
    click.confirm(call.words(say("Apply?", "是否应用？")), abort=True)


def published_now(call: Call, database: Database, proposal: Proposal, reason: str, **more: Any) -> None:
    """Publish, and say so to people and programs."""
    number = proposal.plan.base[0]
    if not proposal.plan.is_empty:
        with long_work(call) as work:
            actor, ring = call.actor(reason), ring_of(call.folder)
            number = publish(database, proposal, actor, reason=reason, long_work=work, ring=ring)
        call.say(say("Version {number} is published.", "版本 {number} 已发布。", number=number))
    refresh_schemas(call.folder)
    call.show({"version": number, "plan": proposal.plan.to_json(), **more})
