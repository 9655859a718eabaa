"""In charge of the settings of an installation: one table of them, and where each value comes from.

A value comes from the environment (`TENON_DATABASE_URL`), else from `settings:` in workspace.yaml, else it is the
default. Nothing else in the product reads the environment.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from tenon.errors import Detail, InvalidInput
from tenon.suggestions import did_you_mean
from tenon.texts import Text, say

PREFIX = "TENON_"
FILE = "workspace.yaml"
_FOR_TESTS = "TENON_TEST_"
_TRUE, _FALSE = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})


def _setting(default: Any, help_: Text, *, secret: bool = False, environment_only: bool = False) -> Any:
    metadata = {"help": help_, "secret": secret, "environment_only": environment_only}
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
        written, problems = _read_file(folder / FILE)
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
            shown = "••••" if setting.secret and setting.name in self.sources else _shown(value)
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


def _read_file(path: Path) -> tuple[dict[str, Any], list[Detail]]:
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


def _checked(name: str, raw: Any, source: str) -> tuple[Any] | Detail:
    setting = SETTINGS.get(name)
    in_file = source == FILE
    if setting is None or (in_file and setting.environment_only):
        known = [n if in_file else s.variable for n, s in SETTINGS.items() if not (in_file and s.environment_only)]
        shown = name if in_file else source
        message = say("There is no setting “{name}”.", "没有名为“{name}”的设置。", name=shown)
        return Detail(path=shown, code="unknown_setting", message=message, hint=did_you_mean(shown, known))
    value = _converted(setting.type, raw)
    if value is None:
        return Detail(path=name if in_file else source, code="wrong_type", message=_wanted(setting))
    return (value,)


def _converted(type_: type, raw: Any) -> Any:
    """The value as the setting's type; None when it is none."""
    text = _shown(raw).strip()
    if type_ is str:
        return text if isinstance(raw, str | int | float) else None
    if type_ is bool:
        return True if text.lower() in _TRUE else False if text.lower() in _FALSE else None
    try:
        number = type_(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") and not isinstance(raw, bool) else None


def _wanted(setting: Setting) -> Text:
    words = {
        str: say("a text", "文本"),
        bool: say("true or false", "true 或 false"),
        int: say("a whole number, not negative", "非负整数"),
        float: say("a number, not negative", "非负数"),
    }
    wanted = words[setting.type]
    return say("“{name}” must be {wanted}.", "“{name}”应为{wanted}。", name=setting.name, wanted=wanted)


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
