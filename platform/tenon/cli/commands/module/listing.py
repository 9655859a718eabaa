"""In charge of `tenon module list`."""

import click

from tenon.cli.call import Call
from tenon.cli.commands.module.publishing import published_model
from tenon.texts import say
from tenon.workspace.modules import ModuleState, module_states

_STATES = {
    "installed": say("installed", "已安装"),
    "sleeping": say("disabled", "已停用"),
    "waiting": say("listed, not applied yet", "已列出，尚未应用"),
    "available": say("available", "可安装"),
    "missing": say("its folder is gone", "文件夹已丢失"),
}
_HEADINGS = (
    say("Module", "模块"),
    say("Name", "名称"),
    say("State", "状态"),
    say("Version", "版本"),
    say("Layer", "层"),
    say("Entities", "实体"),
    say("Fields", "字段"),
    say("Upgrade", "可升级到"),
)


@click.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """Installed modules in the order of their layers, then those that could be added."""
    call = ctx.ensure_object(Call)
    with call.database() as database:
        states = module_states(call.folder, published_model(database))
    call.table(_HEADINGS, [_row(call, item) for item in states])
    call.show([_json(call, item) for item in states])


def _row(call: Call, item: ModuleState) -> tuple[object, ...]:
    layer = say("standard", "标准") if item.standard else say("add-on", "扩展")
    return (
        item.name,
        call.words(item.label),
        call.words(_STATES[item.state]),
        item.published or item.version,
        call.words(layer),
        len(item.entities) or None,
        item.fields or None,
        item.upgrade,
    )


def _json(call: Call, item: ModuleState) -> dict[str, object]:
    return {
        "name": item.name,
        "label": call.words(item.label),
        "state": item.state,
        "version": item.published,
        "available": item.version,
        "upgrade": item.upgrade,
        "layer": "standard" if item.standard else "add-on",
        "entities": list(item.entities),
        "fields": item.fields,
    }
