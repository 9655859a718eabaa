"""In charge of assignment rules: who gets a record, by the first rule that fits."""

from dataclasses import replace

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.referring import draft_of, refer
from tenon.compiler.scenes import USER, Scene, scope_in, shape_of
from tenon.compiler.steps import is_constant
from tenon.compiler.who import resolve_who
from tenon.compiler.work import Draft, Work
from tenon.expressions import NUMBER
from tenon.model import Assignment, AssignmentRule, Names
from tenon.texts import say


def resolve_assignments(work: Work) -> dict[str, Assignment]:
    made = {name: _assignment(work, name, node) for name, node in work.things("assignments").items()}
    return {name: assignment for name, assignment in made.items() if assignment is not None}


def _assignment(work: Work, name: str, node: Node) -> Assignment | None:
    path: TreePath = ("assignments", name)
    draft = draft_of(work, node, path)
    if draft is None:
        return None
    scene = Scene(entity=draft.name, has_user=False)
    _check_field(work, draft, node, path)
    refer(work, "calendars", node.get("calendar"), (*path, "calendar"))
    if node.pick("outside_hours") == "wait" and node.get("calendar") is None:
        message = say("“{name}” is missing.", "缺少“{name}”。", name="calendar")
        work.report("missing_key", message, node.get("outside_hours"), (*path, "outside_hours"))
    fallback = resolve_who(work, node.get("fallback"), (*path, "fallback"), scene)
    rules = _rules(work, node, path, scene)
    if node.get("fallback") is None and rules and all(rule.when is not None for rule in rules.values()):
        message = say("Some records fit no rule and get nobody.", "有些记录不符合任何规则，将无人负责。")
        hint = say("Add “fallback”, or a last rule without “when”.", "请添加 fallback，或最后一条不带 when 的规则。")
        work.report("no_fallback", message, node.get("rules"), (*path, "rules"), hint=hint, severity="warning")
    return Assignment(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        entity=draft.name,
        field=node.pick("field", "owner"),
        when=work.expression(node.get("when"), (*path, "when"), work.scope(draft.name)),
        rules=Names(rules, kind="rule"),
        fallback=fallback,
        on_create=node.pick("on_create", False),
        calendar=node.pick("calendar"),
        outside_hours=node.pick("outside_hours", "assign"),
        skip_absent=node.pick("skip_absent", True),
        was=tuple(node.pick("was", ())),
        origin=node.location,
    )


def _check_field(work: Work, draft: Draft, node: Node, path: TreePath) -> None:
    name = node.pick("field", "owner")
    field = draft.fields.get(name)
    here = (*path, "field")
    if field is None:
        known = [each.name for each in draft.fields.values() if each.target == USER]
        work.unknown(say("look-up to a user", "用户字段"), name, known, node.get("field") or node.get("entity"), here)
    elif field.target != USER or field.system:
        message = say("“{name}” is not {wanted}.", "“{name}”不是{wanted}。", name=name, wanted=say("a person", "人员"))
        work.report("wrong_type", message, node.get("field"), here)


def _rules(work: Work, node: Node, path: TreePath, scene: Scene) -> dict[str, AssignmentRule]:
    made: dict[str, AssignmentRule] = {}
    everyone = False
    for name, item in ordered(node.get("rules"), ".".join((*path, "rules")), work.problems).items():
        here = (*path, "rules", name)
        made[name] = _rule(work, name, item, here, scene)
        if everyone:
            message = say("The rule “{name}” is never reached.", "规则“{name}”永远不会用到。", name=name)
            hint = say("The one before it takes every record.", "它前面的规则已涵盖所有记录。")
            work.report("unreachable_rule", message, item, here, hint=hint)
        everyone = everyone or "when" not in item.map or is_constant(made[name].when, True)
    return made


def _rule(work: Work, name: str, node: Node, path: TreePath, scene: Scene) -> AssignmentRule:
    method = node.pick("method", "first")
    if (method == "weighted") != (node.get("weight") is not None):
        message = say("“weighted” and “weight” go together.", "weighted 与 weight 须同时使用。")
        work.report("missing_key", message, node.get("weight") or node.get("method"), path)
    person = scene.beside(person=shape_of(work, USER)) if USER in work.drafts else scene
    load = scope_in(work, replace(person, entity=scene.entity))
    return AssignmentRule(
        name=name,
        label=work.label(node, path),
        when=work.expression(node.get("when"), (*path, "when"), scope_in(work, scene)),
        to=resolve_who(work, node.get("to"), (*path, "to"), scene),
        method=method,
        weight=work.expression(node.get("weight"), (*path, "weight"), scope_in(work, person), NUMBER),
        load=work.expression(node.get("load"), (*path, "load"), replace(load, roots={}, needs_sql=True)),
        most=node.pick("most"),
    )
