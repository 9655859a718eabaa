"""In charge of how a web form is shown to visitors: in their language, bare inside other sites, kept by no cache."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for
from markdown_it import MarkdownIt
from markupsafe import Markup

from tenon.actors import Actor
from tenon.errors import NotFound
from tenon.exchange.webforms import Pass, WebForms
from tenon.exchange.webforms.answers import is_file
from tenon.exchange.webforms.protecting import question_of
from tenon.exchange.webforms.standing import address_of
from tenon.fields.rich_text import safe_html
from tenon.http import Asking, asking
from tenon.http.headers import policy_within
from tenon.http.visiting import own_origins
from tenon.model.outreach import WebForm
from tenon.texts import CHINESE, ENGLISH, LANGUAGES, Text, say
from tenon.web.conditions import conditions
from tenon.web.frame import display_of, frame_of
from tenon.web.moments import Moments
from tenon.web.pages import LANGUAGE_NAMES
from tenon.web.templates import environment
from tenon.web.webform_controls import Filled, hidden_of, judged_as, sections_of
from tenon.web.words import Words

TRAP = "your-website"
"""No field can have this name."""
_PLAIN = MarkdownIt("commonmark", {"html": False})


def meet(address: str) -> tuple[Asking, WebForms, WebForm]:
    """The language is what the address says, else what the browser prefers. Raises NotFound."""
    known = asking()
    forms: WebForms = known.assembled.processes.ground.service("webforms")
    form = forms.find(address)
    if form is None:
        raise NotFound(say("There is no form at this address.", "此地址没有表单。"))
    chosen = request.args.get("language", "")
    best = request.accept_languages.best_match([CHINESE, "zh", ENGLISH], default=known.model.workspace.language)
    known.language = chosen if chosen in LANGUAGES else (CHINESE if best in (CHINESE, "zh") else ENGLISH)
    return known, forms, form


def closed_because(known: Asking, forms: WebForms, form: WebForm) -> Text | None:
    """Why no answers are taken now; None when they are."""
    words = {
        "paused": say("This form takes no answers at present.", "此表单暂停收集。"),
        "early": say("This form opens on {day}.", "此表单将于 {day} 开放。", day=form.opens),
        "closed": say("This form is closed.", "此表单已结束。"),
    }
    return words.get(forms.standing(form, known.workspace.now()))


def show_closed(known: Asking, forms: WebForms, form: WebForm) -> Response:
    return show_page(known, form, "webforms/closed.html", 410, message=closed_because(known, forms, form), hint=None)


def go_on(known: Asking, form: WebForm) -> Response:
    """A reload of what comes then sends nothing again."""
    address = url_for("web.form_thanks", address=address_of(form), language=known.language)
    return Response("", 303, headers={"Location": address, "Content-Security-Policy": policy_within(form.embed)})


def show_form(
    known: Asking, forms: WebForms, form: WebForm, filled: Filled, granted: Pass, status: int = 200
) -> Response:
    entity = known.model.entities[form.entity]
    judged, whole = judged_as(entity, form)
    visitor = Actor(id="", name="", language=known.language, timezone=known.model.workspace.timezone)
    readable = {question.field for question in form.fields.values()}
    shown = {name: value for name, value in filled.values.items() if filled.error(name) is None}
    puzzle = form.protection.puzzle
    return show_page(
        known,
        form,
        "webforms/page.html",
        status,
        sections=sections_of(known, entity, form, filled),
        hidden=hidden_of(form, filled),
        filled=filled,
        controls={question.field: f"field-{question.field}" for question in form.fields.values()}
        | {"-solution": "form-solution", "-consent": "form-consent"},
        conditions=conditions(judged, whole, shown, visitor, known.workspace.now(), is_new=True, readable=readable),
        granted=granted.signed(forms.secret),
        puzzle=puzzle,
        work_key=granted.key if puzzle == "work" else "",
        question=question_of(forms.secret, granted) if puzzle != "none" else None,
        trap=TRAP if form.protection.trap else "",
        files=any(is_file(entity.fields[question.field]) for question in form.fields.values()),
        page=request.form.get("-page", "") or _outside(known),
        source=request.form.get("-source", "") or request.args.get("utm_source", "")[:200],
    )


def _outside(known: Asking) -> str:
    """The page of the other site that the visitor comes from."""
    came = request.referrer or ""
    return "" if any(came.startswith(origin) for origin in own_origins(request, known.workspace.settings)) else came


def show_page(known: Asking, form: WebForm, template: str, status: int = 200, **values: Any) -> Response:
    page, words = form.page, Words.of(known.model, known.language)
    embedded = "embed" in request.args
    here = url_for("web.form_ask", address=address_of(form))
    text = (
        environment()
        .get_template(template)
        .render(
            form=form,
            frame=frame_of(known),
            word=words,
            t=lambda text: text.in_(known.language) if isinstance(text, Text) else "",
            display=display_of(known),
            moments=Moments(display_of(known), known.workspace.now()),
            title=(page.title if page is not None else None) or form.label,
            lead=_lead(page.text if page is not None else None, known.language),
            embedded=embedded,
            languages=[(tag, name, f"{here}?{_kept(tag)}") for tag, name in LANGUAGE_NAMES],
            here=f"{here}?{_kept(known.language)}",
            **values,
        )
    )
    response = Response(text, status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = policy_within(form.embed)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Language"
    if page is None or not page.indexed:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _kept(language: str) -> str:
    """The parameters of the address go along, so that nothing they fill in is lost by changing the language."""
    return urlencode({**request.args.to_dict(), "language": language})


def _lead(text: Text | None, language: str) -> Markup:
    words = "" if text is None else text.in_(language)
    return Markup(safe_html(_PLAIN.render(words))) if words else Markup("")  # noqa: S704 - cleaned here
