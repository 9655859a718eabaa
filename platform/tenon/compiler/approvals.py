"""In charge of approvals: who is asked in which order, and whether every request can come to an end."""

from collections.abc import Mapping
from typing import Any

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.referring import writable_field
from tenon.compiler.rounds import resolve_rounds
from tenon.compiler.scenes import USER, Scene, has_owner, record_type, request_shape, scope_in
from tenon.compiler.slots import check_name, seconds
from tenon.compiler.steps import all_steps, is_constant, resolve_steps
from tenon.compiler.who import check_readers, most_people, resolve_who
from tenon.compiler.work import Draft, Work
from tenon.expressions import TEXT, Expression
from tenon.model import (
    Allow,
    Approval,
    ApprovalStep,
    DataShape,
    Decide,
    Lock,
    Mode,
    Names,
    OnChange,
    Skip,
    Submit,
    Timeout,
    Who,
)
from tenon.texts import say

_BY_WORD = ("owner", "anyone")
_WORDS: Mapping[str, Mode] = {"any": "any", "all": "all", "in_turn": "in_turn"}
_ASKED_FOR = ("escalate", "delegate")


def resolve_approvals(work: Work) -> dict[str, Approval]:
    made = {name: _Reader(work, name, node).read() for name, node in work.things("approvals").items()}
    return {name: approval for name, approval in made.items() if approval is not None}


