"""In charge of the addresses of the life of a change: planned, looked at, applied, taken back.

Nothing is kept between the calls: who applies sends the same change again with the seal of the plan he saw, and is
refused when another plan comes of it by now.
"""

import os
from collections.abc import Iterable
from dataclasses import replace

from flask import Response

from tenon.api.changes_wanted import APPLY, PLAN, ROLLBACK, Wanted, read_wanted
from tenon.api.outcomes import Outcome, answer
from tenon.api.parameters import NOTHING, read_parameters
from tenon.api.repeats import answered_before, carry_out
from tenon.api.versions import meet_administrator
from tenon.api.writes import BASE
from tenon.compiler import read_layers
from tenon.database import UnitOfWork
from tenon.errors import Conflict, Detail, InvalidInput, MetadataError
from tenon.http import Asking
from tenon.problems import Problem
from tenon.schema import Plan, prepare
from tenon.texts import say
from tenon.workspace.client_files import write_files
from tenon.workspace.keys import ring_of
from tenon.workspace.plan_documents import proposal_document
from tenon.workspace.promoting import propose_package, refuse_unapplied
from tenon.workspace.proposals import Proposal, propose_changes, propose_version
from tenon.workspace.publishing import publish_within
from tenon.workspace.trials import require_passing


def plan() -> Response:
    """What would change, with the seal that `apply` asks for. Changes nothing."""
    known = meet_administrator("read")
    read_parameters(NOTHING)
    return answer(proposal_document(_proposal(known, read_wanted(PLAN, deciding=False))))


def apply() -> Response:
    known = meet_administrator("update")
    read_parameters(NOTHING)
    return _carried_out(known, read_wanted(APPLY, deciding=True))


def rollback() -> Response:
    """An older version becomes the newest; data stays."""
    known = meet_administrator("update")
    read_parameters(NOTHING)
    return _carried_out(known, read_wanted(ROLLBACK, deciding=True, packages=False))


def _proposal(known: Asking, wanted: Wanted) -> Proposal:
    database, folder = known.workspace.database, known.workspace.folder
    try:
        if wanted.package is not None:
            here = read_layers(folder)
            return propose_package(
                database, wanted.package, rebase=wanted.rebase, here=here, clock=known.workspace.clock
            )
        if wanted.to is not None:
            return propose_version(database, wanted.to)
        return propose_changes(database, folder, wanted.changes, undo=wanted.undo, take=wanted.take)
    except MetadataError as error:
        raise _not_compiling(error.problems) from error


def _carried_out(known: Asking, wanted: Wanted) -> Response:
    """What takes long is done before the one transaction, and goes on where it stopped when the call is repeated."""
    repeated = answered_before(known, content=wanted.content)
    if repeated is not None:
        return repeated
    proposal = _proposal(known, wanted)
    _refuse_another(proposal.plan, wanted.seal)
    _refuse_without_consent(proposal.plan, wanted.consent)
    proposal = replace(proposal, plan=proposal.plan.accepting(wanted.accept))
    if proposal.plan.is_empty and not proposal.same_model:
        return answer({"version": proposal.plan.base[0], "published": False})
    if wanted.package is None and wanted.to is None and not wanted.skip_tests:
        require_passing(proposal.sources, proposal.model)
    if wanted.package is not None or wanted.take:
        _refuse_unwritable(known)
    _prepare(known, proposal.plan)
    response = carry_out(known, lambda unit: _published(known, unit, proposal, wanted.reason), content=wanted.content)
    if wanted.package is not None or wanted.take:
        write_files(known.workspace.folder, read_layers(known.workspace.folder), proposal.sources)
    known.workspace.reload()
    return response


def _published(known: Asking, unit: UnitOfWork, proposal: Proposal, reason: str) -> Outcome:
    workspace = known.workspace
    number = publish_within(unit, workspace.database, proposal, reason=reason, ring=ring_of(workspace.folder))
    document = {"version": number, "published": True}
    return Outcome(document=document, status=201, location=f"{BASE}/versions/{number}")


def _prepare(known: Asking, plan: Plan) -> None:
    workspace = known.workspace
    prepare(plan, workspace.database, workspace.now(), threshold=workspace.settings.long_work_rows)


def _refuse_another(plan: Plan, seal: str) -> None:
    if plan.seal != seal:
        raise Conflict(
            say(
                "This is not the plan you saw: the workspace is at version {number} now.",
                "这不是您所见的计划：工作区当前为版本 {number}。",
                number=plan.base[0],
            ),
            hint=say("Make a new plan and look at it.", "请重新生成计划并查看。"),
            details=[Detail(path="seal", code="other_plan", message=say("Another seal.", "封条不一致。"))],
        )


def _refuse_without_consent(plan: Plan, consent: Iterable[str]) -> None:
    """What goes out of people's sight is named by whoever wants it gone."""
    given = set(consent)
    missing = [step for step in plan.removals if step.subject not in given]
    if missing:
        raise Conflict(
            say("The plan takes away what you did not name.", "此计划会移除您未指明的内容。"),
            hint=say("Name each of it in “consent”.", "请在“consent”中逐一写明。"),
            details=[Detail(path=step.subject, code="needs_consent", message=step.text) for step in missing],
        )


def _refuse_unwritable(known: Asking) -> None:
    """The folder of the workspace shall say the same as what is published."""
    folder = known.workspace.folder
    if not os.access(folder, os.W_OK):
        raise Conflict(
            say("The server may not write the workspace's files.", "服务器无权写入工作区文件。"),
            hint=say("Run “tenon promote” on its machine.", "请在该机器上运行“tenon promote”。"),
        )
    refuse_unapplied(known.workspace.database, folder, read_layers(folder))


def _not_compiling(problems: Iterable[Problem]) -> InvalidInput:
    errors = [item for item in problems if item.severity == "error"]
    return InvalidInput(
        say("The change does not compile: {count} problem(s).", "更改无法编译：{count} 个问题。", count=len(errors)),
        hint=say("“errors” names each place.", "“errors”逐一指出位置。"),
        details=[
            Detail(path=item.path or str(item.location or ""), code=item.code, message=item.message, hint=item.hint)
            for item in errors
        ],
    )
