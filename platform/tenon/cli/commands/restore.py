"""In charge of `tenon restore`: a workspace made of a backup, in an empty folder and an empty database."""

from pathlib import Path

import click

from tenon.cli.call import Call
from tenon.cli.secrets import PASSPHRASE_FILE, passphrase
from tenon.cli.showing import telling
from tenon.clock import SystemClock
from tenon.settings import Settings
from tenon.texts import say
from tenon.workspace.backups.restoring import Restored, restore
from tenon.workspace.backups.targets import Target


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="A new or empty folder; -w when not given."
)
@click.option("--database", help="Address of an empty database; when not given TENON_DATABASE_URL, or a file in it.")
@click.option("--schema", help="PostgreSQL schema of its own; made when missing.")
@click.option("--accept-lost-secrets", is_flag=True, help="Also where the backup has no keys for its encrypted values.")
@PASSPHRASE_FILE
@click.pass_context
def command(
    ctx: click.Context,
    file: Path,
    folder: Path | None,
    database: str | None,
    schema: str | None,
    accept_lost_secrets: bool,
    passphrase_file: Path | None,
) -> None:
    """Make a workspace of a backup FILE, all of it or nothing. The database may be another one than before.

    It starts with everything that would leave it held back (messages, web hooks, mailboxes, scheduled backups), since
    the original may have sent it: “tenon outgoing resume” lets it go. An address given with --database is written into
    workspace.yaml; one with a password belongs into TENON_DATABASE_URL instead.

    \b
    Example:
      tenon restore acme-20260314T090000Z.tenon-backup --to acme
    """
    call = ctx.ensure_object(Call)
    folder = folder or call.folder
    around = Settings.of(Path("/nowhere"))
    said = database is not None or schema is not None
    address = database if database is not None else _said(around, "database_url")
    place = schema if schema is not None else _said(around, "database_schema")
    target = Target(folder=folder, url=address, schema=place, written=said)
    with telling(call) as tell:
        restored = restore(
            file,
            target,
            lambda: passphrase(call, passphrase_file, settings=around),
            SystemClock().now(),
            tell,
            accept_lost_secrets=accept_lost_secrets,
        )
    _tell(call, restored)


def _said(around: Settings, name: str) -> str:
    return str(getattr(around, name)) if name in around.sources else ""


def _tell(call: Call, restored: Restored) -> None:
    call.say(
        say(
            "“{name}” of {at} is in {folder}: {rows} rows of {tables} tables, {files} files, version {version}.",
            "“{name}”（{at}）已恢复到 {folder}：{tables} 个表共 {rows} 行，{files} 个文件，版本 {version}。",
            name=restored.workspace,
            at=f"{restored.made_at:%Y-%m-%d %H:%M} UTC",
            folder=str(restored.folder),
            rows=restored.rows,
            tables=restored.tables,
            files=restored.files,
            version=restored.version,
        )
    )
    if restored.in_force != restored.version:
        text = say(
            "This program cannot compile that version; version {number} is in force. “tenon doctor” says why.",
            "本程序无法编译该版本，正在使用版本 {number}。原因见“tenon doctor”。",
            number=restored.in_force,
        )
        call.say(text)
    if restored.missing:
        count = restored.missing
        call.say(say("{count} file(s) had lost their content before.", "{count} 个文件的内容此前已丢失。", count=count))
    if restored.lost_secrets:
        call.say(say("Its encrypted values cannot be opened: enter them again.", "加密字段无法解密，请重新输入。"))
    if restored.environment:
        text = say(
            "The original was started with these variables; their values are in no backup: {names}",
            "原系统启动时使用了以下环境变量，其值不在备份中：{names}",
            names=", ".join(restored.environment),
        )
        call.say(text)
    call.say(
        say(
            "Nothing leaves it until “tenon -w {folder} outgoing resume”. “tenon plan” shows what is new in modules.",
            "在运行“tenon -w {folder} outgoing resume”之前不会对外发送。“tenon plan”可查看新版模块的变化。",
            folder=str(restored.folder),
        )
    )
    call.show(
        {
            "folder": restored.folder,
            "workspace": restored.workspace,
            "made_at": restored.made_at,
            "made_by": restored.made_by,
            "version": restored.version,
            "in_force": restored.in_force,
            "tables": restored.tables,
            "rows": restored.rows,
            "files": restored.files,
            "missing": restored.missing,
            "lost_secrets": restored.lost_secrets,
            "environment": restored.environment,
            "outgoing": "paused",
        }
    )
