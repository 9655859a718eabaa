"""In charge of where the passphrase of backups comes from: a file, the environment; never the command line itself."""

from pathlib import Path

from tenon.errors import NotFound
from tenon.settings import Settings
from tenon.texts import say


def passphrase_of(settings: Settings, folder: Path, file: Path | None = None) -> str:
    """`file` as it was named in a call goes before the settings; "" when nobody said any."""
    if file is not None:
        return _first_line(file)
    if settings.backup_passphrase:
        return settings.backup_passphrase
    return _first_line(folder / settings.backup_passphrase_file) if settings.backup_passphrase_file else ""


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError):
        raise NotFound(
            say("The passphrase file {path} cannot be read.", "无法读取口令文件 {path}。", path=str(path)),
            hint=say("Name a text file whose first line is the passphrase.", "请指定一个首行为口令的文本文件。"),
        ) from None
