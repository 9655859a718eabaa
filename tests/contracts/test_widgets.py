"""In charge of what every widget promises, over every field type: it shows, edits and filters, safely and legibly."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from samples.field_types import VARIATIONS, variation
from tenon.fields import FIELD_TYPES, Display, Reference
from tenon.model import Field
from tenon.resources import folder
from tenon.texts import say
from tenon.web.cells import Showing, cell_writer
from tenon.web.controls import Controls
from tenon.web.submitted import read_form
from tenon.web.words import Words

NAMES = sorted(VARIATIONS)
DISPLAY = Display(language="en", timezone="Asia/Shanghai")
HOSTILE = '"><img src=x onerror=alert(1)>{{7*7}}'
VOID = {"input", "use", "img", "br", "hr"}


@pytest.fixture(autouse=True)
def request_context() -> Iterator[None]:
    """Addresses of icons are made by Flask."""
    app = Flask("test", static_folder=None)
    app.add_url_rule("/static/dist/<name>", "web.static", lambda name: name)
    with app.test_request_context():
        yield


def field(name: str, **parts: Any) -> Field:
    label = say('Sum & "more"', "合计")
    return Field(name="sum", entity="account", type=variation(name), label=label, help=say("Help.", "帮助。"), **parts)


def values(name: str) -> list[Any]:
    type = variation(name)
    parsed = [type.parse(raw) for raw in type.examples()]
    return [Reference(value, HOSTILE) if type.target and value else value for value in parsed]


def controls() -> Controls:
    return Controls("account", DISPLAY, Words("en"))


class _Form(HTMLParser):
    """What a browser would send, and whether every tag is closed."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.sent: list[tuple[str, str]] = []
        self._select = self._area = ""
        self._options: list[tuple[str, bool]] = []
        self._several = False
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "select":
            self._select, self._options, self._several = found["name"], [], "multiple" in found
        if tag == "option":
            self._options.append((found.get("value", ""), "selected" in found))
        if tag == "textarea":
            self._area = found["name"]
        kind = found.get("type")
        if tag == "input" and kind != "file" and (kind not in ("checkbox", "radio") or "checked" in found):
            self.sent.append((found["name"], found.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent.append((self._area, data.removeprefix("\n")))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open.pop() == tag
        if tag == "textarea":
            self._area = ""
        if tag == "select":
            chosen = [value for value, selected in self._options if selected]
            first = [] if self._several else [value for value, _ in self._options[:1]]
            self.sent += [(self._select, value) for value in chosen or first]


def test_every_widget_of_a_type_has_its_template_and_no_other_is_there() -> None:
    declared = {type.widget for type in FIELD_TYPES.values() if isinstance(type.widget, str)}
    used = declared | {variation(name).widget for name in NAMES}
    made = {path.stem for path in (folder("ui") / "templates" / "widgets").glob("*.html")} - {"control"}
    assert made == used


@pytest.mark.parametrize("name", NAMES)
def test_a_control_is_labelled_and_its_error_is_tied_to_it(name: str) -> None:
    for value in [None, *values(name)]:
        made = str(controls().edit(field(name), value, error=say("Wrong.", "不对。")))
        form = _Form(made)
        assert form.open == []
        assert len(form.ids) == len(set(form.ids))
        assert "Sum &amp; &#34;more&#34;" in made
        described = re.search(r'aria-describedby="([^"]+)"', made)
        if described is not None:
            assert set(described[1].split()) <= set(form.ids)
            assert "Wrong." in made


@pytest.mark.parametrize("name", [name for name in NAMES if variation(name).writable])
def test_a_form_sent_back_untouched_changes_nothing(name: str) -> None:
    always = variation(name).widget == "stage"  # a record is always in a stage
    for value in values(name) if always else [None, *values(name)]:
        form = _Form(str(controls().edit(field(name), value)))
        sent = read_form([field(name)], MultiDict(form.sent), "Asia/Shanghai")
        expected = value.id if isinstance(value, Reference) else value
        if variation(name).widget == "boolean" and value is None:
            expected = False
        if variation(name).widget == "encrypted":
            assert "sum" not in sent.values  # what is stored is never in a form, and stays
            continue
        if variation(name).widget == "datetime" and value is not None:
            expected = value.replace(second=0, microsecond=0)
        assert sent.problems == []
        assert (sent.values["sum"] or None) == (expected or None)


@pytest.mark.parametrize("name", [name for name in NAMES if variation(name).writable])
def test_what_was_refused_is_shown_again_as_it_was_typed(name: str) -> None:
    for raw in (HOSTILE, "\u202egnp.exe", "１２x"):
        made = str(controls().edit(field(name), raw))
        assert _Form(made).open == []
        assert "<img" not in made or variation(name).widget == "rich_text"
        assert "onerror=alert(1)>" not in made.replace("&gt;", "")


@pytest.mark.parametrize("name", NAMES)
def test_cells_and_the_record_page_never_let_markup_through(name: str) -> None:
    write = cell_writer(field(name), Showing(display=DISPLAY, word=Words("en")))
    assert 'class="nothing"' in write(None)
    for value in values(name):
        for made in (str(write(value)), str(controls().show(field(name), value))):
            assert _Form(f"<p>{made}</p>").open == [] or variation(name).widget == "rich_text"
            assert "<img src=x" not in made
            assert "<img" not in made or variation(name).widget == "image"
            assert "<script" not in made


@pytest.mark.parametrize("name", ["lookup", "user", "file", "image"])
def test_a_record_that_is_hidden_stays_hidden_and_is_not_sent_back(name: str) -> None:
    hidden = Reference(None, None)
    made = str(controls().edit(field(name), hidden))
    assert "Hidden" in str(cell_writer(field(name), Showing(display=DISPLAY, word=Words("en")))(hidden))
    assert [pair for pair in _Form(made).sent if pair[0] == "sum"] == []


def test_a_computed_field_has_no_input() -> None:
    made = str(controls().edit(field("formula"), variation("money").parse("12")))
    assert "<output" in made
    assert _Form(made).sent == []
