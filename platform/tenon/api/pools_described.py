"""In charge of describing the addresses of pools and assignments."""

from typing import Any

from apispec import APISpec

from tenon.access import Access
from tenon.api import pools
from tenon.api.components import COUNT, ID, READING, TEXT, WRITING, answers, list_of, object_of
from tenon.api.operations import documented, json_body, operation
from tenon.api.schemas import Schema, nullable, ref
from tenon.api.writes import BASE
from tenon.texts import Text, say

_ID: Schema = {"name": "id", "in": "path", "required": True, "schema": ID}
_FLAG: Schema = {"type": "boolean"}
_AT: Schema = {"type": "string", "format": "date-time"}
_PERSON: Schema = nullable(object_of(id=nullable(ID), title=nullable(TEXT)))
_WORDS: Schema = {"type": "string", "minLength": 1, "maxLength": 2000}
_IDS: Schema = {"type": "array", "items": ID, "minItems": 1, "maxItems": pools.MOST_CLAIMS}
_KEYED = ("IdempotencyKey",)
_STATES = ["claimed", "asked", "refused", "released", "handed_out", "transferred", "nobody"]
_POOL: dict[str, Schema] = {
    "name": TEXT,
    "label": TEXT,
    "help": nullable(TEXT),
    "entity": TEXT,
    "where": {**TEXT, "description": "The filter of the entity's list that shows the pool."},
    "masked": list_of(TEXT),
    "reasons": list_of(object_of(key=TEXT, label=TEXT)),
    "quota": object_of(
        allowed=_FLAG,
        today=COUNT,
        per_day=nullable(COUNT),
        held=COUNT,
        hold=nullable(COUNT),
        approve_above=nullable(COUNT),
        asks=_FLAG,
        left={**nullable(COUNT), "description": "How many more you may take now; null: as many as you like."},
    ),
}
_SCHEMAS: dict[str, Schema] = {
    "Pool": object_of(**_POOL),
    "PoolEvent": object_of(
        at=_AT,
        pool=TEXT,
        kind=TEXT,
        record=ID,
        person=_PERSON,
        by=_PERSON,
        reason=nullable(TEXT),
        note=nullable(TEXT),
        due=nullable(_AT),
    ),
    "Pools": object_of(pools=list_of(ref("Pool"))),
    "PoolRead": object_of(**_POOL, waiting=list_of(ref("PoolEvent"))),
    "PoolRecord": object_of(in_pool=_FLAG, events=list_of(ref("PoolEvent"))),
    "PoolClaims": object_of(
        outcomes=list_of(
            {
                **object_of(
                    record=ID,
                    state={"enum": ["claimed", "asked", "refused"]},
                    request=nullable(ID),
                    code=nullable(TEXT),
                    message=nullable(TEXT),
                    hint=nullable(TEXT),
                ),
                "required": ["record", "state"],
            }
        ),
        left=nullable(COUNT),
    ),
    "PoolChange": {
        **object_of(record=ID, state={"enum": _STATES}, person=nullable(ID)),
        "required": ["record", "state"],
    },
    "PoolTonight": object_of(
        at=nullable(_AT),
        complete=_FLAG,
        records=list_of(
            object_of(
                record=ID,
                title=nullable(TEXT),
                owner=object_of(id=ID, title=nullable(TEXT)),
                action={"enum": ["recycle", "warn"]},
                reason={"enum": ["no_followup", "no_deal"]},
                since=_AT,
                due=_AT,
            )
        ),
    ),
    "AssignmentExplained": object_of(
        assignment=TEXT,
        applies=_FLAG,
        person=nullable(ID),
        rule=nullable(TEXT),
        waits_until=nullable(_AT),
        rules=list_of(
            object_of(
                rule=TEXT,
                label=TEXT,
                fits=_FLAG,
                candidates=list_of(ID),
                passed_over=list_of(object_of(person=ID, why=TEXT)),
                chosen=nullable(ID),
            )
        ),
    ),
}


def add_pools(spec: APISpec, access: Access, language: str) -> None:
    """Only where the workspace has pools, or assignments, whose records the caller meets."""
    met = [pool.name for pool in access.model.pools.values() if access.can(pool.entity, "read")]
    rules = [one.name for one in access.model.assignments.values() if access.can(one.entity, "read")]
    if not met and not rules:
        return
    for name, schema in _SCHEMAS.items():
        spec.components.schema(name, schema)

    def add(path: str, method: str, name: str, summary: Text, responses: dict[str, Any], **more: Any) -> None:
        described = operation(name, summary, responses, language)
        spec.path(path=f"{BASE}/{path}", operations={method: {**described, "tags": ["workspace"], **more}})

    def change(verb: str, summary: Text, body: Schema, answer: str = "PoolChange") -> None:
        add(
            f"pools/{{pool}}/{verb}",
            "post",
            f"pool_{verb}",
            summary,
            answers(ref(answer), WRITING),
            parameters=[pool, *_KEYED],
            requestBody=json_body(body),
        )

    if rules:
        rule: Schema = {"name": "name", "in": "path", "required": True, "schema": {"enum": rules}}
        add(
            "assignments/{name}/explain",
            "get",
            "explain_assignment",
            say("Who would get a record, and why", "预览分配给谁及原因"),
            answers(ref("AssignmentExplained"), READING),
            parameters=[rule, *(documented(each, language) for each in pools.EXPLAIN.values())],
        )
    if not met:
        return
    pool: Schema = {"name": "pool", "in": "path", "required": True, "schema": {"enum": met}}
    add("pools", "get", "list_pools", say("The pools", "公海列表"), answers(ref("Pools"), READING))
    add(
        "pools/{pool}", "get", "read_pool", say("One pool, and what you may take", "公海及可领取数量"),
        answers(ref("PoolRead"), READING), parameters=[pool],
    )  # fmt: skip
    add(
        "pools/{pool}/records/{id}", "get", "read_pool_record", say("A record's way through pools", "记录的公海流转"),
        answers(ref("PoolRecord"), READING), parameters=[pool, _ID],
    )  # fmt: skip
    if access.administers:
        add(
            "pools/{pool}/tonight", "get", "pool_tonight", say("What the next night would do", "预览今晚的回收"),
            answers(ref("PoolTonight"), READING), parameters=[pool],
        )  # fmt: skip
    change("claim", say("Take records out of the pool", "领取"), object_of(records=_IDS), "PoolClaims")
    change("release", say("Give a record back", "退回"), _body(("record",), record=ID, reason=_WORDS, note=_WORDS))
    change("hand_out", say("Hand a record out", "分配"), _body(("record",), record=ID, to=ID))
    change("transfer", say("Pass a record on", "转交"), _body(("record", "to"), record=ID, to=ID, note=_WORDS))
    deciding = _body(("record", "person", "agree"), record=ID, person=ID, agree=_FLAG, note=_WORDS)
    change("decide", say("Decide on a claim above the limit", "处理超额领取申请"), deciding)


def _body(required: tuple[str, ...], **properties: Schema) -> Schema:
    return {**object_of(**properties), "required": list(required)}
