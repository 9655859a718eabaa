"""In charge of `tenon import`: rows of files become records, by a mapping, and every row is accounted for."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tenon.access import Access
from tenon.actors import Actor
from tenon.cli.call import Call
from tenon.cli.people import acting
from tenon.database import UnitOfWork
from tenon.errors import BadRequest
from tenon.exchange import Importer, ImportPlan, ImportResult, plain_mapping, read_mapping, read_plan
from tenon.exchange.importing.mapping import file_form, load_mapping
from tenon.exchange.importing.results import ENDS, write_rejections
from tenon.exchange.importing.rows import open_rows
from tenon.texts import Text, say
from tenon.workspace import Workspace

_WORDS = {
    "rows": say("rows", "行"),
    "created": say("created", "新建"),
    "changed": say("changed", "更新"),
    "unchanged": say("unchanged", "未变"),
    "rejected": say("rejected", "拒绝"),
    "ignored": say("ignored", "忽略"),
}


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--entity", "-e", help="Whose records, when there is no mapping.")
@click.option("--map", "-m", "mapping", type=click.Path(dir_okay=False, path_type=Path), help="The mapping file.")
@click.option("--match", multiple=True, help="Field that recognises records already there (without a mapping).")
@click.option("--dry-run", is_flag=True, help="Judge every row, write nothing.")
@click.option("--as", "email", help="Whose rights hold, and who owns what has no owner; else the first administrator.")
@click.pass_context
def command(
    ctx: click.Context,
    file: Path,
    entity: str | None,
    mapping: Path | None,
    match: tuple[str, ...],
    dry_run: bool,
    email: str | None,
) -> None:
    """Make records of the rows of a CSV FILE, or of several files by a plan (a .yaml FILE).

    \b
    Example:
      tenon -w acme import accounts.csv --map import/accounts.yaml --dry-run
      tenon -w acme import import/plan.yaml
    """
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace:
        actor = acting(workspace, email)
        if file.suffix == ".yaml":
            if not _run_plan(call, workspace, actor, read_plan(file), dry_run=dry_run):
                ctx.exit(1)
            return
        content = load_mapping(mapping) if mapping is not None else None
        if content is None and entity is None:
            raise BadRequest(
                say(
                    "Name the entity with --entity, or a mapping with --map.",
                    "请用 --entity 指定实体，或用 --map 指定映射。",
                )
            )
        result = _run(call, workspace, actor, file, content, entity or "", match, dry_run=dry_run)
        if result.rejected:
            ctx.exit(1)


def _run_plan(call: Call, workspace: Workspace, actor: Actor, plan: ImportPlan, *, dry_run: bool) -> bool:
    """Whether no row was rejected and every check holds."""
    well = True
    for step in plan.steps:
        content = load_mapping(step.mapping)
        result = _run(call, workspace, actor, step.file, content, "", (), dry_run=dry_run, expect=dict(step.expect))
        well = well and not result.rejected
    with workspace.reading(actor) as unit:
        outcomes = plan.check(unit, Access.of(workspace.model, actor), workspace.reader)
    call.table(
        (say("Check", "核对"), say("Wanted", "应为"), say("Found", "实为"), say("", "")),
        [
            (item.check.name, f"{item.check.wanted:,f}", f"{item.got:,f}", "✓" if item.holds else "✗")
            for item in outcomes
        ],
    )
    call.show({"checks": {item.check.name: {"holds": item.holds, "got": str(item.got)} for item in outcomes}})
    return well and all(item.holds for item in outcomes)


def _run(
    call: Call,
    workspace: Workspace,
    actor: Actor,
    file: Path,
    content: dict[str, Any] | None,
    entity: str,
    match: tuple[str, ...],
    *,
    dry_run: bool,
    expect: dict[str, int] | None = None,
) -> ImportResult:
    def begin() -> AbstractContextManager[UnitOfWork]:
        return workspace.unit(actor)

    model = workspace.model
    with open_rows(file, file_form(content or {})) as opened:
        said = content if content is not None else plain_mapping(model, model.entity(entity), opened.headings, match)
        mapping = read_mapping(said, model, opened.headings)
        importer = Importer(mapping, workspace.reader, workspace.writer, begin, model.workspace.timezone)
        with _progress(call) as progress:
            task = progress.add_task(file.name, total=None)
            result = importer.run(
                opened.lines, dry_run=dry_run, progress=lambda done: progress.update(task, completed=done)
            )
        headings = opened.headings
    _tell(call, file, result, mapping.entity.plural, expect or {})
    if result.rejections:
        _write_rejected(call, file, headings, result)
    return result


def _tell(call: Call, file: Path, result: ImportResult, plural: Text, expect: dict[str, int]) -> None:
    counts = result.counts()
    parts = []
    for name in ("rows", *ENDS):
        if counts[name] or name in expect or name == "rows":
            wanted = f" (≠ {expect[name]})" if name in expect and expect[name] != counts[name] else ""
            parts.append(f"{counts[name]} {call.words(_WORDS[name])}{wanted}")
    call.say(
        say(
            "{file} → {plural}: {counts}",
            "{file} → {plural}：{counts}",
            file=file.name,
            plural=plural,
            counts=", ".join(parts),
        )
    )
    for why, count in result.ignored_because.values():
        call.say(say("  ignored {count}: {why}", "  忽略 {count}：{why}", count=count, why=why))
    if result.unused:
        call.say(say("  columns not used: {names}", "  未使用的列：{names}", names=", ".join(result.unused)))
    call.show({"file": file.name, **counts})


def _write_rejected(call: Call, file: Path, headings: tuple[str, ...], result: ImportResult) -> None:
    path = call.folder / ".tenon" / f"{file.stem}.rejected.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_rejections(path, headings, result, call.language, call.words(say("Reason", "原因")))
    for rejection in result.rejections[:5]:
        reasons = "; ".join(f"{name}: {call.words(why)}" for name, why in rejection.reasons)
        call.say(say("  line {line}: {reasons}", "  第 {line} 行：{reasons}", line=rejection.line, reasons=reasons))
    call.say(say("  rejected rows with reasons: {path}", "  被拒绝的行及原因：{path}", path=str(path)))


def _progress(call: Call) -> Progress:
    """A bar on a terminal, nothing elsewhere."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=call.err,
        transient=True,
        disable=call.as_json or not call.err.is_terminal,
    )
