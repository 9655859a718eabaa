"""In charge of `tenon init`: a new workspace folder, published, with its first administrator."""

import re
from pathlib import Path

import click
from ruamel.yaml import YAML

from tenon.cli.call import Call
from tenon.cli.secrets import read_password
from tenon.compiler.editors import schema_line, write_schemas
from tenon.errors import Conflict
from tenon.texts import say
from tenon.workspace import Workspace
from tenon.workspace.keys import ring_of
from tenon.workspace.publishing import create_administrator, load_demo, propose, publish

STANDARD = "core,customers,sales"


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--modules", default=STANDARD, show_default=True, help="Modules of the workspace, with commas.")
@click.option("--name", help="What people see as its name; the folder's name when not given.")
@click.option("--language", type=click.Choice(["en", "zh-CN"]), help="Language of the workspace.")
@click.option("--timezone", default="UTC", show_default=True, help="IANA name, such as Asia/Shanghai.")
@click.option("--currency", default="CNY", show_default=True, help="ISO 4217 code.")
@click.option("--demo", is_flag=True, help="Load the modules' demonstration data.")
@click.option("--admin-email", help="E-mail of the first administrator; asked for when not given.")
@click.option("--admin-name", help="Name of the first administrator.")
@click.option("--admin-password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def command(
    ctx: click.Context,
    folder: Path,
    modules: str,
    name: str | None,
    language: str | None,
    timezone: str,
    currency: str,
    demo: bool,
    admin_email: str | None,
    admin_name: str | None,
    admin_password_stdin: bool,
) -> None:
    """Make a workspace in FOLDER, or publish the one whose workspace.yaml is already there.

    \b
    Example:
      tenon init acme --name "Acme Ltd" --demo --admin-email ann@example.com
    """
    call = ctx.ensure_object(Call)
    call.folder = folder
    _write_workspace(
        folder,
        {
            "label": name or folder.resolve().name,
            "modules": [module.strip() for module in modules.split(",") if module.strip()],
            "language": language or call.language,
            "timezone": timezone,
            "currency": currency,
        },
    )
    actor = call.actor("init")
    with call.database() as database:
        proposal = propose(database, folder)
        if not proposal.plan.is_empty:
            publish(database, proposal, actor, reason="init", ring=ring_of(folder))
    with Workspace.open(folder) as workspace:
        _people(call, workspace, admin_email, admin_name, admin_password_stdin)
        if demo:
            with workspace.unit(actor) as unit:
                call.say(
                    say(
                        "{count} demonstration records.",
                        "{count} 条演示数据。",
                        count=load_demo(unit, workspace.current),
                    )
                )
    call.say(
        say(
            "Ready. Start it with: tenon -w {folder} serve", "已就绪。启动：tenon -w {folder} serve", folder=str(folder)
        )
    )


def _write_workspace(folder: Path, content: dict[str, object]) -> None:
    path = folder / "workspace.yaml"
    if path.exists():
        return
    name = re.sub(r"[^a-z0-9]+", "_", folder.resolve().name.lower()).strip("_")
    folder.mkdir(parents=True, exist_ok=True)
    write_schemas(folder)
    with path.open("w", encoding="utf-8") as file:
        file.write(schema_line(path.name))
        YAML().dump({"name": name if name[:1].isalpha() else f"w_{name}", **content}, file)


def _people(call: Call, workspace: Workspace, email: str | None, name: str | None, from_stdin: bool) -> None:
    email = email or click.prompt(call.words(say("E-mail of the administrator", "管理员邮箱")))
    with workspace.reading(call.actor("init")) as unit:
        known = workspace.identities.by_email(unit.connection, email, unit.now)
    if known is not None:
        raise Conflict(
            say("{email} is a user of this workspace already.", "{email} 已是此工作区的用户。", email=email),
            hint=say("Set another password with “tenon user password”.", "可用“tenon user password”重设密码。"),
        )
    password = read_password(call, from_stdin=from_stdin)
    with workspace.unit(call.actor("first administrator")) as unit:
        create_administrator(unit, workspace.current, email, name or email.partition("@")[0], password)
