"""In charge of stages: where a record begins, where it may go, and what a move demands.

A change of the field `stage` and a call of `move_stage` are one thing, so every door gets the same answer.
"""

from datetime import datetime
from typing import Any

from tenon.errors import Conflict, Detail, Forbidden, InvalidInput, NeedsApproval
from tenon.ids import new_id
from tenon.model import Entity, Pipeline, Stage
from tenon.model.moves import followers, may_follow, stages_of
from tenon.records.completeness import missing
from tenon.records.drafts import Draft, PastStage, Work
from tenon.records.pipelines import changes_pipeline, find_pipeline, start_of_move
from tenon.suggestions import did_you_mean
from tenon.texts import Text, say


def enter_stage(work: Work, draft: Draft) -> None:
    """Find the stage the record begins in or moves into; whether it may is asked when all values are known."""
    pipeline = find_pipeline(work, draft)
    if pipeline is None or "stage" in draft.failed:
        return
    if draft.past:
        draft.values["stage"] = draft.past[-1].stage
    if draft.values["stage"] is None:
        draft.values["stage"] = pipeline.initial if draft.old is None else draft.old["stage"]
        draft.given.add("stage")
    if draft.old is not None and draft.values["stage"] == draft.old["stage"] and not changes_pipeline(draft):
        return
    names = [entry.stage for entry in draft.past] or [str(draft.values["stage"])]
    unknown = next((name for name in names if name not in pipeline.stages), None)
    if unknown is not None:
        _unknown_stage(work.plan.entity, draft, unknown, pipeline)
        return
    draft.entering = pipeline.stages[names[-1]]
    if draft.sent.get("stage_since") is None:
        draft.values["stage_since"] = draft.past[-1].entered_at if draft.past else work.unit.now


def check_move(work: Work, draft: Draft) -> None:
    """Raises Conflict or Forbidden; missing fields become problems of the draft."""
    pipeline, stage = draft.pipeline, draft.entering
    if pipeline is None or stage is None or work.options is not None:
        return
    if not (draft.is_new and stage.name == pipeline.initial):
        _check_transition(pipeline, _left(work, pipeline, draft), stage)
        _check_roles(work, stage)
    _check_wanted(work, draft, stage)
    _check_reason(work, draft, stage)


def check_guard(work: Work, draft: Draft) -> None:
    """Raises Conflict that says which condition is not met."""
    stage = draft.entering
    if stage is None or stage.guard is None or work.options is not None:
        return
    if not work.evaluate(draft, stage.guard):
        raise Conflict(stage.guard_message or _guard(stage), extra={"stage": stage.name})


def check_approval(work: Work, draft: Draft) -> None:
    """Raises NeedsApproval; asked last, so that nothing is submitted that could not move when it is approved."""
    stage = draft.entering
    if stage is None or stage.approval in (None, draft.approved) or work.options is not None:
        return
    if draft.is_new and draft.pipeline is not None and stage.name == draft.pipeline.initial:
        return
    approval = work.plans.model.approvals[str(stage.approval)]
    raise NeedsApproval(
        say(
            "A record enters “{stage}” only when “{approval}” is approved.",
            "须通过审批“{approval}”后，记录才能进入“{stage}”。",
            stage=stage.label,
            approval=approval.label,
        ),
        hint=say("Submit it for this approval; it moves by itself then.", "请提交该审批，通过后记录会自动进入该阶段。"),
        extra={"approval": approval.name, "stage": stage.name},
    )


def stage_rows(work: Work, draft: Draft) -> list[dict[str, Any]]:
    """What to add to the stage history; `seconds` is the time spent in the stage that was left."""
    if draft.entering is None:
        return []
    if draft.past:
        return _past_rows(work, draft)
    since = draft.values["stage_since"]
    if draft.old is None:
        return [_row(work, draft, None, draft.entering.name, since, None)]
    seconds = _seconds(draft.old["stage_since"], work.unit.now)
    return [_row(work, draft, draft.old["stage"], draft.entering.name, work.unit.now, seconds)]


def _past_rows(work: Work, draft: Draft) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    left: PastStage | None = None
    for entry in draft.past:
        seconds = None if left is None else _seconds(left.entered_at, entry.entered_at)
        rows.append(_row(work, draft, left.stage if left else None, entry.stage, entry.entered_at, seconds))
        left = entry
    return rows


def _row(work: Work, draft: Draft, left: str | None, entered: str, at: datetime, seconds: int | None) -> dict[str, Any]:
    return {
        "id": new_id(),
        "entity": work.plan.name,
        "record_id": draft.id,
        "pipeline": draft.pipeline.name if draft.pipeline is not None else None,
        "from_stage": left,
        "to_stage": entered,
        "at": at,
        "actor_id": work.unit.actor.id,
        "actor_name": work.unit.actor.name,
        "reason": draft.reason,
        "seconds": seconds,
    }


