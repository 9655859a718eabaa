"""In charge of approvals as JSON."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tenon.errors import TenonError
from tenon.model import Approval
from tenon.process.approvals import Choice, Entry, Forecast, ShownRequest
from tenon.process.approvals.wording import happened


def request_shown(shown: ShownRequest, language: str) -> dict[str, Any]:
    flow = shown.flow
    return {
        "id": shown.id,
        "approval": flow.name,
        "label": flow.label.in_(language),
        "entity": shown.entity,
        "record": shown.record_id,
        "status": shown.state.status,
        "submitter": shown.submitter,
        "submitted_at": instant(shown.submitted_at),
        "comment": shown.comment,
        "steps": [
            {
                "name": one.step.name,
                "label": one.step.label.in_(language),
                "round": one.round,
                "mode": one.step.mode,
                "state": one.state,
                "tasks": [
                    {
                        "id": task.id,
                        "person": {"id": task.person_id, "title": task.person},
                        "status": task.status,
                        "kind": task.kind,
                        "instead_of": task.instead_of,
                        "asked_at": instant(task.asked_at),
                        "due_at": instant(task.due_at),
                        "answered_at": instant(task.answered_at),
                    }
                    for task in one.tasks
                ],
            }
            for one in shown.steps
        ],
        "events": [
            {
                "at": instant(event.at),
                "kind": event.kind,
                "label": happened(event.kind).in_(language),
                "person": event.person,
                "step": event.step,
                "to": event.to,
                "comment": event.comment,
            }
            for event in shown.events
        ],
        "copies": list(shown.copies),
        "mine": [_choice(choice) for choice in shown.mine],
        "can": _possible(shown),
    }


def forecast_shown(forecast: Forecast, names: Mapping[str, str], language: str) -> dict[str, Any]:
    return {
        "approval": forecast.approval.name,
        "possible": forecast.refusal is None,
        "reasons": _reasons(forecast.refusal, language),
        "steps": [
            {
                "name": one.step.name,
                "label": one.step.label.in_(language),
                "round": one.round,
                "mode": one.step.mode,
                "applies": one.applies,
                "why": one.why,
                "notes": [happened(kind).in_(language) for kind in one.notes],
                "people": [
                    {
                        "id": person,
                        "title": names.get(person, "?"),
                        "instead_of": names.get(instead) if instead is not None else None,
                        "asked": asked,
                    }
                    for person, instead, asked in one.people
                ],
            }
            for one in forecast.steps
        ],
    }


def possible_shown(flow: Approval, refusal: TenonError | None, language: str) -> dict[str, Any]:
    return {
        "approval": flow.name,
        "label": flow.label.in_(language),
        "possible": refusal is None,
        "reasons": _reasons(refusal, language),
    }


def entry_shown(entry: Entry) -> dict[str, Any]:
    return {
        "task": entry.task_id,
        "request": entry.request_id,
        "approval": entry.approval,
        "step": entry.step,
        "entity": entry.entity,
        "record": entry.record_id,
        "title": entry.title,
        "submitter": entry.submitter,
        "at": instant(entry.at),
        "due_at": instant(entry.due_at),
        "status": entry.status,
        "comment": entry.comment,
    }


def instant(at: datetime | None) -> str | None:
    """In UTC with Z, as everywhere in the API."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _choice(choice: Choice) -> dict[str, Any]:
    if choice.revise:
        decisions = ["resubmit"]
    else:
        allowed = {
            "delegate": choice.delegate,
            "add_before": choice.add_before,
            "add_after": choice.add_after,
            "return": bool(choice.back),
        }
        decisions = ["approve", "reject", *(name for name, possible in allowed.items() if possible)]
    return {
        "task": choice.task,
        "decisions": decisions,
        "back": list(choice.back),
        "fields": list(choice.fields),
        "comment": choice.comment,
        "reasons": [option.key for option in choice.reasons],
    }


def _possible(shown: ShownRequest) -> list[str]:
    words = {
        "recall": shown.may_recall,
        "remind": shown.may_remind,
        "comment": not shown.state.ended and shown.takes_part,
    }
    words |= {"copy": words["comment"], "force": shown.administers and not shown.state.ended}
    return [name for name, possible in words.items() if possible]


def _reasons(refusal: TenonError | None, language: str) -> list[str]:
    if refusal is None:
        return []
    return [detail.message.in_(language) for detail in refusal.details] or [refusal.message.in_(language)]
