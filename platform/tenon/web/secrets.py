"""In charge of changing one's own password: the old one is asked for, every other session ends."""

from collections.abc import Mapping

from tenon.errors import Detail, InvalidInput, TenonError, Unauthenticated
from tenon.http import Asking
from tenon.texts import Text, say
from tenon.workspace import passwords, sessions


def change_password(known: Asking, form: Mapping[str, str]) -> None:
    """From the fields `current`, `password` and `repeated`.

    Raises InvalidInput when the new one will not do, Unauthenticated when the old one is wrong, TooManyRequests.
    """
    user_id = str(known.actor.id)
    fresh = form.get("password", "")
    if fresh != form.get("repeated", ""):
        raise _refusal("repeated", say("The two new passwords differ.", "两次输入的新密码不一致。"))
    if fresh == form.get("current", ""):
        raise _refusal("password", say("Choose a password other than the present one.", "新密码不能与当前密码相同。"))
    now = known.workspace.now()
    wrong: TenonError | None = None
    with known.workspace.database.writing() as connection:
        try:
            passwords.verify(connection, user_id, form.get("current", ""), now)
        except Unauthenticated:
            wrong = _refusal("current", say("The present password is wrong.", "当前密码不正确。"))
        except TenonError as error:
            wrong = error  # raised after the commit, or the failure would not be counted
        else:
            passwords.set_password(connection, user_id, fresh, now)
            sessions.end_all(connection, user_id, but=known.session_id)
    if wrong is not None:
        raise wrong


def _refusal(field: str, message: Text) -> InvalidInput:
    return InvalidInput(message, details=[Detail(path=field, code="invalid_password", message=message)])
