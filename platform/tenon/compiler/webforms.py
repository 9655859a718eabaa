"""In charge of web forms: what visitors are asked, and that a record can be made of what they send."""

from collections.abc import Mapping
from datetime import date

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.referring import draft_of, far_field, own_field, refer, refer_all, writable_field
from tenon.compiler.scores import sets
from tenon.compiler.webform_sections import resolve_sections
from tenon.compiler.work import Draft, Work
from tenon.expressions import Expression
from tenon.model.entities import Entity, Field
from tenon.model.names import Names
from tenon.model.outreach import Consent, FormResult, LandingPage, Protection, WebForm, WebFormField
from tenon.texts import say

_NOT_ASKED = ("lookup", "user", "region", "hierarchy", "multi_lookup", "any_record", "stage", "json", "encrypted")
"""Visitors cannot choose among the company's records, nor is a secret taken from an open page."""
_KEEPS_CONSENT = ("boolean", "date", "datetime")
_ADDRESSES = ("email", "phone", "text")


def resolve_webforms(work: Work, entities: Mapping[str, Entity]) -> dict[str, WebForm]:
    made = {name: _webform(work, entities, name, node) for name, node in work.things("webforms").items()}
    forms = {name: form for name, form in made.items() if form is not None}
    _check_addresses(work, forms)
    return forms


def _webform(work: Work, entities: Mapping[str, Entity], name: str, node: Node) -> WebForm | None:
    path = ("webforms", name)
    draft = draft_of(work, node, path)
    if draft is None:
        return None
    fields = _fields(work, draft, node, path)
    defaults = sets(work, draft, node.get("defaults"), (*path, "defaults"))
    consent = _consent(work, draft, node.get("consent"), (*path, "consent"))
    _check_saving(work, entities[draft.name], fields, defaults, consent, node, path)
    _check_days(work, node, path)
    found = node.get("duplicates") or Node({}, node.source)
    return WebForm(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        entity=draft.name,
        fields=Names(fields, kind="field"),
        sections=Names(resolve_sections(work, draft, node, path, fields), kind="section"),
        defaults=defaults,
        duplicate_rule=_rule(work, draft, found.get("rule"), (*path, "duplicates", "rule")),
        duplicates=found.pick("do", "create"),
        assign=refer(work, "assignments", node.get("assign"), (*path, "assign")),
        consent=consent,
        protection=_protection(node.get("protection")),
        result=_result(work, draft, node.get("result"), (*path, "result")),
        page=_page(work, node.get("page"), (*path, "page")),
        embed=tuple(node.pick("embed", ())),
        paused=node.pick("paused", False),
        opens=node.pick("opens", ""),
        closes=node.pick("closes", ""),
        origin=node.location,
    )


def _fields(work: Work, draft: Draft, node: Node, path: TreePath) -> dict[str, WebFormField]:
    items = ordered(node.get("fields"), ".".join((*path, "fields")), work.problems)
    made: dict[str, WebFormField] = {}
    filled: dict[str, str] = {}
    for name, item in items.items():
        here = (*path, "fields", name)
        field = writable_field(work, draft, item.get("field") or item, str(item.pick("field", name)), here)
        if field is None:
            continue
        if field.name in filled:
            message = say("“{field}” is asked for already.", "“{field}”已被询问。", field=field.name)
            work.report("used_twice", message, item, here)
        filled[field.name] = name
        _check_question(work, draft, field, item, here)
        made[name] = _field(work, draft, field, item, here)
    return made


def _check_question(work: Work, draft: Draft, field: Field, node: Node, path: TreePath) -> None:
    hidden = node.pick("hidden", False)
    if field.type.key in _NOT_ASKED:
        message = say("Visitors cannot fill in “{name}”.", "访客无法填写“{name}”。", name=field.name)
        hint = say("Give it a value under “defaults”.", "请在 defaults 中给出其值。")
        work.report("not_asked", message, node, path, hint=hint)
    keys = [option.key for option in field.type.settings.options]
    given = node.get("options")
    for item in [] if given is None else given.entries:
        if item.value not in keys:
            work.unknown(say("option", "选项"), item.value, keys, item, (*path, "options"))
    if hidden and "query" not in node.map:
        message = say(
            "A hidden field needs “query”, or belongs to “defaults”.", "隐藏字段需要 query，或应写在 defaults 中。"
        )
        work.report("missing_key", message, node, path)


def _field(work: Work, draft: Draft, field: Field, node: Node, path: TreePath) -> WebFormField:
    return WebFormField(
        name=path[-1],
        field=field.name,
        label=work.label(node, path, field.label),
        help=work.text(node.get("help"), (*path, "help"), field.help),
        placeholder=work.text(node.get("placeholder"), (*path, "placeholder"), field.placeholder),
        required=node.pick("required", field.required) or field.required,
        hidden=node.pick("hidden", False),
        query=node.pick("query", ""),
        options=tuple(node.pick("options", ())),
        visible_when=work.expression(node.get("visible_when"), (*path, "visible_when"), work.scope(draft.name)),
        width=node.pick("width", "full"),
    )


