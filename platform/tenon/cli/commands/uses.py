"""In charge of `tenon uses`: what uses a thing, how filled a field is, and which fields nobody needs."""

from typing import Any

import click

from tenon.access import Access
from tenon.actors import Actor
from tenon.cli.call import Call
from tenon.cli.usage_words import kind_word
from tenon.compiler import compile_sources, read_layers
from tenon.errors import Unavailable
from tenon.exchange.importing.uses import mapping_uses
from tenon.model import Entity, Field, Model
from tenon.model.usage import Use, find_subject, thing_at, usage_graph, uses_of
from tenon.texts import say
from tenon.workspace import Workspace
from tenon.workspace.fullness import Fullness, fullness
from tenon.workspace.proposals import model_of


@click.command()
@click.argument("name", required=False)
@click.option("--unused", is_flag=True, help="List the fields that nothing uses and no record fills.")
@click.pass_context
def command(ctx: click.Context, name: str | None, unused: bool) -> None:
    """Say what uses the thing NAME: views, forms, rules, formulas, roles, data, translations…

    NAME is a field (opportunity.amount), an entity, a stage (opportunity.won), an option set or one of its options
    (loss_reason.price), a role, a view, a rule, a module. A field is also told how filled it is.

    \b
    Example:
      tenon -w acme uses opportunity.amount
      tenon -w acme uses --unused
    """
    call = ctx.ensure_object(Call)
    if (name is None) == (not unused):
        raise click.UsageError("give either a NAME or --unused")
    model = _model(call)
    if name is None:
        _unused(call, model)
        return
    subject = find_subject(model, name)
    uses = (*uses_of(model, subject), *mapping_uses(call.folder, model, subject))
    thing = thing_at(model, subject)
    filled = _filled(call, thing) if isinstance(thing, Field) else None
    _show(call, subject, uses, filled)


def _model(call: Call) -> Model:
    """Of the files, and of what was changed in the builder as far as the database answers."""
    try:
        with call.database() as database:
            return model_of(database, call.folder)
    except Unavailable:
        return compile_sources(read_layers(call.folder))


def _show(call: Call, subject: str, uses: tuple[Use, ...], filled: Fullness | None) -> None:
    call.show(
        {
            "of": subject,
            "uses": [_as_json(call, use) for use in uses],
            "filled": None if filled is None else _fullness_as_json(filled),
        }
    )
    call.say(
        say("{subject}: used in {count} places.", "{subject}：在 {count} 处使用。", subject=subject, count=len(uses))
    )
    if uses:
        call.table(
            (say("Kind", "类别"), say("Used by", "使用者"), say("There", "其中"), say("Place", "位置")),
            [
                (call.words(kind_word(use.kind)), call.words(use.label), _how(use, subject), use.location)
                for use in uses
            ],
        )
    if filled is not None:
        call.say(
            say(
                "Filled in {filled} of {rows} records; the latest of them changed {last}.",
                "{rows} 条记录中有 {filled} 条已填写；其中最近一次更改：{last}。",
                filled=filled.filled,
                rows=filled.rows,
                last=f"{filled.last:%Y-%m-%d %H:%M}Z" if filled.last else "–",
            )
        )


def _rows(call: Call, subject: str, uses: tuple[Use, ...]) -> list[tuple[Any, ...]]:
    """One line for each thing, with all places in it."""
    things: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        things.setdefault((use.kind, use.path), []).append(use)
    return [
        (
            call.words(kind_word(kind)),
            call.words(found[0].label),
            ", ".join(dict.fromkeys(_how(use, subject) for use in found)),
            found[0].location,
        )
        for (kind, _path), found in things.items()
    ]


def _how(use: Use, subject: str) -> str:
    """The place inside what uses it, and what exactly is used when that lies below what was asked for."""
    below = use.subject.removeprefix(f"{subject}.") if use.subject != subject else ""
    return f"{use.how} ({below})" if below else use.how


def _as_json(call: Call, use: Use) -> dict[str, Any]:
    return {
        "kind": use.kind,
        "path": use.path,
        "label": call.words(use.label),
        "how": use.how,
        "subject": use.subject,
        "location": str(use.location or ""),
    }


def _fullness_as_json(filled: Fullness) -> dict[str, Any]:
    return {"rows": filled.rows, "filled": filled.filled, "last": filled.last}


def _filled(call: Call, field: Field) -> Fullness | None:
    """None for what is not stored, or not published yet."""
    try:
        with call.workspace() as workspace:
            return _of_entity(workspace, field.entity, [field.name]).get(field.name)
    except Unavailable:
        return None


def _of_entity(workspace: Workspace, name: str, fields: list[str]) -> dict[str, Fullness]:
    actor = Actor.system("command line: how filled fields are")
    entity: Entity | None = workspace.model.entities.get(name)
    if entity is None:
        return {}
    with workspace.reading(actor) as unit:
        return fullness(workspace.reader, unit, Access.of(workspace.model, actor), entity, fields)


def _unused(call: Call, model: Model) -> None:
    graph = usage_graph(model)
    candidates: dict[str, list[str]] = {}
    for entity in model.entities.values():
        for field in entity.fields.values():
            if not field.system and not graph.is_used(f"entities.{entity.name}.fields.{field.name}"):
                candidates.setdefault(entity.name, []).append(field.name)
    with call.workspace() as workspace:
        empty = [
            model.entities[entity].fields[field]
            for entity, fields in candidates.items()
            for field, filled in _fill_of(workspace, entity, fields)
            if not filled
        ]
    call.show([{"entity": field.entity, "field": field.name, "location": str(field.origin or "")} for field in empty])
    if not empty:
        call.say(say("Every field is used or filled.", "所有字段均有使用或已填写。"))
        return
    call.table(
        (say("Field", "字段"), say("Label", "名称"), say("Place", "位置")),
        [(f"{field.entity}.{field.name}", call.words(field.label), field.origin) for field in empty],
    )
    call.say(say("{count} fields nobody needs.", "{count} 个字段无人需要。", count=len(empty)))


def _fill_of(workspace: Workspace, entity: str, fields: list[str]) -> list[tuple[str, int]]:
    """Field and how many records fill it; a computed or unpublished one counts as empty."""
    known = _of_entity(workspace, entity, fields)
    return [(name, known[name].filled if name in known else 0) for name in fields]
