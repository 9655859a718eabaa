"""In charge of `tenon token`: keys for programs that use the API."""

from datetime import timedelta

import click

from tenon.cli.call import Call
from tenon.errors import NotFound
from tenon.texts import say
from tenon.workspace import tokens


@click.group()
def command() -> None:
    """Tokens for the API: they act for a person, within scopes, until they expire.

    \b
    Example:
      tenon -w acme token create ann@example.com --name reports --scope "*:read" --days 90
    """


@command.command("create")
@click.argument("email")
@click.option("--name", required=True, help="What the token is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    help="entity:verbs, such as account:read,update or *:read; configuration:read,update to publish changes.",
)
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3650), help="Valid for so many days.")
@click.pass_context
def create(ctx: click.Context, email: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Create a token and print its secret, once."""
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace, workspace.unit(call.actor("token create")) as unit:
        owner = workspace.identities.by_email(unit.connection, email, unit.now)
        if owner is None or owner.actor.id is None:
            raise NotFound(say("Nobody here has the e-mail {email}.", "没有邮箱为 {email} 的用户。", email=email))
        parsed = tokens.parse_scopes(scopes, workspace.model)
        expires = unit.now + timedelta(days=days)
        token_id, secret = tokens.create_token(unit.connection, owner.actor.id, name, parsed, unit.now, expires)
    call.say(say("Keep it safe; it is not shown again:", "请妥善保存，此后不再显示："))
    if not call.as_json:
        call.out.print(secret, markup=False)
    call.show({"id": token_id, "token": secret, "expires_at": expires.isoformat()})


@command.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """Every token: name, scopes, until when, last used."""
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace, workspace.reading(call.actor("token list")) as unit:
        found = tokens.list_tokens(unit.connection)
    rows = [
        (
            item.id,
            item.name,
            " ".join(f"{entity}:{','.join(sorted(verbs))}" for entity, verbs in item.scopes.items()),
            f"{item.expires_at:%Y-%m-%d}",
            f"{item.last_used_at:%Y-%m-%d %H:%M}" if item.last_used_at else "",
            f"{item.revoked_at:%Y-%m-%d}" if item.revoked_at else "",
        )
        for item in found
    ]
    headings = (
        say("Id", "编号"),
        say("Name", "名称"),
        say("Scopes", "范围"),
        say("Until", "有效期至"),
        say("Last used", "最近使用"),
        say("Revoked", "吊销于"),
    )
    call.table(headings, rows)
    call.show([dict(zip(("id", "name", "scopes", "until", "last_used", "revoked"), row, strict=True)) for row in rows])


@command.command("revoke")
@click.argument("token_id")
@click.pass_context
def revoke(ctx: click.Context, token_id: str) -> None:
    """Make a token useless at once."""
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace, workspace.unit(call.actor("token revoke")) as unit:
        tokens.revoke_token(unit.connection, token_id, unit.now)
    call.say(say("The token is revoked.", "令牌已吊销。"))
