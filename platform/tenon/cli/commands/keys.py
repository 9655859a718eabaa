"""In charge of `tenon keys`: the keys that encrypted fields lie under, and their change."""

import click

from tenon.cli.call import Call
from tenon.database import Connection
from tenon.errors import Conflict, NotFound
from tenon.schema import take_turns
from tenon.schema.resealing import reseal, sealed_with
from tenon.texts import say
from tenon.workspace.keys import Keys, key_ring, ring_of


@click.group()
def command() -> None:
    """The keys of a workspace: encrypted fields are sealed with them.

    \b
    Example:
      tenon -w acme keys rotate
    """


@command.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """List the keys, and how many values lie under each.

    \b
    Example:
      tenon -w acme keys list
    """
    call = ctx.ensure_object(Call)
    keys = _keys(call)
    with call.database() as database, database.reading() as connection:
        found = [(name, name == keys.current, _values(connection, name)) for name in keys.keys]
    call.show([{"name": name, "current": current, "values": values} for name, current, values in found])
    in_use = call.words(say("in use", "使用中"))
    headings = (say("Key", "密钥"), say("State", "状态"), say("Values", "值的数量"))
    call.table(headings, [(name, in_use if current else "", values) for name, current, values in found])


@command.command("rotate")
@click.pass_context
def rotate(ctx: click.Context) -> None:
    """Make a new key and seal every encrypted value with it, while people work.

    Stopped in between, the next call goes on. Old keys stay readable until “tenon keys forget”. Running programs
    follow by themselves, as long as they read the same file .tenon/keys.json.

    \b
    Example:
      tenon -w acme keys rotate
    """
    call = ctx.ensure_object(Call)
    path = ring_of(call.folder)
    _keys(call)
    with call.database() as database:
        with database.writing() as connection:
            take_turns(connection)  # two calls at once would each make a key, and one would be lost
            keys = Keys.read(path)
            fresh = sealed_with(connection, "") == _values(connection, keys.current)
            if fresh:
                keys = keys.with_new()
                keys.write(path)
        resealed = reseal(database, key_ring(path))
    call.show({"key": keys.current, "new": fresh, "resealed": resealed.done, "lost": resealed.lost})
    told = {"key": keys.current, "count": resealed.done}
    made = say(
        "Key {key} is in use; {count} value(s) sealed anew.", "已启用密钥 {key}；重新加密 {count} 个值。", **told
    )
    on = say("Went on with {key}; {count} value(s) sealed anew.", "已继续使用 {key}；重新加密 {count} 个值。", **told)
    call.say(made if fresh else on)
    if resealed.lost:
        raise Conflict(
            say(
                "{count} value(s) could not be opened: their key is missing, or they were damaged.",
                "{count} 个值无法解密：其密钥缺失，或数据已损坏。",
                count=resealed.lost,
            ),
            hint=say(
                "Put the missing key back from a backup and call this again.", "请从备份中取回缺失的密钥后再次运行。"
            ),
        )


@command.command("forget")
@click.argument("name")
@click.pass_context
def forget(ctx: click.Context, name: str) -> None:
    """Drop an old key NAME for good. Refused while any value lies under it.

    \b
    Example:
      tenon -w acme keys forget k1
    """
    call = ctx.ensure_object(Call)
    path = ring_of(call.folder)
    _keys(call)
    with call.database() as database, database.writing() as connection:
        take_turns(connection)
        keys = Keys.read(path)
        if name not in keys.keys:
            raise NotFound(say("There is no key “{name}”.", "没有密钥“{name}”。", name=name))
        rest = keys.without(name)
        values = _values(connection, name)
        if values:
            raise Conflict(
                say(
                    "{count} value(s) still lie under the key “{name}”.",
                    "仍有 {count} 个值使用密钥“{name}”加密。",
                    count=values,
                    name=name,
                ),
                hint=say("Run “tenon keys rotate” first.", "请先运行“tenon keys rotate”。"),
            )
        rest.write(path)
    call.say(say("Key {name} is forgotten.", "已删除密钥 {name}。", name=name))
    call.show({"forgotten": name})


def _keys(call: Call) -> Keys:
    if not ring_of(call.folder).is_file():
        raise NotFound(
            say("This workspace has no keys yet.", "此工作区还没有密钥。"),
            hint=say("The first one is made with the first encrypted field.", "首次使用加密字段时会自动生成。"),
        )
    return Keys.read(ring_of(call.folder))


def _values(connection: Connection, name: str) -> int:
    return sealed_with(connection, f"1:{name}:")
