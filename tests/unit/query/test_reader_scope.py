"""In charge of the names that exist for a reader, and of caches that forget."""

import pytest

from security.reading_world import model
from tenon.access import Access
from tenon.actors import Actor
from tenon.errors import BadRequest, UnknownName
from tenon.expressions import compile_expression
from tenon.query import reader_scope
from tenon.query.memory import Memory
from tenon.query.names import find


def access(role: str) -> Access:
    return Access.of(model(), Actor(id="x", name="X", roles=frozenset({role})))


@pytest.mark.parametrize(
    "text", ["margin > 1", "vault.name == 'x'", "owner.salary > 1", "count(vault_by_about) > 0", "profit > 0"]
)
def test_what_may_not_be_read_is_no_name(text: str) -> None:
    compile_expression(text, reader_scope(access("chief").shape, "deal"))
    with pytest.raises(BadRequest) as refusal:
        compile_expression(text, reader_scope(access("seller").shape, "deal"))
    assert refusal.value.code in ("unknown_name", "bad_expression")


def test_a_name_is_found_along_look_ups_and_into_values() -> None:
    shape = access("seller").shape
    assert find(shape, "deal", "account.region.name", where="select").field.entity == "region"
    assert find(shape, "deal", "amount.currency", where="select").part == "currency"
    assert find(shape, "deal", "stage.kind", where="select").part == "kind"


@pytest.mark.parametrize("text", ["account.regoin.name", "name.first", "amount.currency.x", "vault.name", "", "."])
def test_a_path_that_leads_nowhere_is_refused_where_it_stands(text: str) -> None:
    with pytest.raises(UnknownName) as refusal:
        find(access("seller").shape, "deal", text, where="select")
    assert refusal.value.details[0].path == "select"


def test_a_hint_names_the_whole_path() -> None:
    with pytest.raises(UnknownName) as refusal:
        find(access("seller").shape, "deal", "account.regin", where="select")
    assert "account.region" in str(refusal.value.hint)


def test_a_memory_forgets_what_was_not_used_for_longest() -> None:
    memory: Memory[str, int] = Memory(2)
    memory.put("a", 1)
    memory.put("b", 2)
    assert memory.get("a") == 1
    memory.put("c", 3)
    assert (memory.get("a"), memory.get("b"), memory.get("c"), len(memory)) == (1, None, 3, 2)
