"""In charge of the promises about templates, web forms, connectors, tours and courses: what makes no sense is found."""

from collections.abc import Callable

import pytest

from tenon.compiler import Compilation

Compiled = Callable[..., Compilation]
Files = dict[str, str]

LEAD = """
label: Lead
fields:
  name: {type: text, required: true}
  code: {type: text, unique: true}
  email: {type: email}
  account: {type: lookup, to: account}
  kind: {type: choice, from: loss_reason}
  agreed: {type: boolean}
  length: {type: formula, of: integer, value: len(name)}
relationships:
  parts: {from: x_part.lead}
duplicates:
  same: {match: [name~], action: warn}
  other: {against: account, match: [name~], action: warn}
"""
PART = "label: Part\nfields:\n  name: {type: text}\n  lead: {type: lookup, to: x_lead}\n  price: {type: money}\n"


def files(kind: str, text: str, **others: str) -> Files:
    """The file x.yaml of this kind, and files `<kind>_<name>` of others."""
    made = {"entities/x_lead.yaml": LEAD, "entities/x_part.yaml": PART, f"{kind}s/x.yaml": f"label: X\n{text}"}
    return made | {f"{name.partition('_')[0]}s/{name.partition('_')[2]}.yaml": body for name, body in others.items()}


def mail(text: str, **others: str) -> Files:
    return files("template", f"channel: email\nentity: x_lead\nsubject: S\n{text}", **others)


def form(text: str, **others: str) -> Files:
    return files("webform", f"entity: x_lead\n{text}", **others)


def stream(text: str, direction: str = "in", more: str = "system: rest\nurl: https://a.example\n") -> Files:
    key = "key: {ours: code, theirs: id}"
    return files("connector", f"{more}streams: {{s: {{entity: x_lead, direction: {direction}, {key}, {text}}}}}\n")


def tour(step: str) -> Files:
    return files("tour", f"steps: {{a: {{title: T, text: T, {step}}}}}\n")


def course(text: str, **others: str) -> Files:
    return files("course", text, **others)


def question(text: str) -> Files:
    return course(f"questions: {{q: {{text: Q, {text}}}}}\n")


NAMED = "fields: {name: {}}\n"
DOCUMENT = "label: D\nchannel: document\nbody: B\nentity: deal\n"
TWO = "answers: {a: {text: A}, b: {text: B}}"

