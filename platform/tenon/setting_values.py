"""In charge of the values of settings: what workspace.yaml says of them, and texts as values of a type and back."""

from pathlib import Path
from typing import Any

import yaml

from tenon.errors import Detail
from tenon.texts import say

FILE = "workspace.yaml"
_TRUE, _FALSE = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})


def read_file(path: Path) -> tuple[dict[str, Any], list[Detail]]:
    """What stands under `settings:`; a file that cannot be read is a problem, not a reason to use the defaults."""
    if not path.is_file():
        return {}, []
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        message = say("{file} cannot be read. Run “tenon check”.", "无法读取 {file}。请运行“tenon check”。", file=FILE)
        return {}, [Detail(path=FILE, code="unreadable", message=message)]
    written = content.get("settings") if isinstance(content, dict) else None
    if isinstance(written, dict):
        return {str(name): value for name, value in written.items()}, []
    if written is None:
        return {}, []
    message = say(
        "“settings” in {file} is a map of names and values.", "{file} 中的“settings”应为名称到值的映射。", file=FILE
    )
    return {}, [Detail(path=FILE, code="wrong_type", message=message)]


def converted(type_: type, raw: Any) -> Any:
    """The value as the setting's type; None when it is none."""
    text = as_text(raw).strip()
    if type_ is str:
        return text if isinstance(raw, str | int | float) else None
    if type_ is bool:
        return True if text.lower() in _TRUE else False if text.lower() in _FALSE else None
    try:
        number = type_(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") and not isinstance(raw, bool) else None


def as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
