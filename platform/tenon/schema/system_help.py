"""In charge of saying what each hand-made table is for: the reference for operators is written from it.

What a column means stands as a comment beside it in `system.py`, and is read from there.
"""

import inspect
import re
from collections.abc import Mapping

from tenon.schema import system
from tenon.texts import Text, say

_TABLE = re.compile(r'_table\(\s*"(\w+)"')
_NOTE = re.compile(r'_column\("(\w+)".*?\),?\s+# (.+)$')

SYSTEM_HELP: Mapping[str, Text] = {
    "version": say(
        "Published versions of the configuration, each with the files it was made of. Never changed, never deleted.",
        "已发布的配置版本，各含其来源文件。从不修改或删除。",
    ),
    "ledger": say(
        "Which table or column of the database holds which entity or field, under all names they ever had.",
        "实体和字段与数据库表列的对应关系，包括历史名称。",
    ),
    "outbox": say(
        "Events that happened in committed changes and wait for whoever listens.",
        "已提交更改中发生的事件，等待处理。",
    ),
    "history": say("Every change of a record's fields.", "记录字段的每一次更改。"),
    "stage_history": say("Every move of a record from stage to stage.", "记录的每一次阶段变动。"),
    "counter": say("The last number given out by each auto-number.", "各自动编号已用到的号码。"),
    "credential": say(
        "Hashes of passwords, and who is locked out after wrong ones.", "密码哈希，以及因多次输错而被锁定的用户。"
    ),
    "session": say("Browsers that are signed in.", "已登录的浏览器会话。"),
    "token": say("Tokens of programs: their hash, scopes and end; never the secret.", "程序令牌：哈希、范围与有效期。"),
    "calendar_feed": say(
        "Secret addresses at which people's calendars are read by other programs; never the secret itself.",
        "供其他程序读取个人日历的私密地址，不保存密钥本身。",
    ),
    "idempotency": say("Answers to writes that programs may repeat, for a day.", "可重复写入请求的应答，保留一天。"),
    "work": say(
        "Columns being filled and indexes being built before a version is published.",
        "版本发布前正在填充的列和正在建立的索引。",
    ),
    "seed": say(
        "Rows of reference data as they were loaded, so that what a company changed stays.",
        "已加载的参考数据原样，以便保留公司自己的修改。",
    ),
    "module": say("Up to which version each module's upgrade steps are done.", "各模块升级步骤已执行到的版本。"),
    "job": say(
        "Work in the background: waiting, running, done or at rest after failing.",
        "后台任务：等待、执行中、已完成或失败停止。",
    ),
    "schedule": say("When repeated work is next due.", "周期性工作的下次时间。"),
    "worker": say("Processes that do jobs, and when they were last seen.", "执行后台任务的进程及其最近活动时间。"),
    "lock": say(
        "Records that an approval locks, for which fields, and for whom they stay open.",
        "被审批锁定的记录、字段，以及仍可修改的人。",
    ),
    "turn": say(
        "Whose turn it is when records are given out, and what is locked while that is decided.",
        "分配记录时轮到谁，以及决定期间的锁。",
    ),
    "paused_automation": say("Automations that somebody, or a failure, has paused.", "被人或因失败而暂停的自动化。"),
    "pause": say("Work in the background that rests until somebody lets it go on.", "已暂停、等待恢复的后台工作。"),
    "backup": say(
        "Backups that were made, where they lie, and whether they are good.", "已做的备份、存放位置及是否有效。"
    ),
}


def column_notes() -> dict[str, dict[str, str]]:
    """Table → column → the comment beside it."""
    found: dict[str, dict[str, str]] = {}
    table = ""
    source = inspect.getsource(system)
    for match in re.finditer(r'_table\(\s*"\w+"|^.*_column\(".*$', source, re.MULTILINE):
        named, noted = _TABLE.search(match[0]), _NOTE.search(match[0])
        table = named[1] if named is not None else table
        if noted is not None:
            found.setdefault(table, {})[noted[1]] = noted[2]
    return found