CASES: list[tuple[Files, str]] = [
    (files("template", "channel: email\nbody: B\n"), "missing_key"),
    (files("template", "channel: sms\nsubject: S\nbody: B\n"), "unknown_key"),
    (files("template", "channel: document\nentity: x_led\nbody: B\n"), "unknown_name"),
    (mail("body: '{{ nme }}'\n"), "unknown_name"),
    (mail("body: '{{ name'\n"), "not_closed"),
    (mail("body: '{{ 1 + }}'\n"), "bad_expression"),
    (mail("body: '{{ parts }}'\n"), "bad_expression"),
    (mail("body: '{% for prts %}{% end %}'\n"), "unknown_name"),
    (mail("body: '{% for account %}{% end %}'\n"), "wrong_type"),
    (mail("body: '{% for parts %}{{ nam }}{% end %}'\n"), "unknown_name"),
    (mail("body: '{% for parts %}'\n"), "missing_end"),
    (mail("body: '{% if agreed %}a{% else %}b'\n"), "missing_end"),
    (mail("body: 'a{% end %}'\n"), "unexpected_end"),
    (mail("body: '{% while agreed %}a{% end %}'\n"), "bad_block"),
    (mail("body: '{% if name %}a{% end %}'\n"), "bad_expression"),
    (mail("body: '" + "{% if agreed %}" * 9 + "{% end %}" * 9 + "'\n"), "nested_too_deeply"),
    (mail("body: '{{ given.link }}'\n"), "unknown_name"),
    (mail("body: B\ngiven: {who: {type: record}}\n"), "missing_key"),
    (mail("body: B\ngiven: {who: {type: record, to: usr}}\n"), "unknown_name"),
    (mail("body: B\nlanguage: 5\n"), "bad_expression"),
    (mail("body: B\nfrom: account\n"), "wrong_type"),
    (mail("body: B\nattachments: {a: {template: y}}\n"), "unknown_name"),
    (mail("body: B\nattachments: {a: {template: y}}\n", template_y=DOCUMENT), "wrong_entity"),
    (mail("body: B\nattachments: {a: {template: x}}\n"), "wrong_type"),
    (mail("body: B\nattachments: {a: {template: x}}\n"), "cycle"),
    (mail("body: B\nattachments: {a: {field: name}}\n"), "wrong_type"),
    (mail("body: B\nattachments: {a: {field: name, all: true}}\n"), "missing_key"),
    (mail("body: B\nattachments: {a: {all: true, when: nme}}\n"), "unknown_name"),
    (files("template", "channel: document\nentity: x_lead\nbody: B\nsave_to: name\n"), "wrong_type"),
    (files("template", "channel: document\nentity: x_lead\nbody: B\npaper: {footer: '{{ pge }}'}\n"), "unknown_name"),
    (files("template", "channel: sms\nbody: B\nprovider: {values: {a: nme}}\n"), "unknown_name"),
    (mail("body: B\ntopic: news\nroles: [boss]\n"), "unknown_name"),
    (form("fields: {nme: {}}\n"), "unknown_name"),
    (form("fields: {name: {}, length: {}}\n"), "not_writable"),
    (form("fields: {name: {}, created_at: {}}\n"), "not_writable"),
    (form("fields: {name: {}, account: {}}\n"), "not_asked"),
    (form("fields: {name: {}, account: {hidden: true, query: a}}\n"), "not_asked"),
    (form("fields: {name: {}, again: {field: name}}\n"), "used_twice"),
    (form("fields: {name: {visible_when: agreed}, agreed: {}}\n"), "cannot_be_saved"),
    (form(NAMED + "sections: {a: {label: A, fields: [nme]}}\n"), "unknown_name"),
    (form(NAMED + "sections: {a: {label: A, fields: [name]}, b: {label: B, fields: [name]}}\n"), "used_twice"),
    (form(NAMED + "duplicates: {do: update, rule: other}\n"), "wrong_entity"),
    (form("fields: {name: {}, kind: {options: [prise]}}\n"), "unknown_name"),
    (form("fields: {name: {}, code: {hidden: true}}\n"), "missing_key"),
    (form("fields: {name: {visible_when: emial}}\n"), "unknown_name"),
    (form("fields: {email: {}}\n"), "cannot_be_saved"),
    (form(NAMED + "defaults: {knd: 1}\n"), "unknown_name"),
    (form(NAMED + "defaults: {agreed: 1}\n"), "bad_expression"),
    (form(NAMED + "consent: {text: T, field: name}\n"), "wrong_type"),
    (form(NAMED + "duplicates: {do: update, rule: sme}\n"), "unknown_name"),
    (form(NAMED + "result: {template: y, to: email}\n"), "unknown_name"),
    (form(NAMED + "result: {template: y, to: email}\n", template_y=DOCUMENT), "wrong_type"),
    (form(NAMED + "result: {template: y, to: email}\n", template_y=DOCUMENT), "wrong_entity"),
    (form(NAMED + "result: {template: y, to: kind}\n", template_y=DOCUMENT), "wrong_type"),
    (form(NAMED + "result: {template: y}\n", template_y=DOCUMENT), "missing_key"),
    (form(NAMED + "result: {notify: [boss]}\n"), "unknown_name"),
    (form(NAMED + "opens: '2026-02-30'\n"), "bad_value"),
    (form(NAMED + "opens: '2026-03-01'\ncloses: '2026-02-01'\n"), "wrong_order"),
    (files("webform", "entity: deal\nfields: {name: {}}\ndefaults: {stage: \"'open'\"}\n"), "cannot_be_saved"),
    (stream("map: {nme: n}"), "unknown_name"),
    (stream("map: {length: n}"), "not_writable"),
    (stream("map: {email: n}"), "cannot_be_saved"),
    (stream("map: {name: n, kind: {theirs: k, values: {a: prise}}}"), "unknown_name"),
    (stream("map: {name: {theirs: n, match: name}}"), "unknown_key"),
    (stream("map: {name: n, account: {theirs: a, match: nme}}"), "unknown_name"),
    (stream("map: {name: n, account: {theirs: a, match: name}}"), "not_unique"),
    (stream("map: {name: {direction: out, theirs: n}}"), "wrong_direction"),
    (stream("map: {name: {value: name}}"), "missing_key"),
    (stream("map: {name: {theirs: n, value: nme}}", "out"), "unknown_name"),
    (stream("map: {name: n}, conflict: ask"), "unknown_key"),
    (stream("map: {name: n}, where: agreed"), "unknown_key"),
    (stream("map: {name: n}, changed: c", "out"), "unknown_key"),
    (stream("map: {name: n}, where: agred", "both"), "unknown_name"),
    (stream("map: {name: n}, defaults: {agreed: 1}"), "bad_expression"),
    (stream("map: {name: n}, deleted: mark"), "missing_key"),
    (stream("map: {name: n}, deleted: mark, mark: name"), "wrong_type"),
    (stream("map: {name: n}, schedule: '61 * * * *'"), "bad_schedule"),
    (stream("map: {name: n}", more="system: rest\n"), "missing_key"),
    (stream("map: {name: n}", more="system: rest\nurl: https://me:pass@a.example\n"), "secret_in_file"),
    (stream("map: {name: n}", more="system: rest\nurl: a.example\n"), "bad_value"),
    (stream("map: {name: n}", more="system: files\nauth: {kind: token}\n"), "missing_key"),
    (stream("map: {name: n}", more="system: files\nauth: {kind: token, secret: s3cret}\n"), "bad_value"),
    (stream("map: {name: n}", more="system: files\ntimezone: Mars\n"), "unknown_name"),
    (
        files(
            "connector",
            "system: files\n"
            "streams: {s: {entity: deal, direction: in, key: {ours: name, theirs: i}, map: {amount: a}}}\n",
        ),
        "not_unique",
    ),
    (tour("entity: dael"), "unknown_name"),
    (tour("entity: deal, view: lst"), "unknown_name"),
    (tour("entity: deal, field: amuont"), "unknown_name"),
    (tour("field: amount"), "missing_key"),
    (tour("page: new"), "missing_key"),
    (tour("page: home, entity: deal"), "several_places"),
    (tour("dashboard: boss"), "unknown_name"),
    (tour("report: sales"), "unknown_name"),
    (files("tour", "roles: [boss]\nsteps: {a: {title: T, text: T}}\n"), "unknown_name"),
    (question(TWO), "no_right_answer"),
    (question("answers: {a: {text: A, right: true}, b: {text: B, right: true}}"), "no_right_answer"),
    (question("answers: {a: {text: A, right: true}}"), "no_right_answer"),
    (question(f"type: many, {TWO}"), "no_right_answer"),
    (question("type: true_false"), "no_right_answer"),
    (question("type: true_false, right: 3"), "no_right_answer"),
    (question("type: number, right: true"), "no_right_answer"),
    (question(f"type: number, right: 3, {TWO}"), "unknown_key"),
    (question(f"area: feilds, {TWO}"), "unknown_name"),
    (course("areas: {fields: {pass: 50}}\n"), "no_questions"),
    (course("areas: {fields: {draw: 2}}\n"), "too_few"),
    (course("draw: 2\n"), "too_few"),
    (course("gives: {configure: viewer}\n"), "no_questions"),
    (course("gives: {configure: designer}\n"), "missing_key"),
    (course("gives: {configure: viewer, modules: [sales]}\n"), "unknown_key"),
    (course("gives: {configure: designer, modules: [slaes]}\n"), "unknown_name"),
    (course("gives: {roles: [boss]}\n"), "unknown_name"),
    (course("requires: [y]\n"), "unknown_name"),
    (course("requires: [x]\n"), "cycle"),
    (course("lessons: {a: {title: T}}\n"), "missing_key"),
    (course("lessons: {a: {title: T, tour: t}}\n"), "unknown_name"),
]


