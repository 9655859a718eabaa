"""In charge of what a change of the model means to callers of the API: what is new, what differs, what is gone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tenon.model.entities import Entity, Field, Relationship
from tenon.model.workspace import Model
from tenon.texts import Text, say

Kind = Literal["added", "changed", "renamed", "gone"]
What = Literal["entity", "field", "relationship"]
WORDS: Mapping[What, Text] = {
    "entity": say("entity", "实体"),
    "field": say("field", "字段"),
    "relationship": say("relationship", "关系"),
}


@dataclass(frozen=True, kw_only=True)
class ContractChange:
    """`name` is as callers write it; `breaking` when a call that worked may be refused or read otherwise."""

    kind: Kind
    what: What
    name: str
    breaking: bool = False
    detail: Text | None = None

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "what": self.what, "name": self.name, "breaking": self.breaking}


def contract_changes(before: Model | None, after: Model) -> tuple[ContractChange, ...]:
    """In the order of the newer model, then what is gone. Nothing when nobody could call it before."""
    return () if before is None else tuple(_changes(before, after))


def _changes(before: Model, after: Model) -> Iterator[ContractChange]:
    kept = set()
    for entity in after.entities.values():
        former = _former(entity, before.entities)
        if former is None:
            yield ContractChange(kind="added", what="entity", name=entity.name)
            continue
        kept.add(former.name)
        if former.name != entity.name:
            yield _renamed("entity", former.name, entity.name)
        if former is not entity:
            yield from _fields(former, entity)
            yield from _relationships(former, entity)
    for name in before.entities:
        if name not in kept:
            yield ContractChange(kind="gone", what="entity", name=name, breaking=True)


def _fields(former: Entity, entity: Entity) -> Iterator[ContractChange]:
    kept = set()
    for field in entity.fields.values():
        name, was = f"{entity.name}.{field.name}", _former(field, former.fields)
        if was is None:
            yield _added(field, name)
            continue
        kept.add(was.name)
        if was.name != field.name:
            yield _renamed("field", f"{former.name}.{was.name}", name)
        if was is not field:
            yield from _changed(was, field, name)
    for gone in former.fields:
        if gone not in kept:
            yield ContractChange(kind="gone", what="field", name=f"{entity.name}.{gone}", breaking=True)


def _added(field: Field, name: str) -> ContractChange:
    """A new field breaks callers only when a new record is refused without it."""
    demanded = field.required and field.default is None and field.type.writable and not field.system
    detail = say("required", "必填") if demanded else None
    return ContractChange(kind="added", what="field", name=name, breaking=demanded, detail=detail)


def _changed(was: Field, field: Field, name: str) -> Iterator[ContractChange]:
    if was.type.key != field.type.key or was.leads_to != field.leads_to:
        detail = say("{old} → {new}", "{old} → {new}", old=_type(was), new=_type(field))
        yield ContractChange(kind="changed", what="field", name=name, breaking=True, detail=detail)
        return
    if field.required and not was.required and field.default is None:
        yield ContractChange(
            kind="changed", what="field", name=name, breaking=True, detail=say("now required", "改为必填")
        )
    old, new = was.type.openapi(), field.type.openapi()
    if old != new:
        gone = sorted(set(map(str, old.get("enum", ()))) - set(map(str, new.get("enum", ()))))
        detail = say("other values", "取值不同")
        if gone:
            detail = say("no longer: {keys}", "不再可用：{keys}", keys=", ".join(gone))
        more = "enum" in old and not gone
        yield ContractChange(kind="changed", what="field", name=name, breaking=not more, detail=detail)


def _type(field: Field) -> str:
    return f"{field.type.key} ({field.leads_to})" if field.leads_to else field.type.key


def _relationships(former: Entity, entity: Entity) -> Iterator[ContractChange]:
    for name, relationship in entity.relationships.items():
        was = former.relationships.get(name)
        shown = f"{entity.name}.{name}"
        if was is None:
            yield ContractChange(kind="added", what="relationship", name=shown)
        elif _ends(was) != _ends(relationship):
            yield ContractChange(kind="changed", what="relationship", name=shown, breaking=True)
    for name in former.relationships:
        if name not in entity.relationships:
            yield ContractChange(kind="gone", what="relationship", name=f"{entity.name}.{name}", breaking=True)


def _ends(relationship: Relationship) -> tuple[str, str]:
    return relationship.kind, relationship.entity


def _renamed(what: What, old: str, new: str) -> ContractChange:
    """The old name keeps answering, so nothing breaks."""
    detail = say("was {old}", "原名 {old}", old=old)
    return ContractChange(kind="renamed", what=what, name=new, detail=detail)


def _former(thing: Any, known: Mapping[str, Any]) -> Any:
    """The thing of the older model that this one was: of the same name, or of one it had before."""
    return next((known[name] for name in (thing.name, *thing.was) if name in known), None)
