"""In charge of `tenon user`: people, their passwords and their roles."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from tenon.access import Access
from tenon.cli.call import Call
from tenon.cli.leaving import leave
from tenon.cli.people import id_of
from tenon.cli.secrets import read_password
from tenon.database import UnitOfWork
from tenon.errors import UnknownName
from tenon.query import Query
from tenon.texts import say
from tenon.workspace import Workspace, passwords, sessions


@click.group()
def command() -> None:
    """People who may sign in.

    \b
    Example:
      tenon -w acme user add ann@example.com --name "Ann Lee" --role salesperson
    """


@command.command("add")
@click.argument("email")
@click.option("--name", help="Full name; the part before the @ when not given.")
@click.option("--role", "roles", multiple=True, help="May be given several times.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def add(ctx: click.Context, email: str, name: str | None, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Add a person, with roles and a password."""
    call = ctx.ensure_object(Call)
    password = read_password(call, from_stdin=password_stdin)
    with _working(call, "user add") as (workspace, unit, access):
        values = {"email": email, "name": name or email.partition("@")[0], "active": True}
        person = workspace.writer.create(unit, access, "user", values)
        for role in roles:
            _assign(workspace, unit, access, person.id, role)
        passwords.set_password(unit.connection, person.id, password, unit.now, must_change=False)
    call.say(say("{email} may sign in.", "{email} 可以登录了。", email=email))
    call.show({"id": person.id})


@command.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """Everybody, with e-mail, name and whether he may sign in."""
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace, workspace.reading(call.actor("user list")) as unit:
        access = Access.of(workspace.model, unit.actor)
        query = Query(entity="user", select=("id", "email", "name", "active"), sort=("name",), limit=500)
        people = workspace.reader.list(unit, access, query).records
    call.table(
        (say("E-mail", "邮箱"), say("Name", "姓名"), say("Active", "启用")),
        [(person["email"], person["name"], "✓" if person["active"] else "") for person in people],
    )
    call.show(people)


@command.command("disable")
@click.argument("email")
@click.pass_context
def disable(ctx: click.Context, email: str) -> None:
    """Take away the right to sign in, and end all sessions. Records stay."""
    call = ctx.ensure_object(Call)
    with _working(call, "user disable") as (workspace, unit, access):
        user_id = id_of(workspace, unit, access, email)
        workspace.writer.change(unit, access, "user", user_id, {"active": False}, version=None)
        sessions.end_all(unit.connection, user_id)
    call.say(say("{email} may not sign in any more.", "{email} 已不能登录。", email=email))


@command.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--must-change", is_flag=True, help="Ask for a new one at the next sign-in.")
@click.pass_context
def password(ctx: click.Context, email: str, password_stdin: bool, must_change: bool) -> None:
    """Set another password, lift a lock-out, and end all sessions."""
    call = ctx.ensure_object(Call)
    secret = read_password(call, from_stdin=password_stdin)
    with _working(call, "user password") as (workspace, unit, access):
        user_id = id_of(workspace, unit, access, email)
        passwords.set_password(unit.connection, user_id, secret, unit.now, must_change=must_change)
        sessions.end_all(unit.connection, user_id)
    call.say(say("The password of {email} is set.", "{email} 的密码已设置。", email=email))


@command.command("role")
@click.argument("email")
@click.argument("role")
@click.pass_context
def role(ctx: click.Context, email: str, role: str) -> None:
    """Give a person a role."""
    call = ctx.ensure_object(Call)
    with _working(call, "user role") as (workspace, unit, access):
        _assign(workspace, unit, access, id_of(workspace, unit, access, email), role)
    call.say(say("{email} has the role {role}.", "{email} 已有角色 {role}。", email=email, role=role))


command.add_command(leave)


@contextmanager
def _working(call: Call, reason: str) -> Iterator[tuple[Workspace, UnitOfWork, Access]]:
    with call.workspace() as workspace, workspace.unit(call.actor(reason)) as unit:
        yield workspace, unit, Access.of(workspace.model, unit.actor)


def _assign(workspace: Workspace, unit: UnitOfWork, access: Access, user_id: str, role: str) -> None:
    if role not in workspace.model.roles:
        raise UnknownName.among(role, workspace.model.roles, where="role")
    workspace.writer.create(unit, access, "role_assignment", {"person": user_id, "role": role})