@pytest.mark.parametrize(("own", "code"), CASES)
def test_what_would_not_work_is_found_with_its_place(compiled: Compiled, own: Files, code: str) -> None:
    found = [problem for problem in compiled(own).problems if problem.code == code]
    assert found, [f"{problem.code}: {problem.message}" for problem in compiled(own).problems]
    assert all(problem.location is not None and problem.location.line > 0 for problem in found)
    assert all(problem.message.in_("en") != problem.message.in_("zh-CN") for problem in found)


PLACES = [
    ("body: 'Hello {{ nme }}'", "7:17"),
    ("body: Hello {{ name }} and {{ nme }}", "7:31"),
    ("body: |\n  Hello {{ name }}\n\n  and {% for parts %}{{ nam }}{% end %}", "10:25"),
    ("body: >\n  Hello\n  {{ name }}\n  {{   nme   }}", "10:8"),
    ("body: {en: 'A', zh-CN: '您好 {{ nme }}'}", "7:31"),
    ('body: "Hello\\n{{ name + nme }}"', "7:25"),
    ("body:\n  en: A\n  zh-CN: |\n    您好\n    {% if is_blank(nme) %}a{% end %}", "11:20"),
]


@pytest.mark.parametrize(("body", "place"), PLACES)
def test_a_typo_in_a_placeholder_is_pointed_at(compiled: Compiled, body: str, place: str) -> None:
    own = mail(f"# a line\n# a line\n{body}\n")
    (problem,) = compiled(own).problems
    assert str(problem.location) == f"templates/x.yaml:{place}"
    assert "name" in str(problem.hint)


def test_a_typo_in_a_translation_is_pointed_at_in_the_file_of_the_translation(compiled: Compiled) -> None:
    own = mail("body: 'Hello {{ name }}'\n") | {
        "translations/zh-CN.yaml": "templates:\n  x:\n    body: 您好 {{ nme }}\n    subject: 标题\n"
    }
    (problem,) = compiled(own).problems
    assert str(problem.location) == "translations/zh-CN.yaml:3:17"


def test_the_record_outside_is_there_within_a_repetition(compiled: Compiled) -> None:
    compilation = compiled(mail("body: '{% for parts %}{{ price }} {{ record.name }}{% end %}'\n"))
    assert compilation.problems == ()


def test_a_record_form_for_visitors_needs_an_owner_that_is_not_whoever_is_signed_in(compiled: Compiled) -> None:
    own = files("webform", "entity: deal\nfields: {name: {}}\n")
    missing = [str(p.message) for p in compiled(own).problems if p.code == "cannot_be_saved"]
    assert any("account" in message for message in missing)
    assert any("owner" in message for message in missing)


def test_two_forms_do_not_share_an_address(compiled: Compiled) -> None:
    page = "label: X\nentity: x_lead\nfields: {name: {}}\npage: {address: try}\n"
    own = form(NAMED) | {"webforms/x.yaml": page, "webforms/y.yaml": page}
    assert [problem.code for problem in compiled(own).problems] == ["duplicate_name"]
