"""In charge of the write side of security: every verb of the writer meets every forbidden thing.

Each is refused without a word about what the actor may not see, and leaves the database as it was.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from samples.records_world import World, build_world, missing_id
from tenon.errors import Forbidden, InvalidInput, NotFound, StaleVersion, TenonError, UnknownName
from tenon.records import ImportOptions

Call = Callable[[World, str], Any]
SECRETS = ("Covert", "Quiet", "H1", "Cem")


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    world = build_world(database_url)
    world.ids["kim"] = world.create("contact", name="Kim")
    world.ids["gone"] = world.create("deal", name="Gone", account=world.ids["acme"], owner=world.ids["ann"])
    world.do("boss", "delete", "deal", world.ids["gone"], version=None)
    world.ids["gone_hidden"] = world.create(
        "deal", name="Quiet too", account=world.ids["hidden"], owner=world.ids["cem"]
    )
    world.do("boss", "delete", "deal", world.ids["gone_hidden"], version=None)
    yield world
    world.database.close()


def _refused(world: World, who: str, expected: tuple[type[TenonError], ...], call: Call) -> TenonError:
    before = world.everything()
    with pytest.raises(expected) as refusal:
        call(world, who)
    assert world.everything() == before
    said = _said(refusal.value)
    assert not [secret for secret in SECRETS if secret in said], said
    return refusal.value


def _said(error: TenonError) -> str:
    parts = [error.message, error.hint, *(text for detail in error.details for text in (detail.message, detail.hint))]
    texts = [text.in_(language) for text in parts if text is not None for language in ("en", "zh-CN")]
    return " ".join([*texts, str(error.extra)])


def _bulk(entity: str, values: dict[str, Any]) -> Call:
    def call(world: World, who: str) -> None:
        (outcome,) = world.do(who, "create_many", entity, [_filled(world, values)])
        if outcome.error is not None:
            raise outcome.error

    return call


def _filled(world: World, values: dict[str, Any]) -> dict[str, Any]:
    """Values that begin with @ are names of records."""
    return {
        name: world.ids[value[1:]] if isinstance(value, str) and value.startswith("@") else value
        for name, value in values.items()
    }


def _call(verb: str, entity: str, *arguments: Any, **options: Any) -> Call:
    def call(world: World, who: str) -> Any:
        ready = [
            _filled(world, part) if isinstance(part, dict) else _filled(world, {"": part})[""] for part in arguments
        ]
        return world.do(who, verb, entity, *ready, **options)

    return call


ON_HIDDEN: dict[str, Call] = {
    "change": _call("change", "deal", "@hidden_deal", {"name": "x"}, version=1),
    "change without version": _call("change", "deal", "@hidden_deal", {"name": "x"}, version=None),
    "change with a wrong version": _call("change", "deal", "@hidden_deal", {"name": "x"}, version=99),
    "change with bad values": _call("change", "deal", "@hidden_deal", {"nmae": "x", "amount": "y"}, version=1),
    "move": _call("move_stage", "deal", "@hidden_deal", "lost", values={"loss_reason": "x"}, version=1),
    "delete": _call("delete", "deal", "@hidden_deal", version=None),
    "restore": _call("restore", "deal", "@gone_hidden"),
    "link": _call("link", "account", "@hidden", "contacts", "@kim"),
    "link children": _call("link", "account", "@acme", "deals", "@hidden_deal"),
    "unlink": _call("unlink", "account", "@hidden", "contacts", "@kim"),
    "unlink children": _call("unlink", "account", "@hidden", "deals", "@hidden_deal"),
}

ON_FORBIDDEN: dict[str, Call] = {
    "create for somebody else": _call("create", "account", {"name": "x", "owner": "@ben"}),
    "create many for somebody else": _bulk("account", {"name": "x", "owner": "@ben"}),
    "change": _call("change", "account", "@bolt", {"name": "x"}, version=1),
    "take over": _call("change", "account", "@bolt", {"owner": "@ann"}, version=1),
    "delete": _call("delete", "account", "@bolt", version=None),
    "link": _call("link", "account", "@bolt", "contacts", "@kim"),
    "delete where nothing may be deleted": _call("delete", "contact", "@kim", version=None),
    "create where nothing may be created": _call("create", "product", {"name": "x"}),
    "create many where nothing may be created": _bulk("product", {"name": "x"}),
    "change where nothing may be changed": _call("change", "product", "@pump", {"name": "x"}, version=None),
    "import": _call("create_many", "account", {}, as_import=ImportOptions()),
    "a step that is for others": _call("move_stage", "deal", "@ready", "won", version=None),
}

BY_NOBODY: dict[str, Call] = {
    "create": _call("create", "account", {"name": "x"}),
    "create many": _bulk("account", {"name": "x"}),
    "change": _call("change", "account", "@acme", {"name": "x"}, version=1),
    "move": _call("move_stage", "deal", "@deal", "lost", version=1),
    "delete": _call("delete", "account", "@acme", version=1),
    "restore": _call("restore", "deal", "@gone"),
    "link": _call("link", "account", "@acme", "contacts", "@kim"),
    "unlink": _call("unlink", "account", "@acme", "contacts", "@kim"),
}


def test_a_record_out_of_sight_is_like_one_that_is_not_there(world: World) -> None:
    for name, call in ON_HIDDEN.items():
        refusal = _refused(world, "ann", (NotFound,), call)
        absent = replace(
            world, ids={**world.ids, **dict.fromkeys(("hidden_deal", "hidden", "gone_hidden"), missing_id())}
        )
        with pytest.raises(NotFound) as unknown:
            call(absent, "ann")
        assert _said(refusal) == _said(unknown.value), name


def test_what_may_be_read_but_not_written_is_forbidden(world: World) -> None:
    world.ids["ready"] = world.create("deal", name="Ready", account=world.ids["acme"], owner=world.ids["ann"], amount=1)
    world.create("deal_line", deal=world.ids["ready"])
    world.do("ann", "move_stage", "deal", world.ids["ready"], "propose", version=None)
    for call in ON_FORBIDDEN.values():
        _refused(world, "ann", (Forbidden,), call)


def test_who_has_no_rights_does_not_even_learn_which_entities_there_are(world: World) -> None:
    for call in BY_NOBODY.values():
        refusal = _refused(world, "nobody", (UnknownName,), call)
        assert refusal.hint is None


def test_a_hidden_field_is_like_one_that_is_not_there(world: World) -> None:
    for verb, head, options in (
        ("create", ("account",), {}),
        ("change", ("account", world.ids["acme"]), {"version": None}),
    ):
        said = []
        for field in ("credit", "cridet"):
            call = lambda w, who, field=field, head=head: w.do(who, verb, *head, {"name": "x", field: 1}, **options)  # noqa: E731, B023
            refusal = _refused(world, "ann", (InvalidInput,), call)
            assert [(detail.path, detail.code) for detail in refusal.details] == [(field, "unknown_name")]
            said.append(_said(refusal).replace(field, "…"))
        assert said[0] == said[1]
    _refused(world, "ann", (InvalidInput,), _bulk("account", {"name": "x", "credit": 1}))


def test_a_field_that_is_only_read_cannot_be_written_by_any_verb(world: World) -> None:
    for call in (
        _call("create", "account", {"name": "x", "code": "Z"}),
        _bulk("account", {"name": "x", "code": "Z"}),
        _call("change", "account", "@acme", {"code": "Z"}, version=None),
        _call("change", "deal", "@deal", {"discount": 1}, version=None),
        _call("move_stage", "deal", "@deal", "lost", values={"loss_reason": "x", "discount": 1}, version=None),
    ):
        refusal = _refused(world, "ann", (InvalidInput, Forbidden), call)
        assert [detail.path for detail in refusal.details] in (["code"], ["discount"])


def test_a_field_scope_is_held_against_the_record_as_it_is(world: World) -> None:
    world.do("ann", "change", "account", world.ids["acme"], {"notes": "fine"}, version=None)
    world.do("boss", "change", "account", world.ids["acme"], {"status": "signed"}, version=None)
    for values in ({"notes": "x"}, {"notes": "x", "status": "following"}):
        refusal = _refused(world, "ann", (Forbidden,), _call("change", "account", "@acme", values, version=None))
        assert [detail.path for detail in refusal.details] == ["notes"]
    world.do("ann", "change", "account", world.ids["acme"], {"notes": "fine", "name": "Same notes"}, version=None)


def test_a_look_up_cannot_reach_what_is_out_of_sight(world: World) -> None:
    for call in (
        lambda target: _call("create", "deal", {"name": "x", "account": target}),
        lambda target: _bulk("deal", {"name": "x", "account": target}),
        lambda target: _call("change", "deal", "@deal", {"account": target}, version=None),
        lambda target: _call("change", "deal", "@deal", {"account": target, "nonsense": 1}, version=None),
    ):
        world.ids["nowhere"] = missing_id()
        said = [_said(_refused(world, "ann", (InvalidInput,), call(target))) for target in ("@hidden", "@nowhere")]
        assert said[0] == said[1]


def test_rules_over_a_hidden_record_are_not_an_oracle(world: World) -> None:
    """Whether its discount limit is above or below, the answer is that there is no such record."""
    said = set()
    for limit in ("1", "50"):
        world.do("boss", "change", "account", world.ids["hidden"], {"most_discount": limit}, version=None)
        call = _call("create", "deal", {"name": "x", "account": "@hidden", "close_date": "2026-05-01"})
        said.add(_said(_refused(world, "ann", (InvalidInput,), call)))
    assert len(said) == 1


def test_a_duplicate_out_of_sight_is_not_named(world: World) -> None:
    boss = world.actors["boss"]
    world.actors["clerk"] = replace(boss, roles=frozenset({"seller"}), department=world.ids["sales"])
    world.do("boss", "change", "account", world.ids["hidden"], {"code": "TAKEN"}, version=None)
    world.actors["rita_north"] = world.actors["rita"]
    refusal = _refused(
        world, "rita", (TenonError,), _call("create", "account", {"name": "x", "region": "@east", "code": "TAKEN"})
    )
    assert refusal.extra == {}
    assert refusal.hint is None


def test_a_stale_version_shows_only_what_may_be_read(world: World) -> None:
    world.do(
        "boss", "change", "account", world.ids["acme"], {"credit": "77070777", "secret": "s", "name": "Y"}, version=None
    )
    refusal = _refused(world, "ann", (StaleVersion,), _call("change", "account", "@acme", {"name": "x"}, version=1))
    assert "77070777" not in _said(refusal)
    assert set(refusal.extra["fields"]) == {"name"}


@pytest.mark.parametrize("verb", ["create", "update", "delete", "read"])
def test_a_token_narrows_what_its_owner_may_do(world: World, verb: str) -> None:
    every = {"read", "create", "update", "delete"}
    token = replace(world.actors["boss"], scopes={"deal": frozenset(every - {verb}), "*": frozenset({"read"})})
    world.actors["token"] = token
    calls: dict[str, list[Call]] = {
        "create": [
            _call("create", "deal", {"name": "x", "account": "@acme"}),
            _bulk("deal", {"name": "x", "account": "@acme"}),
        ],
        "update": [
            _call("change", "deal", "@deal", {"name": "x"}, version=None),
            _call("move_stage", "deal", "@deal", "lost", values={"loss_reason": "x"}, version=None),
            _call("link", "account", "@bolt", "deals", "@deal"),
        ],
        "delete": [_call("delete", "deal", "@deal", version=None), _call("restore", "deal", "@gone")],
        "read": [],
    }
    calls["read"] = [*calls["update"][:2], *calls["delete"]]
    for call in calls[verb]:
        _refused(world, "token", (Forbidden, UnknownName), call)


def test_a_token_for_one_entity_writes_nothing_through_another(world: World) -> None:
    scopes = {"account": frozenset({"read", "update"}), "contact": frozenset({"read"})}
    world.actors["token"] = replace(world.actors["boss"], scopes=scopes)
    _refused(world, "token", (Forbidden, UnknownName), _call("link", "account", "@acme", "contacts", "@kim"))
    _refused(world, "token", (Forbidden, UnknownName), _call("create", "account", {"name": "x"}))


def test_one_bad_row_does_not_open_the_door_for_others(world: World) -> None:
    rows = [
        {"name": "Mine", "account": world.ids["acme"]},
        {"name": "Hidden", "account": world.ids["hidden"]},
        {"name": "His", "account": world.ids["acme"], "owner": world.ids["cem"]},
    ]
    outcomes = world.do("ann", "create_many", "deal", rows)
    assert [outcome.saved is not None for outcome in outcomes] == [True, False, False]
    assert {deal["name"] for deal in world.find("deal", who="boss")} == {"Ten pumps", "Quiet", "Mine"}
    assert len(world.rows("outbox", kind="record.created", entity="deal")) == 5
