import pytest

from samples.workspaces import ADMINISTRATOR, PASSWORD
from tenon.clock import FixedClock
from tenon.errors import InvalidInput, TenonError, TooManyRequests, Unauthenticated
from tenon.workspace import Workspace, passwords, sessions


def user_id(workspace: Workspace, email: str = ADMINISTRATOR) -> str:
    with workspace.database.reading() as connection:
        found = workspace.identities.by_email(connection, email, workspace.now())
    assert found is not None
    assert found.actor.id is not None
    return found.actor.id


def try_password(workspace: Workspace, password: str) -> TenonError | None:
    """What the attempt was answered; failures are committed, as the sign-in page does."""
    key = user_id(workspace)
    with workspace.database.writing() as connection:
        try:
            passwords.verify(connection, key, password, workspace.now())
        except TenonError as error:
            return error
    return None


def test_the_right_password_signs_in_and_a_wrong_one_does_not(workspace: Workspace) -> None:
    assert try_password(workspace, PASSWORD) is None
    assert isinstance(try_password(workspace, PASSWORD + "x"), Unauthenticated)


def test_after_five_wrong_tries_even_the_right_password_waits(workspace: Workspace, clock: FixedClock) -> None:
    for _ in range(5):
        assert isinstance(try_password(workspace, "wrong password"), Unauthenticated)
    locked = try_password(workspace, PASSWORD)
    assert isinstance(locked, TooManyRequests)
    assert locked.extra["retry_after"] == 60
    clock.advance(seconds=61)
    assert try_password(workspace, PASSWORD) is None


def test_each_further_failure_locks_for_longer_up_to_a_quarter_of_an_hour(
    workspace: Workspace, clock: FixedClock
) -> None:
    waits = []
    for _ in range(11):
        refused = try_password(workspace, "wrong password")
        while isinstance(refused, TooManyRequests):
            waits.append(refused.extra["retry_after"])
            clock.advance(seconds=refused.extra["retry_after"] + 1)
            refused = try_password(workspace, "wrong password")
    assert waits == [60, 120, 240, 480, 900, 900]


def test_an_unknown_person_is_answered_like_a_wrong_password(workspace: Workspace) -> None:
    with workspace.database.writing() as connection, pytest.raises(Unauthenticated) as refusal:
        passwords.verify(connection, None, "whatever it is", workspace.now())
    known = try_password(workspace, "whatever it is")
    assert known is not None
    assert refusal.value.message == known.message


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaa", "password123", "x" * 300])
def test_weak_passwords_are_refused_with_what_to_do(workspace: Workspace, weak: str) -> None:
    with workspace.database.writing() as connection, pytest.raises(InvalidInput) as refusal:
        passwords.set_password(connection, user_id_of(connection, workspace), weak, workspace.now())
    assert refusal.value.message.in_("zh-CN") != refusal.value.message.in_("en")


def user_id_of(connection: object, workspace: Workspace) -> str:
    found = workspace.identities.by_email(connection, ADMINISTRATOR, workspace.now())  # type: ignore[arg-type]
    assert found is not None
    return str(found.actor.id)


def test_a_session_ends_when_idle_when_old_and_when_told(workspace: Workspace, clock: FixedClock) -> None:
    key = user_id(workspace)

    def opened() -> str:
        with workspace.database.writing() as connection:
            return sessions.open_session(connection, key, workspace.now()).secret

    def is_valid(secret: str) -> bool:
        with workspace.database.reading() as connection:
            return workspace.identities.by_session(connection, secret, workspace.now()) is not None

    idle = opened()
    assert is_valid(idle)
    clock.advance(hours=12, seconds=1)
    assert not is_valid(idle)

    told = opened()
    with workspace.database.writing() as connection:
        sessions.end_session(connection, sessions.digest(told))
    assert not is_valid(told)
    assert not is_valid("no such secret")


def test_ending_all_sessions_but_one_leaves_that_one(workspace: Workspace) -> None:
    key = user_id(workspace)
    with workspace.database.writing() as connection:
        kept, *others = [sessions.open_session(connection, key, workspace.now()).secret for _ in range(3)]
        assert sessions.end_all(connection, key, but=sessions.digest(kept)) == len(others)
    with workspace.database.reading() as connection:
        assert workspace.identities.by_session(connection, kept, workspace.now()) is not None
