"""In charge of where a file stands in the tree: the path of a file is its place."""

import re

from tenon.compiler.nodes import TreePath
from tenon.compiler.schemas import KINDS, WHOLE
from tenon.compiler.sources import COMPANY, WORD, SourceFile
from tenon.locations import Location
from tenon.problems import Problems, Severity
from tenon.suggestions import did_you_mean
from tenon.texts import say

FOLDERS = tuple(part for part in KINDS if part not in (*WHOLE, "modules"))
SINGLES = ("navigation", "regions")
SECTIONS = ("fields", "relationships", "rules", "unique", "duplicates", "pipelines", "views", "forms", "grants")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def place(source: SourceFile, problems: Problems) -> TreePath | None:
    """The path of the subtree this file is; None when it has no place (said among the problems)."""
    stem, _dot, suffix = source.path.rpartition(".")
    parts = tuple(stem.split("/"))
    if suffix not in ("yaml", "csv", WORD.removeprefix(".")):
        message = say("Metadata files end in “.yaml”.", "元数据文件以“.yaml”结尾。")
        problems.add("bad_file_name", message, location=Location(source.shown))
        return None
    if len(parts) == 1:
        return _single(source, parts[0], problems)
    if parts[0] not in FOLDERS:
        _no_folder(source, parts[0], problems)
        return None
    if not _well_named(parts):
        message = say(
            "A file is named with small letters, digits and underscores, like the thing it describes.",
            "文件名须与其描述的事物同名，由小写字母、数字和下划线组成。",
        )
        problems.add("bad_file_name", message, location=Location(source.shown))
        return None
    return parts


def _single(source: SourceFile, name: str, problems: Problems) -> TreePath | None:
    if name in SINGLES:
        return (name,)
    if name == "workspace" and source.layer in COMPANY:
        return ("workspace",)
    if name == "module" and source.layer not in COMPANY:
        return ("modules", source.layer)
    known = [*SINGLES, "workspace" if source.layer in COMPANY else "module"]
    message = say("“{file}” has no place here and is not read.", "“{file}”在此没有位置，不会被读取。", file=source.path)
    hint = did_you_mean(name, known)
    severity: Severity = "error" if hint is not None else "warning"
    problems.add("unknown_file", message, location=Location(source.shown), hint=hint, severity=severity)
    return None


def _no_folder(source: SourceFile, folder: str, problems: Problems) -> None:
    message = say("The folder “{folder}” is not read.", "文件夹“{folder}”不会被读取。", folder=folder)
    hint = did_you_mean(folder, FOLDERS)
    severity: Severity = "error" if hint is not None else "warning"
    problems.add("unknown_folder", message, location=Location(source.shown), hint=hint, severity=severity)


def _well_named(parts: TreePath) -> bool:
    kind, name, *rest = parts
    if kind == "translations":
        return not rest and _LANGUAGE.fullmatch(name) is not None
    if rest and (kind != "entities" or rest[0] not in SECTIONS or len(rest) > 2):
        return False
    return all(_NAME.fullmatch(part) for part in (name, *rest[1:]))
