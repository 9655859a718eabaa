"""In charge of the functions that find people: who leads whom, who heads what, who holds a role.

They ask the workspace's directory, which knows people of today; those who left or are away are its business.
Their values are ids of users. They exist where people are chosen, never in filters or in the browser.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tenon.expressions.catalogue import Example, Function, Parameter, function
from tenon.expressions.context import PeopleReader
from tenon.expressions.nodes import Constant, Node
from tenon.expressions.types import Type
from tenon.texts import say

_PERSON = Parameter(name="person", kinds=("record",))
_LEVELS = Parameter(name="levels", kinds=("number",), optional=True)
_DEPARTMENT = Parameter(name="department", kinds=("record", "text"))


def _id(value: Any) -> str | None:
    """Of a record, however it was loaded."""
    found: str | None = value.get("id") if hasattr(value, "get") else value
    return found


def _count(levels: Decimal | None) -> int | None:
    return None if levels is None else max(0, int(levels))


class _OfPeople(Function):
    """`entities` says of which entity each record among the arguments must be, by its place."""

    nulls = "own"
    has_sql = False
    entities: Sequence[str] = ()

    def result(self, arguments: Sequence[Node]) -> Type | None:
        for entity, argument in zip(self.entities, arguments, strict=False):
            record = argument.type.record
            if entity and record is not None and record.name != entity:
                return None
        return self.returns


@function
class Manager(_OfPeople):
    name = "manager"
    people = "one"
    parameters = (_PERSON, _LEVELS)
    entities = ("user",)
    help = say(
        "The manager of a person; manager(owner, 2) is the manager's manager.",
        "某人的上级；manager(owner, 2) 为上级的上级。",
    )
    examples = (Example(text="manager(user)", shows="u2"), Example(text="manager(user, 2)", shows="u3"))

    def python(self, person: Any, levels: Any = None, *, people: PeopleReader) -> str | None:
        wanted = 1 if levels is None else _count(levels)
        chain = people.managers(_id(person))
        return chain[wanted - 1] if wanted and len(chain) >= wanted else None


@function
class Managers(_OfPeople):
    name = "managers"
    people = "many"
    parameters = (_PERSON, _LEVELS)
    entities = ("user",)
    help = say(
        "The managers above a person, nearest first; managers(owner, 3) at most three of them.",
        "某人的各级上级，由近及远；managers(owner, 3) 最多三级。",
    )
    examples = (Example(text="managers(user)", shows="u2, u3"), Example(text="managers(user, 1)", shows="u2"))

    def python(self, person: Any, levels: Any = None, *, people: PeopleReader) -> tuple[str, ...]:
        return people.managers(_id(person))[: _count(levels)]


@function
class ManagersUpTo(_OfPeople):
    name = "managers_up_to"
    people = "many"
    names_role = 1
    parameters = (_PERSON, Parameter(name="role", kinds=("text",)))
    entities = ("user",)
    help = say(
        "The managers above a person up to and with the first who holds the role.",
        "某人的各级上级，直到（含）第一个拥有该角色的人为止。",
    )
    examples = (Example(text='managers_up_to(user, "director")', shows="u2, u3"),)

    def result(self, arguments: Sequence[Node]) -> Type | None:
        return super().result(arguments) if isinstance(arguments[1], Constant) else None

    def python(self, person: Any, role: Any, *, people: PeopleReader) -> tuple[str, ...]:
        chain, holders = people.managers(_id(person)), set(people.holders(role, None, None))
        last = next((place for place, each in enumerate(chain) if each in holders), len(chain))
        return chain[: last + 1]


@function
class Head(_OfPeople):
    name = "head"
    people = "one"
    parameters = (_DEPARTMENT,)
    entities = ("department",)
    help = say(
        'Who heads a department, or the next one above that has a head; head("finance") by the code of it.',
        '部门负责人；没有则取上级部门的负责人。head("finance") 按部门编码查找。',
    )
    examples = (Example(text='head("finance")', shows="u3"),)

    def overload(self, arguments: Sequence[Node]) -> str:
        return self.name if arguments[0].type.kind == "record" else "_head_by_code"

    def python(self, department: Any, *, people: PeopleReader) -> str | None:
        return people.head(_id(department))


@function
class HeadByCode(_OfPeople):
    name = "_head_by_code"
    people = "one"
    parameters = (_DEPARTMENT,)

    def python(self, code: Any, *, people: PeopleReader) -> str | None:
        return people.head(people.department(code))


@function
class Members(_OfPeople):
    name = "members"
    people = "many"
    parameters = (_DEPARTMENT,)
    entities = ("department",)
    help = say("Everybody in a department and the ones below it.", "部门及其下级部门的所有成员。")
    examples = (Example(text='members("finance")', shows="u1, u3"),)

    def overload(self, arguments: Sequence[Node]) -> str:
        return self.name if arguments[0].type.kind == "record" else "_members_by_code"

    def python(self, department: Any, *, people: PeopleReader) -> tuple[str, ...]:
        return people.members(_id(department))


@function
class MembersByCode(_OfPeople):
    name = "_members_by_code"
    people = "many"
    parameters = (_DEPARTMENT,)

    def python(self, code: Any, *, people: PeopleReader) -> tuple[str, ...]:
        return people.members(people.department(code))


@function
class RoleHolders(_OfPeople):
    name = "role"
    people = "many"
    names_role = 0
    named = True
    parameters = (
        Parameter(name="role", kinds=("text",)),
        Parameter(name="region", kinds=("record",), optional=True),
        Parameter(name="department", kinds=("record",), optional=True),
    )
    entities = ("", "region", "department")
    help = say(
        'Everybody who holds a role. role("manager", region=region) takes those responsible for that region: '
        "of the region itself, else of the nearest one above it; department likewise.",
        '拥有某角色的所有人。role("manager", region=region) 取负责该区域的人，'
        "本区域没有则取最近的上级区域；department 同理。",
    )
    examples = (Example(text='role("director")', shows="u3"),)

    def result(self, arguments: Sequence[Node]) -> Type | None:
        return super().result(arguments) if isinstance(arguments[0], Constant) else None

    def python(self, role: Any, region: Any = None, department: Any = None, *, people: PeopleReader) -> tuple[str, ...]:
        return people.holders(role, _id(region), _id(department))
