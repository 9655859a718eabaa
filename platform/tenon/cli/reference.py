"""In charge of the reference pages: written from the product itself, so that they cannot say anything else."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click

from tenon.cli import metadata_pages, process_pages, system_pages
from tenon.cli.metadata_pages import described
from tenon.compiler.editors import FIELD_TYPES_FILE, field_types, text_of
from tenon.errors import TenonError
from tenon.expressions import FUNCTIONS
from tenon.fields import FIELD_TYPES
from tenon.settings import SETTINGS
from tenon.texts import CHINESE, ENGLISH, Text

HEAD = "<!-- Written by `make docs`. -->\n"
Lines = Iterator[str]


def pages(tenon: click.Group) -> dict[str, str]:
    """File name below docs/reference → content; `tenon` is the whole command line."""
    written = {name: write() for name, write in _PAGES.items()} | {"commands": _commands(tenon)}
    written |= metadata_pages.pages() | process_pages.pages() | system_pages.pages()
    found = {f"{name}.md": HEAD + "\n".join(lines) + "\n" for name, lines in written.items()}
    return {**found, FIELD_TYPES_FILE: text_of(field_types())}


def _both(text: Text | None) -> str:
    return "" if text is None else _cell(f"{text.in_(ENGLISH)} {text.in_(CHINESE)}")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _field_types() -> Lines:
    yield "# Field types 字段类型\n"
    yield "What may stand after `type:` of a field. Every field also takes the common keys of `metadata.md`.\n"
    for key, kind in FIELD_TYPES.items():
        if kind.internal:
            continue
        yield f"## `{key}` · {kind.label.in_(ENGLISH)} · {kind.label.in_(CHINESE)}\n"
        yield f"{_both(kind.help)}\n"
        if kind.option_schema:
            yield "| option | default | meaning |\n|---|---|---|"
            yield from (_option(name, schema) for name, schema in kind.option_schema.items())
            yield ""


def _option(name: str, schema: Mapping[str, Any]) -> str:
    default = f"`{json.dumps(schema['default'])}`" if "default" in schema else ""
    return f"| `{name}` | {default} | {described(schema)} |"


def _functions() -> Lines:
    yield "# Functions of the expression language 表达式函数\n"
    yield "| function | gives | meaning | example |\n|---|---|---|---|"
    for name, function in sorted(FUNCTIONS.items()):
        if name.startswith("_") or function.help is None:
            continue
        parameters = ", ".join(item.name + ("…" if item.many else "") for item in function.parameters)
        example = function.examples[0] if function.examples else None
        shown = f"`{_cell(example.text)}` → `{example.shows}`" if example else ""
        yield f"| `{name}({parameters})` | {function.returns.kind} | {_both(function.help)} | {shown} |"


def _settings() -> Lines:
    yield "# Settings 设置\n"
    yield "Read from the environment, else from `settings:` in `workspace.yaml`.\n"
    yield "| variable | default | meaning |\n|---|---|---|"
    for setting in SETTINGS.values():
        yield f"| `{setting.variable}` | `{setting.default!r}` | {_both(setting.help)} |"


def _errors() -> Lines:
    yield "# Errors 错误代码\n"
    yield "The last part of `type` in a problem document.\n"
    yield "| code | when |\n|---|---|"
    for kind in _below(TenonError):
        yield f"| `{kind.code}` | {_cell((kind.__doc__ or '').strip().splitlines()[0])} |"


def _below(kind: type[TenonError]) -> list[type[TenonError]]:
    """Subclasses with a code of their own, by code."""
    found: dict[str, type[TenonError]] = {}
    for child in kind.__subclasses__():
        if "code" in vars(child):
            found[child.code] = child
        found.update({item.code: item for item in _below(child)})
    return [found[code] for code in sorted(found)]


def _commands(tenon: click.Group) -> Lines:
    yield "# Commands 命令\n"
    top = click.Context(tenon, info_name="tenon")
    for name in tenon.list_commands(top):
        command = tenon.get_command(top, name)
        if command is not None:
            context = click.Context(command, info_name=f"tenon {name}", terminal_width=100, **tenon.context_settings)
            yield f"## `tenon {name}`\n\n```text\n{command.get_help(context)}\n```\n"


_PAGES: dict[str, Callable[[], Lines]] = {
    "field-types": _field_types,
    "functions": _functions,
    "settings": _settings,
    "errors": _errors,
}
