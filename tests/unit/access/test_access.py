"""In charge of what roles add up to, on the model of the security tests."""

from dataclasses import replace

import pytest

from security.reading_world import model
from tenon.access import Access, all_of, any_of
from tenon.actors import Actor
from tenon.errors import Forbidden, UnknownName
from tenon.expressions import Expression
from tenon.model import Names, Permit


def access(*roles: str, **scopes: set[str]) -> Access:
    kept = {("*" if name == "every" else name): frozenset(verbs) for name, verbs in scopes.items()}
    return Access.of(model(), Actor(id="x", name="X", roles=frozenset(roles), scopes=kept or None))


def words(permit: Permit) -> bool | str:
    return permit.text if isinstance(permit, Expression) else permit


def test_nobody_may_anything() -> None:
    assert not any(access().can(entity, "read") for entity in model().entities)
    assert access("no such role").readable_entities() == ()


def test_the_system_may_everything_but_write_what_the_engine_keeps() -> None:
    system = Access.of(model(), Actor.system("a test"))
    assert system.permit("vault", "export") is True
    assert "margin" in system.readable_fields("deal")
    assert {"id", "version", "profit", "created_at"}.isdisjoint(system.writable_fields("deal"))
    assert system.explain("deal", "read") == ()


def test_grants_of_several_roles_add_up() -> None:
    assert access("seller", "chief").permit("account", "read") is True
    both = words(access("seller", "keeper").permit("account", "read"))
    assert both == "(owner == user) or (region in user.region.subtree)"


def test_a_denial_wins_over_every_grant() -> None:
    assert access("chief", "auditor").can("deal", "export") is False
    assert access("chief", "auditor").can("account", "delete") is False
    assert access("chief").can("account", "delete") is True


def test_what_may_not_be_read_may_not_be_changed() -> None:
    assert access("chief", every={"update", "delete"}).can("deal", "update") is False


def test_a_tokens_scopes_limit_the_roles() -> None:
    reading = access("chief", every={"read"})
    assert (reading.permit("deal", "read"), reading.permit("deal", "update")) == (True, False)
    assert reading.writable_fields("deal") == ()
    narrow = access("chief", every={"read", "update"}, user={"read"})
    assert (narrow.can("user", "update"), narrow.can("deal", "update")) == (False, True)
    assert access("seller", every={"export"}).can("deal", "export") is False


def test_a_token_goes_on_with_an_entity_that_has_got_another_name() -> None:
    renamed = replace(model(), entities=Names({"bargain": replace(model().entities["deal"], was=("deal",))}))
    role = replace(model().roles["chief"], grants=Names({"bargain": model().roles["chief"].grants["deal"]}))
    actor = Actor(id="x", name="X", roles=frozenset(["chief"]), scopes={"deal": frozenset(["read"])})
    seen = Access.of(replace(renamed, roles=Names({"chief": role}), digest="renamed"), actor)
    assert (seen.can("bargain", "read"), seen.can("bargain", "update")) == (True, False)


def test_fields_follow_their_entity_unless_they_have_a_grant_of_their_own() -> None:
    seller = access("seller")
    assert seller.field_permit("deal", "name", "read") is True
    assert seller.field_permit("deal", "margin", "read") is False
    assert words(seller.field_permit("deal", "note", "read")) == "owner == user"
    assert seller.field_permit("account", "city", "update") is False
    assert seller.field_permit("deal", "no_such_field", "read") is False
    assert "margin" not in seller.readable_fields("deal")


def test_one_roles_records_do_not_open_another_roles_fields() -> None:
    """The auditor reads notes of won deals; that the keeper reads his own deals opens no note of theirs."""
    both = access("auditor", "keeper")
    assert words(both.permit("deal", "read")) == '(stage == "won") or (owner == user)'
    assert words(both.field_permit("deal", "note", "read")) == 'stage == "won"'
    assert (
        words(both.field_permit("deal", "margin", "read"))
        == '((stage == "won") and (owner == user)) or (owner == user)'
    )


def test_a_formula_is_readable_when_all_it_reads_is() -> None:
    seller = access("seller")
    assert "doubled" in seller.readable_fields("deal")
    assert "profit" not in seller.readable_fields("deal")
    assert "granted" in access("analyst").readable_fields("deal")
    assert "customer" not in access("analyst").readable_fields("deal")


def test_a_relationship_is_readable_when_both_ends_and_the_link_are() -> None:
    seller = access("seller")
    assert seller.reads_relationship("deal", "partners")
    assert not seller.reads_relationship("deal", "vault")
    assert not access("analyst").reads_relationship("deal", "partners")
    assert not seller.reads_relationship("deal", "no_such_one")


def test_fields_of_a_new_record_follow_the_right_to_create() -> None:
    seller = access("seller")
    assert {"name", "amount"} <= set(seller.writable_fields("deal", "create"))
    assert {"margin", "profit", "id"}.isdisjoint(seller.writable_fields("deal", "create"))
    assert seller.writable_fields("account", "create") == ()


def test_require_hides_what_may_not_be_met_and_names_what_is_missing() -> None:
    with pytest.raises(UnknownName):
        access("seller").require("vault", "read")
    with pytest.raises(UnknownName):
        access("chief").require("no_such_entity", "read")
    with pytest.raises(Forbidden) as refusal:
        access("seller").require("account", "export")
    assert "export" in refusal.value.message.in_("en")
    assert "导出" in refusal.value.message.in_("zh-CN")


def test_a_decision_can_be_explained() -> None:
    reasons = {
        (reason.role, reason.effect): reason for reason in access("seller", "auditor").explain("account", "export")
    }
    assert ("auditor", "denies") in reasons
    assert ("seller", "silent") in reasons
    (own,) = access("seller").explain("account", "read")
    assert (own.effect, own.scope) == ("allows", "own")
    assert own.origin is not None
    assert "seller" in own.sentence().in_("en")
    limited = access("chief", every={"read"}).explain("account", "update")
    assert limited[0].effect == "limits"


def test_people_with_the_same_roles_share_one_shape() -> None:
    people = [Actor(id=str(n), name="", roles=frozenset({"seller"})) for n in range(2)]
    assert len({Access.of(model(), person).shape for person in people}) == 1
    assert access("seller").shape is not access("seller", every={"read"}).shape


def test_permits_add_up_and_narrow() -> None:
    own = access("seller").permit("account", "read")
    assert any_of([False, own, own]) is own
    assert any_of([own, True]) is True
    assert any_of([]) is False
    assert all_of([True, own]) is own
    assert all_of([own, False]) is False
    assert all_of([]) is True
