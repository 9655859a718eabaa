"""In charge of what the expressions of processes may name: the record, and what stands around it.

`record` is the record itself, `trigger` what set an automation off, `steps` the results of earlier steps,
`request` the request for an approval, `person` somebody who may be chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tenon.compiler.work import Work
from tenon.expressions import DATETIME, INTEGER, TEXT, RecordShape, Scope, Type, record_of
from tenon.model import DataShape, EntityShape, UserShape

USER = "user"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where an expression stands. `entity` is of its record, None when there is none; `results` by step name."""

    entity: str | None
    roots: Mapping[str, RecordShape] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    has_old: bool = False
    has_user: bool = True

    def beside(self, **roots: RecordShape) -> "Scene":
        return replace(self, roots={**self.roots, **roots})

    def after(self, step: str, entity: str) -> "Scene":
        """Later steps may name the result of this one."""
        return replace(self, results={**self.results, step: entity})


def all_roots(work: Work, scene: Scene) -> dict[str, RecordShape]:
    roots = dict(scene.roots)
    if scene.entity in work.drafts:
        roots["record"] = shape_of(work, str(scene.entity))
    if scene.results:
        roots["steps"] = DataShape("steps", {name: record_type(work, entity) for name, entity in scene.results.items()})
    return roots


def scope_in(work: Work, scene: Scene, *, about: str | None = None, needs_sql: bool = False) -> Scope:
    """`about` is the entity whose fields bare names are, when it is not the scene's own."""
    entity = about or scene.entity
    own = entity is not None and entity == scene.entity
    if entity in work.drafts:
        base = work.scope(str(entity), has_old=scene.has_old and own, needs_sql=needs_sql)
    else:
        base = Scope(record=None, user=UserShape(work.drafts))
    return replace(
        base,
        roots=all_roots(work, scene),
        people=shape_of(work, USER) if USER in work.drafts else None,
        user=base.user if scene.has_user else None,
    )


def shape_of(work: Work, entity: str) -> EntityShape:
    return EntityShape(work.drafts, entity)


def record_type(work: Work, entity: str) -> Type:
    """A record of the entity; a text when there is no such entity, which is reported elsewhere."""
    return record_of(shape_of(work, entity)) if entity in work.drafts else TEXT


def request_shape(work: Work) -> DataShape:
    """A request for an approval, while it runs."""
    person = record_type(work, USER)
    known = {"submitter": person, "submitted_at": DATETIME, "comment": TEXT, "decisions": INTEGER, "round": INTEGER}
    return DataShape("request", known)


def has_owner(work: Work, entity: str | None) -> bool:
    """Whether records of the entity belong to somebody, perhaps through a parent."""
    return entity in work.drafts and work.drafts[str(entity)].node.pick("owned", False) is not False
