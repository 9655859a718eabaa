"""In charge of the settings of an installation: one table of them, and where each value comes from.

A value comes from the environment (`TENON_DATABASE_URL`), else from `settings:` in workspace.yaml, else it is the
default. Nothing else in the product reads the environment.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tenon.errors import Detail, InvalidInput
from tenon.setting_values import FILE, as_text, converted, read_file
from tenon.suggestions import did_you_mean
from tenon.texts import Text, say

PREFIX = "TENON_"
_FOR_TESTS = "TENON_TEST_"


def _setting(default: Any, help_: Text, *, secret: bool = False, environment_only: bool = False, form: str = "") -> Any:
    metadata = {"help": help_, "secret": secret, "environment_only": environment_only, "form": form}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One row of the table. `type` is text, whole number, number or yes/no as Python's str, int, float, bool."""

    name: str
    type: type
    default: Any
    help: Text
    secret: bool
    """Whether its value is never shown."""
    environment_only: bool
    form: str
    """Regular expression of its values; "" when anything of its type will do."""

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A setting in force. `value` is ready to be shown; `source` is the variable, the file, or "" for the default."""

    setting: Setting
    value: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The table itself: what is written here is what exists."""

    workspace: str = _setting(
        "",
        say("Folder of the workspace; the current folder when empty.", "工作区文件夹；为空时用当前文件夹。"),
        environment_only=True,
    )
    database_url: str = _setting(
        "",
        say(
            "Address of the database: sqlite:///path or postgresql+psycopg://user@host/name. "
            "Empty: SQLite in the workspace's folder. A relative path starts at that folder.",
            "数据库地址：sqlite:///路径 或 postgresql+psycopg://用户@主机/库名。"
            "为空时用工作区文件夹内的 SQLite；相对路径以该文件夹为起点。",
        ),
        secret=True,
    )
    database_schema: str = _setting(
        "",
        say(
            "PostgreSQL schema of this workspace, made when missing; workspaces that share a database have one each.",
            "此工作区的 PostgreSQL 模式（schema），不存在时自动创建；共用数据库的工作区各用一个。",
        ),
    )
    database_connections: int = _setting(
        20, say("Most connections to the database, per process.", "每个进程的最大数据库连接数。")
    )
    database_lock_timeout: float = _setting(
        10.0,
        say("Seconds to wait for somebody else's change; 0: without end.", "等待他人更改完成的秒数；0 表示不限。"),
    )
    database_statement_timeout: float = _setting(
        60.0,
        say(
            "Seconds one statement may take on PostgreSQL; 0: without end.",
            "PostgreSQL 单条语句的最长秒数；0 表示不限。",
        ),
    )
    redis_url: str = _setting(
        "",
        say(
            "Address of a Redis server: redis://host:6379/0 or unix:///path. With it, “tenon worker” does the jobs; "
            "empty: threads of “tenon serve” do them.",
            "Redis 服务器地址：redis://主机:6379/0 或 unix:///路径。设置后由“tenon worker”执行后台任务；"
            "为空时由“tenon serve”的线程执行。",
        ),
        secret=True,
    )
    job_threads: int = _setting(2, say("Jobs one process does at the same time.", "每个进程同时执行的后台任务数。"))
    keep_jobs: int = _setting(
        30,
        say("Days that finished jobs and events are kept.", "已完成的后台任务和事件保留的天数。"),
    )
    keep_runs: int = _setting(
        90,
        say(
            "Days that the log of an ended automation run is kept; 0: for ever.",
            "自动化运行结束后，运行日志保留的天数；0 表示永久。",
        ),
    )
    keep_deliveries: int = _setting(
        90,
        say(
            "Days that ended deliveries and replays of web hooks are kept; 0: for ever.",
            "已结束的 Webhook 投递与重放保留的天数；0 表示永久。",
        ),
    )
    keep_notifications: int = _setting(
        180,
        say("Days that notifications are kept; 0: for ever.", "通知保留的天数；0 表示永久。"),
    )
    keep_mail_entries: int = _setting(
        365,
        say(
            "Days that the ledger of mails read from mailboxes is kept; 0: for ever. The mails themselves stay.",
            "邮箱收取台账保留的天数；0 表示永久。邮件本身不受影响。",
        ),
    )
    keep_messages: int = _setting(
        0,
        say(
            "Days that messages which left the house are kept; 0: for ever. What came in always stays.",
            "已发出的消息保留的天数；0 表示永久。收到的消息始终保留。",
        ),
    )
    keep_pool_events: int = _setting(
        1095,
        say(
            "Days that events of pools are kept, the last of each kind of a record longer; 0: for ever.",
            "公海流转记录保留的天数（每条记录每类的最近一次保留更久）；0 表示永久。",
        ),
    )
    trusted_proxies: int = _setting(
        0,
        say(
            "Proxies in front whose X-Forwarded-For is believed when visitors of web forms are told apart.",
            "前置代理的层数；区分网页表单的访客时采信它们给出的 X-Forwarded-For。",
        ),
    )
    host: str = _setting("127.0.0.1", say("Address “tenon serve” listens on.", "“tenon serve”监听的地址。"))
    port: int = _setting(8000, say("Port “tenon serve” listens on.", "“tenon serve”监听的端口。"))
    promote_token: str = _setting(
        "",
        say(
            "Token for the server that “tenon promote --to https://…” publishes to.",
            "“tenon promote --to https://…”发布到目标服务器所用的令牌。",
        ),
        secret=True,
        environment_only=True,
    )
    purge_after: int = _setting(
        90,
        say(
            "Days what was removed is kept before “tenon purge” may drop it.",
            "被移除的内容保留的天数，之后“tenon purge”才可删除。",
        ),
    )
    long_work_rows: int = _setting(
        50_000,
        say(
            "From how many records on values are converted and indexes built in steps before a version is published.",
            "记录数达到多少时，在发布版本之前分步转换数据和建立索引。",
        ),
    )
    upload_limit: int = _setting(
        25_000_000, say("Largest request with its files, in bytes.", "单次请求（含文件）的最大字节数。")
    )
    api_rate_limit: int = _setting(
        60_000,
        say(
            "API requests one person may make in a minute, per process; 0: without limit.",
            "每人每分钟可发出的 API 请求数（按进程计）；0 表示不限。",
        ),
    )
    workspace_idle: int = _setting(
        1800,
        say(
            "Seconds after which an unused workspace of an installation leaves the memory; 0: never.",
            "多工作区安装中，工作区闲置多少秒后移出内存；0 表示从不。",
        ),
    )
    secure_cookies: bool = _setting(
        False,
        say(
            "Mark cookies for TLS only even when a request seems not to come over TLS (behind a proxy).",
            "即使请求看似未经 TLS（例如在代理之后），也将 Cookie 标记为仅限 TLS。",
        ),
    )
    public_url: str = _setting(
        "",
        say(
            "Address under which people reach this installation (https://crm.example.com): links in messages begin so.",
            "用户访问本系统的地址（如 https://crm.example.com），消息中的链接以此开头。",
        ),
    )
    smtp_url: str = _setting(
        "",
        say(
            "Mail server: smtp://user:password@host:587 (TLS where offered) or smtps://…; empty: no e-mail is sent.",
            "邮件服务器：smtp://用户:密码@主机:587（服务器支持时启用 TLS）或 smtps://…；为空则不发送邮件。",
        ),
        secret=True,
    )
    mail_from: str = _setting(
        "",
        say("Sender of e-mail: “Acme <crm@example.com>”.", "邮件发件人，如“公司 <crm@example.com>”。"),
    )
    sms_url: str = _setting(
        "",
        say(
            "Address of the gateway for text messages; it gets JSON by POST. Empty: none are sent.",
            "短信网关地址，以 POST 接收 JSON；为空则不发送短信。",
        ),
    )
    sms_secret: str = _setting(
        "",
        say("Secret that calls of the gateway for text messages are signed with.", "调用短信网关时的签名密钥。"),
        secret=True,
    )
    backup_folder: str = _setting(
        "",
        say(
            "Folder that encrypted backups are written to every day, best on another machine; empty: none are made.",
            "每天写入加密备份的文件夹，最好位于另一台机器；为空则不自动备份。",
        ),
    )
    backup_time: str = _setting(
        "02:30",
        say(
            "Time of day of the backup, in the workspace's time zone, such as 02:30.",
            "每天备份的时间（工作区时区），如 02:30。",
        ),
        form=r"([01]\d|2[0-3]):[0-5]\d",
    )
    backup_keep: int = _setting(
        14, say("How many of the scheduled backups are kept; 0: all.", "保留的自动备份份数；0 表示全部保留。")
    )
    backup_passphrase: str = _setting(
        "",
        say(
            "Passphrase that backups are encrypted with. Keep it apart from the backups: nobody can read them without.",
            "加密备份所用的口令。请与备份分开保管：没有口令，任何人都无法读取备份。",
        ),
        secret=True,
        environment_only=True,
    )
    backup_passphrase_file: str = _setting(
        "",
        say(
            "File whose first line is the passphrase of backups, where the environment is not to hold it.",
            "首行为备份口令的文件，用于不便把口令放入环境变量的情况。",
        ),
    )
    private_addresses: bool = _setting(
        False,
        say(
            "Let web hooks and connectors call addresses inside the own network.",
            "允许 Webhook 与连接器访问内网地址。",
        ),
    )
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Name → the variable or file its value comes from; names of defaults are missing."""

    @classmethod
    def of(cls, folder: Path, environment: Mapping[str, str] | None = None) -> "Settings":
        """Of the workspace in `folder`. Raises InvalidInput with one detail for each setting that is wrong."""
        written, problems = read_file(folder / FILE)
        given = {name: (value, FILE) for name, value in written.items()}
        for variable, text in (os.environ if environment is None else environment).items():
            if variable.startswith(PREFIX) and not variable.startswith(_FOR_TESTS):
                given[variable.removeprefix(PREFIX).lower()] = (text, variable)
        values = {}
        for name, (raw, source) in given.items():
            found = _checked(name, raw, source)
            if isinstance(found, Detail):
                problems.append(found)
            else:
                values[name] = found[0]
        if problems:
            raise InvalidInput(
                say("Some settings are wrong.", "部分设置有误。"),
                hint=say("“tenon explain setting” lists all of them.", "“tenon explain setting”可列出全部设置。"),
                details=problems,
            )
        values["database_url"] = database_address(values.get("database_url", ""), folder)
        return cls(**values, sources={name: source for name, (_raw, source) in given.items()})

    @property
    def has_database(self) -> bool:
        """Whether there is one to ask; False for an SQLite file that was not made yet, which opening would make."""
        kind, _colon, path = self.database_url.partition(":///")
        return not kind.startswith("sqlite") or Path(path.partition("?")[0]).is_file()

    def explained(self) -> list[Explained]:
        """Every setting with its value; secrets are masked."""
        found = []
        for setting in SETTINGS.values():
            value = getattr(self, setting.name)
            shown = "••••" if setting.secret and setting.name in self.sources else as_text(value)
            found.append(Explained(setting=setting, value=shown, source=self.sources.get(setting.name, "")))
        return found


SETTINGS: Mapping[str, Setting] = {
    item.name: Setting(name=item.name, type=type(item.default), default=item.default, **item.metadata)
    for item in fields(Settings)
    if item.metadata
}
"""The table for programs: by name, in the order of the documentation."""


def secret_named(name: str) -> str:
    """The secret that metadata names (`auth.secret`): kept in the environment alone. "" when there is none."""
    return os.environ.get(name, "") if not name.startswith(PREFIX) else ""


def database_address(url: str, folder: Path) -> str:
    """`url` with a relative SQLite path made absolute from `folder`; the workspace's own file when it is empty."""
    if not url:
        return f"sqlite:///{folder.resolve() / '.tenon' / 'tenon.sqlite'}"
    address = urlsplit(url)
    if address.scheme.split("+")[0] != "sqlite" or address.netloc or address.path.startswith("//"):
        return url
    path = address.path.removeprefix("/")
    options = f"?{address.query}" if address.query else ""
    return f"{address.scheme}:///{folder.resolve() / path}{options}" if path and path != ":memory:" else url


