"""In charge of what each error code means and what to do about it; every class of the error tree has its words here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tenon import errors
from tenon.errors import TenonError
from tenon.http import status_for
from tenon.texts import Text, say


@dataclass(frozen=True, kw_only=True)
class Explained:
    code: str
    status: int
    what: Text
    remedy: Text


_WORDS: Mapping[str, tuple[Text, Text]] = {
    "bad_request": (
        say(
            "The call could not be read: malformed JSON, an expression, a cursor or a parameter.",
            "无法读取请求：JSON、表达式、游标或参数有误。",
        ),
        say(
            "“errors” names the place and says what is expected. Sending the same call again does not help.",
            "“errors”指出了位置和期望的写法；原样重发没有用。",
        ),
    ),
    "unknown_name": (
        say(
            "A name in the call does not exist for you: an entity, field, relationship or parameter.",
            "请求中的某个名称对您不存在：实体、字段、关系或参数。",
        ),
        say(
            "Look at “hint” for the nearest names, and at /api/v1/model for all names you may use.",
            "请看“hint”中的相近名称；全部可用名称见 /api/v1/model。",
        ),
    ),
    "missing_version": (
        say("A change did not say on which version of the record it was made.", "变更未说明所依据的记录版本。"),
        say(
            "Send If-Match with the ETag you read, or “version” in the body. If-Match: * changes it in any case.",
            "请在 If-Match 中提供读到的 ETag，或在正文中提供“version”；If-Match: * 表示无论如何都修改。",
        ),
    ),
    "unauthenticated": (
        say(
            "Nobody is signed in, or the token is unknown, expired or revoked.",
            "未登录，或令牌不存在、已过期或被吊销。",
        ),
        say(
            "Send Authorization: Bearer with a valid token, or sign in again.",
            "请在 Authorization: Bearer 中提供有效令牌，或重新登录。",
        ),
    ),
    "forbidden": (
        say("You are known, but your roles or your token do not allow this.", "您的角色或令牌不允许此操作。"),
        say(
            "Ask an administrator for the right, or use a token with a wider scope.",
            "请向管理员申请权限，或使用范围更大的令牌。",
        ),
    ),
    "not_found": (
        say(
            "There is no such record for you: it never was, was deleted, or is not yours to see.",
            "对您而言没有这条记录：不存在、已删除或无权查看。",
        ),
        say("Check the address and the id.", "请检查地址和 ID。"),
    ),
    "invalid_input": (
        say("Values were read but cannot be accepted.", "值已读取，但无法接受。"),
        say("“errors” has one entry for each field: correct them and send again.", "“errors”逐字段说明：更正后重发。"),
    ),
    "conflict": (
        say(
            "The present state does not allow it: a duplicate, something still refers to it, or a condition of a stage "
            "is not met.",
            "当前状态不允许：重复、仍被引用，或不满足阶段条件。",
        ),
        say("Read “detail”; change the state or the values, then send again.", "请阅读“detail”，调整后重发。"),
    ),
    "stale_version": (
        say("Somebody changed the record after you read it.", "在您读取之后，记录已被他人修改。"),
        say(
            "“current” is the record now, “sent” is what you sent for the fields in dispute. Decide, then send again "
            "with the new version.",
            "“current”是现在的记录，“sent”是您提交的有争议的值。请决定后用新版本号重发。",
        ),
    ),
    "too_large": (
        say("Something is larger than a stated limit.", "超出了限制。"),
        say("Send less at once; /api/v1/limits lists the limits.", "请减少单次的量；限制见 /api/v1/limits。"),
    ),
    "too_many_requests": (
        say("Too many calls in a short time, or too many failed sign-ins.", "短时间内请求过多，或登录失败次数过多。"),
        say("Wait as long as Retry-After says.", "请按 Retry-After 等待。"),
    ),
    "unavailable": (
        say("A service behind this one does not answer.", "所依赖的服务没有响应。"),
        say("Try again later; nothing was changed.", "请稍后再试；没有任何更改。"),
    ),
    "metadata_error": (
        say("The metadata of the workspace does not compile.", "工作区的元数据无法编译。"),
        say("Tell the administrator to run “tenon check”.", "请通知管理员运行“tenon check”。"),
    ),
    "method_not_allowed": (
        say("The address exists, but not for this method.", "地址存在，但不支持该方法。"),
        say("The Allow header lists the methods it takes.", "Allow 头列出了支持的方法。"),
    ),
    "internal_error": (
        say("A fault of ours. Nothing was changed.", "系统故障，没有任何更改。"),
        say(
            "Tell the administrator the “trace”; the log has the rest under that number.",
            "请把“trace”告诉管理员；日志中可按该编号查到详情。",
        ),
    ),
}
_PLAIN = {"method_not_allowed": 405, "internal_error": 500}


def classes(root: type[TenonError] = TenonError) -> Iterator[type[TenonError]]:
    """Every class of the tree below `root`."""
    for kind in root.__subclasses__():
        yield kind
        yield from classes(kind)


def explained(code: str) -> Explained | None:
    """Codes of classes that bring no words of their own are explained by the nearest class above."""
    found = EXPLAINED.get(code)
    if found is not None:
        return found
    kind = next((item for item in classes() if item.code == code), None)
    for above in kind.__mro__ if kind is not None else ():
        nearest = EXPLAINED.get(getattr(above, "code", ""))
        if kind is not None and nearest is not None:
            return Explained(code=code, status=status_for(kind), what=nearest.what, remedy=nearest.remedy)
    return None


def _all() -> dict[str, Explained]:
    statuses = {kind.code: status_for(kind) for kind in classes() if kind.__module__ == errors.__name__}
    return {
        code: Explained(code=code, status=statuses.get(code) or _PLAIN[code], what=what, remedy=remedy)
        for code, (what, remedy) in _WORDS.items()
    }


EXPLAINED: Mapping[str, Explained] = _all()
