"""In charge of requests made ready to print: the flow with its people, what the reader may do, the words for it."""

from typing import Any

from markupsafe import Markup

from tenon.access import Access
from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.http import Asking
from tenon.process.approvals import Choice, ShownRequest
from tenon.process.approvals.refusals import step_label
from tenon.process.approvals.wording import happened
from tenon.web.form_layouts import controls_of
from tenon.web.glance import figures_of_all
from tenon.web.words import Words


def request_view(known: Asking, unit: UnitOfWork, shown: ShownRequest, *, title: str | None = None) -> dict[str, Any]:
    """Everything the templates of a request print. `title` is the record's, where it is known already."""
    language, word = known.language, Words.of(known.model, known.language)
    entity = known.model.entities.get(shown.entity)
    if title is None and entity is not None and known.access.can(entity.name, "read"):
        title = known.reader.titles(unit, known.access, entity.name, [shown.record_id]).get(shown.record_id)
    key = (shown.entity, shown.record_id)
    statuses = {option.key: option for option in known.model.choices["approval_status"].options}
    tasks = {option.key: option for option in known.model.choices["approval_task_status"].options}
    status = statuses[shown.state.status]
    return {
        "shown": shown,
        "approval": shown.flow.label.in_(language),
        "entity": entity.label.in_(language) if entity is not None else shown.entity,
        "title": title,
        "figures": figures_of_all(known, unit, [key]).get(key, ()),
        "status": status.label.in_(language),
        "color": status.color,
        "steps": [
            {
                "step": one,
                "label": one.step.label.in_(language),
                "mode": word(f"approval.mode_{one.step.mode}") if len(one.tasks) > 1 else "",
                "beside": place > 0 and shown.steps[place - 1].round == one.round,
                "tasks": [
                    {
                        "task": task,
                        "status": tasks[task.status].label.in_(language),
                        "color": tasks[task.status].color,
                        "kind": word(f"approval.kind_{task.kind}") if task.kind not in ("asked", "revise") else "",
                    }
                    for task in one.tasks
                ],
            }
            for place, one in enumerate(shown.steps)
        ],
        "events": [
            {
                "event": event,
                "label": happened(event.kind).in_(language),
                "step": step_label(shown.flow, event.step).in_(language) if event.step else "",
            }
            for event in shown.events
        ],
        "mine": [_choice(known, unit, shown, choice) for choice in shown.mine],
        "waiting": [task.person for one in shown.steps for task in one.tasks if task.status == "open"],
    }


def person_control(known: Asking, prefix: str) -> Markup:
    """A picker of colleagues, named `people`."""
    field = known.model.entities["approval_task"].fields["person"]
    return controls_of(known, "approval_task", prefix=prefix).edit(field, name="people")


def _choice(known: Asking, unit: UnitOfWork, shown: ShownRequest, choice: Choice) -> dict[str, Any]:
    return {
        "choice": choice,
        "back": [(way, step_label(shown.flow, way).in_(known.language)) for way in choice.back],
        "reasons": [(option.key, option.label.in_(known.language)) for option in choice.reasons],
        "controls": _controls(known, unit, shown, choice),
    }


def _controls(known: Asking, unit: UnitOfWork, shown: ShownRequest, choice: Choice) -> list[Markup]:
    """The fields of the record that are open to whoever decides; the definition opens them, whatever his roles."""
    entity = known.model.entities.get(shown.entity)
    names = [name for name in choice.fields if entity is not None and name in entity.fields]
    if entity is None or not names:
        return []
    everything = Access.of(known.model, Actor.system("fields opened by an approval"))
    record = known.reader.one(unit, everything, entity.name, shown.record_id, names, form="values")
    controls = controls_of(known, entity.name, prefix=f"decide-{choice.task[:8]}")
    return [controls.edit(entity.fields[name], record.get(name), name=f"value.{name}") for name in names]
