"""In charge of linking and unlinking records over a relationship."""

import pytest

from samples.records_world import World, missing_id
from tenon.errors import Forbidden, InvalidInput, NotFound, UnknownName


def test_a_link_carries_its_attributes(world: World) -> None:
    contact = world.create("contact", name="Kim")
    link = world.do(
        "ann", "link", "account", world.ids["acme"], "contacts", contact, {"role": "buyer", "since": "2026-01-01"}
    )
    record = world.read("account_contact", link.id)
    assert (link.entity, record["role"], record["since"]) == ("account_contact", "buyer", "2026-01-01")
    assert record["account"]["id"] == world.ids["acme"]
    assert record["contact"]["id"] == contact


def test_linking_twice_is_linking_once_but_another_role_is_another_link(world: World) -> None:
    contact = world.create("contact", name="Kim")
    arguments = ("account", world.ids["acme"], "contacts", contact)
    first = world.do("ann", "link", *arguments, {"role": "buyer"})
    assert world.do("ann", "link", *arguments, {"role": "buyer"}).id == first.id
    assert world.do("ann", "link", *arguments).changed is False
    assert world.do("ann", "link", *arguments, {"role": "user"}).id != first.id
    assert len(world.find("account_contact")) == 2


def test_unlinking_undoes_every_tie(world: World) -> None:
    contact = world.create("contact", name="Kim")
    arguments = ("account", world.ids["acme"], "contacts", contact)
    for role in ("buyer", "user"):
        world.do("ann", "link", *arguments, {"role": role})
    world.do("ann", "unlink", *arguments)
    assert world.find("account_contact") == []
    with pytest.raises(NotFound):
        world.do("ann", "unlink", *arguments)


def test_children_are_linked_by_their_own_look_up(world: World) -> None:
    world.do("boss", "link", "account", world.ids["bolt"], "deals", world.ids["deal"])
    assert world.read("deal", world.ids["deal"])["account"]["id"] == world.ids["bolt"]
    with pytest.raises(NotFound):
        world.do("boss", "unlink", "account", world.ids["acme"], "deals", world.ids["deal"])
    with pytest.raises(InvalidInput):
        world.do("boss", "unlink", "account", world.ids["bolt"], "deals", world.ids["deal"])


def test_bad_links_are_refused(world: World) -> None:
    contact = world.create("contact", name="Kim")
    with pytest.raises(UnknownName) as refusal:
        world.do("ann", "link", "account", world.ids["acme"], "contact", contact)
    assert "contacts" in str(refusal.value.hint)
    with pytest.raises(NotFound):
        world.do("ann", "link", "account", world.ids["acme"], "contacts", missing_id())
    with pytest.raises(InvalidInput):
        world.do("ann", "link", "account", world.ids["acme"], "contacts", contact, {"rolle": "x"})
    with pytest.raises(NotFound):
        world.do("ann", "link", "account", world.ids["hidden"], "contacts", contact)
    with pytest.raises(Forbidden):
        world.do("ann", "link", "account", world.ids["bolt"], "contacts", contact)
