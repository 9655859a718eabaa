"""In charge of web forms over HTTP: what is asked, and answers to it, from front ends of one's own.

Nobody signs in. The same is checked as on the page; other sites may call only where the form names them.
"""

from typing import Any

from flask import Blueprint, Response, g, request

from tenon.actors import Actor
from tenon.api.bodies import json_object, object_of
from tenon.api.outcomes import answer
from tenon.api.parameters import Parameter, read_parameters, refused, table
from tenon.api.webforms_shown import form_shown
from tenon.api.writes import BASE
from tenon.errors import Conflict, Detail, InvalidInput, NotFound, TooLarge
from tenon.exchange.webforms import Answers, Pass, Sent, WebForms, judge, read_answers
from tenon.exchange.webforms.answers import kept_of
from tenon.exchange.webforms.protecting import fault_of, is_solved, suspicion_of
from tenon.http import Asking, asking
from tenon.http.visiting import address_of, is_declared, refuse_strangers
from tenon.model import Entity
from tenon.model.outreach import WebForm
from tenon.suggestions import did_you_mean
from tenon.texts import LANGUAGES, say
from tenon.workspace.submitting import submit

MOST_BYTES = 300_000
SENT = ("pass", "answers", "consent", "solution", "page", "source", "language")


def _language(name: str, raw: str) -> str:
    if raw not in LANGUAGES:
        raise refused(name, say("This language is not available.", "不支持该语言。"))
    return raw


LANGUAGE = Parameter(
    name="language",
    read=_language,
    schema={"enum": list(LANGUAGES)},
    help=say("Of the words; else that of Accept-Language.", "文字的语言；缺省按 Accept-Language。"),
)
ASKING = table(LANGUAGE)


def routes(blueprint: Blueprint) -> None:
    """Browsers ask with OPTIONS, and are answered here rather than by Flask."""
    address = f"{BASE}/forms/<name>"
    for method, view in {"GET": read_form, "POST": send, "OPTIONS": ask_leave}.items():
        endpoint = f"{method} {address}".replace(".", "_")
        blueprint.add_url_rule(address, endpoint, view, methods=[method], provide_automatic_options=False)


def read_form(name: str) -> Response:
    """What is asked, in which words, and a pass that is good for one answer."""
    known, forms, form = _meet(name)
    known.language = read_parameters(ASKING).get("language", known.language)
    _require_open(known, forms, form)
    granted = Pass.issue(form, known.workspace.now())
    response = answer(form_shown(known, forms, form, granted))
    response.headers["Cache-Control"] = "no-store"
    return response


def send(name: str) -> Response:
    known, forms, form = _meet(name)
    read_parameters(table())
    refuse_strangers(request, known.workspace.settings, form.embed)
    _require_open(known, forms, form)
    if request.content_length is not None and request.content_length > MOST_BYTES:
        raise TooLarge(say("The request is too large.", "请求内容过大。"))
    body = json_object(SENT)
    if body.get("language") is not None:
        known.language = _language("language", body["language"])
    granted = Pass.read(forms.secret, _text(body, "pass"))
    found = read_answers(forms.ground, form, object_of(body, "answers"))
    problems = _faults(known, forms, form, granted, body)
    entity = known.model.entities[form.entity]
    with known.workspace.reading(Actor.system("a visitor", timezone=known.model.workspace.timezone)) as unit:
        judge(forms.ground, unit, form, found, ())
    problems += _by_question(form, found.problems)
    if problems or granted is None:
        raise _refusal(problems)
    settled = submit(known.workspace, forms, form, _sent(known, forms, form, entity, granted, found, body))
    if settled.problems:
        raise _refusal(_by_question(form, list(settled.problems)))
    message = form.result.message or say("We have received it.", "我们已收到。")
    return answer({"received": True, "message": message.in_(known.language), "redirect": form.result.redirect or None})


def ask_leave(name: str) -> Response:
    """What browsers ask before a page of another site may send."""
    _meet(name)
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    response.headers["Access-Control-Max-Age"] = "600"
    return response


def admit_sites(response: Response) -> Response:
    """Answers, refusals too, are for the sites the form names."""
    if "form_sites" in g:
        response.headers.add("Vary", "Origin")
        origin = request.headers.get("Origin", "")
        if origin and is_declared(origin.lower(), g.form_sites):
            response.headers["Access-Control-Allow-Origin"] = origin
    return response


def _meet(name: str) -> tuple[Asking, WebForms, WebForm]:
    known = asking()
    forms: WebForms = known.assembled.processes.ground.service("webforms")
    form = forms.find(name)
    if form is None:
        raise NotFound(
            say("There is no form at this address.", "此地址没有表单。"),
            hint=did_you_mean(name[:60], list(known.model.webforms)),
        )
    g.form_sites = form.embed
    return known, forms, form


def _require_open(known: Asking, forms: WebForms, form: WebForm) -> None:
    if forms.standing(form, known.workspace.now()) != "open":
        raise Conflict(say("This form takes no answers at present.", "此表单暂停收集。"))


def _faults(known: Asking, forms: WebForms, form: WebForm, granted: Pass | None, body: dict[str, Any]) -> list[Detail]:
    fault = fault_of(granted, form, known.workspace.now())
    if fault is not None:
        return [Detail(path="pass", code=fault.code, message=fault.message, hint=fault.hint)]
    found = []
    if granted is not None and not is_solved(forms.secret, granted, form.protection, _text(body, "solution")):
        message = say("Answer the small question.", "请回答小问题。")
        found.append(Detail(path="solution", code="not_solved", message=message))
    if form.consent is not None and form.consent.required and body.get("consent") is not True:
        message = say("Please agree before you send this.", "请先勾选同意。")
        found.append(Detail(path="consent", code="required", message=message))
    return found


def _sent(
    known: Asking,
    forms: WebForms,
    form: WebForm,
    entity: Entity,
    granted: Pass,
    found: Answers,
    body: dict[str, Any],
) -> Sent:
    answers = kept_of(entity, form, found)
    agreed = form.consent if body.get("consent") is True else None
    return Sent(
        answers=answers,
        key=granted.key,
        consent=None if agreed is None else agreed.text.in_(known.language),
        language=known.language,
        page=_text(body, "page")[:500] or request.headers.get("Origin", ""),
        source=_text(body, "source")[:200],
        visitor=forms.visitor(address_of(request, known.workspace.settings)),
        suspicion=suspicion_of(form.protection, answers, ""),
    )


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 2000 or "\x00" in value:
        raise refused(name, say("“{name}” must be a text.", "“{name}”必须是文本。", name=name))
    return value


def _by_question(form: WebForm, problems: list[Detail]) -> list[Detail]:
    """At the names that callers use."""
    names = {question.field: question.name for question in form.fields.values()}
    return [
        Detail(path=f"answers.{names.get(one.path, one.path)}", code=one.code, message=one.message, hint=one.hint)
        for one in problems
    ]


def _refusal(problems: list[Detail]) -> InvalidInput:
    if len(problems) == 1:
        return InvalidInput(problems[0].message, hint=problems[0].hint, details=problems)
    message = say("{count} answers cannot be accepted.", "有 {count} 个回答无法接受。", count=len(problems))
    return InvalidInput(message, details=problems)
