"""In charge of `tenon check`: compile the files, show every problem with its place, and run the tests for it."""

from typing import Any

import click

from tenon.cli.call import Call
from tenon.cli.trials import show_trials
from tenon.compiler import Compilation, Sources, format_problem
from tenon.errors import Unavailable
from tenon.problems import Problem
from tenon.texts import say
from tenon.workspace import require_workspace
from tenon.workspace.proposals import compiled
from tenon.workspace.trials import run_trials


@click.command()
@click.option("--tests", is_flag=True, help="Run the tests of modules and workspace on a copy that is thrown away.")
@click.option("--only", metavar="NAME", help="Of the tests those whose name holds this.")
@click.pass_context
def command(ctx: click.Context, tests: bool, only: str | None) -> None:
    """Compile the workspace's files and print every problem with file, line, excerpt and hint.

    \b
    Example:
      tenon -w acme check
      tenon -w acme check --tests --only opportunities
    """
    call = ctx.ensure_object(Call)
    sources, compilation = _compiled(call)
    problems = list(compilation.problems)
    errors = [problem for problem in problems if problem.severity == "error"]
    for problem in problems:
        if not call.as_json:
            call.out.print(format_problem(problem, sources, call.language), markup=False)
            call.out.print()
    listed = [_json(call, problem) for problem in problems]
    model = compilation.model
    if errors or model is None:
        call.show({"problems": listed})
        call.say(say("{count} problem(s).", "{count} 个问题。", count=len(errors)))
        ctx.exit(1)
    call.say(
        say(
            "No problems: {entities} entities, {roles} roles, {modules} modules.",
            "没有问题：{entities} 个实体，{roles} 个角色，{modules} 个模块。",
            entities=len(model.entities),
            roles=len(model.roles),
            modules=len(model.modules),
        )
    )
    if not (tests or only):
        call.show({"problems": listed})
    elif not show_trials(call, run_trials(sources, model, wanted=lambda path: (only or "") in path), problems=listed):
        ctx.exit(1)


def _compiled(call: Call) -> tuple[Sources, Compilation]:
    """Beside what is published where that can be read: an upgrade that the plan would settle is no problem here."""
    require_workspace(call.folder)
    if not call.settings.has_database:
        return compiled(None, call.folder)
    try:
        with call.database() as database:
            return compiled(database, call.folder)
    except Unavailable:
        return compiled(None, call.folder)


def _json(call: Call, problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.severity,
        "path": problem.path,
        "location": str(problem.location or ""),
        "message": call.words(problem.message),
        "hint": call.words(problem.hint) if problem.hint else None,
    }
