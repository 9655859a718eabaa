"""In charge of the next ledger: the entities and fields of a new model live where they were, as far as possible."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from tenon.compiler.collecting import while_making
from tenon.model import Entity, Field, Model
from tenon.schema.columns import may_stay, type_word
from tenon.schema.history import Former
from tenon.schema.indexes import INTERNAL, wanted_indexes
from tenon.schema.ledger import Entry, Kind, Ledger, Place, path_of
from tenon.schema.meanings import meaning_of, means_the_same
from tenon.schema.naming import physical_name
from tenon.schema.settled import Settled, Surroundings


@while_making()
def follow(ledger: Ledger, model: Model, version: int, before: Model | None = None) -> Ledger:
    """Names under `was` are looked up where nothing lives under the new name; what is not in the model retires.

    A field that says for the first time what it was called takes its values along, also when another one has come
    under the old name.

    `before` knows the renames that are taken back: a name that was given up for a new one by `was`, and returns.
    """
    draft = _Draft(ledger, version, before)
    for entity in model.entities.values():
        draft.place_table(model, entity)
    unsettled = [entity for entity in model.entities.values() if not draft.is_settled(model, entity)]
    for entity in unsettled:
        draft.place_fields(entity)
    draft.retire_rest()
    for entity in unsettled:
        draft.place_indexes(model, entity)
        draft.note_settled(model, entity)
    return Ledger(tuple(draft.entries.values()))


_SETTLED = Settled()
"""Of all workspaces of the process, which may share entities."""


class _Wanted(NamedTuple):
    """What a column must be to serve a field: storage of the type, and the same meaning."""

    word: str
    meaning: str

    def found_in(self, entry: Entry) -> bool:
        return may_stay(entry.type, self.word) and means_the_same(entry.meaning, self.meaning)


class _Draft:
    """A ledger while it is changed, with its entries at hand by place, by path and by table."""

    def __init__(self, before: Ledger, version: int, model: Model | None) -> None:
        self.version = version
        self._model_before = model
        self._former = Former(model, before)
        self.entries: dict[Place, Entry] = {}
        self._by_path: dict[tuple[Kind, str], dict[Place, Entry]] = {}
        self._by_table: dict[str, dict[Place, Entry]] = {}
        self._index_names: set[str] = set()
        self._kept: set[Place] = set()
        self._settled: set[str] = set()
        self._before: dict[str, Surroundings] = {}
        for entry in before.entries:
            self._put(entry)

    def is_settled(self, model: Model, entity: Entity) -> bool:
        """Whether it was placed in these very columns before, and nothing is to be done for it; tables come first."""
        if not self._is_as_before(entity):
            return False
        found = self._before[entity.name] = self._surroundings(model, entity)
        if not _SETTLED.holds(entity, found):
            return False
        self._settled.add(self._table_of(entity.name))
        return True

    def note_settled(self, model: Model, entity: Entity) -> None:
        """If placing it changed nothing."""
        found = self._before.get(entity.name)
        if found is not None and found == self._surroundings(model, entity):
            _SETTLED.note(entity, found)

    def _is_as_before(self, entity: Entity) -> bool:
        """Where the model before knows another one, values may be taken along from field to field."""
        return self._model_before is None or self._model_before.entities.get(entity.name) is entity

    def _surroundings(self, model: Model, entity: Entity) -> Surroundings:
        targets = dict.fromkeys(field.leads_to for field in entity.fields.values() if field.leads_to is not None)
        tables = (f"{self._table_of(name)}{'' if name in model.entities else '?'}" for name in targets)
        return tuple(self._by_table[self._table_of(entity.name)].values()), tuple(tables)

    def place_table(self, model: Model, entity: Entity) -> None:
        entry = (
            self._live("entity", entity.name)
            or self._renamed_entity(model, entity)
            or self._retired("entity", entity.name)
            or self._new_table(entity.name)
        )
        self._keep(entry, path=entity.name)

    def place_fields(self, entity: Entity) -> None:
        """When every table is placed: what a look-up means is the table it points to."""
        table = self.entries[self._live_place("entity", entity.name)].table
        columns = [entry for entry in self._by_table[table].values() if entry.kind == "field"]
        claimed = self._former.claims(entity, columns)
        for field in sorted(entity.fields.values(), key=lambda field: field.name not in claimed.values()):
            self._place_field(entity, field, table, claimed)

    def retire_rest(self) -> None:
        for place, entry in list(self.entries.items()):
            if entry.kind != "index" and entry.state == "live" and not self._has_place(place, entry):
                self._put(replace(entry, state="retired", since=self.version))

    def _has_place(self, place: Place, entry: Entry) -> bool:
        return place in self._kept or (entry.kind == "field" and entry.table in self._settled)

    def place_indexes(self, model: Model, entity: Entity) -> None:
        """An index is its definition; what is not wanted any more is forgotten, and dropped by the plan."""
        table = self.entries[self._live_place("entity", entity.name)].table
        wanted = wanted_indexes(model, entity, lambda owner, name: self._live("field", path_of(owner, name)))
        present = {entry.type: entry for entry in self._by_table[table].values() if entry.kind == "index"}
        for definition in present.keys() - {index.definition for index in wanted}:
            self._take(present[definition].place)
        for index in wanted:
            if index.definition not in present:
                name = physical_name(f"{table}__{index.name}", self._index_names)
                entry = Entry(kind="index", path=entity.name, table=table, column=name, type=index.definition)
                self._put(replace(entry, since=self.version))

    def _place_field(self, entity: Entity, field: Field, table: str, claimed: Mapping[str, str]) -> None:
        meaning = meaning_of(field, self._table_of)
        gone = field.name in claimed or self._former.takes_back(entity, field)
        for column in field.type.columns():
            path, word = path_of(entity.name, field.name, column.part), type_word(column.type)
            wanted = _Wanted(word, meaning)
            entry = (
                self._unless_better(None if gone else self._live("field", path, wanted), path, table, wanted)
                or self._renamed_field(entity, field, column.part, wanted, claimed)
                or self._restored(entity, field, column.part, table, wanted)
                or self._retired("field", path, table, wanted)
                or self._new_column(f"{field.name}_{column.part}" if column.part else field.name, table)
            )
            self._keep(entry, path=path, type=word, meaning=meaning)

    def _unless_better(self, live: Entry | None, path: str, table: str, wanted: "_Wanted") -> Entry | None:
        """The column in use, unless one that was given up is of the very type: a narrower type is taken back."""
        if live is None or live.type == wanted.word:
            return live
        given_up = self._retired("field", path, table, wanted)
        return given_up if given_up is not None and given_up.type == wanted.word else live

    def _table_of(self, entity: str) -> str:
        found = self._live("entity", entity)
        return found.table if found is not None else entity

    def _live_place(self, kind: Kind, path: str) -> Place:
        return next(place for place, entry in self._by_path[kind, path].items() if entry.state == "live")

    def _live(self, kind: Kind, path: str, wanted: "_Wanted | None" = None) -> Entry | None:
        for entry in self._by_path.get((kind, path), {}).values():
            if entry.state == "live" and (wanted is None or wanted.found_in(entry)):
                return entry
        return None

    def _retired(self, kind: Kind, path: str, table: str = "", wanted: "_Wanted | None" = None) -> Entry | None:
        """What was retired last under this path: what comes back finds its values."""
        fitting = [
            entry
            for entry in self._by_path.get((kind, path), {}).values()
            if entry.state == "retired" and table in ("", entry.table) and (wanted is None or wanted.found_in(entry))
        ]
        return max(fitting, key=lambda entry: entry.since, default=None)

    def _restored(self, entity: Entity, field: Field, part: str, table: str, wanted: "_Wanted") -> Entry | None:
        """What the field says it restores: by the name it had, and the version that retired it."""
        if not field.restores:
            return None
        name, _at, version = field.restores.partition("@")
        fitting = [
            entry
            for entry in self._by_path.get(("field", path_of(entity.name, name, part)), {}).values()
            if entry.state == "retired" and entry.table == table and wanted.found_in(entry)
        ]
        chosen = [entry for entry in fitting if not version or entry.since == int(version)]
        return max(chosen, key=lambda entry: entry.since, default=None)

    def _renamed_entity(self, model: Model, entity: Entity) -> Entry | None:
        for old in (*entity.was, *self._given_up_entity(entity.name)):
            entry = self._live("entity", old)
            if entry is not None and old not in model.entities:
                self._move_paths(entry.table, old, entity.name)
                return self.entries[entry.place]
        return None

    def _renamed_field(
        self, entity: Entity, field: Field, part: str, wanted: "_Wanted", claimed: Mapping[str, str]
    ) -> Entry | None:
        for old in (*field.was, *self._given_up_field(entity, field.name)):
            if old not in entity.fields or claimed.get(old) == field.name:
                entry = self._live("field", path_of(entity.name, old, part), wanted)
                if entry is not None:
                    return entry
        return None

    def _given_up_entity(self, name: str) -> list[str]:
        """What the model before calls the entity that it says was `name`."""
        known = self._model_before.entities.values() if self._model_before is not None else ()
        return [entity.name for entity in known if name in entity.was]

    def _given_up_field(self, entity: Entity, name: str) -> list[str]:
        names = (entity.name, *entity.was, *self._given_up_entity(entity.name))
        before = self._model_before.entities if self._model_before is not None else {}
        known = next((before[called] for called in names if called in before), None)
        return [] if known is None else [field.name for field in known.fields.values() if name in field.was]

    def _move_paths(self, table: str, old: str, new: str) -> None:
        """Everything of the table goes by the new name, what is retired too."""
        for entry in list(self._by_table[table].values()):
            self._put(replace(entry, path=new + entry.path.removeprefix(old)))

    def _new_table(self, entity: str) -> Entry:
        return Entry(kind="entity", path=entity, table=physical_name(f"t_{entity}", self._by_table), since=self.version)

    def _new_column(self, wanted: str, table: str) -> Entry:
        taken = {*INTERNAL, *(entry.column for entry in self._by_table[table].values() if entry.kind == "field")}
        name = physical_name(wanted, taken)
        return Entry(kind="field", path="", table=table, column=name, since=self.version)

    def _keep(self, entry: Entry, *, path: str, type: str = "", meaning: str = "") -> Entry:
        if self._is_as_it_was(entry, path, type, meaning):
            self._kept.add(entry.place)
            return entry
        since = entry.since if entry.state == "live" else self.version
        kept = replace(entry, path=path, state="live", since=since, type=type, meaning=meaning)
        self._put(kept)
        self._kept.add(kept.place)
        return kept

    def _is_as_it_was(self, entry: Entry, path: str, type: str, meaning: str) -> bool:
        wanted = (path, "live", type, meaning)
        known = self.entries.get(entry.place)
        return known is entry and (entry.path, entry.state, entry.type, entry.meaning) == wanted

    def _put(self, entry: Entry) -> None:
        old = self.entries.get(entry.place)
        if old is not None and old.path != entry.path:
            del self._by_path[old.kind, old.path][old.place]
        self.entries[entry.place] = entry
        self._by_path.setdefault((entry.kind, entry.path), {})[entry.place] = entry
        self._by_table.setdefault(entry.table, {})[entry.place] = entry
        if entry.kind == "index":
            self._index_names.add(entry.column)

    def _take(self, place: Place) -> None:
        entry = self.entries.pop(place)
        del self._by_path[entry.kind, entry.path][place]
        del self._by_table[entry.table][place]