def _checked(name: str, raw: Any, source: str) -> tuple[Any] | Detail:
    setting = SETTINGS.get(name)
    in_file = source == FILE
    if setting is None or (in_file and setting.environment_only):
        known = [n if in_file else s.variable for n, s in SETTINGS.items() if not (in_file and s.environment_only)]
        shown = name if in_file else source
        message = say("There is no setting “{name}”.", "没有名为“{name}”的设置。", name=shown)
        return Detail(path=shown, code="unknown_setting", message=message, hint=did_you_mean(shown, known))
    value = converted(setting.type, raw)
    if value is None or (setting.form and not re.fullmatch(setting.form, value)):
        return Detail(path=name if in_file else source, code="wrong_type", message=_wanted(setting))
    return (value,)


def _wanted(setting: Setting) -> Text:
    words = {
        str: say("a text", "文本"),
        bool: say("true or false", "true 或 false"),
        int: say("a whole number, not negative", "非负整数"),
        float: say("a number, not negative", "非负数"),
    }
    formed = say("written like “{example}”, in quotes", "“{example}”这样的形式（加引号）", example=setting.default)
    wanted = formed if setting.form else words[setting.type]
    return say("“{name}” must be {wanted}.", "“{name}”应为{wanted}。", name=setting.name, wanted=wanted)
