"""The promises about rights that come along, reminders and timelines: what does not fit is told."""

from collections.abc import Callable

import pytest

from tenon.access import Access
from tenon.actors import Actor
from tenon.compiler import Compilation
from tenon.expressions import Expression

Compiled = Callable[..., Compilation]
NOTE = """
label: Note
owned: true
fields:
  name: {type: text}
  account: {type: lookup, to: account}
  others: {type: multi_lookup, to: account}
  people: {type: multi_lookup, to: user}
  starts: {type: datetime}
  before: {type: duration}
relationships: {parts: {from: x_part.note}}
"""
PART = "label: Part\nread_with: [note]\nfields: {note: {type: lookup, to: x_note}, about: {type: lookup, to: deal}}\n"
GRANTS = "grants: {seller: {read: own}}\n"


def note(text: str) -> dict[str, str]:
    return {"entities/x_note.yaml": NOTE + text, "entities/x_part.yaml": PART}


CASES = [
    ("read_with: [name]", "wrong_type"),
    ("read_with: [nothing]", "unknown_name"),
    ("remind: {at: name, before: before}", "wrong_type"),
    ("remind: {at: starts, before: starts}", "wrong_type"),
    ("remind: {at: starts}", "missing_key"),
    ("remind: {at: starts, before: before, people: [account]}", "wrong_type"),
    ("forms: {f: {sections: {a: {fields: [name]}}, timeline: {of: [nothing]}}}", "unknown_name"),
    ("forms: {f: {sections: {a: {fields: [name]}}, timeline: {due: name}}}", "wrong_type"),
]


@pytest.mark.parametrize(("text", "code"), CASES)
def test_what_does_not_fit_is_told(compiled: Compiled, text: str, code: str) -> None:
    assert code in {problem.code for problem in compiled(note(text + "\n")).problems}


def test_rights_that_come_along_lead_in_no_circle(compiled: Compiled) -> None:
    own = note("read_with: [back]\n")
    own["entities/x_note.yaml"] = own["entities/x_note.yaml"].replace(
        "  starts:", "  back: {type: lookup, to: x_part}\n  starts:"
    )
    assert "cycle" in {problem.code for problem in compiled(own).problems}


def test_whoever_reads_what_it_is_about_reads_it_once_a_role_gives_any_right(compiled: Compiled) -> None:
    grants = "entities/account/grants.yaml", "seller: {read: department}\n"
    own = note(f"read_with: [account, others, people]\n{GRANTS}") | dict([grants])
    own["entities/x_part.yaml"] += "grants: {seller: {read: none}}\n"
    model = compiled(own).model
    assert model is not None
    seller = Actor(id="7", name="Sam", roles=frozenset({"seller"}))
    permit = Access.of(model, seller).permit("x_note", "read")
    assert isinstance(permit, Expression)
    read = {".".join(path) for path in permit.dependencies}
    assert {"owner", "account.owner.department", "others.owner.department", "people.id"} <= read
    assert Access.of(model, seller).permit("x_note", "update") is False
    assert Access.of(model, seller).permit("x_part", "read") is False


def test_a_timeline_and_reminders_are_in_the_model(compiled: Compiled) -> None:
    telling = "timeline: {of: [parts], log: parts, step: name, due: starts, open_when: not is_blank(name)}"
    found = compiled(
        note(
            f"forms: {{f: {{sections: {{a: {{fields: [name]}}}}, {telling}}}}}\n"
            "remind: {at: starts, before: before, people: [owner, people], when: not is_blank(name)}\n"
        )
    )
    assert found.model is not None, found.problems
    entity = found.model.entities["x_note"]
    told, remind = entity.forms["f"].timeline, entity.remind
    assert told is not None
    assert (told.of, told.log, told.step, told.due) == (("parts",), "parts", "name", "starts")
    assert remind is not None
    assert (remind.at, remind.before, remind.people) == ("starts", "before", ("owner", "people"))
