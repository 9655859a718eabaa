"""In charge of the values that describe processes: steps, automations, approvals, pools, assignment, calendars.

People are chosen by expressions that give a user or many; which user that is, is known when it happens.
Lengths of time are in seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from tenon.expressions import Expression, Path, Type
from tenon.locations import Location
from tenon.model.names import Names
from tenon.model.references import Refers, Unnamed
from tenon.texts import Text

Who = tuple[Expression, ...]
"""Expressions for people; all whom any of them gives."""
OnError = Literal["retry", "skip", "stop"]
RunAs = Literal["actor", "owner", "system"]
Mode = Literal["any", "all", "in_turn", "quorum"]
Method = Literal["first", "round_robin", "weighted", "least_loaded", "random"]


@dataclass(frozen=True, kw_only=True)
class Slots:
    """What stands in the properties of an action or trigger, by the kind of slot (`tenon.actions.slots`).

    `entity` is the entity spoken of: of a new record, of the records at the end of the way, else of the record itself.
    """

    entity: Annotated[str | None, Refers("entity")] = None
    way: Annotated[str, Unnamed("a way from the record, a step or an item")] = ""
    """As written; "" is the record itself."""
    path: Annotated[Path, Refers("path")] = ()
    """The way, when it begins at the record."""
    values: Annotated[Mapping[str, Expression], Refers("field", of="entity")] = field(default_factory=dict)
    where: Expression | None = None
    expressions: Mapping[str, Expression] = field(default_factory=dict)
    """By property; named values as `send.order`."""
    people: Mapping[str, Who] = field(default_factory=dict)
    texts: Mapping[str, Text] = field(default_factory=dict)
    placeholders: Mapping[str, Expression] = field(default_factory=dict)
    """Of texts: what stands between {{ and }} → expression."""
    seconds: Mapping[str, int] = field(default_factory=dict)
    options: Annotated[Mapping[str, Any], Unnamed("plain values")] = field(default_factory=dict)
    fields: Annotated[Mapping[str, str], Unnamed("fields by property; see field_names")] = field(default_factory=dict)
    field_names: Annotated[tuple[str, ...], Refers("field", of="entity")] = ()
    stages: Mapping[str, "StageNames"] = field(default_factory=dict)
    template: Annotated[str | None, Refers("template")] = None
    approval: Annotated[str | None, Refers("approval")] = None
    pool: Annotated[str | None, Refers("pool")] = None
    assignment: Annotated[str | None, Refers("assignment")] = None
    calendar: Annotated[str | None, Refers("calendar")] = None
    webform: Annotated[str | None, Refers("webform")] = None
    connector: Annotated[str | None, Refers("connector")] = None
    pipeline: Annotated[str | None, Refers("pipeline", of="entity")] = None
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    inputs: Mapping[str, Type] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StageNames:
    entity: Annotated[str, Refers("entity")]
    names: Annotated[tuple[str, ...], Refers("stage", of="entity")]


@dataclass(frozen=True, kw_only=True)
class Arm:
    """Steps of their own: one way of a branch, or the body of a for-each (named "do")."""

    name: str
    label: Text
    when: Expression | None = None
    do: Names["Step"]
    item: Annotated[str, Unnamed("what the steps call the record")] = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One action. `action` is its key in `tenon.actions`. `gives` is the entity of its result (`steps.<name>`)."""

    name: str
    label: Text
    action: Annotated[str, Unnamed("a registered action")]
    when: Expression | None = None
    on_error: OnError = "retry"
    slots: Slots = field(default_factory=Slots)
    arms: Names[Arm] = field(default_factory=Names)
    gives: Annotated[str | None, Unnamed("the entity of its result")] = None
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class TriggerUse:
    """What sets an automation off. `trigger` is its key in `tenon.triggers`."""

    trigger: Annotated[str, Unnamed("a registered trigger")]
    slots: Slots = field(default_factory=Slots)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """None: no limit but the product's own. `timeout` is of one run, waiting aside; `depth` of causes."""

    per_record: int | None = None
    """Runs for one record a day."""
    per_hour: int | None = None
    records: int | None = None
    """Records touched in one run."""
    depth: int | None = None
    timeout: int | None = None
    retries: int | None = None


