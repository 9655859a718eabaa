"""In charge of what is known of a stage besides its key: kind, probability, label."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tenon.model import Entity, Stage
from tenon.model.moves import stages_of
from tenon.query.numbers import Number

Answer = tuple[ColumnElement[bool], ColumnElement[Any]]


def stage_facet(
    entity: Entity, key: ColumnElement[Any], pipeline: ColumnElement[Any] | None, name: str, language: str
) -> ColumnElement[Any]:
    """As the record's `pipeline` has it; null for a stage that is no more.

    Labels are in the workspace's language, so that filters mean one thing.
    """
    answers = [*_by_pipeline(entity, key, pipeline, name, language)] if pipeline is not None else []
    for stage in stages_of(entity).values():
        answers.append((key == stage.name, _value(stage, name, language)))
    return sa.case(*answers, else_=sa.null()) if answers else sa.null()


def _by_pipeline(
    entity: Entity, key: ColumnElement[Any], pipeline: ColumnElement[Any], name: str, language: str
) -> Iterator[Answer]:
    """Where a pipeline says something else of a stage than the first that has it."""
    first = stages_of(entity)
    for known in entity.pipelines.values():
        for stage in known.stages.values():
            if _known(stage, name, language) != _known(first[stage.name], name, language):
                yield (pipeline == known.name) & (key == stage.name), _value(stage, name, language)


def _value(stage: Stage, name: str, language: str) -> ColumnElement[Any]:
    return sa.literal(_known(stage, name, language), Number() if name == "probability" else sa.Text())


def _known(stage: Stage, name: str, language: str) -> Any:
    return stage.label.in_(language) if name == "label" else getattr(stage, name)
