"""In charge of the few values that tell a record at a glance: its first amounts and days, above its page and beside
its name where somebody decides about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tenon.database import UnitOfWork
from tenon.http import Asking
from tenon.model import Entity
from tenon.web.cells import cell_writer
from tenon.web.form_layouts import form_of
from tenon.web.showing import showing_of

KEY_FIGURES = 4
FIGURES = ("money", "percent", "date", "integer", "decimal")


@dataclass(frozen=True, kw_only=True)
class Glimpse:
    """A value under its label, ready to print."""

    name: str
    label: str
    value: Markup | str


def figures_of(known: Asking, entity: Entity, record: Mapping[str, Any]) -> Sequence[Glimpse]:
    """The first amounts and days of the form that have a value in this record."""
    names = [name for section in form_of(entity).sections.values() for name in section.fields]
    fields = [entity.fields[name] for name in names if record.get(name) is not None]
    figures = [one for one in fields if one.type.widget in FIGURES and not one.system]
    return [glimpse_of(known, entity, one.name, record) for one in figures[:KEY_FIGURES]]


def figures_of_all(
    known: Asking, unit: UnitOfWork, records: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Sequence[Glimpse]]:
    """By entity and id, of those records the person may see; one statement per entity."""
    found = {}
    for name in dict.fromkeys(entity for entity, _identity in records):
        if (entity := known.model.entities.get(name)) is None or not known.access.can(name, "read"):
            continue
        ids = [identity for one, identity in records if one == name]
        for identity, record in known.reader.among(unit, known.access, name, ids, form="values").items():
            found[name, identity] = figures_of(known, entity, record)
    return found


def glimpse_of(known: Asking, entity: Entity, name: str, record: Mapping[str, Any]) -> Glimpse:
    one = entity.fields[name]
    value = cell_writer(one, showing_of(known))(record.get(name))
    return Glimpse(name=name, label=one.label.in_(known.language), value=value)
