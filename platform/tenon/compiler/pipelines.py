"""In charge of pipelines: the stages, what may follow which, and what a stage asks for."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tenon.compiler.choices import resolve_map
from tenon.compiler.moves import check_moves
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.pipeline_choice import check_choice, pipeline_condition
from tenon.compiler.referring import refer, same_entity, seconds
from tenon.compiler.stage_actions import resolve_escalation, stage_scene
from tenon.compiler.steps import resolve_steps
from tenon.compiler.work import Draft, Work
from tenon.model import Names, Pipeline, Stage
from tenon.texts import Text, say

_COLORS = {"open": "blue", "won": "green", "lost": "red", "done": "green"}
_CHANCE = {"won": 100, "lost": 0, "done": 100}


def resolve_pipelines(work: Work, draft: Draft, nodes: Mapping[str, Node]) -> dict[str, Pipeline]:
    """Pipelines without their guards, which need the fields of all entities."""
    label = draft.label if len(nodes) == 1 else None
    made = {name: _pipeline(work, draft, name, node, label) for name, node in nodes.items()}
    return {name: pipeline for name, pipeline in made.items() if pipeline is not None}


def _pipeline(work: Work, draft: Draft, name: str, node: Node, label: Text | None) -> Pipeline | None:
    """The only one is called like the entity."""
    path = (*draft.path, "pipelines", name)
    items = ordered(node.get("stages"), ".".join((*path, "stages")), work.problems)
    stages = {key: _stage(work, item, (*path, "stages", key)) for key, item in items.items()}
    if not stages:
        return None
    initial = str(node.pick("initial", next(iter(stages))))
    if initial not in stages:
        work.unknown(say("stage", "阶段"), initial, stages, node.get("initial"), (*path, "initial"))
        initial = next(iter(stages))
    check_moves(work, initial, stages, items, path)
    return Pipeline(
        name=name,
        label=work.label(node, path, label),
        initial=initial,
        stages=Names(stages, kind="stage"),
        map=resolve_map(work, node.get("map"), (*path, "map"), list(stages)),
        origin=node.location,
    )


def stages_of(pipelines: Iterable[Pipeline]) -> list[Stage]:
    """Each stage once; one that several pipelines share stands where the first has it."""
    found: dict[str, Stage] = {}
    for pipeline in pipelines:
        for name, stage in pipeline.stages.items():
            found.setdefault(name, stage)
    return list(found.values())


def _stage(work: Work, node: Node, path: TreePath) -> Stage:
    kind = node.pick("kind", "open")
    following = node.pick("next")
    return Stage(
        name=path[-1],
        label=work.label(node, path),
        kind=kind,
        help=work.text(node.get("help"), (*path, "help")),
        color=node.pick("color", _COLORS[kind]),
        probability=node.pick("probability", _CHANCE.get(kind)),
        limit=seconds(node, "limit"),
        next=None if following is None else tuple(following),
        require=tuple(node.pick("require", ())),
        guard_message=work.text(node.get("guard_message"), (*path, "guard_message")),
        was=tuple(node.pick("was", ())),
        roles=tuple(node.pick("roles", ())),
        back=node.pick("back", True),
        skip=node.pick("skip", True),
    )


def finish_pipelines(work: Work, draft: Draft) -> dict[str, Pipeline]:
    """The pipelines with guards and actions compiled, and everything they name checked."""
    check_choice(work, draft)
    return {name: _finished(work, draft, pipeline) for name, pipeline in draft.pipelines.items()}


def _finished(work: Work, draft: Draft, pipeline: Pipeline) -> Pipeline:
    path = (*draft.path, "pipelines", pipeline.name)
    stages = {name: _whole(work, draft, stage, (*path, "stages", name)) for name, stage in pipeline.stages.items()}
    when = pipeline_condition(work, draft, work.tree.at(path).get("when"), (*path, "when"))
    return replace(pipeline, stages=Names(stages, kind="stage"), when=when)


def _whole(work: Work, draft: Draft, stage: Stage, path: TreePath) -> Stage:
    node = work.tree.at(path)
    _check_names(work, stage.require, draft.fields, say("field", "字段"), (*path, "require"))
    _check_names(work, stage.roles, work.part("roles"), say("role", "角色"), (*path, "roles"))
    approval = refer(work, "approvals", node.get("approval"), (*path, "approval"))
    same_entity(work, "approvals", approval, draft.name, node.get("approval"), (*path, "approval"))
    scene = stage_scene(work, draft.name)
    return replace(
        stage,
        guard=work.expression(node.get("guard"), (*path, "guard"), work.scope(draft.name, has_old=True)),
        approval=approval,
        entry=resolve_steps(work, node.get("entry"), (*path, "entry"), scene),
        exit=resolve_steps(work, node.get("exit"), (*path, "exit"), scene),
        escalate=resolve_escalation(work, node, (*path, "escalate"), scene),
        calendar=refer(work, "calendars", node.get("calendar"), (*path, "calendar")),
        reasons=refer(work, "choices", node.get("reasons"), (*path, "reasons")),
    )


def _check_names(work: Work, names: tuple[str, ...], known: Mapping[str, object], what: Text, path: TreePath) -> None:
    for place, name in enumerate(names):
        if name not in known:
            node = work.tree.at((*path, place))
            work.unknown(what, name, known, node, path)
