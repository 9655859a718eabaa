from datetime import timedelta

from samples.workspaces import ADMINISTRATOR
from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.database import count_statements
from tenon.workspace import SignedIn, Workspace, tokens


def find(workspace: Workspace, email: str) -> SignedIn | None:
    with workspace.database.reading() as connection:
        return workspace.identities.by_email(connection, email, workspace.now())


def test_the_actor_his_roles_and_the_version_are_found_in_one_statement(workspace: Workspace) -> None:
    with count_statements(workspace.database) as statements:
        found = find(workspace, ADMINISTRATOR.upper())
    assert found is not None
    assert found.actor.roles == {"administrator"}
    assert found.version == workspace.current.version
    assert statements.count == 1


def test_a_role_holds_only_between_its_dates(workspace: Workspace, clock: FixedClock) -> None:
    actor = Actor.system("test")
    admin = find(workspace, ADMINISTRATOR)
    assert admin is not None
    with workspace.unit(actor) as unit:
        access = Access.of(workspace.model, actor)
        values = {"person": admin.actor.id, "role": "viewer", "valid_from": "2026-03-20", "valid_to": "2026-03-25"}
        workspace.writer.create(unit, access, "role_assignment", values)
    held = []
    for _ in range(15):
        found = find(workspace, ADMINISTRATOR)
        assert found is not None
        held.append("viewer" in found.actor.roles)
        clock.advance(days=1)
    assert [day for day, holds in enumerate(held, start=14) if holds] == [20, 21, 22, 23, 24, 25]


def test_somebody_who_is_not_active_any_more_is_nobody(workspace: Workspace) -> None:
    actor = Actor.system("test")
    admin = find(workspace, ADMINISTRATOR)
    assert admin is not None
    assert admin.actor.id is not None
    with workspace.unit(actor) as unit:
        access = Access.of(workspace.model, actor)
        workspace.writer.change(unit, access, "user", admin.actor.id, {"active": False}, version=None)
    assert find(workspace, ADMINISTRATOR) is None


def test_a_token_acts_for_its_owner_until_it_expires_or_is_revoked(workspace: Workspace, clock: FixedClock) -> None:
    admin = find(workspace, ADMINISTRATOR)
    assert admin is not None
    assert admin.actor.id is not None
    scopes = tokens.parse_scopes(["account:read,update", "*:read"], workspace.model)
    with workspace.database.writing() as connection:
        until = workspace.now() + timedelta(days=1)
        first, secret = tokens.create_token(connection, admin.actor.id, "one", scopes, workspace.now(), until)
        _second, other = tokens.create_token(connection, admin.actor.id, "two", scopes, workspace.now(), until)
        tokens.revoke_token(connection, first, workspace.now())

    def by_token(text: str) -> SignedIn | None:
        with workspace.database.reading() as connection:
            return workspace.identities.by_token(connection, text, workspace.now())

    assert by_token(secret) is None
    found = by_token(other)
    assert found is not None
    assert found.actor.scopes == {"account": {"read", "update"}, "*": {"read"}}
    clock.advance(days=1, seconds=1)
    assert by_token(other) is None


def test_the_secret_of_a_token_is_nowhere_in_the_database(workspace: Workspace) -> None:
    admin = find(workspace, ADMINISTRATOR)
    assert admin is not None
    assert admin.actor.id is not None
    with workspace.database.writing() as connection:
        until = workspace.now() + timedelta(days=1)
        _id, secret = tokens.create_token(connection, admin.actor.id, "one", {}, workspace.now(), until)
    workspace.close()
    assert all(secret.encode() not in path.read_bytes() for path in workspace.folder.glob("trial.sqlite*"))
