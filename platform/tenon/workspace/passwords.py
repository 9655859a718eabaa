"""In charge of passwords: hashing with argon2id, the policy, and the lock-out after wrong tries.

Nothing here says whether an address is known: a wrong password and an unknown person answer alike and take alike.
"""

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import func, select

from tenon.database import Connection
from tenon.errors import Detail, InvalidInput, TooManyRequests, Unauthenticated
from tenon.schema import SYSTEM_TABLES
from tenon.texts import Text, say

MINIMUM_LENGTH = 10
MAXIMUM_LENGTH = 256
FREE_TRIES = 5
LONGEST_LOCK = timedelta(minutes=15)

_credential = SYSTEM_TABLES["credential"]
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("no such person, but the same work")
_COMMON = frozenset({"1234567890", "0123456789", "password12", "password123", "qwertyuiop", "11111111111"})


def set_password(
    connection: Connection, user_id: str, password: str, now: datetime, *, must_change: bool = False
) -> None:
    """Replace the password and clear the lock. Raises InvalidInput when the policy refuses it."""
    refusal = policy_refusal(password)
    if refusal is not None:
        raise InvalidInput(refusal, details=[Detail(path="password", code="weak_password", message=refusal)])
    values = {
        "password_hash": _hasher.hash(password),
        "failed": 0,
        "locked_until": None,
        "changed_at": now,
        "must_change": must_change,
    }
    if not connection.write(_credential.update().where(_credential.c.user_id == user_id).values(**values)):
        connection.write(_credential.insert().values(user_id=user_id, **values))


def policy_refusal(password: str) -> Text | None:
    """Why this password is not taken, or None: length matters, composition rules do not (NIST SP 800-63B)."""
    if len(password) < MINIMUM_LENGTH:
        return say(
            "Choose a password of at least {count} characters.", "密码至少需要 {count} 个字符。", count=MINIMUM_LENGTH
        )
    if len(password) > MAXIMUM_LENGTH:
        return say(
            "Choose a password of at most {count} characters.", "密码最多 {count} 个字符。", count=MAXIMUM_LENGTH
        )
    if password.lower() in _COMMON or len(set(password)) < 4:
        return say("This password is easy to guess. Choose another.", "这个密码太容易被猜到，请换一个。")
    return None


def verify(connection: Connection, user_id: str | None, password: str, now: datetime) -> None:
    """Raises Unauthenticated when wrong, TooManyRequests while locked. `user_id` None takes the same time.

    Counts the failure on `connection`: the caller commits also when this raises.
    """
    row = _credential_of(connection, user_id)
    if row is not None and row[2] is not None and row[2] > now:
        raise _locked(row[2], now)
    hashed = row[0] if row is not None else _NOBODY
    if not _matches(hashed, password) or row is None or user_id is None:
        if row is not None and user_id is not None:
            _count_failure(connection, user_id, now)
        raise Unauthenticated(say("The e-mail or the password is wrong.", "邮箱或密码不正确。"))
    _clear_failures(connection, user_id, row[1])


def _credential_of(connection: Connection, user_id: str | None) -> tuple[str, int, datetime | None] | None:
    if user_id is None:
        return None
    columns = _credential.c
    rows = connection.execute(
        select(columns.password_hash, columns.failed, columns.locked_until).where(columns.user_id == user_id)
    )
    return (rows[0][0], rows[0][1], rows[0][2]) if rows else None


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password[: MAXIMUM_LENGTH + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False


def _count_failure(connection: Connection, user_id: str, now: datetime) -> None:
    columns = _credential.c
    connection.write(_credential.update().where(columns.user_id == user_id).values(failed=columns.failed + 1))
    failed = connection.execute(select(func.max(columns.failed)).where(columns.user_id == user_id))[0][0]
    if failed >= FREE_TRIES:
        wait = min(timedelta(minutes=2 ** (failed - FREE_TRIES)), LONGEST_LOCK)
        connection.write(_credential.update().where(columns.user_id == user_id).values(locked_until=now + wait))


def _clear_failures(connection: Connection, user_id: str, failed: int) -> None:
    if failed:
        connection.write(
            _credential.update().where(_credential.c.user_id == user_id).values(failed=0, locked_until=None)
        )


def _locked(until: datetime, now: datetime) -> TooManyRequests:
    seconds = max(1, int((until - now).total_seconds()))
    return TooManyRequests(
        say(
            "Too many wrong tries. Wait {seconds} seconds, then try again.",
            "错误次数过多，请等待 {seconds} 秒后再试。",
            seconds=seconds,
        ),
        extra={"retry_after": seconds},
    )
