"""In charge of the page that prints a record: its form for print, else its first form, and the records it lists.

Everything is read as the reader may see it, through the same eyes as documents.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, url_for
from markupsafe import Markup

from tenon.database import UnitOfWork
from tenon.http import Asking, asking
from tenon.model import Entity, Form, Relationship
from tenon.process.performing.words import seen_at
from tenon.process.seeing import Seen, Sight
from tenon.query import MASKED
from tenon.web.cells import masked
from tenon.web.entities import entity_of
from tenon.web.evaluation import holds, with_stage
from tenon.web.form_layouts import controls_of, form_of
from tenon.web.frame import display_of
from tenon.web.pages import go, page
from tenon.web.record_pages import read_record
from tenon.web.showing import showing_of
from tenon.web.titles import title_of

MOST_COLUMNS = 6


@dataclass(frozen=True, kw_only=True)
class PrintedSection:
    label: str
    columns: int
    values: Sequence[tuple[str, Markup | str]]


@dataclass(frozen=True, kw_only=True)
class PrintedList:
    label: str
    heads: Sequence[tuple[str, bool]]
    """Labels of the columns, and whether they hold numbers."""
    rows: Sequence[Sequence[str]]


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/print", "print", show)


def show(entity: str, identity: Any) -> Response:
    known, record_id = asking(), str(identity)
    found = entity_of(known, entity)
    form = _form(known, found)
    if form.template is not None:
        return go(url_for("web.document_file", entity=entity, identity=record_id, template=form.template))
    with known.reading() as unit:
        record, _rights = read_record(known, unit, found, record_id)
        values = with_stage(found, record)
        return page(
            "records/print.html",
            entity=found,
            id=record_id,
            title=title_of(found, record, known),
            sections=list(_sections(known, unit, found, form, values)),
            lists=list(_lists(known, unit, found, form, record_id)),
            printed_at=known.workspace.now(),
        )


def _form(known: Asking, entity: Entity) -> Form:
    """For print, and for his roles before one for everybody."""
    roles = known.actor.roles
    fitting = [
        form
        for form in entity.forms.values()
        if form.use == "print" and (not form.roles or not roles.isdisjoint(form.roles)) and not form.stages
    ]
    return next((form for form in fitting if form.roles), fitting[0] if fitting else form_of(entity))


def _sections(
    known: Asking, unit: UnitOfWork, entity: Entity, form: Form, values: dict[str, Any]
) -> Iterator[PrintedSection]:
    readable = set(known.access.readable_fields(entity.name))
    controls = controls_of(known, entity.name)
    showing, hidden = showing_of(known), values.get(MASKED, ())
    for section in form.sections.values():
        if not holds(known, unit, section.visible_when, values):
            continue
        fields = [entity.fields[name] for name in section.fields if name in readable]
        shown = [field for field in fields if holds(known, unit, field.visible_when, values)]
        if shown:
            yield PrintedSection(
                label=section.label.in_(known.language),
                columns=section.columns,
                values=[
                    (
                        field.label.in_(known.language),
                        masked(showing) if field.name in hidden else controls.show(field, values.get(field.name)),
                    )
                    for field in shown
                ],
            )


def _lists(known: Asking, unit: UnitOfWork, entity: Entity, form: Form, record_id: str) -> Iterator[PrintedList]:
    """Lists that are empty, or whose records he may not see, are left out."""
    record = Sight(known.assembled.processes.ground, unit, known.access).record(entity.name, record_id)
    for name in dict.fromkeys((*form.inline, *form.related)):
        relationship = entity.relationships[name]
        if known.access.reads_relationship(entity.name, name):
            children = record[name]
            if children:
                yield _list(known, relationship, children)


def _list(known: Asking, relationship: Relationship, children: Sequence[Seen]) -> PrintedList:
    entity, display = known.model.entities[relationship.entity], display_of(known)
    columns = list(_columns(known, entity, relationship))
    heads = [(_last(known, entity, path), _is_number(known, entity, path)) for path in columns]
    return PrintedList(
        label=relationship.label.in_(known.language),
        heads=heads,
        rows=[[seen_at(child, path, display) for path in columns] for child in children],
    )


def _columns(known: Asking, entity: Entity, relationship: Relationship) -> Iterator[tuple[str, ...]]:
    """Those of the related list, else of the first table; not the record that is printed."""
    view = next((view for view in entity.views.values() if view.type == "table"), None)
    paths = [tuple(path.split(".")) for path in relationship.columns]
    paths = paths or ([] if view is None else [column.path for column in view.columns]) or [(entity.title,)]
    readable = set(known.access.readable_fields(entity.name))
    fitting = [path for path in paths if path[0] in readable and path[0] != relationship.field]
    yield from fitting[:MOST_COLUMNS]


def _last(known: Asking, entity: Entity, path: Sequence[str]) -> str:
    here = entity
    for name in path[:-1]:
        here = known.model.entities[str(here.fields[name].target)]
    return here.fields[path[-1]].label.in_(known.language)


def _is_number(known: Asking, entity: Entity, path: Sequence[str]) -> bool:
    here = entity
    for name in path[:-1]:
        here = known.model.entities[str(here.fields[name].target)]
    return here.fields[path[-1]].type.expression_type().kind == "number"
