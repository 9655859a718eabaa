"""In charge of which path of the old model a path of the new one was."""

from collections.abc import Iterator, Mapping, Sequence

from tenon.model import Model
from tenon.schema.entity_operations import RenameEntity
from tenon.schema.field_operations import RenameField
from tenon.schema.operations import Operation


def renamed_paths(found: Sequence[Operation], before: Model | None, after: Model) -> dict[str, str]:
    """Today's paths to those before, of what the steps `found` rename and of fields that change their type as well."""
    entities = {step.entity: step.was for step in found if isinstance(step, RenameEntity)}
    paths = {f"entities.{new}": f"entities.{old}" for new, old in entities.items()}
    if before is not None:
        paths.update(_renamed_and_changed(before, after, entities))
    for step in found:
        if isinstance(step, RenameField):
            paths[step.subject] = f"entities.{entities.get(step.entity, step.entity)}.fields.{step.was}"
    return paths


def _renamed_and_changed(before: Model, after: Model, entities: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The step about such a field tells of its type, not of its name."""
    for entity in after.entities.values():
        former = entities.get(entity.name, entity.name)
        known = before.entities.get(former)
        if known is None or known is entity:
            continue
        for field in entity.fields.values():
            gone = (name for name in field.was if name in known.fields and name not in entity.fields)
            was = next(gone, None) if field.name not in known.fields else None
            if was is not None:
                yield f"entities.{entity.name}.fields.{field.name}", f"entities.{former}.fields.{was}"
