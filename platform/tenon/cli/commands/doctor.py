"""In charge of `tenon doctor`: whether settings, metadata, database and files fit together, and what to do if not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from tenon.cli.call import Call
from tenon.compiler import check, compile_standing, read_layers
from tenon.database import Connection
from tenon.errors import MetadataError, TenonError, Unavailable
from tenon.exchange.documents import HINT, lacking
from tenon.model import Model
from tenon.problems import Problem
from tenon.schema import (
    Ledger,
    Progress,
    drift,
    installed,
    published,
    repair_ledger,
    take_turns,
    versions,
)
from tenon.schema.progress import Work
from tenon.texts import Text, say
from tenon.workspace import Workspace
from tenon.workspace.backups.ledger import remembered
from tenon.workspace.backups.telling import state_of


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`name` is what was looked at, `place` where in the files or the tree of metadata."""

    name: str
    good: bool
    text: Text
    place: str = ""
    hint: Text | None = None

    @classmethod
    def of(cls, name: str, error: TenonError) -> "Finding":
        return cls(name=name, good=False, text=error.message, hint=error.hint)


@click.command()
@click.option("--repair", is_flag=True, help="Enter in the ledger again what it has lost and the database still has.")
@click.pass_context
def command(ctx: click.Context, repair: bool) -> None:
    """Look at settings, files, database and published version, and say what does not fit. Changes nothing by itself.

    It also looks when the workspace does not start.

    \b
    Example:
      tenon -w acme doctor
      tenon -w acme doctor --repair
    """
    call = ctx.ensure_object(Call)
    findings: list[Finding] = []
    for look in ((_repair,) if repair else ()) + (_settings, _metadata, _documents, _published):
        try:
            findings.extend(look(call))
        except TenonError as error:
            findings.append(Finding.of(look.__name__.strip("_"), error))
    for finding in findings:
        _print(call, finding)
    call.show([_json(call, finding) for finding in findings])
    if not all(finding.good for finding in findings):
        ctx.exit(1)


def _settings(call: Call) -> list[Finding]:
    kind = call.settings.database_url.partition(":")[0]
    text = say("read; the database is {kind}", "已读取；数据库为 {kind}", kind=kind)
    return [Finding(name="settings", good=True, text=text)]


def _metadata(call: Call) -> list[Finding]:
    problems = check(read_layers(call.folder)).problems
    errors = [problem for problem in problems if problem.severity == "error"]
    text = (
        say("{count} problems; see “tenon check”", "{count} 个问题；见“tenon check”", count=len(errors))
        if errors
        else say("the files compile", "文件可以编译")
    )
    return [Finding(name="metadata", good=not errors, text=text)]


def _documents(_call: Call) -> list[Finding]:
    """Nothing is wrong where nobody makes PDF files, so it is no failure."""
    missing = lacking()
    if missing is None:
        text = say("PDF files can be made; their fonts are embedded", "可以生成 PDF，字体会嵌入文件")
        return [Finding(name="documents", good=True, text=text)]
    return [Finding(name="documents", good=True, text=missing, hint=HINT)]


def _published(call: Call) -> list[Finding]:
    try:
        with call.workspace() as workspace:
            return _running(workspace)
    except MetadataError as error:
        text = say("no published version can be used by this program", "本程序无法使用任何已发布的版本")
        return [Finding(name="published", good=False, text=text), *map(_problem, error.problems)]
    except Unavailable as error:
        return [Finding.of("published", error), *_gaps(call)]


def _running(workspace: Workspace) -> list[Finding]:
    current = workspace.current
    found: list[Finding] = []
    if current.fallback is not None:
        text = say(
            "version {published} does not compile; version {number} is in force",
            "版本 {published} 无法编译；正在使用版本 {number}",
            published=current.version,
            number=current.fallback.in_force,
        )
        found = [Finding(name="published", good=False, text=text), *map(_problem, current.fallback.problems)]
    found.extend(map(_gone, current.gone))
    with workspace.database.reading() as connection:
        wrong = drift(workspace.model, Ledger.load(connection), connection)
        found.extend(Finding(name="drift", good=False, text=problem.message, place=problem.path) for problem in wrong)
        works = Progress.load(connection).works.values()
        found.extend(Finding(name="work", good=False, text=_unfinished(work)) for work in works)
    text = say(
        "version {number} runs; the database is as its ledger says",
        "运行版本 {number}；数据库与账本一致",
        number=current.version,
    )
    return [*(found or [Finding(name="database", good=True, text=text)]), *_background(workspace)]


