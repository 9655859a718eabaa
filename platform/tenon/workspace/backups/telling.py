"""In charge of how backups are doing, in a sentence for operators: on the command line and in the console."""

from dataclasses import dataclass
from datetime import datetime

from tenon.settings import Settings
from tenon.texts import Text, say
from tenon.workspace.backups.ledger import Memory


@dataclass(frozen=True, kw_only=True)
class State:
    """`good`: nobody has to do anything."""

    good: bool
    text: Text
    hint: Text | None = None


def state_of(settings: Settings, memory: Memory, now: datetime) -> State:
    success, failure = memory.success, memory.failure
    if failure is not None:
        told = {"at": _at(failure.at), "reason": failure.reason}
        text = say("the last backup failed, {at}: {reason}", "最近一次备份失败（{at}）：{reason}", **told)
        return State(good=False, text=text, hint=_NOW)
    if success is None:
        if not settings.backup_folder:
            return State(good=True, text=say("no backup was ever made", "从未备份"), hint=_SCHEDULE)
        return State(good=False, text=say("no backup was made yet", "尚未备份"), hint=_NOW)
    if settings.backup_folder and memory.is_late(now):
        text = say("no backup since {at}", "自 {at} 起没有备份", at=_at(success.at))
        return State(good=False, text=text, hint=_NOW)
    text = say("the last one {at}: {place}", "最近一次 {at}：{place}", at=_at(success.at), place=success.place)
    return State(good=True, text=text, hint=None if settings.backup_folder else _SCHEDULE)


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


_NOW = say(
    "“tenon backup” makes one now; “tenon explain setting” shows the settings backup_….",
    "“tenon backup”可立即备份；“tenon explain setting”可查看 backup_… 设置。",
)
_SCHEDULE = say(
    "Set backup_folder and a passphrase, and one is made every day.", "设置 backup_folder 和口令后，每天自动备份。"
)
