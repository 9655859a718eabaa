"""In charge of forms: the declared ones, and the form an entity gets when nobody declared any."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tenon.compiler.figures import DATES
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.referring import audience, own_field, refer, refuse_keys, same_entity
from tenon.compiler.sources import COMPANY
from tenon.compiler.work import Draft, Work
from tenon.model import Field, Form, Names, Section, Tab, Telling
from tenon.texts import say


def resolve_forms(work: Work, draft: Draft) -> dict[str, Form]:
    items = ordered(draft.node.get("forms"), ".".join((*draft.path, "forms")), work.problems)
    forms = {name: _form(work, draft, name, node) for name, node in items.items()}
    if not any(form.general for form in forms.values()):
        forms = {**forms, _free_name(forms): _implied(draft)}
    return dict(sorted(forms.items(), key=lambda item: not item[1].general))


def _free_name(forms: Mapping[str, Form]) -> str:
    return next(name for name in ("main", "general", "all_fields", "everything") if name not in forms)


def _implied(draft: Draft) -> Form:
    shown = tuple(field.name for field in draft.fields.values() if _belongs(field))
    section = Section(name="basics", label=say("Basics", "基本信息"), fields=shown)
    sections = Names({"basics": section}, kind="section")
    related = _related(draft, ())
    return Form(
        name="main", label=draft.label, sections=sections, related=related, implied=True, origin=draft.node.location
    )


def _belongs(field: Field) -> bool:
    return not field.system and field.name != "stage"


def _related(draft: Draft, inline: tuple[str, ...]) -> tuple[str, ...]:
    """Every declared relationship that is not edited in the form itself."""
    declared = (name for name, relationship in draft.relationships.items() if not relationship.implied)
    return tuple(name for name in declared if name not in inline)


def _form(work: Work, draft: Draft, name: str, node: Node) -> Form:
    path = (*draft.path, "forms", name)
    items = ordered(node.get("sections"), ".".join((*path, "sections")), work.problems)
    sections = {key: _section(work, draft, item, (*path, "sections", key)) for key, item in items.items()}
    _check_doubles(work, sections, items, path)
    inline = _relationships(work, draft, node, "inline", path)
    related = _relationships(work, draft, node, "related", path)
    return Form(
        name=name,
        label=work.label(node, path, draft.label),
        sections=Names(_with_own(draft, sections), kind="section"),
        inline=inline,
        related=related if "related" in node.map else _related(draft, inline),
        tabs=Names(_tabs(work, draft, node, path, sections), kind="tab"),
        timeline=_timeline(work, draft, node.get("timeline"), (*path, "timeline")),
        **_use(work, draft, node, path),
        origin=node.location,
    )


def _tabs(work: Work, draft: Draft, node: Node, path: TreePath, sections: Mapping[str, Section]) -> dict[str, Tab]:
    """A section stands in one tab at most."""
    made: dict[str, Tab] = {}
    seen: dict[str, str] = {}
    for name, item in ordered(node.get("tabs"), ".".join((*path, "tabs")), work.problems).items():
        here = (*path, "tabs", name)
        given = item.get("sections")
        for one in [] if given is None else given.entries:
            if one.value not in sections:
                work.unknown(say("section", "分组"), one.value, sections, one, (*here, "sections"))
            elif one.value in seen:
                message = say(
                    "“{name}” stands in “{tab}” already.",
                    "“{name}”已在“{tab}”中。",
                    name=one.value,
                    tab=seen[one.value],
                )
                work.report("used_twice", message, one, (*here, "sections"))
            seen[str(one.value)] = name
        made[name] = Tab(
            name=name,
            label=work.label(item, here),
            icon=item.pick("icon", ""),
            sections=tuple(key for key in item.pick("sections", ()) if key in sections),
            visible_when=work.expression(item.get("visible_when"), (*here, "visible_when"), work.scope(draft.name)),
        )
    return made


def _timeline(work: Work, draft: Draft, node: Node | None, path: TreePath) -> Telling | None:
    if node is None:
        return None
    log = _relationships(work, draft, node, "log", path)
    due = own_field(work, draft, node.get("due"), (*path, "due"), keys=DATES, wanted=say("date", "日期"))
    step = own_field(work, draft, node.get("step"), (*path, "step"))
    return Telling(
        of=_relationships(work, draft, node, "of", path),
        log=next(iter(log), None),
        step=None if step is None else step.name,
        due=None if due is None else due.name,
        open_when=work.expression(node.get("open_when"), (*path, "open_when"), work.scope(draft.name, needs_sql=True)),
    )


def _use(work: Work, draft: Draft, node: Node, path: TreePath) -> dict[str, Any]:
    """Where a form serves, whom, and which records."""
    use, stages = node.pick("use", "page"), node.get("stages")
    known = {stage for pipeline in draft.pipelines.values() for stage in pipeline.stages}
    for item in [] if stages is None else stages.entries:
        if item.value not in known:
            work.unknown(say("stage", "阶段"), item.value, known, item, (*path, "stages"))
    if use != "print":
        refuse_keys(work, node, path, use, ("template",))
    if use == "quick":
        refuse_keys(work, node, path, use, ("stages", "when"))
    return {
        "use": use,
        "roles": audience(work, node, path),
        "stages": tuple(node.pick("stages", ())),
        "when": work.expression(node.get("when"), (*path, "when"), work.scope(draft.name)),
        "template": _template(work, draft, node, path),
    }


def _template(work: Work, draft: Draft, node: Node, path: TreePath) -> str | None:
    given, here = node.get("template"), (*path, "template")
    name = refer(work, "templates", given, here)
    if name is None:
        return None
    if work.part("templates")[name].pick("channel") != "document":
        work.report("wrong_type", say("“{name}” is no document.", "“{name}”不是文档模板。", name=name), given, here)
    same_entity(work, "templates", name, draft.name, given, here)
    return name


def _section(work: Work, draft: Draft, node: Node, path: TreePath) -> Section:
    fields = node.get("fields")
    names = []
    for item in [] if fields is None else fields.entries:
        if item.value in draft.fields:
            names.append(str(item.value))
        else:
            work.unknown(say("field", "字段"), item.value, draft.fields, item, (*path, "fields"))
    return Section(
        name=path[-1],
        label=work.label(node, path),
        fields=tuple(names),
        columns=node.pick("columns", 2),
        help=work.text(node.get("help"), (*path, "help")),
        visible_when=work.expression(node.get("visible_when"), (*path, "visible_when"), work.scope(draft.name)),
    )


def _check_doubles(work: Work, sections: dict[str, Section], items: dict[str, Node], path: TreePath) -> None:
    seen: dict[str, str] = {}
    for key, section in sections.items():
        for place, name in enumerate(section.fields):
            if name in seen:
                message = say(
                    "The field “{name}” is in this form already (section “{section}”).",
                    "字段“{name}”已在此表单中（分组“{section}”）。",
                    name=name,
                    section=seen[name],
                )
                work.report("used_twice", message, items[key].at(("fields", place)), (*path, "sections", key, "fields"))
            seen[name] = key


def _with_own(draft: Draft, sections: dict[str, Section]) -> dict[str, Section]:
    """A client's own field without a place stands at the end of the last section, or it would never be seen."""
    placed = {name for section in sections.values() for name in section.fields}
    own = tuple(
        field.name
        for field in draft.fields.values()
        if field.module in COMPANY and draft.module not in COMPANY and _belongs(field) and field.name not in placed
    )
    if own and sections:
        last = list(sections)[-1]
        sections[last] = replace(sections[last], fields=(*sections[last].fields, *own), placed=own)
    return sections


def _relationships(work: Work, draft: Draft, node: Node, key: str, path: TreePath) -> tuple[str, ...]:
    given = node.get(key)
    names = []
    for item in [] if given is None else given.each:
        if item.value in draft.relationships:
            names.append(str(item.value))
        else:
            work.unknown(say("relationship", "关系"), item.value, draft.relationships, item, (*path, key))
    return tuple(names)
