"""In charge of the addresses of published versions: what was published, by whom and why, and what differs."""

from collections import Counter
from typing import Any, Literal

from flask import Response

from tenon.api.meeting import meet
from tenon.api.outcomes import answer
from tenon.api.parameters import Parameter, number, read_parameters, refused, table
from tenon.compiler.differences import Difference, differences
from tenon.database import Connection
from tenon.errors import Forbidden, NotFound
from tenon.http import Asking
from tenon.schema import Version, versions
from tenon.schema.versions import version
from tenon.texts import say
from tenon.workspace.packages import without_secrets

MOST = 500
_NUMBER = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
LIMIT = Parameter(
    name="limit",
    read=number,
    help=say("Versions on a page, at most {most}.", "每页版本数，最多 {most}。", most=MOST),
    schema={"type": "integer", "minimum": 1, "maximum": MOST, "default": 50},
)
BEFORE = Parameter(
    name="before",
    read=number,
    help=say("Only versions before this number: “next” of the page before.", "仅此编号之前的版本：上一页的“next”。"),
    schema=_NUMBER,
)
FROM = Parameter(
    name="from", read=number, required=True, help=say("The older version.", "较早的版本。"), schema=_NUMBER, example="1"
)
TO = Parameter(
    name="to",
    read=number,
    help=say("The newer version; what is published when not given.", "较新的版本；缺省为当前发布的版本。"),
    schema=_NUMBER,
)
LIST, DIFF, NOTHING = table(LIMIT, BEFORE), table(FROM, TO), table()


def meet_administrator(operation: Literal["read", "update"]) -> Asking:
    """The caller. Raises Forbidden for who may not see (or change) the configuration, or has a token that may not."""
    known = meet()
    if not known.access.administers:
        raise Forbidden(say("Only administrators see and change the configuration.", "仅管理员可查看和更改配置。"))
    if not known.access.configures(operation):
        raise Forbidden(
            say("Your token does not reach the configuration.", "您的令牌不包含配置权限。"),
            hint=say(
                "Make one with the scope configuration:{verb}.",
                "请创建范围为 configuration:{verb} 的令牌。",
                verb=operation,
            ),
        )
    return known


def list_versions() -> Response:
    """Newest first."""
    known = meet_administrator("read")
    given = read_parameters(LIST)
    before, limit = given.get("before"), given.get("limit", 50)
    if not 1 <= limit <= MOST:
        raise refused("limit", LIMIT.help)
    with known.reading() as unit:
        found = versions(unit.connection)
    wanted = [item for item in found if before is None or item.number < before]
    following = wanted[limit - 1].number if len(wanted) > limit else None
    return answer({"versions": [_document(item) for item in wanted[:limit]], "next": following})


def read_version(given: int) -> Response:
    """With a summary of what it changed; null for the first one, which there is nothing to compare with."""
    known = meet_administrator("read")
    read_parameters(NOTHING)
    with known.reading() as unit:
        every = versions(unit.connection)
        entry = next((item for item in every if item.number == given), None)
        if entry is None:
            raise NotFound(
                say("There is no version {number}.", "没有版本 {number}。", number=given),
                hint=say("GET /api/v1/versions lists them.", "GET /api/v1/versions 可列出所有版本。"),
            )
        former = next((item.number for item in every if item.number < given), None)
        found = () if former is None else _between(unit.connection, former, given)
    return answer({**_document(entry), "former": former, "summary": None if former is None else _summary(found)})


def diff() -> Response:
    known = meet_administrator("read")
    given = read_parameters(DIFF)
    with known.reading() as unit:
        newer = given["to"] if "to" in given else version(unit.connection).number
        found = _between(unit.connection, given["from"], newer)
    described = [
        {
            "kind": item.kind,
            "path": item.path,
            "layer": item.layer,
            "before": item.before,
            "after": item.after,
            "text": item.text.in_(known.language),
        }
        for item in found
    ]
    return answer({"from": given["from"], "to": newer, "differences": described})


def _document(item: Version) -> dict[str, Any]:
    return {
        "number": item.number,
        "at": item.at.isoformat().replace("+00:00", "Z"),
        "author": item.author,
        "reason": item.reason,
        "digest": item.digest,
        "modules": dict(item.modules),
        "contract": item.contract,
        "origin": item.origin,
    }


def _between(connection: Connection, older: int, newer: int) -> tuple[Difference, ...]:
    """Passwords inside addresses are told to nobody."""
    before, after = (without_secrets(version(connection, item).sources) for item in (older, newer))
    return differences(before, after)


def _summary(found: tuple[Difference, ...]) -> dict[str, Any]:
    counts = Counter(item.kind for item in found)
    things = dict.fromkeys(".".join(item.path.split(".")[:2]) for item in found)
    return {**{kind: counts[kind] for kind in ("added", "changed", "removed", "renamed")}, "things": list(things)}
