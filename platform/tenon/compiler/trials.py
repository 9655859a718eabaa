"""In charge of the tests written about a CRM: names that must exist, and actions that make sense."""

from collections.abc import Iterator, Mapping

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.work import Work
from tenon.errors import TenonError
from tenon.model import Trial, TrialSuite
from tenon.texts import Text, say

OF_ENTITY = ("create", "list", "aggregate")
OF_RECORD = ("change", "move", "delete", "restore", "read")
VERBS = (*OF_ENTITY, *OF_RECORD)
ME = "me"
"""Alias of whoever acts."""
_USER = "user"


def resolve_trials(work: Work) -> dict[str, TrialSuite]:
    return {name: _suite(work, name, node) for name, node in work.things("tests").items()}


def _suite(work: Work, name: str, node: Node) -> TrialSuite:
    path: TreePath = ("tests", name)
    people, given = node.get("people"), node.get("given")
    known = {ME: _USER, **dict.fromkeys({} if people is None else people.map, _USER)}
    for alias, person in ({} if people is None else people.map).items():
        _check_person(work, person, (*path, "people", alias))
    known |= _check_given(work, given, (*path, "given"))
    tests = node.get("tests")
    items = {} if tests is None else tests.map
    return TrialSuite(
        name=name,
        module=node.layer,
        label=work.label(node, path),
        now=node.pick("now", ""),
        people={} if people is None else people.plain(),
        given={} if given is None else given.plain(),
        trials={key: _trial(work, key, item, (*path, "tests", key), known) for key, item in items.items()},
        origin=node.location,
    )


def _trial(work: Work, name: str, node: Node, path: TreePath, known: Mapping[str, str]) -> Trial:
    given, when, then = node.get("given"), node.get("when"), node.get("then")
    aliases = {**known, **_check_given(work, given, (*path, "given"))}
    who = node.get("as")
    _check_who(work, who, (*path, "as"), aliases)
    actions = [] if when is None else when.each
    for place, action in enumerate(actions):
        where = (*path, "when", str(place)) if isinstance(when, Node) and when.entries else (*path, "when")
        aliases |= _check_action(work, action, where, aliases)
    if then is not None:
        _check_outcome(work, then, (*path, "then"), aliases, actions[-1] if actions else None)
    fallback = Text.of(name.replace("_", " ").capitalize())
    return Trial(
        name=name,
        label=work.text(node.get("label"), (*path, "label"), fallback) or fallback,
        who=None if who is None else who.plain(),
        given={} if given is None else given.plain(),
        when=tuple(action.plain() for action in actions),
        then={} if then is None else then.plain(),
        origin=node.location,
    )


def _check_given(work: Work, given: Node | None, path: TreePath) -> dict[str, str]:
    """Alias → entity."""
    found: dict[str, str] = {}
    for entity, records in ({} if given is None else given.map).items():
        if entity not in work.drafts:
            work.unknown(say("entity", "实体"), entity, work.drafts, records, (*path, entity))
            continue
        for alias, values in records.map.items():
            found[alias] = entity
            _check_fields(work, entity, values, (*path, entity, alias))
    return found


def _check_person(work: Work, person: Node, path: TreePath) -> None:
    roles = person.get("roles")
    for item in [] if roles is None else roles.each:
        _check_role(work, item, (*path, "roles"))
    if _USER in work.drafts:
        own = {name: node for name, node in person.map.items() if name != "roles"}
        _check_names(work, _USER, own, path)


def _check_who(work: Work, who: Node | None, path: TreePath, aliases: Mapping[str, str]) -> None:
    if who is None:
        return
    if who.map:
        _check_person(work, who, path)
    elif aliases.get(str(who.value)) != _USER:
        _check_role(work, who, path)


def _check_role(work: Work, item: Node, path: TreePath) -> None:
    if item.value not in work.part("roles"):
        work.unknown(say("role", "角色"), item.value, work.part("roles"), item, path)


