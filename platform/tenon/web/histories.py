"""In charge of what happened to a record, told newest first: fields with old and new values, stages with time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from babel.dates import format_timedelta
from flask import Blueprint, Response

from tenon.fields import InvalidValue
from tenon.fields.locales import locale_of
from tenon.http import Asking, asking
from tenon.model import Entity, Field, Stage
from tenon.model.moves import stage_of
from tenon.query import Change, StageChange
from tenon.web.entities import entity_of
from tenon.web.frame import display_of
from tenon.web.pages import fragment
from tenon.web.words import Words

MOST = 50
LETTERS = 160


@dataclass(frozen=True, kw_only=True)
class Difference:
    label: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Happening:
    """`kind` is an operation or "stage"; `spent` is the time in the stage that was left, in words."""

    kind: str
    at: str
    actor: str
    reason: str
    differences: Sequence[Difference] = ()
    stage: str = ""
    color: str = ""
    spent: str = ""
    pipeline: str = ""
    """Of records with several: the one it came into, where it changed."""


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/history", "history", history)


def history(entity: str, identity: Any) -> Response:
    known = asking()
    found = entity_of(known, entity)
    with known.reading() as unit:
        changes = known.reader.history(unit, known.access, entity, str(identity), MOST)
        stages = known.reader.stage_history(unit, known.access, entity, str(identity)) if found.pipeline else []
        names = [name for name in ("created_at", "created_by") if name in known.access.readable_fields(entity)]
        made = known.reader.one(unit, known.access, entity, str(identity), select=["id", *names])
    happenings = [_change(known, found, change) for change in changes] + [
        _stage(known, found, stage, before)
        for before, stage in zip([None, *stages], stages, strict=False)
        if stage.from_stage
    ]
    happenings.append(
        Happening(kind="created", at=made.get("created_at", ""), actor=_who(known, made.get("created_by")), reason="")
    )
    kept = [one for one in happenings if one.kind != "changed" or one.differences]
    return fragment("records/history.html", happenings=sorted(kept, key=lambda one: one.at, reverse=True))


def _change(known: Asking, entity: Entity, change: Change) -> Happening:
    """Moves of the stage are told by the stage history."""
    fields = entity.fields
    differences = [
        Difference(
            label=fields[name].label.in_(known.language),
            old=_shown(known, fields[name], old),
            new=_shown(known, fields[name], new),
        )
        for name, (old, new) in change.changes.items()
        if name in fields and name != "stage" and not fields[name].system
    ]
    return Happening(
        kind=change.operation,
        at=change.at,
        actor=_who(known, change.actor),
        reason=change.reason or "",
        differences=differences,
    )


def _stage(known: Asking, entity: Entity, change: StageChange, before: StageChange | None) -> Happening:
    stage = stage_of(entity, {"pipeline": change.pipeline, "stage": change.to_stage})
    pipeline = entity.pipelines.get(change.pipeline) if before and change.pipeline != before.pipeline else None
    return Happening(
        kind="stage",
        at=change.at,
        actor=_who(known, change.actor),
        reason=_reason(known, stage, change.reason or ""),
        pipeline=pipeline.label.in_(known.language) if pipeline is not None else "",
        stage=stage.label.in_(known.language) if stage is not None else change.to_stage,
        color=stage.color if stage is not None else "",
        spent=_span(known, change.seconds),
    )


def _reason(known: Asking, stage: Stage | None, given: str) -> str:
    """The label, where the stage asks for one of a set."""
    chosen = known.model.choices.get(stage.reasons) if stage is not None and stage.reasons is not None else None
    option = next((one for one in chosen.options if one.key == given), None) if chosen is not None else None
    return option.label.in_(known.language) if option is not None else given


def _span(known: Asking, seconds: int | None) -> str:
    if seconds is None or seconds < 60:
        return ""
    return str(format_timedelta(timedelta(seconds=seconds), threshold=1.2, locale=locale_of(known.language)))


def _who(known: Asking, actor: Any) -> str:
    word = Words.of(known.model, known.language)
    if actor is None:
        return word("history.system")
    return str(actor.get("title") or word("value.hidden"))


def _shown(known: Asking, field: Field, value: Any) -> str:
    if value is None:
        return ""
    leads = field.leads_to is not None or field.entities is not None
    if leads and isinstance(value, (dict, list)):
        hidden = Words.of(known.model, known.language)("value.hidden")
        several = value if isinstance(value, list) else [value]
        return ", ".join(str(each.get("title") or hidden) for each in several)
    try:
        text = field.type.show(field.type.parse(value), display_of(known))
    except InvalidValue:
        text = str(value)
    return text if len(text) <= LETTERS else text[:LETTERS] + "…"
