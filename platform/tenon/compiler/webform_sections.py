"""In charge of the sections of web forms: questions under a heading, each question at most once."""

from collections.abc import Mapping

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.work import Draft, Work
from tenon.model.outreach import WebFormField, WebFormSection
from tenon.texts import say


def resolve_sections(
    work: Work, draft: Draft, node: Node, path: TreePath, questions: Mapping[str, WebFormField]
) -> dict[str, WebFormSection]:
    items = ordered(node.get("sections"), ".".join((*path, "sections")), work.problems)
    seen: dict[str, str] = {}
    return {
        name: _section(work, draft, item, (*path, "sections", name), node, questions, seen)
        for name, item in items.items()
    }


def _section(
    work: Work,
    draft: Draft,
    item: Node,
    path: TreePath,
    form: Node,
    questions: Mapping[str, WebFormField],
    seen: dict[str, str],
) -> WebFormSection:
    given, asked = item.get("fields"), form.get("fields")
    written = () if asked is None else asked.map
    names = []
    for one in [] if given is None else given.entries:
        name = str(one.value)
        if name not in questions:
            if name not in written:  # a question with a problem of its own is told of there
                work.unknown(say("question", "问题"), name, list(written), one, (*path, "fields"))
        elif name in seen:
            message = say(
                "“{name}” stands in “{section}” already.", "“{name}”已在“{section}”中。", name=name, section=seen[name]
            )
            work.report("used_twice", message, one, (*path, "fields"))
        else:
            seen[name] = path[-1]
            names.append(name)
    return WebFormSection(
        name=path[-1],
        label=work.label(item, path),
        help=work.text(item.get("help"), (*path, "help")),
        fields=tuple(names),
        visible_when=work.expression(item.get("visible_when"), (*path, "visible_when"), work.scope(draft.name)),
    )
