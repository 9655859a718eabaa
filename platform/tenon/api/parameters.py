"""In charge of the parameters of addresses: one table that reads them, refuses what is not in it, and documents it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request

from tenon.errors import BadRequest, Detail, UnknownName
from tenon.insight.drilling import read_passed
from tenon.query import MOST_GROUPS, MOST_RECORDS
from tenon.texts import Text, say

Given = dict[str, Any]
MOST_NAMES = 600
MOST_STEPS = 8
MOST_SORTED = 8
MOST_FOUND = 50


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """`read` makes the value of the text; `schema` is what OpenAPI says of it."""

    name: str
    help: Text
    read: Callable[[str, str], Any]
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    example: str | None = None
    required: bool = False


Table = Mapping[str, Parameter]


def table(*parameters: Parameter) -> Table:
    return {parameter.name: parameter for parameter in parameters}


def read_parameters(known: Table) -> Given:
    """What the address says, by name. Raises UnknownName or BadRequest; nothing is ignored."""
    arguments = request.args
    given: Given = {}
    if arguments:
        for name, values in arguments.lists():
            parameter = known.get(name)
            if parameter is None:
                raise UnknownName.among(name[:60], known, where=name[:60])
            if len(values) > 1:
                raise refused(name, say("“{name}” is given more than once.", "“{name}”出现了多次。", name=name))
            given[name] = parameter.read(name, values[0])
    for parameter in known.values():
        if parameter.required and parameter.name not in given:
            raise refused(
                parameter.name, say("“{name}” is missing.", "缺少“{name}”。", name=parameter.name), "required"
            )
    return given


def refused(path: str, message: Text, code: str = "bad_parameter", hint: Text | None = None) -> BadRequest:
    return BadRequest(message, hint=hint, details=[Detail(path=path, code=code, message=message, hint=hint)])


def text(name: str, raw: str) -> str:
    return raw


def names(name: str, raw: str) -> tuple[str, ...]:
    """Names and paths with commas between them."""
    found = tuple(part.strip() for part in raw.split(",") if part.strip())
    most = MOST_SORTED if name == "sort" else MOST_NAMES
    if len(found) > most:
        raise refused(
            name, say("“{name}” takes at most {most} names.", "“{name}”最多 {most} 个。", name=name, most=most)
        )
    if any(part.count(".") >= MOST_STEPS for part in found):
        raise refused(name, say("A path has at most {most} steps.", "路径最多 {most} 级。", most=MOST_STEPS))
    return found


def expressions(name: str, raw: str) -> tuple[str, ...]:
    """Expressions with commas between them; commas within brackets and quotes belong to the expression."""
    found, depth, quote, start = [], 0, "", 0
    for place, char in enumerate(raw):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth == 0:
            found.append(raw[start:place])
            start = place + 1
    parts = [part.strip() for part in (*found, raw[start:])]
    return tuple(part for part in parts if part)


def flag(name: str, raw: str) -> bool:
    if raw not in ("true", "false"):
        raise refused(name, say("“{name}” is true or false.", "“{name}”应为 true 或 false。", name=name))
    return raw == "true"


def number(name: str, raw: str) -> int:
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 9):
        raise refused(name, say("“{name}” is a whole number.", "“{name}”应为整数。", name=name))
    return int(raw)


WHERE = Parameter(
    name="where",
    read=text,
    help=say(
        "Which records: an expression over fields you may read.",
        "筛选条件：由您可读字段组成的表达式。",
    ),
    example="not is_blank(id)",
)
SELECT = Parameter(
    name="select",
    read=names,
    help=say(
        "Fields and paths through look-ups, with commas; without it every field you may read.",
        "要返回的字段，可沿关联取值，用逗号分隔；缺省为您可读的全部字段。",
    ),
    example="id,created_at",
)
SORT = Parameter(
    name="sort",
    read=names,
    help=say(
        "Fields to sort by, with commas; “-” before a name for descending.",
        "排序字段，用逗号分隔；名称前加“-”为降序。",
    ),
    example="-created_at",
)
LIMIT = Parameter(
    name="limit",
    read=number,
    help=say("Records on a page, at most {most}.", "每页记录数，最多 {most}。", most=MOST_RECORDS),
    schema={"type": "integer", "minimum": 1, "maximum": MOST_RECORDS, "default": 50},
)
GROUP_LIMIT = Parameter(
    name="limit",
    read=number,
    help=say(
        "How many groups, after sorting; without it, more than {most} are refused.",
        "排序后返回的分组数；缺省时超过 {most} 组将被拒绝。",
        most=MOST_GROUPS,
    ),
    schema={"type": "integer", "minimum": 1, "maximum": MOST_GROUPS},
)
FOUND_LIMIT = Parameter(
    name="limit",
    read=number,
    help=say("Records found of each entity.", "每种实体返回的记录数。"),
    schema={"type": "integer", "minimum": 1, "maximum": MOST_FOUND, "default": 5},
)
AFTER = Parameter(
    name="after",
    read=text,
    help=say("“next” of the page before; filter and sort stay the same.", "上一页返回的“next”；筛选和排序须保持不变。"),
)
COUNT = Parameter(
    name="count",
    read=flag,
    help=say("Also count the records, up to 1000.", "同时返回记录总数，最多数到 1000。"),
    schema={"type": "boolean", "default": False},
)
DELETED = Parameter(
    name="deleted",
    read=flag,
    help=say("Read the recycle bin instead, for those who may delete.", "改为读取回收站，需要删除权限。"),
    schema={"type": "boolean", "default": False},
)
INCLUDE = Parameter(
    name="include",
    read=names,
    help=say(
        "Look-ups and relationships whose records come along under “included”, with commas.",
        "一并返回的关联记录（关联字段或关系名），放在“included”中，用逗号分隔。",
    ),
)
GROUP = Parameter(
    name="group",
    read=expressions,
    help=say(
        "Fields or expressions to group by, such as stage,month(close_date).",
        "分组字段或表达式，例如 stage,month(close_date)。",
    ),
)
MEASURE = Parameter(
    name="measure",
    read=expressions,
    help=say(
        "count(), count(x), count_distinct(x), sum(x), avg(x), min(x), max(x), with commas.",
        "度量：count()、count(x)、count_distinct(x)、sum(x)、avg(x)、min(x)、max(x)，用逗号分隔。",
    ),
    schema={"type": "string", "default": "count()"},
    example="count()",
)
GROUP_SORT = Parameter(
    name="sort",
    read=expressions,
    help=say("Groups and measures to sort by, as written there.", "排序所用的分组或度量，写法与上面一致。"),
)
WORDS = Parameter(name="q", read=text, required=True, help=say("Words to look for.", "要查找的文字。"), example="li")
OF = Parameter(
    name="of",
    read=text,
    required=True,
    help=say("The thing, by its dotted name.", "事物的点分名称。"),
    example="user.email",
)
EXPECTED = Parameter(
    name="version",
    read=number,
    help=say("The version you saw; another one is answered with 412.", "您所见的版本；不一致时返回 412。"),
    schema={"type": "integer", "minimum": 1, "maximum": 999_999_999},
)

PASSED = Parameter(
    name="passed",
    read=lambda name, raw: read_passed(raw, name),
    help=say(
        "The records a figure of stages counts: pipeline,stage,number,cohort,since,until,reason.",
        "阶段数据中某个数字对应的记录：流程,阶段,数字,口径,起,止,原因。",
    ),
)

LIST = table(WHERE, SELECT, SORT, LIMIT, AFTER, COUNT, INCLUDE, DELETED, PASSED)
COUNTING = table(WHERE, DELETED, PASSED)
ONE = table(SELECT, INCLUDE, DELETED)
AGGREGATE = table(GROUP, MEASURE, WHERE, GROUP_SORT, GROUP_LIMIT)
RELATED = table(WHERE, SELECT, SORT, LIMIT, AFTER)
SAVE = table(SELECT)
VERSIONED = table(EXPECTED)
SEARCH = table(WORDS, FOUND_LIMIT)
HISTORY = table(LIMIT)
USES = table(OF)
NOTHING = table()
