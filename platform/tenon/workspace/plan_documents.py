"""In charge of plans and proposals as documents: what `tenon plan --json` prints is what the API answers."""

from typing import Any

from tenon.model.contract_changes import contract_changes
from tenon.model.usage import Use
from tenon.schema import Plan
from tenon.schema.plan_uses import plan_uses
from tenon.workspace.proposals import Proposal


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan with what uses the things it touches, and what callers of the API will notice."""
    described = plan.to_json()
    pairs = zip(described["operations"], plan_uses(plan), strict=True)
    operations = [{**operation, "uses": [_use(use) for use in uses]} for operation, uses in pairs]
    return {
        **described,
        "operations": operations,
        "api": [change.to_json() for change in contract_changes(plan.was, plan.model)],
    }


def proposal_document(proposal: Proposal) -> dict[str, Any]:
    """With what it means for the company's own changes."""
    return {**plan_document(proposal.plan), "upgrade": proposal.report.to_json()}


def _use(use: Use) -> dict[str, str]:
    return {"kind": use.kind, "path": use.path, "how": use.how, "location": str(use.location or "")}