def _seconds(since: datetime | None, until: datetime) -> int | None:
    return None if since is None else max(0, int((until - since).total_seconds()))


def _left(work: Work, pipeline: Pipeline, draft: Draft) -> Stage | None:
    """The stage that is left; a new record that does not begin at the beginning leaves the initial one."""
    if draft.old is None:
        return pipeline.stages[pipeline.initial]
    start = start_of_move(work.plan.entity, draft.old, pipeline)
    return None if start is None else pipeline.stages[start]


def _check_transition(pipeline: Pipeline, left: Stage | None, entered: Stage) -> None:
    if left is None or left.name == entered.name or may_follow(pipeline.stages, left, entered):
        return
    allowed = list(followers(pipeline.stages, left))
    raise Conflict(
        say(
            "A record in stage “{left}” cannot move to “{entered}”.",
            "处于“{left}”阶段的记录不能转到“{entered}”。",
            left=left.label,
            entered=entered.label,
        ),
        hint=_next_stages([stage.label for stage in allowed]),
        extra={"next": [stage.name for stage in allowed]},
    )


def _next_stages(labels: list[Text]) -> Text:
    if not labels:
        return say("This stage is final.", "这是最终阶段。")
    return say(
        "From here it may move to {names}.",
        "由此可转到：{names}。",
        names=listed_labels(labels),
    )


def _check_roles(work: Work, stage: Stage) -> None:
    actor = work.unit.actor
    if stage.roles and not actor.is_system and actor.roles.isdisjoint(stage.roles):
        raise Forbidden(
            say(
                "Your roles do not let you move a record to “{stage}”.",
                "您的角色不允许将记录转到“{stage}”。",
                stage=stage.label,
            )
        )


def _check_wanted(work: Work, draft: Draft, stage: Stage) -> None:
    """Raises InvalidInput when nothing else is amiss; otherwise adds to what is."""
    complained = {problem.path for problem in draft.problems}
    fields = work.plan.entity.fields
    wanted = [fields[name] for name in stage.require if name not in complained and draft.facts.get(name) is None]
    alone = not draft.problems
    draft.problems.extend(missing(field) for field in wanted)
    if wanted and alone:
        raise InvalidInput(_wanting(stage, [field.label for field in wanted]), details=draft.problems)


def _check_reason(work: Work, draft: Draft, stage: Stage) -> None:
    """One of the set, from people who move a record; a program says why it acts in its own way."""
    if stage.reasons is None or draft.is_new or work.unit.actor.is_system:
        return
    options = {option.key: option.label for option in work.plans.model.choices[stage.reasons].options if option.active}
    if draft.reason in options:
        return
    message = say("Say why it moves to “{stage}”.", "请说明转到“{stage}”的原因。", stage=stage.label)
    hint = say("One of: {names}.", "可选：{names}。", names=listed_labels(list(options.values())))
    alone = not draft.problems
    draft.problems.append(Detail(path="reason", code="required", message=message, hint=hint))
    if alone:
        raise InvalidInput(message, hint=hint, details=draft.problems)


def _wanting(stage: Stage, labels: list[Text]) -> Text:
    return say(
        "To move to “{stage}”, fill in: {labels}.",
        "转到“{stage}”之前，请填写：{labels}。",
        stage=stage.label,
        labels=listed_labels(labels),
    )


def _guard(stage: Stage) -> Text:
    return say(
        "The record does not meet the condition of stage “{stage}”: {condition}",
        "记录不满足“{stage}”阶段的条件：{condition}",
        stage=stage.label,
        condition=stage.guard.text if stage.guard else "",
    )


def listed_labels(labels: list[Text]) -> Text:
    return Text(
        {"en": ", ".join(text.in_("en") for text in labels), "zh-CN": "、".join(text.in_("zh-CN") for text in labels)}
    )


def _unknown_stage(entity: Entity, draft: Draft, name: str, pipeline: Pipeline) -> None:
    elsewhere = stages_of(entity).get(name)
    if elsewhere is None:
        message = say("There is no stage “{name}”.", "没有阶段“{name}”。", name=name[:60])
        hint = did_you_mean(name[:60], pipeline.stages)
    else:
        message = say(
            "Pipeline “{pipeline}” has no stage “{stage}”.",
            "流程“{pipeline}”中没有“{stage}”阶段。",
            pipeline=pipeline.label,
            stage=elsewhere.label,
        )
        labels = [stage.label for stage in pipeline.stages.values()]
        hint = say("It has: {names}.", "其阶段有：{names}。", names=listed_labels(labels))
    draft.problem("stage", "unknown_stage", message, hint)
    draft.failed.add("stage")
