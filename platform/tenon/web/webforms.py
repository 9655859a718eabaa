"""In charge of the public pages of web forms: /f/<address>, what is sent to it, and the words of thanks.

Visitors have no session and need no script. No cookie is asked for, so that the page works inside another site; what
keeps other sites from sending in a visitor's name is the signed pass in the form, and where the browser says it is.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.errors import Detail, InvalidInput, TooLarge, TooManyRequests
from tenon.exchange.webforms import Answers, Pass, Sent, Settled, WebForms, judge
from tenon.exchange.webforms.answers import is_file, kept_of
from tenon.exchange.webforms.ledger import ENTITY
from tenon.exchange.webforms.protecting import fault_of, is_solved, suspicion_of
from tenon.http import Asking
from tenon.http.visiting import address_of, refuse_strangers
from tenon.model import Entity
from tenon.model.outreach import WebForm
from tenon.resources import folder
from tenon.texts import say
from tenon.web.assets import manifest
from tenon.web.frame import display_of
from tenon.web.submitted import read_form
from tenon.web.uploading import Upload, attach, hand_over, kept_uploads
from tenon.web.webform_controls import Filled, prefilled, questions_of
from tenon.web.webform_showing import TRAP, closed_because, go_on, meet, show_closed, show_form, show_page
from tenon.workspace.submitting import submit

MOST_BYTES = 300_000
"""Of what is sent without files."""
ENDPOINTS = frozenset({"web.form_embedding", "web.form_ask", "web.form_send", "web.form_thanks"})


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/f/embed.js", "form_embedding", embedding)
    blueprint.add_url_rule("/f/<address>", "form_ask", ask)
    blueprint.add_url_rule("/f/<address>", "form_send", send, methods=["POST"])
    blueprint.add_url_rule("/f/<address>/thanks", "form_thanks", thanks)


def embedding() -> Response:
    """The script for other sites: a short address that stays, its content the newest."""
    response = Response(status=200, mimetype="text/javascript")
    response.data = _built("embed.js")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def ask(address: str) -> Response:
    known, forms, form = meet(address)
    if closed_because(known, forms, form) is not None:
        return show_closed(known, forms, form)
    entity = known.model.entities[form.entity]
    filled = prefilled(entity, form, request.args, display_of(known).timezone)
    return show_form(known, forms, form, filled, Pass.issue(form, known.workspace.now()))


def send(address: str) -> Response:
    """Checked here and by the record's own rules; a page that is sent twice is one submission."""
    known, forms, form = meet(address)
    entity = known.model.entities[form.entity]
    _limit(entity, form)
    refuse_strangers(request, known.workspace.settings, form.embed)
    if closed_because(known, forms, form) is not None:
        return show_closed(known, forms, form)
    now, granted = known.workspace.now(), Pass.read(forms.secret, request.form.get("-pass", ""))
    fault = fault_of(granted, form, now)
    if granted is None or (fault is not None and fault.code == "stale_token"):
        granted = Pass.issue(form, now)
    return _Sending(known, forms, form, entity, granted, fault).answer()


def thanks(address: str) -> Response:
    known, _forms, form = meet(address)
    return show_page(known, form, "webforms/thanks.html", redirect=form.result.redirect)