@dataclass(frozen=True, kw_only=True)
class Automation:
    """`entity` is the one all its triggers are about; None when there is no record.

    `run_as`: whose rights it has. `in_order`: runs for one record wait for one another. `once`: at most one run
    ever for each record.
    """

    name: str
    label: Text
    help: Text | None = None
    entity: Annotated[str | None, Refers("entity", about=True)] = None
    on: Names[TriggerUse]
    when: Expression | None = None
    do: Names[Step]
    paused: bool = False
    run_as: RunAs = "actor"
    in_order: bool = True
    once: bool = False
    on_failure: Literal["keep", "pause"] = "keep"
    """`pause`: after a run that failed for good, it starts no more until a person says so."""
    notify: Who = ()
    """Who hears of failures; administrators when empty."""
    limits: Limits = field(default_factory=Limits)
    was: tuple[str, ...] = ()
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Allow:
    """What people may do with a request: of the whole approval, or of one step."""

    delegate: bool = True
    add_signer: Literal["none", "before", "after", "both"] = "both"
    return_to: Literal["none", "start", "previous", "any"] | tuple[str, ...] = "any"
    recall: Literal["never", "until_first_decision", "any_time"] = "until_first_decision"
    remind: bool = True


@dataclass(frozen=True, kw_only=True)
class Timeout:
    """`after` passes in working time of the calendar; `remind` is how long before its end people are reminded."""

    after: int
    do: Literal["remind", "escalate", "delegate", "approve", "reject", "skip"]
    to: Who = ()
    """Of escalate and delegate; the manager of whoever did not decide when empty."""
    remind: int | None = None
    calendar: Annotated[str | None, Refers("calendar")] = None


@dataclass(frozen=True, kw_only=True)
class Skip:
    """When people need not be asked. `nobody`: what happens when the expressions find nobody."""

    same_approver: Literal["never", "adjacent", "any"] = "adjacent"
    submitter: Literal["ask", "skip", "manager"] = "ask"
    nobody: Literal["administrator", "skip", "reject"] = "administrator"


@dataclass(frozen=True, kw_only=True)
class Decide:
    """What is asked of whoever decides."""

    fields: Annotated[tuple[str, ...], Refers("field")] = ()
    comment: Literal["optional", "on_reject", "required"] = "optional"
    files: Literal["optional", "required"] = "optional"
    reasons: Annotated[str | None, Refers("choices")] = None
    """Option set of reasons for a refusal."""


@dataclass(frozen=True, kw_only=True)
class ApprovalStep:
    """`quorum` is how many must agree, `quorum_percent` which part, of that mode. None: the approval decides."""

    name: str
    label: Text
    help: Text | None = None
    who: Who
    otherwise: Who = ()
    """Asked instead when `who` finds nobody."""
    mode: Mode = "any"
    quorum: int | None = None
    quorum_percent: int | None = None
    beside: Annotated[str | None, Unnamed("a step of the same approval")] = None
    when: Expression | None = None
    on_reject: Literal["end", "previous", "start"] = "end"
    timeout: Timeout | None = None
    skip: Skip | None = None
    allow: Allow | None = None
    decide: Decide | None = None
    copy_to: Who = ()
    editable: Annotated[tuple[str, ...], Refers("field")] = ()
    """Fields whoever decides here may change, besides those of the whole approval."""


@dataclass(frozen=True, kw_only=True)
class Submit:
    """Who may submit: `by` is "owner", "anyone" (who may change the record), or a condition about record and user."""

    by: Literal["owner", "anyone"] | Expression = "anyone"
    when: Expression | None = None
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    require: Annotated[tuple[str, ...], Refers("field")] = ()
    comment: Literal["optional", "required"] = "optional"
    message: Text | None = None
    """What people read when `when` does not hold."""


@dataclass(frozen=True, kw_only=True)
class Lock:
    """Fields nobody changes while a request runs. `approver_may_edit` are open to whoever is to decide."""

    fields: Annotated[tuple[str, ...], Refers("field")] = ()
    every: bool = True
    """Every field but `exceptions`; `fields` is then empty."""
    exceptions: Annotated[tuple[str, ...], Refers("field")] = ()
    approver_may_edit: Annotated[tuple[str, ...], Refers("field")] = ()