def _check_saving(
    work: Work,
    entity: Entity,
    fields: Mapping[str, WebFormField],
    defaults: Mapping[str, Expression],
    consent: Consent | None,
    node: Node,
    path: TreePath,
) -> None:
    """What cannot be saved without a value has one; an owner by default is whoever is signed in, here nobody."""
    given = {field.field for field in fields.values()} | set(defaults) | {consent.field if consent else None}
    given -= {one.field for one in fields.values() if _is_conditional(one, node) and one.field not in defaults}
    for field in entity.fields.values():
        if not field.required or field.system or field.name in given or field.type.computed or not field.type.writable:
            continue
        if field.name == "owner" and "assign" in node.map:
            continue
        by_itself = field.default is not None and not field.default.user_dependencies
        if field.name != "stage" and not by_itself:
            message = say(
                "A record cannot be saved without “{name}”, and the form does not always give it one.",
                "缺少“{name}”无法保存记录，而表单未必给出。",
                name=field.name,
            )
            hint = say("Ask for it, or give it a value under “defaults”.", "请在表单中询问，或在 defaults 中给出。")
            work.report("cannot_be_saved", message, node, path, hint=hint)


def _is_conditional(question: WebFormField, form: Node) -> bool:
    """Whether it is not asked of everybody, by itself or with its section."""
    sections = form.get("sections")
    around = [] if sections is None else [each for each in sections.map.values() if "visible_when" in each.map]
    names = [str(one.value) for each in around if (given := each.get("fields")) is not None for one in given.entries]
    return question.visible_when is not None or question.name in names


def _consent(work: Work, draft: Draft, node: Node | None, path: TreePath) -> Consent | None:
    if node is None:
        return None
    text = work.text(node.get("text"), (*path, "text"))
    field = own_field(
        work,
        draft,
        node.get("field"),
        (*path, "field"),
        keys=_KEEPS_CONSENT,
        wanted=say("yes/no or date", "是/否或日期字段"),
    )
    if text is None:
        return None
    name = None if field is None else field.name
    return Consent(text=text, link=node.pick("link", ""), field=name, required=node.pick("required", True))


def _rule(work: Work, draft: Draft, node: Node | None, path: TreePath) -> str | None:
    if node is None:
        return None
    known = work.part("entities", draft.name, "duplicates")
    if node.value not in known:
        work.unknown(say("duplicate rule", "查重规则"), node.value, known, node, path)
        return None
    other = known[str(node.value)].pick("against", draft.name)
    if other != draft.name:
        message = say(
            "“{name}” finds records of “{entity}”, which this form does not write.",
            "“{name}”查找的是“{entity}”的记录，此表单不写入它们。",
            name=str(node.value),
            entity=str(other),
        )
        work.report("wrong_entity", message, node, path)
    return str(node.value)


def _protection(node: Node | None) -> Protection:
    keys = ("trap", "least_seconds", "per_hour", "puzzle", "links")
    return Protection(**{} if node is None else {key: node.pick(key) for key in keys if key in node.map})


def _result(work: Work, draft: Draft, node: Node | None, path: TreePath) -> FormResult:
    if node is None:
        return FormResult()
    template = refer(work, "templates", node.get("template"), (*path, "template"))
    if template is not None:
        _check_answer(work, draft, template, node, path)
    wanted = say("address", "地址字段")
    return FormResult(
        message=work.text(node.get("message"), (*path, "message")),
        redirect=node.pick("redirect", ""),
        template=template,
        to=far_field(work, draft, node.get("to"), (*path, "to"), keys=_ADDRESSES, wanted=wanted),
        notify=refer_all(work, "roles", node.get("notify"), (*path, "notify")),
    )


def _check_answer(work: Work, draft: Draft, name: str, node: Node, path: TreePath) -> None:
    template = work.part("templates")[name]
    if template.pick("channel") not in ("email", "sms", "chat"):
        message = say("“{name}” cannot be sent.", "“{name}”不能发送。", name=name)
        work.report("wrong_type", message, node.get("template"), (*path, "template"))
    if template.pick("entity") not in (None, draft.name):
        message = say(
            "“{name}” is about “{entity}”.", "“{name}”是关于“{entity}”的。", name=name, entity=template.pick("entity")
        )
        work.report("wrong_entity", message, node.get("template"), (*path, "template"))
    if "to" not in node.map:
        message = say("“to” says which field holds the address.", "请用 to 指明存放地址的字段。")
        work.report("missing_key", message, node, path)


def _page(work: Work, node: Node | None, path: TreePath) -> LandingPage | None:
    if node is None:
        return None
    texts = {key: work.text(node.get(key), (*path, key)) for key in ("title", "text", "button", "description")}
    return LandingPage(
        **texts, address=node.pick("address", ""), color=node.pick("color", ""), indexed=node.pick("indexed", False)
    )


def _check_days(work: Work, node: Node, path: TreePath) -> None:
    days = {}
    for key in ("opens", "closes"):
        if key in node.map:
            try:
                days[key] = date.fromisoformat(node.pick(key))
            except ValueError:
                work.report("bad_value", say("There is no such day.", "没有这一天。"), node.get(key), (*path, key))
    if len(days) == 2 and days["closes"] < days["opens"]:
        message = say("It closes before it opens.", "结束日期早于开始日期。")
        work.report("wrong_order", message, node.get("closes"), (*path, "closes"))


def _check_addresses(work: Work, forms: Mapping[str, WebForm]) -> None:
    seen: dict[str, str] = {}
    for name, form in forms.items():
        address = form.page.address if form.page is not None else ""
        if address and address in seen:
            path = ("webforms", name, "page", "address")
            message = say(
                "“{address}” is the address of “{form}” already.",
                "“{address}”已是“{form}”的网址。",
                address=address,
                form=seen[address],
            )
            work.report("duplicate_name", message, work.tree.at(path), path)
        seen[address] = name
