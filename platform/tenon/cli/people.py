"""In charge of people whom a command names: whose rights it uses, and who is meant by an e-mail."""

from tenon.access import Access
from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.query import Query
from tenon.texts import say
from tenon.workspace import Workspace


def acting(workspace: Workspace, email: str | None) -> Actor:
    """The person with this address, else the administrator who was there first. Raises NotFound."""
    system = Actor.system("command line: who acts")
    with workspace.reading(system) as unit:
        address = email or _first_administrator(workspace, unit) or ""
        found = workspace.identities.by_email(unit.connection, address, unit.now)
    if found is None:
        raise NotFound(
            say("No active user has the e-mail “{email}”.", "没有邮箱为“{email}”的有效用户。", email=address),
            hint=say("“tenon user add” makes one.", "可用“tenon user add”添加。"),
        )
    return found.actor


def _first_administrator(workspace: Workspace, unit: UnitOfWork) -> str | None:
    query = Query(
        entity="role_assignment",
        select=("person.email",),
        where='role == "administrator" and person.active',
        sort=("created_at",),
        limit=1,
    )
    page = workspace.reader.list(unit, Access.of(workspace.model, unit.actor), query)
    return page.records[0]["person.email"] if page.records else None


def id_of(workspace: Workspace, unit: UnitOfWork, access: Access, email: str) -> str:
    """Raises NotFound."""
    literal = workspace.model.entity("user").fields["email"].type.literal(email.strip().lower())
    query = Query(entity="user", select=("id",), where=f"lower(email) == {literal}", limit=1)
    found = workspace.reader.list(unit, access, query).records
    if not found:
        raise NotFound(
            say("Nobody here has the e-mail {email}.", "没有邮箱为 {email} 的用户。", email=email),
            hint=say("“tenon user list” shows everybody.", "“tenon user list”可列出所有人。"),
        )
    return str(found[0]["id"])