def _background(workspace: Workspace) -> Iterator[Finding]:
    """The work nobody sees: what rests after failing, what nobody begins."""
    found, now = workspace.background.look(), workspace.now()
    figures = {"waiting": found.waiting, "dead": found.dead + found.events_dead, "workers": found.workers}
    text = say(
        "{waiting} job(s) waiting, {dead} at rest after failing, {workers} process(es) at work",
        "后台任务：{waiting} 项等待，{dead} 项失败后停止，{workers} 个进程在工作",
        **figures,
    )
    yield Finding(name="jobs", good=not figures["dead"], text=text, hint=_REPLAY if figures["dead"] else None)
    if not workspace.background.is_carried:
        text = say("Redis does not answer; jobs are done more slowly without it", "Redis 无响应；后台任务会变慢")
        yield Finding(
            name="redis", good=False, text=text, hint=say("Check TENON_REDIS_URL.", "请检查 TENON_REDIS_URL。")
        )
    if found.is_late(now):
        minutes = int(found.wait(now).total_seconds() // 60)
        late = say("the oldest work waits for {count} minutes", "最早的任务已等待 {count} 分钟", count=minutes)
        yield Finding(name="jobs", good=False, text=late, hint=_START)
    if found.paused:
        text = say(
            "nothing leaves the workspace; {count} job(s) are held", "暂停对外发送；暂存 {count} 项", count=found.held
        )
        yield Finding(name="outgoing", good=True, text=text, hint=_RESUME)
    with workspace.database.reading() as connection:
        memory = remembered(connection)
    state = state_of(workspace.settings, memory, now)
    yield Finding(name="backups", good=state.good, text=state.text, hint=state.hint)


def _gaps(call: Call) -> Iterator[Finding]:
    """What the ledger lacks, one by one; nothing when that is not why the workspace does not start."""
    with call.database() as database, database.reading() as connection:
        if not installed(connection) or published(connection) is None:
            return
        for path in _missing(_newest(connection), Ledger.load(connection)):
            text = say("{path} is not in the ledger", "账本中没有 {path}", path=path)
            yield Finding(name="ledger", good=False, text=text, place=path)


def _missing(model: Model, ledger: Ledger) -> Iterator[str]:
    for entity in model.entities.values():
        if ledger.table(entity.name) is None:
            yield entity.name
        for field in entity.fields.values():
            for column in field.type.columns():
                if ledger.column(entity.name, field.name, column.part) is None:
                    yield ".".join(name for name in (entity.name, field.name, column.part) if name)


def _repair(call: Call) -> list[Finding]:
    """In one transaction: what was found is entered, the rest is told."""
    with call.database() as database, database.writing() as connection:
        if not installed(connection):
            return []
        take_turns(connection)
        repair = repair_ledger(_newest(connection), connection)
    entered = say("{count} entered in the ledger again", "已重新登记 {count} 项", count=len(repair.entered))
    return [
        Finding(name="repair", good=True, text=entered),
        *(Finding(name="repair", good=True, text=_entered(path), place=path) for path in repair.entered),
        *(Finding(name="repair", good=False, text=_lost(path), place=path, hint=_LOST) for path in repair.lost),
    ]


def _newest(connection: Connection) -> Model:
    """The newest published version that compiles. Raises what is wrong with the newest when none does."""
    refusal: MetadataError | None = None
    for version in versions(connection):
        found = published(connection, version.number)
        try:
            if found is not None:
                return compile_standing(found.sources).model
        except MetadataError as error:
            refusal = refusal or error
    if refusal is not None:
        raise refusal
    raise Unavailable(say("Nothing was published to this workspace yet.", "此工作区尚未发布任何版本。"))


def _problem(problem: Problem) -> Finding:
    place = str(problem.location or problem.path)
    return Finding(name="published", good=False, text=problem.message, place=place, hint=problem.hint)


def _gone(problem: Problem) -> Finding:
    """Of a layout that names what is not there; the rest of it is shown."""
    place = str(problem.location or problem.path)
    return Finding(name="layout", good=False, text=problem.message, place=place, hint=problem.hint or _MEND)


def _entered(path: str) -> Text:
    return say("{path} was found and is entered", "已找到并登记 {path}", path=path)


def _lost(path: str) -> Text:
    return say("no column was found for {path}", "未找到 {path} 对应的列", path=path)


_REPLAY = say(
    "An administrator sees why at /console, and can have them done again.",
    "管理员可在 /console 查看原因并重新执行。",
)
_MEND = say(
    "Take it out where it is said, or “tenon rollback” to a version in which it was there.",
    "请在定义处删除它，或用“tenon rollback”回到它仍存在的版本。",
)
_START = say("Start “tenon serve” or “tenon worker”.", "请启动“tenon serve”或“tenon worker”。")
_RESUME = say("“tenon outgoing” says why, and lets it go on.", "“tenon outgoing”可查看原因并恢复。")
_LOST = say(
    "“tenon apply” makes an empty column for it; values may be in a backup.",
    "“tenon apply”会为它新建空列；数据可能在备份中。",
)


def _unfinished(work: Work) -> Text:
    return say(
        "the change of {subject} is prepared to {percent} %; “tenon apply” goes on",
        "{subject} 的更改已准备 {percent} %；“tenon apply”将继续",
        subject=work.subject,
        percent=work.percent,
    )


def _print(call: Call, finding: Finding) -> None:
    if call.as_json:
        return
    place = f" {finding.place}" if finding.place else ""
    call.out.print("[green]✓[/]" if finding.good else "[red]✗[/]", end=" ")
    call.out.print(f"{finding.name}{place}: {call.words(finding.text)}", markup=False)
    if finding.hint is not None:
        call.out.print(f"  {call.words(finding.hint)}", markup=False)


def _json(call: Call, finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.name,
        "good": finding.good,
        "place": finding.place,
        "text": call.words(finding.text),
        "hint": call.words(finding.hint) if finding.hint is not None else None,
    }
