"""In charge of the addresses that change records: create, change, delete, restore, stage moves, links, upsert."""

from typing import Any

from flask import Response

from tenon.api import parameters, writes
from tenon.api.bodies import (
    json_object,
    optional_version,
    required_version,
    wants_little,
)
from tenon.api.meeting import meet_entity
from tenon.api.parameters import read_parameters
from tenon.api.repeats import carry_out
from tenon.api.upserts import upsert
from tenon.api.writes import Wish

STAGE_BODY = ("stage", "pipeline", "values", "reason", "version")


def create_record(entity: str) -> Response:
    known, name = meet_entity(entity)
    wish = _wish(read_parameters(parameters.SAVE))
    known.access.require(name, "create")
    values = json_object()
    return carry_out(known, lambda unit: writes.create(known, unit, name, values, wish))


def change_record(entity: str, identity: str) -> Response:
    known, name = meet_entity(entity)
    wish = _wish(read_parameters(parameters.SAVE))
    known.access.require(name, "update")
    values = json_object()
    version = required_version(values.pop("version", None))
    return carry_out(known, lambda unit: writes.change(known, unit, name, identity, values, version, wish))


def delete_record(entity: str, identity: str) -> Response:
    known, name = meet_entity(entity)
    given = read_parameters(parameters.VERSIONED)
    version = optional_version(given.get("version"))
    return carry_out(known, lambda unit: writes.delete(known, unit, name, identity, version))


def restore_record(entity: str, identity: str) -> Response:
    known, name = meet_entity(entity)
    wish = _wish(read_parameters(parameters.SAVE))
    version = optional_version()
    return carry_out(known, lambda unit: writes.restore(known, unit, name, identity, version, wish))


def move_stage(entity: str, identity: str) -> Response:
    known, name = meet_entity(entity)
    wish = _wish(read_parameters(parameters.SAVE))
    body = json_object(STAGE_BODY)
    move = writes.Move.read(body)
    version = optional_version(body.get("version"))
    return carry_out(known, lambda unit: writes.move_stage(known, unit, name, identity, move, version, wish))


def link_records(entity: str, identity: str, relationship: str, other: str) -> Response:
    known, name = meet_entity(entity)
    read_parameters(parameters.NOTHING)
    attributes = json_object(optional=True)
    return carry_out(known, lambda unit: writes.link(known, unit, name, identity, relationship, other, attributes))


def unlink_records(entity: str, identity: str, relationship: str, other: str) -> Response:
    known, name = meet_entity(entity)
    read_parameters(parameters.NOTHING)
    return carry_out(known, lambda unit: writes.unlink(known, unit, name, identity, relationship, other))


def upsert_record(entity: str, field: str, value: str) -> Response:
    known, name = meet_entity(entity)
    wish = _wish(read_parameters(parameters.SAVE))
    values = json_object()
    return carry_out(known, lambda unit: upsert(known, unit, name, field, value, values, wish))


def _wish(given: dict[str, Any]) -> Wish:
    return Wish(select=given.get("select", ()), minimal=wants_little())
