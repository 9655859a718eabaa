"""In charge of the choice between several pipelines of one entity: each record has exactly one."""

from dataclasses import replace

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.work import Draft, Work
from tenon.expressions import Expression
from tenon.model import Stage
from tenon.texts import say

_OF_STAGE = ("stage", "stage_since")


def check_choice(work: Work, draft: Draft) -> None:
    """The first that fits is taken, so the one without a condition is the last, and there is one."""
    names = list(draft.pipelines)
    nodes = {name: work.tree.at((*draft.path, "pipelines", name)) for name in names}
    free = next((place for place, name in enumerate(names) if "when" not in nodes[name].map), None)
    for name in names[free + 1 :] if free is not None else ():
        message = say("No record ever comes into the pipeline “{name}”.", "没有记录会进入流程“{name}”。", name=name)
        hint = say(
            "“{other}” before it has no condition (when) and takes them all.",
            "它前面的“{other}”没有条件（when），会接收所有记录。",
            other=names[free or 0],
        )
        work.report("unreachable_pipeline", message, nodes[name], (*draft.path, "pipelines", name), hint=hint)
    if names and free is None:
        message = say("A record that fits no pipeline would have no stage.", "不符合任何流程的记录将没有阶段。")
        hint = say("Leave “when” out of the last pipeline.", "请去掉最后一个流程的 when。")
        work.report("no_pipeline_left", message, nodes[names[-1]], (*draft.path, "pipelines", names[-1]), hint=hint)
    _check_shared(work, draft)


def _check_shared(work: Work, draft: Draft) -> None:
    """A key means the same in all pipelines, since records and filters know stages by it."""
    first: dict[str, Stage] = {}
    for name, pipeline in draft.pipelines.items():
        for key, stage in pipeline.stages.items():
            known = first.setdefault(key, stage)
            path = (*draft.path, "pipelines", name, "stages", key)
            node = work.tree.at(path)
            if known.kind != stage.kind:
                message = say(
                    "“{name}” is “{kind}” in another pipeline, so it must be here.",
                    "“{name}”在另一流程中是“{kind}”，此处也须相同。",
                    name=key,
                    kind=known.kind,
                )
                work.report("stage_differs", message, node.get("kind"), (*path, "kind"))
            elif known.label != stage.label:
                message = say(
                    "“{name}” has another label in another pipeline.", "“{name}”在另一流程中名称不同。", name=key
                )
                hint = say("Lists show the first.", "列表中显示第一个。")
                work.report("stage_differs", message, node.get("label"), path, hint=hint, severity="warning")


def pipeline_condition(work: Work, draft: Draft, node: Node | None, path: TreePath) -> Expression | None:
    """About the record alone, so that every reader and every list sees it in the same pipeline."""
    scope = replace(work.scope(draft.name, needs_sql=True), user=None)
    compiled = work.expression(node, path, scope)
    if compiled is not None and any(read[0] in _OF_STAGE for read in compiled.dependencies):
        message = say("The pipeline cannot depend on the stage.", "流程的选择不能取决于阶段。")
        work.report("cycle", message, node, path)
    return compiled
