"""In charge of `tenon explain`: where a value comes from, who may do what, what a setting is."""

from typing import Any

import click

from tenon.access import Access
from tenon.cli.call import Call
from tenon.cli.people import acting
from tenon.compiler import BUILDER, explain_parts
from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.model import OPERATIONS, Operation, Origin
from tenon.query import Query, Reader
from tenon.texts import Text, say
from tenon.workspace.proposals import model_of


@click.command()
@click.argument("name")
@click.option("--entity", "-e", help="With “access”: what about.")
@click.option("--user", "email", help="With “access”: who.")
@click.option("--record", help="With “access”: which record, by id.")
@click.pass_context
def command(ctx: click.Context, name: str, entity: str | None, email: str | None, record: str | None) -> None:
    """Say where the value NAME comes from (layer, file, line, and what it overrides).

    NAME may also be “access” (with --user, --entity and perhaps --record) or “setting”.

    \b
    Example:
      tenon -w acme explain opportunity.fields.amount.label
      tenon -w acme explain access --user ann@example.com --entity opportunity
      tenon -w acme explain setting
    """
    call = ctx.ensure_object(Call)
    if name == "setting":
        _settings(call)
    elif name == "access":
        if entity is None:
            raise click.UsageError("“access” needs --entity")
        _access(call, email, entity, record)
    else:
        _value(call, name)


def _value(call: Call, name: str) -> None:
    with call.database() as database:
        parts = explain_parts(model_of(database, call.folder), name)
    origins = [(path, item) for path, origin in parts.items() for item in (origin, *origin.overrides[::-1])]
    headings = (say("Part", "部分"), say("Value", "值"), say("Layer", "层"), say("Place", "位置"))
    rows = [(path, _short(item.value), item.layer, call.words(_place(item))) for path, item in origins]
    whole = 1 if "" in parts else 0
    call.table(headings[whole:], [row[whole:] for row in rows])
    call.show([_origin(path, item) for path, item in origins])


def _origin(path: str, item: Origin) -> dict[str, Any]:
    found = {
        **({"part": path} if path else {}),
        "value": item.value,
        "layer": item.layer,
        "location": str(item.location),
    }
    return {**found, "author": item.author, "version": item.version} if item.layer == BUILDER else found


def _place(item: Origin) -> Text:
    """A line of a file; of what was set in the builder, who did it and in which version."""
    if item.layer != BUILDER:
        return Text.of(str(item.location))
    return say("version {number}, {who}", "版本 {number}，{who}", number=item.version, who=item.author)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _access(call: Call, email: str | None, entity: str, record: str | None) -> None:
    with call.workspace() as workspace:
        actor = acting(workspace, email)
        access = Access.of(workspace.model, actor)
        rows = [
            (operation, reason.sentence()) for operation in OPERATIONS for reason in access.explain(entity, operation)
        ]
        call.say(
            say(
                "{name}, roles {roles}:",
                "{name}，角色 {roles}：",
                name=actor.name,
                roles=", ".join(sorted(actor.roles)),
            )
        )
        call.table((say("May", "操作"), say("Because", "原因")), [(row[0], call.words(row[1])) for row in rows])
        call.show([{"operation": operation, "reason": call.words(text)} for operation, text in rows])
        if record is not None:
            with workspace.reading(actor) as unit:
                for operation in OPERATIONS:
                    _record(call, operation, _may(workspace.reader, unit, access, entity, operation, record))


def _may(reader: Reader, unit: UnitOfWork, access: Access, entity: str, operation: Operation, record: str) -> bool:
    if not access.can(entity, operation) or not access.can(entity, "read"):
        return False
    try:
        query = Query(entity=entity, select=("id",), where=f'id == "{record}"', limit=1, may=operation)
        return bool(reader.list(unit, access, query).records)
    except NotFound:
        return False


def _record(call: Call, operation: str, may: bool) -> None:
    call.say(
        say("this record: {operation} yes", "该记录：可以 {operation}", operation=operation)
        if may
        else say("this record: {operation} no", "该记录：不可 {operation}", operation=operation)
    )


def _settings(call: Call) -> None:
    found = call.settings.explained()
    call.table(
        (say("Variable", "变量"), say("Value", "值"), say("From", "来源"), say("Meaning", "含义")),
        [(item.setting.variable, item.value, item.source, call.words(item.setting.help)) for item in found],
    )
    call.show([{"variable": item.setting.variable, "value": item.value, "source": item.source} for item in found])
