"""In charge of how the questions of a web form look in JSON."""

from typing import Any

from tenon.exchange.webforms import Pass, WebForms
from tenon.exchange.webforms.answers import is_file
from tenon.exchange.webforms.protecting import WORK_BITS, question_of
from tenon.http import Asking
from tenon.model import Entity
from tenon.model.outreach import WebForm, WebFormField
from tenon.texts import Text


def form_shown(known: Asking, forms: WebForms, form: WebForm, granted: Pass) -> dict[str, Any]:
    """Files are asked for on the page only."""
    entity, language, protection = known.model.entities[form.entity], known.language, form.protection
    asked = [one for one in form.fields.values() if not is_file(entity.fields[one.field])]
    return {
        "name": form.name,
        "label": form.label.in_(language),
        "language": language,
        "pass": granted.signed(forms.secret),
        "least_seconds": protection.least_seconds,
        "question": None if protection.puzzle == "none" else question_of(forms.secret, granted).in_(language),
        "work": {"key": granted.key, "bits": WORK_BITS} if protection.puzzle == "work" else None,
        "consent": None
        if form.consent is None
        else {
            "text": form.consent.text.in_(language),
            "link": form.consent.link or None,
            "required": form.consent.required,
        },
        "fields": [_question(entity, form, one, language) for one in asked],
        "sections": [{"name": one.name, "label": one.label.in_(language)} for one in form.sections.values()],
    }


def _question(entity: Entity, form: WebForm, question: WebFormField, language: str) -> dict[str, Any]:
    kind = entity.fields[question.field].type
    section = next((one.name for one in form.sections.values() if question.name in one.fields), None)
    return {
        "name": question.name,
        "type": kind.key,
        "label": question.label.in_(language),
        "help": _words(question.help, language),
        "placeholder": _words(question.placeholder, language),
        "required": question.required,
        "hidden": question.hidden,
        "query": question.query or None,
        "section": section,
        "conditional": question.visible_when is not None or entity.fields[question.field].visible_when is not None,
        "options": [
            {"key": option.key, "label": option.label.in_(language)}
            for option in kind.settings.options
            if option.active and (not question.options or option.key in question.options)
        ],
    }


def _words(text: Text | None, language: str) -> str | None:
    return None if text is None else text.in_(language)
