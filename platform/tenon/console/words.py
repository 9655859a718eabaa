"""In charge of the console's words for states and for the columns of one row."""

from collections.abc import Mapping

from tenon.jobs.outbox import CANCELLED, DEAD, DONE, HELD, RUNNING, SENDING, WAITING
from tenon.texts import Text, say

STATES: Mapping[str, Text] = {
    WAITING: say("waiting", "等待"),
    RUNNING: say("running", "执行中"),
    SENDING: say("sending", "发送中"),
    HELD: say("held back", "暂缓发送"),
    DONE: say("done", "已完成"),
    DEAD: say("dead", "已停止"),
    CANCELLED: say("cancelled", "已取消"),
}
FACTS: Mapping[str, Text] = {
    "id": say("Id", "编号"),
    "name": say("Name", "名称"),
    "key": say("Key", "唯一键"),
    "line": say("Line", "队列"),
    "priority": say("Priority (1 is the most urgent)", "优先级（1 最急）"),
    "payload": say("Payload", "内容"),
    "status": say("Status", "状态"),
    "attempts": say("Attempts", "尝试次数"),
    "available_at": say("Due", "应执行时间"),
    "leased_by": say("In the hands of", "执行者"),
    "created_at": say("Made", "创建时间"),
    "started_at": say("Last begun", "最近开始"),
    "ended_at": say("Ended", "结束时间"),
    "sent_at": say("Carried to Redis", "发送到 Redis 的时间"),
    "repeatable": say("Its effect outside may be repeated", "外部效果可重复"),
    "reason": say("Why it waits or rests", "等待或停止的原因"),
    "error": say("Error", "错误"),
    "cause": say("Event that led to it", "触发事件"),
    "depth": say("Link in the chain of causes", "因果链中的层数"),
    "at": say("When", "时间"),
    "kind": say("Kind", "类型"),
    "entity": say("Entity", "实体"),
    "record_id": say("Record", "记录"),
}