@dataclass(frozen=True, kw_only=True)
class OnChange:
    """What becomes of running requests when the definition changes; `map` of old steps to new."""

    do: Literal["finish", "move", "restart"] = "finish"
    map: Annotated[Mapping[str, str], Unnamed("steps of the past and of today")] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Approval:
    """`rounds` are the names of the steps in their order, those beside one another together."""

    name: str
    label: Text
    help: Text | None = None
    entity: Annotated[str, Refers("entity", about=True)]
    submit: Submit = field(default_factory=Submit)
    steps: Names[ApprovalStep]
    rounds: Annotated[tuple[tuple[str, ...], ...], Unnamed("its own steps")]
    otherwise: Literal["approve", "reject"] | None = None
    """The outcome when no step applies."""
    skip: Skip = field(default_factory=Skip)
    allow: Allow = field(default_factory=Allow)
    lock: Lock = field(default_factory=Lock)
    decide: Decide = field(default_factory=Decide)
    timeout: Timeout | None = None
    """Of each step without one of its own."""
    copy_to: Who = ()
    on_submit: Names[Step] = field(default_factory=Names)
    on_approve: Names[Step] = field(default_factory=Names)
    on_reject: Names[Step] = field(default_factory=Names)
    on_recall: Names[Step] = field(default_factory=Names)
    on_change: OnChange = field(default_factory=OnChange)
    was: tuple[str, ...] = ()
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Recycle:
    """When records fall back. `last_followup` and `last_deal` are dates or instants; None: contacts and won records."""

    no_followup: int | None = None
    no_deal: int | None = None
    warn: int | None = None
    at: Annotated[str, Unnamed("a time of day")] = "02:00"
    last_followup: Expression | None = None
    last_deal: Expression | None = None
    calendar: Annotated[str | None, Refers("calendar")] = None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """None: no limit. `cooling` is how long whoever lost a record may not claim it again.

    Above `approve_above` records held, a claim needs `approval`, or the manager when that is None.
    """

    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    when: Expression | None = None
    """About the record and the user."""
    per_day: int | None = None
    hold: int | None = None
    cooling: int | None = None
    approve_above: int | None = None
    approval: Annotated[str | None, Refers("approval")] = None


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Records nobody owns. `where`: which may be in it; `protect`: which never fall into it by themselves."""

    name: str
    label: Text
    help: Text | None = None
    entity: Annotated[str, Refers("entity", about=True)]
    where: Expression | None = None
    recycle: Recycle = field(default_factory=Recycle)
    claim: Claim = field(default_factory=Claim)
    protect: Expression | None = None
    mask_before_claim: Annotated[tuple[str, ...], Refers("field")] = ()
    release_reasons: Annotated[str | None, Refers("choices")] = None
    assign: Annotated[str | None, Refers("assignment")] = None
    """The rule by which records are handed out of it."""
    was: tuple[str, ...] = ()
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class AssignmentRule:
    """`weight` and `load` speak of `person`; `load` are the records of the entity that count against someone."""

    name: str
    label: Text
    when: Expression | None = None
    to: Who
    method: Method = "first"
    weight: Expression | None = None
    load: Expression | None = None
    most: int | None = None
    """Nobody gets more than so many of the records that count."""


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """The first rule that fits and finds somebody. `field` gets the person."""

    name: str
    label: Text
    help: Text | None = None
    entity: Annotated[str, Refers("entity", about=True)]
    field: Annotated[str, Refers("field")] = "owner"
    when: Expression | None = None
    rules: Names[AssignmentRule]
    fallback: Who = ()
    on_create: bool = False
    """Whether every new record for which `when` holds is assigned."""
    calendar: Annotated[str | None, Refers("calendar")] = None
    """Only people are chosen, and only then, when it is working time."""
    outside_hours: Literal["wait", "assign"] = "assign"
    skip_absent: bool = True
    was: tuple[str, ...] = ()
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class DayRange:
    """Days `first` to `last`, both included. `hours` are minutes since midnight; empty: those of their weekday."""

    name: str
    label: Text
    first: date
    last: date
    hours: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Working time. `week` maps 0 (Monday) to 6 to spans in minutes since midnight; a missing day is off.

    `workdays` are made up for holidays and count although their weekday is off. Those of `extends` are already in.
    """

    name: str
    label: Text
    help: Text | None = None
    timezone: Annotated[str | None, Unnamed("an IANA time zone; None: the workspace's")] = None
    week: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    holidays: Names[DayRange] = field(default_factory=Names)
    workdays: Names[DayRange] = field(default_factory=Names)
    extends: Annotated[str | None, Refers("calendar")] = None
    was: tuple[str, ...] = ()
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """What happens when a record stays longer than the limit of its stage; `every`: and again so often."""

    to: Who = ()
    template: Annotated[str | None, Refers("template")] = None
    do: Names[Step] = field(default_factory=Names)
    every: int | None = None