def _check_action(work: Work, action: Node, path: TreePath, aliases: Mapping[str, str]) -> dict[str, str]:
    """The alias it adds."""
    verbs = [key for key in action.map if key in VERBS]
    if len(verbs) != 1:
        message = say("An action does exactly one thing.", "一个动作只做一件事。")
        hint = say("One of: {names}.", "可用：{names}。", names=", ".join(VERBS))
        work.report("bad_action", message, action, path, hint=hint)
        return {}
    target = action.at((verbs[0],))
    entity = _entity_of(work, verbs[0], target, path, aliases)
    if entity is None:
        return {}
    if (verbs[0] == "move") is not ("to" in action.map):
        message = say("“move” and “to” belong together.", "“move”与“to”须一起使用。")
        work.report("bad_action", message, action, path)
    values = action.get("values")
    if values is not None:
        _check_fields(work, entity, values, (*path, "values"))
    if "where" in action.map:
        work.expression(action.get("where"), (*path, "where"), work.scope(entity, needs_sql=True))
    called = action.pick("called")
    return {called: entity} if isinstance(called, str) else {}


def _entity_of(work: Work, verb: str, target: Node, path: TreePath, aliases: Mapping[str, str]) -> str | None:
    name = str(target.value)
    if verb in OF_ENTITY:
        if name in work.drafts:
            return name
        work.unknown(say("entity", "实体"), name, work.drafts, target, (*path, verb))
        return None
    if name not in aliases:
        work.unknown(say("alias of a record", "记录别名"), name, aliases, target, (*path, verb))
    return aliases.get(name)


def _check_outcome(work: Work, then: Node, path: TreePath, aliases: Mapping[str, str], last: Node | None) -> None:
    for key in ("visible", "hidden"):
        for item in [] if key not in then.map else then.map[key].each:
            if item.value not in aliases:
                work.unknown(say("alias of a record", "记录别名"), item.value, aliases, item, (*path, key))
    records = then.get("records")
    for alias, values in ({} if records is None else records.map).items():
        if alias in aliases:
            _check_fields(work, aliases[alias], values, (*path, "records", alias))
        else:
            work.unknown(say("alias of a record", "记录别名"), alias, aliases, values, (*path, "records", alias))
    _check_refusal(work, then.get("refused"), (*path, "refused"))
    entity = _acted_on(last, aliases)
    if entity in work.drafts:
        _check_fields(work, str(entity), then.get("values"), (*path, "values"))
        for key in ("fields_visible", "fields_hidden"):
            named = {} if key not in then.map else {str(item.value): item for item in then.map[key].each}
            _check_names(work, str(entity), named, (*path, key))


def _acted_on(last: Node | None, aliases: Mapping[str, str]) -> str | None:
    for verb in VERBS if last is not None else ():
        target = last.pick(verb) if last is not None else None
        if isinstance(target, str):
            return target if verb in OF_ENTITY else aliases.get(target)
    return None


def _check_refusal(work: Work, refused: Node | None, path: TreePath) -> None:
    if refused is None:
        return
    named = refused.get("error") if refused.map else refused
    codes = sorted(set(_codes(TenonError)))
    if named is not None and named.value not in codes:
        work.unknown(say("error", "错误代码"), named.value, codes, named, path)


def _codes(kind: type[TenonError]) -> Iterator[str]:
    yield kind.code
    for below in kind.__subclasses__():
        yield from _codes(below)


def _check_fields(work: Work, entity: str, values: Node | None, path: TreePath) -> None:
    _check_names(work, entity, {} if values is None else values.map, path)


def _check_names(work: Work, entity: str, named: Mapping[str, Node], path: TreePath) -> None:
    """The first step of a path is a field of the entity."""
    for name, node in named.items():
        if name.partition(".")[0] not in work.drafts[entity].fields:
            work.unknown(say("field", "字段"), name, work.drafts[entity].fields, node, (*path, name))
