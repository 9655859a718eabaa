"""In charge of the expressions that choose people: each gives a user or many, and the roles it names exist."""

from collections.abc import Iterator

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.scenes import USER, Scene, scope_in
from tenon.compiler.work import Work, place_inside
from tenon.expressions import FUNCTIONS, Call, Constant, Expression, Scope, Type, walk
from tenon.model import Who
from tenon.suggestions import did_you_mean
from tenon.texts import say


def resolve_who(work: Work, node: Node | None, path: TreePath, scene: Scene, *, addresses: bool = False) -> Who:
    """One expression or a list of them; `addresses` takes texts, too."""
    if node is None:
        return ()
    scope = scope_in(work, scene)
    found = (_person(work, item, path, scope, addresses=addresses) for item in node.each)
    return tuple(expression for expression in found if expression is not None)


def _person(work: Work, node: Node, path: TreePath, scope: Scope, *, addresses: bool) -> Expression | None:
    expression = work.expression(node, path, scope, None)
    if expression is None:
        return None
    kind = expression.type
    if not (is_person(kind) or is_people(kind) or (addresses and kind.kind in ("text", "null"))):
        message = say(
            "This gives {kind}, but people are needed.", "结果是 {kind}，这里需要人员。", kind=str(expression.type)
        )
        hint = say(
            'For example owner, manager(owner), head("finance"), role("director").',
            '例如 owner、manager(owner)、head("finance")、role("director")。',
        )
        work.report("not_people", message, node, path, hint=hint)
        return None
    for name, position in named_roles(expression):
        if name not in work.part("roles"):
            message = say("There is no {what} “{name}”.", "没有{what}“{name}”。", what=say("role", "角色"), name=name)
            place = place_inside(node, position + 1)
            near = did_you_mean(name, work.part("roles"))
            work.problems.add("unknown_name", message, path=".".join(path), location=place, hint=near)
    return expression


def is_person(kind: Type) -> bool:
    return kind.kind == "record" and kind.record is not None and kind.record.name == USER


def is_people(kind: Type) -> bool:
    return kind.kind == "list" and kind.item is not None and is_person(kind.item)


def named_roles(expression: Expression) -> Iterator[tuple[str, int]]:
    """The roles an expression asks for by name, with their places in it."""
    for node in walk(expression.tree):
        place = FUNCTIONS[node.function].names_role if isinstance(node, Call) else None
        if place is not None and isinstance(node, Call):
            argument = node.arguments[place]
            if isinstance(argument, Constant):
                yield str(argument.value), argument.position


def check_readers(work: Work, who: Who, entity: str, node: Node | None, path: TreePath) -> None:
    """Whoever is asked by role must be able to read what is asked about."""
    for expression in who:
        for role, _position in named_roles(expression):
            described = work.part("roles").get(role)
            if described is not None and not _may_read(work, role, described, entity):
                message = say(
                    "The role “{role}” cannot read “{entity}”.", "角色“{role}”不能查看“{entity}”。",
                    role=role, entity=entity,
                )  # fmt: skip
                hint = say("Grant it read, or ask another role.", "请授予查看权限，或改用其他角色。")
                work.report("role_cannot_read", message, node, path, hint=hint, severity="warning")


def _may_read(work: Work, role: str, node: Node, entity: str) -> bool:
    grants = node.get("grants")
    beside = work.part("entities", entity, "grants").get(role)
    named = {} if grants is None else grants.map
    given = [grant for grant in (named.get(entity), beside, named.get("*")) if grant is not None]
    return any(grant.pick("read", False) not in (False, "none") for grant in given)


def most_people(who: Who) -> int | None:
    """How many these can be at most; None when nobody can know."""
    return None if any(is_people(expression.type) for expression in who) else len(who)