class _Sending:
    """One form that came back."""

    def __init__(
        self, known: Asking, forms: WebForms, form: WebForm, entity: Entity, granted: Pass, fault: Detail | None
    ) -> None:
        self._known, self._forms, self._form, self._entity = known, forms, form, entity
        self._granted, self._fault = granted, fault
        self._asked = [one for one in questions_of(entity, form).values() if not is_file(one)]
        self._files = [one for one in questions_of(entity, form).values() if is_file(one)]

    def answer(self) -> Response:
        known, form = self._known, self._form
        found, raw = self._read()
        problems = [*self._faults(), *found.problems] or self._haste()
        if not problems:
            try:
                with kept_uploads(known, self._files) as kept:
                    settled = self._send(found, kept)
            except (InvalidInput, TooLarge) as refusal:
                whole = Detail(path="", code=refusal.code, message=refusal.message, hint=refusal.hint)
                problems = list(refusal.details) or [whole]
            except TooManyRequests as refusal:
                return show_page(known, form, "webforms/closed.html", 429, message=refusal.message, hint=refusal.hint)
            else:
                problems = list(settled.problems)
        if not problems:
            return go_on(known, form)
        values = {**found.values, **{name: raw[name] for name in found.failed if name in raw}}
        hidden = {one.field: request.form.get(one.field, "") for one in form.fields.values() if one.hidden}
        filled = Filled(values=values, problems=problems, hidden=hidden, agreed="-consent" in request.form)
        return show_form(known, self._forms, form, filled, self._granted, 422)

    def _read(self) -> tuple[Answers, Mapping[str, Any]]:
        known, form = self._known, self._form
        read = read_form(self._asked, request.form, display_of(known).timezone)
        hidden = {question.field for question in form.fields.values() if question.hidden}
        found = Answers(
            values=dict(read.values),
            problems=[problem for problem in read.problems if problem.path not in hidden],
            failed=read.raw.keys() - read.values.keys() - hidden,
        )
        chosen = {name.removesuffix(".upload") for name, file in request.files.items() if file.filename}
        with known.workspace.reading(_visitor(known)) as unit:
            judge(self._forms.ground, unit, form, found, chosen)
        return found, read.raw

    def _haste(self) -> list[Detail]:
        """A pass that is too new, or too old, is told of once all else is in order."""
        return [] if self._fault is None else [self._fault]

    def _faults(self) -> list[Detail]:
        found: list[Detail] = []
        form = self._form
        if not is_solved(self._forms.secret, self._granted, form.protection, request.form.get("-solution", "")):
            message = say("Answer the small question.", "请回答小问题。")
            found.append(Detail(path="-solution", code="not_solved", message=message))
        if form.consent is not None and form.consent.required and "-consent" not in request.form:
            message = say("Please agree before you send this.", "请先勾选同意。")
            found.append(Detail(path="-consent", code="required", message=message))
        return found

    def _send(self, found: Answers, kept: dict[str, Upload]) -> Settled:
        known, form = self._known, self._form
        answers = kept_of(self._entity, form, found)
        consent = form.consent if "-consent" in request.form else None
        sent = Sent(
            answers=answers,
            key=self._granted.key,
            consent=None if consent is None else consent.text.in_(known.language),
            language=known.language,
            page=request.form.get("-page", "")[:500] or (request.referrer or ""),
            source=request.form.get("-source", "")[:200],
            visitor=self._forms.visitor(address_of(request, known.workspace.settings)),
            suspicion=suspicion_of(form.protection, answers, request.form.get(TRAP, "")),
        )
        names = {question.field: question.name for question in form.fields.values()}

        def bring(unit: UnitOfWork) -> dict[str, str]:
            made = attach(known, unit, ENTITY, None, kept)
            return {names[field]: file for field, file in made.items()}

        def settle_in(unit: UnitOfWork, submission: str, files: Mapping[str, str]) -> None:
            hand_over(known, unit, ENTITY, submission, dict(files))

        return submit(known.workspace, self._forms, form, sent, bring=bring, settle_in=settle_in)


def _visitor(known: Asking) -> Actor:
    zone = known.model.workspace.timezone
    return Actor.system("a visitor looks at a web form", timezone=zone)


def _limit(entity: Entity, form: WebForm) -> None:
    """Before anything of the body is read."""
    if not any(is_file(entity.fields[question.field]) for question in form.fields.values()):
        request.max_content_length = MOST_BYTES


def _built(name: str) -> bytes:
    return (folder("ui") / "static" / "dist" / manifest()[name]).read_bytes()
