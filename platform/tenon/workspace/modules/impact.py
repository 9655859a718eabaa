"""In charge of what goes out of sight with a module: its tables and columns, and its data as files before."""

from dataclasses import dataclass
from pathlib import Path

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.exchange.csv_export import csv_lines
from tenon.model import Model
from tenon.query import Query, Reader
from tenon.schema import Ledger
from tenon.schema.counting import Counts
from tenon.workspace.modules.shelf import layer_of


@dataclass(frozen=True, kw_only=True)
class GoingEntity:
    name: str
    table: str
    records: int


@dataclass(frozen=True, kw_only=True)
class GoingField:
    """A field of the module on an entity of another layer; `values` is how many records have it filled."""

    entity: str
    name: str
    column: str
    values: int


@dataclass(frozen=True, kw_only=True)
class Impact:
    """`dependants` are modules that stand on this one: while one of them is there it cannot go."""

    module: str
    entities: tuple[GoingEntity, ...]
    fields: tuple[GoingField, ...]
    dependants: tuple[str, ...]

    @property
    def records(self) -> int:
        return sum(entity.records for entity in self.entities)


def impact_of(model: Model, module: str, unit: UnitOfWork) -> Impact:
    """Of the published model; counted in the database."""
    ledger = Ledger.load(unit.connection)
    counts = Counts(unit.connection)
    return Impact(
        module=module,
        entities=tuple(_entities(model, module, ledger, counts)),
        fields=tuple(_fields(model, module, ledger, counts)),
        dependants=tuple(name for name, other in model.modules.items() if module in other.requires),
    )


def export_data(impact: Impact, unit: UnitOfWork, reader: Reader, folder: Path) -> list[Path]:
    """One CSV for each entity of the module, and one for its fields on each other entity; returns the files."""
    wanted = [Query(entity=item.name) for item in impact.entities]
    for entity in dict.fromkeys(item.entity for item in impact.fields):
        title = reader.model.entity(entity).title
        names = [item.name for item in impact.fields if item.entity == entity]
        where = " or ".join(f"not ({reader.model.entity(entity).fields[name].is_blank})" for name in names)
        wanted.append(Query(entity=entity, select=tuple(dict.fromkeys(["id", title, *names])), where=where))
    folder.mkdir(parents=True, exist_ok=True)
    return [_written(folder / f"{query.entity}.csv", query, unit, reader) for query in wanted]


def _written(path: Path, query: Query, unit: UnitOfWork, reader: Reader) -> Path:
    access = Access.of(reader.model, unit.actor)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(csv_lines(unit, access, reader, query))
    return path


def _entities(model: Model, module: str, ledger: Ledger, counts: Counts) -> list[GoingEntity]:
    found = []
    for entity in model.entities.values():
        entry = ledger.table(entity.name)
        if entity.module == module and entry is not None:
            found.append(GoingEntity(name=entity.name, table=entry.table, records=counts.rows(entry.table)))
    return found


def _fields(model: Model, module: str, ledger: Ledger, counts: Counts) -> list[GoingField]:
    """Stored ones; a computed field takes nothing along."""
    found = []
    for entity in model.entities.values():
        if entity.module == module:
            continue
        for field in entity.fields.values():
            parts = field.type.columns()
            if not parts or field.system or layer_of(model, field) != module:
                continue
            entry = ledger.column(entity.name, field.name, parts[0].part)
            if entry is not None:
                values = counts.values(entry.table, entry.column)
                found.append(GoingField(entity=entity.name, name=field.name, column=entry.column, values=values))
    return found