class _Reader:
    """Reads one approval. Those who are asked are found without a user: nobody has acted yet."""

    def __init__(self, work: Work, name: str, node: Node) -> None:
        self.work, self.name, self.node = work, name, node
        self.path: TreePath = ("approvals", name)
        entity = node.pick("entity")
        self.draft: Draft | None = work.drafts.get(str(entity))
        self.scene = Scene(entity=entity, roots={"request": request_shape(work)}, has_user=False)

    def read(self) -> Approval | None:
        if self.draft is None:
            self._no_entity()
            return None
        lock = self._lock(self.draft)
        steps = self._steps(self.draft, lock)
        if not steps:
            return None
        on_submit = self._actions("on_submit", {})
        self._check_locked(on_submit, lock)
        told = {"by": record_type(self.work, USER), "comment": TEXT, "step": TEXT}
        return Approval(
            name=self.name,
            label=self.work.label(self.node, self.path),
            help=self.work.text(self.node.get("help"), (*self.path, "help")),
            entity=self.draft.name,
            submit=self._submit(self.draft),
            steps=Names(steps, kind="step"),
            rounds=resolve_rounds(self.work, steps, self.path),
            otherwise=self._otherwise(steps),
            skip=_skip(self.node.get("skip")) or Skip(),
            allow=self._allow(self.node.get("allow"), steps, (*self.path, "allow")) or Allow(),
            lock=lock,
            decide=self._decide(self.node.get("decide"), lock, (*self.path, "decide")) or Decide(),
            timeout=self._timeout(self.node.get("timeout"), (*self.path, "timeout")),
            copy_to=resolve_who(self.work, self.node.get("copy_to"), (*self.path, "copy_to"), self.scene),
            on_submit=on_submit,
            on_approve=self._actions("on_approve", told),
            on_reject=self._actions("on_reject", told),
            on_recall=self._actions("on_recall", told),
            on_change=self._on_change(steps),
            was=tuple(self.node.pick("was", ())),
            origin=self.node.location,
        )

    def _no_entity(self) -> None:
        given = self.node.get("entity")
        if given is not None:
            self.work.unknown(say("entity", "实体"), given.value, self.work.drafts, given, (*self.path, "entity"))

    def _actions(self, key: str, told: Mapping[str, Any]) -> Names[Any]:
        scene = Scene(entity=self.scene.entity, roots={**self.scene.roots, "trigger": DataShape("trigger", told)})
        return resolve_steps(self.work, self.node.get(key), (*self.path, key), scene)

    def _condition(self, node: Node | None, path: TreePath, *, has_user: bool = False) -> Expression | None:
        scene = Scene(entity=self.scene.entity, roots={} if has_user else self.scene.roots, has_user=has_user)
        return self.work.expression(node, path, scope_in(self.work, scene))

    def _submit(self, draft: Draft) -> Submit:
        node, path = self.node.get("submit"), (*self.path, "submit")
        if node is None:
            return Submit()
        by, given = node.pick("by", "anyone"), node.get("by")
        if by == "owner" and not has_owner(self.work, draft.name):
            message = say("Records of “{entity}” have no owner.", "“{entity}”的记录没有负责人。", entity=draft.name)
            self.work.report("no_owner", message, given, (*path, "by"))
        if by not in _BY_WORD:
            by = self._condition(given, (*path, "by"), has_user=True) or "anyone"
        for item in (node.get("roles") or node).entries:
            check_name(self.work, "role", item, (*path, "roles"))
        require = self._fields(node.get("require"), (*path, "require"))
        when = self._condition(node.get("when"), (*path, "when"), has_user=True)
        if is_constant(when, False):
            message = say("Nothing can ever be submitted.", "永远无法提交。")
            self.work.report("approval_cannot_start", message, node.get("when"), (*path, "when"))
        return Submit(
            by=by,
            when=when,
            roles=tuple(node.pick("roles", ())),
            require=require,
            comment=node.pick("comment", "optional"),
            message=self.work.text(node.get("message"), (*path, "message")),
        )

    def _steps(self, draft: Draft, lock: Lock) -> dict[str, ApprovalStep]:
        items = ordered(self.node.get("steps"), ".".join((*self.path, "steps")), self.work.problems)
        made = {}
        for name, node in items.items():
            made[name] = self._step(draft, name, node, (*self.path, "steps", name), lock)
        for name, node in items.items():
            self._allow(node.get("allow"), made, (*self.path, "steps", name, "allow"))
        return made

    def _step(self, draft: Draft, name: str, node: Node, path: TreePath, lock: Lock) -> ApprovalStep:
        who = resolve_who(self.work, node.get("who"), (*path, "who"), self.scene)
        check_readers(self.work, who, draft.name, node.get("who"), (*path, "who"))
        mode, quorum, percent = _mode(node.pick("mode", "any"))
        self._check_quorum(who, quorum, node.get("mode"), (*path, "mode"))
        when = self._condition(node.get("when"), (*path, "when"))
        if is_constant(when, False):
            message = say("The step “{name}” is never reached.", "步骤“{name}”永远不会执行。", name=name)
            self.work.report("unreachable_step", message, node.get("when"), (*path, "when"))
        allow = node.get("allow")
        return ApprovalStep(
            name=name,
            label=self.work.label(node, path),
            help=self.work.text(node.get("help"), (*path, "help")),
            who=who,
            otherwise=resolve_who(self.work, node.get("otherwise"), (*path, "otherwise"), self.scene),
            mode=mode,
            quorum=quorum,
            quorum_percent=percent,
            beside=node.pick("beside"),
            when=when,
            on_reject=node.pick("on_reject", "end"),
            timeout=self._timeout(node.get("timeout"), (*path, "timeout")),
            skip=_skip(node.get("skip")),
            allow=None if allow is None else Allow(**_allowed(allow)),
            decide=self._decide(node.get("decide"), lock, (*path, "decide")),
            copy_to=resolve_who(self.work, node.get("copy_to"), (*path, "copy_to"), self.scene),
            editable=self._editable(node.get("editable"), (*path, "editable")),
        )

    def _check_quorum(self, who: Who, quorum: int | None, node: Node | None, path: TreePath) -> None:
        most = most_people(who)
        if quorum is not None and most is not None and who and quorum > most:
            message = say(
                "{quorum} must agree, but at most {most} can be asked.",
                "要求 {quorum} 人同意，但最多只有 {most} 人可审批。",
                quorum=quorum,
                most=most,
            )
            hint = say("Lower the quorum, or ask more people.", "请降低人数要求，或增加审批人。")
            self.work.report("quorum_too_high", message, node, path, hint=hint)

    def _otherwise(self, steps: Mapping[str, ApprovalStep]) -> Any:
        given = self.node.pick("otherwise")
        if given is None and all(step.when is not None and not is_constant(step.when, True) for step in steps.values()):
            message = say(
                "Every step has a condition: a request to which none applies would never end.",
                "每个步骤都有条件：若都不满足，申请将无法结束。",
            )
            hint = say(
                "Say what becomes of it with “otherwise: approve” or “otherwise: reject”.",
                "请用“otherwise: approve”或“otherwise: reject”说明此时的结果。",
            )
            node = self.node.get("steps")
            self.work.report("approval_cannot_finish", message, node, (*self.path, "steps"), hint=hint)
        return given

    def _timeout(self, node: Node | None, path: TreePath) -> Timeout | None:
        if node is None:
            return None
        after, remind = seconds(node.pick("after")), node.pick("remind")
        ahead = None if remind is None else seconds(remind)
        if ahead is not None and ahead >= after:
            message = say("The reminder comes before the time begins.", "提醒时间早于计时开始。")
            self.work.report("reminder_too_early", message, node.get("remind"), (*path, "remind"))
        to, do = resolve_who(self.work, node.get("to"), (*path, "to"), self.scene), node.pick("do")
        if do == "delegate" and node.get("to") is None:
            message = say("“{name}” is missing.", "缺少“{name}”。", name="to")
            self.work.report("missing_key", message, node, path)
        if node.get("to") is not None and do not in _ASKED_FOR:
            message = say("“to” means nothing with “{do}”.", "与“{do}”同用时“to”没有意义。", do=do)
            self.work.report("unknown_key", message, node.get("to"), (*path, "to"))
        check_name(self.work, "calendar", node.get("calendar"), (*path, "calendar"))
        return Timeout(after=after, do=do, to=to, remind=ahead, calendar=node.pick("calendar"))

    def _allow(self, node: Node | None, steps: Mapping[str, ApprovalStep], path: TreePath) -> Allow | None:
        """Checks the steps a request may be returned to."""
        if node is None:
            return None
        back = node.get("return_to")
        for item in () if back is None else back.entries:
            if item.value not in steps:
                self.work.unknown(say("step", "步骤"), item.value, steps, item, (*path, "return_to"))
        return Allow(**_allowed(node))

    def _lock(self, draft: Draft) -> Lock:
        node, path = self.node.get("lock"), (*self.path, "lock")
        if node is None:
            return Lock()
        every = node.pick("fields", "*") == "*"
        return Lock(
            every=every,
            fields=() if every else self._fields(node.get("fields"), (*path, "fields")),
            exceptions=self._fields(node.get("except"), (*path, "except")),
            approver_may_edit=self._editable(node.get("approver_may_edit"), (*path, "approver_may_edit")),
        )

    def _fields(self, node: Node | None, path: TreePath) -> tuple[str, ...]:
        known = {} if self.draft is None else self.draft.fields
        for item in () if node is None else node.each:
            if item.value not in known:
                self.work.unknown(say("field", "字段"), item.value, known, item, path)
        return tuple(str(item.value) for item in (() if node is None else node.each) if item.value in known)

    def _editable(self, node: Node | None, path: TreePath) -> tuple[str, ...]:
        names = self._fields(node, path)
        for item in () if node is None else node.each:
            if item.value in names and self.draft is not None:
                writable_field(self.work, self.draft, item, str(item.value), path)
        return names

    def _decide(self, node: Node | None, lock: Lock, path: TreePath) -> Decide | None:
        if node is None:
            return None
        fields = self._editable(node.get("fields"), (*path, "fields"))
        for item in (node.get("fields") or node).entries:
            if item.value in fields and locked(lock, str(item.value)) and item.value not in lock.approver_may_edit:
                message = say(
                    "“{name}” is locked while the request runs.", "申请期间“{name}”被锁定。", name=str(item.value)
                )
                hint = say("Add it to lock.approver_may_edit.", "请加到 lock.approver_may_edit 中。")
                self.work.report("locked_field", message, item, (*path, "fields"), hint=hint)
        check_name(self.work, "choices", node.get("reasons"), (*path, "reasons"))
        return Decide(
            fields=fields,
            comment=node.pick("comment", "optional"),
            files=node.pick("files", "optional"),
            reasons=node.pick("reasons"),
        )

    def _check_locked(self, steps: Names[Any], lock: Lock) -> None:
        """What is done on submitting meets a record that is locked already."""
        for step, _certain in all_steps(steps):
            if step.action not in ("set", "update") or step.slots.entity != self.scene.entity or step.slots.way:
                continue
            for name in step.slots.values:
                if locked(lock, name):
                    message = say("“{name}” is locked while the request runs.", "申请期间“{name}”被锁定。", name=name)
                    hint = say("Add it to lock.except.", "请加到 lock.except 中。")
                    path = (*self.path, "on_submit", step.name, step.action, name)
                    self.work.report("locked_field", message, self.work.tree.at(path), path, hint=hint)

    def _on_change(self, steps: Mapping[str, ApprovalStep]) -> OnChange:
        node, path = self.node.get("on_change"), (*self.path, "on_change")
        if node is None:
            return OnChange()
        if not node.map:
            return OnChange(do=node.plain())
        moves = node.get("move")
        for old, new in ({} if moves is None else moves.map).items():
            if new.value not in steps:
                self.work.unknown(say("step", "步骤"), new.value, steps, new, (*path, "move", old))
        return OnChange(do="move", map=node.pick("move", {}))


def locked(lock: Lock, name: str) -> bool:
    """Whether nobody may change this field while a request runs."""
    return name not in lock.exceptions and (lock.every or name in lock.fields)


def _mode(written: str) -> tuple[Mode, int | None, int | None]:
    """The word, and how many or which part of those asked."""
    word, _bracket, rest = written.partition("(")
    inside = rest.rstrip(")").strip()
    if word in _WORDS:
        return _WORDS[word], None, None
    if inside.endswith("%"):
        return "quorum", None, int(inside[:-1])
    return "quorum", int(inside), None


def _skip(node: Node | None) -> Skip | None:
    return None if node is None else Skip(**node.plain())


def _allowed(node: Node) -> dict[str, Any]:
    plain = node.plain()
    if isinstance(plain.get("return_to"), list):
        plain["return_to"] = tuple(plain["return_to"])
    if isinstance(plain.get("add_signer"), bool):
        plain["add_signer"] = "both" if plain["add_signer"] else "none"
    return dict(plain)
