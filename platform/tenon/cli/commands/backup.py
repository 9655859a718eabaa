"""In charge of `tenon backup`: one encrypted file with everything a workspace is, and reading such a file through."""

from pathlib import Path

import click

from tenon.cli.call import Call
from tenon.cli.secrets import PASSPHRASE_FILE, passphrase
from tenon.cli.showing import sizes, telling
from tenon.clock import SystemClock
from tenon.errors import TenonError
from tenon.schema import take_turns
from tenon.texts import say
from tenon.workspace.backups import Made, Report, Source, make, verify
from tenon.workspace.backups.ledger import remember, remember_failure


@click.group(invoke_without_command=True)
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Folder of the file.")
@PASSPHRASE_FILE
@click.pass_context
def command(ctx: click.Context, folder: Path | None, passphrase_file: Path | None) -> None:
    """Write one encrypted file with data, files, metadata, all versions and keys, while people go on working.

    The folder is the setting backup_folder when --to is not given, else the current one. Keep the passphrase apart
    from the file: nobody can read it without, nor help.

    \b
    Example:
      tenon -w acme backup --to /mnt/backups --passphrase-file /etc/tenon/passphrase
      tenon backup verify acme-20260314T090000Z.tenon-backup
    """
    if ctx.invoked_subcommand is not None:
        return
    call = ctx.ensure_object(Call)
    settings = call.settings
    into = folder or (call.folder / settings.backup_folder if settings.backup_folder else Path())
    with call.database() as database:
        secret = passphrase(call, passphrase_file, twice=True)
        source, began = Source(folder=call.folder, settings=settings, database=database), SystemClock().now()
        try:
            with telling(call) as tell:
                made = make(source, into, secret, began, tell)
        except TenonError as error:
            with database.writing() as connection:
                take_turns(connection)
                remember_failure(connection, "command", began, SystemClock().now(), str(error.message))
            raise
        with database.writing() as connection:
            take_turns(connection)  # a database that an older program made may not have the table
            remember(connection, "command", began, SystemClock().now(), made)
    _tell_made(call, made)


@command.command("verify")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@PASSPHRASE_FILE
@click.pass_context
def verify_(ctx: click.Context, file: Path, passphrase_file: Path | None) -> None:
    """Read a backup from its first to its last byte and check every digest and count. Writes nothing.

    \b
    Example:
      tenon backup verify acme-20260314T090000Z.tenon-backup
    """
    call = ctx.ensure_object(Call)
    with telling(call) as tell:
        report = verify(file, lambda: passphrase(call, passphrase_file), tell)
    _tell_report(call, report)


def _tell_made(call: Call, made: Made) -> None:
    figures = {"rows": made.rows, "tables": made.tables, "files": made.files, "size": sizes(made.size)}
    call.say(
        say(
            "{path}: {rows} rows of {tables} tables, {files} files, {size}.",
            "{path}：{tables} 个表共 {rows} 行，{files} 个文件，{size}。",
            path=str(made.path),
            **figures,
        )
    )
    if made.missing:
        text = say(
            "{count} file(s) have lost their content before; it is not in the backup: {keys}",
            "{count} 个文件的内容此前已丢失，不在备份中：{keys}",
            count=made.missing,
            keys=", ".join(made.missing_keys),
        )
        call.say(text)
    if made.lost_secrets:
        text = say(
            "Some encrypted values cannot be opened with this workspace's keys: put .tenon/keys.json back.",
            "部分加密字段无法用此工作区的密钥解密：请取回 .tenon/keys.json。",
        )
        call.say(text)
    call.show(
        {
            "path": made.path,
            "size": made.size,
            "version": made.version,
            "tables": made.tables,
            "rows": made.rows,
            "files": made.files,
            "missing": made.missing,
            "lost_secrets": made.lost_secrets,
        }
    )


def _tell_report(call: Call, report: Report) -> None:
    call.say(
        say(
            "Whole and readable. “{workspace}”, version {version}, made {at} by Tenon {made_by} from {database}.",
            "备份完整可读。“{workspace}”，版本 {version}，{at} 由 Tenon {made_by} 从 {database} 生成。",
            workspace=report.workspace,
            version=report.version,
            at=f"{report.made_at:%Y-%m-%d %H:%M} UTC",
            made_by=report.made_by,
            database=report.database,
        )
    )
    rows = [
        (call.words(say("rows", "行")), sum(report.rows.values())),
        (call.words(say("tables", "表")), len(report.rows)),
        (call.words(say("uploaded files", "上传文件")), report.files),
        (call.words(say("files of metadata", "元数据文件")), report.metadata),
        (call.words(say("key files", "密钥文件")), report.keys),
        (call.words(say("files that had lost their content", "内容已丢失的文件")), report.missing),
        (
            call.words(say("modules", "模块")),
            ", ".join(map(" ".join, report.modules.items())),
        ),
        (call.words(say("size", "大小")), f"{sizes(report.size)} ({sizes(report.unpacked)})"),
    ]
    call.table((say("What", "内容"), say("How many", "数量")), rows)
    call.show(
        {
            "path": report.path,
            "whole": True,
            "workspace": report.workspace,
            "version": report.version,
            "made_at": report.made_at,
            "made_by": report.made_by,
            "database": report.database,
            "modules": report.modules,
            "rows": report.rows,
            "files": report.files,
            "metadata": report.metadata,
            "keys": report.keys,
            "missing": report.missing,
            "size": report.size,
            "unpacked": report.unpacked,
        }
    )
