"""In charge of what is said when a backup cannot be made, read or restored: the true reason, and what to do."""

from collections.abc import Iterable
from pathlib import Path

from tenon.errors import BadRequest, Conflict, InvalidInput, NotFound, Unavailable
from tenon.texts import Text, say

LEAST = 12
"""Characters of a passphrase."""


class Damaged(Unavailable):
    """The file is not as it was written."""


def no_such_file(path: Path) -> NotFound:
    return NotFound(say("There is no file {path}.", "没有文件 {path}。", path=str(path)))


def not_a_backup(path: Path) -> BadRequest:
    return BadRequest(
        say("{path} is not a backup made by Tenon.", "{path} 不是 Tenon 的备份文件。", path=str(path)),
        hint=say(
            "“tenon backup” makes files ending in .tenon-backup.", "“tenon backup”生成以 .tenon-backup 结尾的文件。"
        ),
    )


def too_new(made_by: str, what: Text) -> Conflict:
    return Conflict(
        say(
            "This backup was made by Tenon {version}, which is newer than this program: {what}.",
            "此备份由 Tenon {version} 生成，比本程序新：{what}。",
            version=made_by,
            what=what,
        ),
        hint=say(
            "Install Tenon {version} or later, then restore again.",
            "请安装 Tenon {version} 或更高版本后再恢复。",
            version=made_by,
        ),
    )


def wrong_passphrase() -> InvalidInput:
    return InvalidInput(
        say("The passphrase is not the one this backup was made with.", "口令与此备份所用的口令不符。"),
        hint=say(
            "The file itself is sound so far. Try the passphrase that was in force when it was made.",
            "文件本身目前未见异常。请使用生成备份时的口令。",
        ),
    )


def weak_passphrase() -> InvalidInput:
    return InvalidInput(
        say("A passphrase of a backup has {least} characters or more.", "备份口令至少 {least} 个字符。", least=LEAST),
        hint=say("A few words in a row are easy to keep.", "几个连在一起的词既长又好记。"),
    )


def no_passphrase() -> InvalidInput:
    return InvalidInput(
        say("There is no passphrase to encrypt the backup with.", "没有用于加密备份的口令。"),
        hint=say(
            "Set TENON_BACKUP_PASSPHRASE, or backup_passphrase_file, or give --passphrase-file.",
            "请设置 TENON_BACKUP_PASSPHRASE 或 backup_passphrase_file，或使用 --passphrase-file。",
        ),
    )


def cut_short(at: int) -> Damaged:
    return Damaged(
        say(
            "The backup ends too early, after {at} bytes: a part of the file is missing.",
            "备份在 {at} 字节处提前结束：文件不完整。",
            at=at,
        ),
        hint=say("Copy it again from where it was made, or take another one.", "请从原处重新复制，或改用其他备份。"),
    )


def damaged(at: int) -> Damaged:
    return Damaged(
        say(
            "The backup was changed or damaged at byte {at}; nothing behind that can be trusted.",
            "备份在第 {at} 字节处被改动或损坏，其后的内容不可信。",
            at=at,
        ),
        hint=say("Copy it again from where it was made, or take another one.", "请从原处重新复制，或改用其他备份。"),
    )


def inconsistent(what: str) -> Damaged:
    return Damaged(
        say(
            "The backup does not hold what it says it holds ({what}).",
            "备份内容与其自身记录不符（{what}）。",
            what=what,
        ),
        hint=say(
            "Take another one, and report this with the version that made it.",
            "请改用其他备份，并附上生成它的版本号报告此问题。",
        ),
    )


def lacking_modules(names: Iterable[str], made_by: str) -> Conflict:
    return Conflict(
        say(
            "The workspace uses modules that this program does not have: {names}.",
            "工作区使用了本程序没有的模块：{names}。",
            names=", ".join(names),
        ),
        hint=say(
            "Restore with an installation that has them; the backup was made by Tenon {version}.",
            "请在含有这些模块的安装上恢复；备份由 Tenon {version} 生成。",
            version=made_by,
        ),
    )


def closed_secrets() -> Conflict:
    return Conflict(
        say(
            "The keys in this backup do not open the encrypted values in it: the original had lost its keys before.",
            "备份中的密钥无法解密其中的加密字段：原系统在备份前已丢失密钥。",
        ),
        hint=say(
            "Take an older backup, or say --accept-lost-secrets and enter these values again afterwards.",
            "请改用更早的备份，或使用 --accept-lost-secrets 并在恢复后重新输入这些值。",
        ),
    )


def folder_in_use(folder: Path) -> Conflict:
    return Conflict(
        say(
            "{folder} is not empty; nothing was restored.",
            "{folder} 不是空文件夹，未恢复任何内容。",
            folder=str(folder),
        ),
        hint=say("Name a new or empty folder with --to.", "请用 --to 指定新的或空的文件夹。"),
    )


def database_in_use(tables: int) -> Conflict:
    return Conflict(
        say(
            "The database is not empty: it has {count} table(s). Nothing was restored.",
            "数据库不为空：已有 {count} 个表。未恢复任何内容。",
            count=tables,
        ),
        hint=say(
            "Name an empty one with --database, or a schema of its own with --schema.",
            "请用 --database 指定空数据库，或用 --schema 指定独立的模式。",
        ),
    )


def no_folder(folder: Path) -> NotFound:
    return NotFound(
        say("There is no folder {folder}.", "没有文件夹 {folder}。", folder=str(folder)),
        hint=say("Make it, or name another one.", "请先创建，或指定其他文件夹。"),
    )


def cannot_read(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        say(
            "{path} cannot be read: {reason}.",
            "无法读取 {path}：{reason}。",
            path=str(path),
            reason=error.strerror or type(error).__name__,
        ),
        hint=say("Let the user this program runs as read it.", "请允许运行本程序的用户读取该文件。"),
    )


def cannot_write(folder: Path, error: OSError) -> Unavailable:
    return Unavailable(
        say(
            "{folder} cannot be written: {reason}.",
            "无法写入 {folder}：{reason}。",
            folder=str(folder),
            reason=error.strerror or type(error).__name__,
        ),
        hint=say("Look at its rights and the space that is left.", "请检查权限和剩余空间。"),
    )
