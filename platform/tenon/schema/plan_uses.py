"""In charge of what uses the things a plan touches: before the change of what goes away, after it of what stays."""

from collections import Counter
from collections.abc import Iterable

from tenon.model import Model
from tenon.model.usage import Use, thing_at, usage_graph
from tenon.schema.operations import Operation
from tenon.schema.planning import Plan


def plan_uses(plan: Plan) -> tuple[tuple[Use, ...], ...]:
    """For each operation of the plan; what is new is used by nothing but what comes with it."""
    return tuple(_uses(operation, plan.was, plan.model) for operation in plan.operations)


def counted_uses(uses: Iterable[Use]) -> dict[str, int]:
    """Kind of use → how many different things use it so."""
    things = {(use.kind, use.path) for use in uses}
    return dict(Counter(kind for kind, _path in sorted(things)).most_common())


def _uses(operation: Operation, was: Model | None, model: Model) -> tuple[Use, ...]:
    if was is None:
        return ()
    subject = operation.subject
    if thing_at(model, subject) is None:
        return usage_graph(was).of(subject)
    if thing_at(was, subject) is None and not operation.kind.startswith("rename"):
        return ()
    return usage_graph(model).of(subject)
