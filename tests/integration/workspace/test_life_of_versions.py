"""The promises about versions: builder, rollback, pull, pack and promote change what they say and nothing else."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samples import workspaces
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.compiler import BUILDER, compile_sources, explain
from tenon.database import Database
from tenon.errors import BadRequest, Conflict, MetadataError, NotFound
from tenon.query import Query
from tenon.schema import published, versions
from tenon.workspace import Workspace
from tenon.workspace.packages import Package
from tenon.workspace.promoting import pack, propose_package
from tenon.workspace.proposals import Proposal, propose_pull, propose_version
from tenon.workspace.publishing import propose, propose_changes, publish

ANN = replace(Actor.system("builder"), name="Ann")
BOB = replace(Actor.system("files"), name="Bob")
ACCOUNT = """\
# what we know about accounts
fields:
  x_tax: {type: text, label: {en: Tax, zh-CN: 税号}}   # by law
"""


def change(workspace: Workspace, reason: str = "", **changes: Any) -> int:
    """Publish a change of the builder; `__` stands for a dot."""
    patch = {path.replace("__", "."): value for path, value in changes.items()}
    return publish(workspace.database, propose_changes(workspace.database, workspace.folder, patch), ANN, reason=reason)


def digest(database: Database, number: int | None = None) -> str:
    with database.reading() as connection:
        found = published(connection, number)
    assert found is not None
    assert compile_sources(found.sources).digest == found.digest
    return found.digest


def data_hash(workspace: Workspace) -> str:
    """Of everything people entered."""
    workspace.reload()
    actor = Actor.system("look")
    found = []
    with workspace.reading(actor) as unit:
        for entity in ("account", "contact", "opportunity", "department"):
            query = Query(entity=entity, select=("id", "name", "version"), limit=500)
            found.append(workspace.reader.list(unit, workspace.access(actor), query).records)
    return hashlib.sha256(json.dumps(found, default=str).encode()).hexdigest()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    yield database
    database.close()


def test_a_change_of_the_builder_is_in_force_and_signed(workspace: Workspace) -> None:
    number = change(workspace, entities__account__icon="star")
    workspace.reload()
    origin = explain(workspace.model, "account.icon")
    assert (origin.layer, origin.value, origin.version, origin.author) == (BUILDER, "star", number, ANN.name)


def test_files_that_were_not_applied_do_not_come_along_with_a_change_of_the_builder(workspace: Workspace) -> None:
    (workspace.folder / "entities").mkdir()
    (workspace.folder / "entities" / "account.yaml").write_text(ACCOUNT)
    change(workspace, entities__account__icon="star")
    workspace.reload()
    assert "x_tax" not in workspace.model.entities["account"].fields


def test_applying_files_keeps_what_was_changed_in_the_builder(workspace: Workspace) -> None:
    change(workspace, entities__account__icon="star")
    (workspace.folder / "entities").mkdir()
    (workspace.folder / "entities" / "account.yaml").write_text(ACCOUNT)
    publish(workspace.database, propose(workspace.database, workspace.folder), BOB)
    workspace.reload()
    assert workspace.model.entities["account"].icon == "star"
    assert "x_tax" in workspace.model.entities["account"].fields
    assert explain(workspace.model, "account.icon").author == ANN.name


def test_a_wrong_change_of_the_builder_publishes_nothing(workspace: Workspace) -> None:
    with pytest.raises(MetadataError):
        change(workspace, entities__account__fields__x_a={"type": "mony"})
    assert workspace.reload().version == 1


def test_a_proposal_is_good_for_the_version_it_was_made_on_alone(workspace: Workspace) -> None:
    late = propose_changes(workspace.database, workspace.folder, {"entities.account.color": "red"})
    change(workspace, entities__account__icon="star")
    with pytest.raises(Conflict):
        publish(workspace.database, late, BOB)


def test_rollback_returns_the_configuration_and_keeps_the_data(workspace: Workspace) -> None:
    first = digest(workspace.database)
    change(
        workspace, entities__department__fields__x_size={"type": "integer"}, entities__account__fields__name__max=200
    )
    second = digest(workspace.database)
    actor = Actor.system("enter")
    workspace.reload()
    with workspace.unit(actor) as unit:
        access = workspace.access(actor)
        made = workspace.writer.create(unit, access, "department", {"name": "Later", "code": "later", "x_size": 7})
    entered = data_hash(workspace)
    back = publish(workspace.database, propose_version(workspace.database, 1), BOB, reason="back")
    assert (back, digest(workspace.database)) == (3, first)
    assert data_hash(workspace) == entered
    again = publish(workspace.database, propose_version(workspace.database, 2), BOB, reason="and forth")
    assert (again, digest(workspace.database)) == (4, second)
    workspace.reload()
    with workspace.reading(actor) as unit:
        assert workspace.reader.one(unit, workspace.access(actor), "department", made.id)["x_size"] == 7


def test_rolling_back_to_what_is_published_has_nothing_to_do(workspace: Workspace) -> None:
    assert propose_version(workspace.database, 1).plan.is_empty
    with pytest.raises(NotFound):
        propose_version(workspace.database, 9)


def test_a_version_remembers_modules_and_what_its_api_promises(workspace: Workspace) -> None:
    change(workspace, entities__account__label={"en": "Client"})
    change(workspace, entities__account__fields__x_size={"type": "integer"})
    with workspace.database.reading() as connection:
        third, second, first = versions(connection)
    assert set(first.modules) == {"core", "customers", "sales"}
    assert first.contract == second.contract != third.contract


def test_a_pull_empties_the_builder_and_says_the_same(workspace: Workspace) -> None:
    change(
        workspace,
        entities__account__icon="star",
        entities__x_visit={"label": "V", "fields": {"name": {"type": "text"}}},
    )
    before = digest(workspace.database)
    publish(workspace.database, propose_pull(workspace.database), BOB, reason="pull")
    assert digest(workspace.database) == before
    with workspace.database.reading() as connection:
        found = published(connection)
    assert found is not None
    assert found.sources.layer(BUILDER) == ()
    assert found.sources.texts["entities/account.yaml"] == "icon: star\n"


def test_a_package_has_the_same_bytes_each_time_and_no_secrets(workspace: Workspace) -> None:
    path = workspace.folder / "workspace.yaml"
    path.write_text(path.read_text() + "settings: {secret_key: hush}\n# kept\n")
    change(workspace, entities__account__icon="star")
    one, two = pack(workspace.database).to_bytes(), pack(workspace.database).to_bytes()
    assert one == two
    assert b"hush" not in b"".join(file.text.encode() for file in Package.from_bytes(one).sources.files)
    assert Package.from_bytes(one) == pack(workspace.database)


def test_a_damaged_package_is_refused(workspace: Workspace) -> None:
    data = pack(workspace.database).to_bytes()
    for wrong in (b"", b"PK", data[:-40], data[: len(data) // 2]):
        with pytest.raises(BadRequest):
            Package.from_bytes(wrong)


def test_from_development_to_an_empty_production_nothing_is_lost(workspace: Workspace, empty: Database) -> None:
    (workspace.folder / "entities").mkdir()
    (workspace.folder / "entities" / "account.yaml").write_text(ACCOUNT)
    publish(workspace.database, propose(workspace.database, workspace.folder), BOB)
    change(workspace, entities__account__icon="star")
    package = Package.from_bytes(pack(workspace.database).to_bytes())
    publish(empty, propose_package(empty, package), BOB)
    assert digest(empty) == digest(workspace.database)
    assert propose_package(empty, package).plan.is_empty
    assert pack(empty).sources == pack(workspace.database).sources


def promoted(database: Database, package: Package, **options: Any) -> Proposal:
    proposal = propose_package(database, package, **options)
    publish(database, proposal, BOB)
    return proposal


def test_a_target_that_went_on_by_itself_is_refused_unless_rebased(workspace: Workspace, empty: Database) -> None:
    promoted(empty, pack(workspace.database))
    there = propose_changes(empty, workspace.folder, {"entities.account.color": "red"})
    publish(empty, there, ANN)
    change(workspace, entities__account__icon="star")
    with pytest.raises(Conflict):
        propose_package(empty, pack(workspace.database))
    promoted(empty, pack(workspace.database), rebase=True)
    with empty.reading() as connection:
        found = published(connection)
    assert found is not None
    model = compile_sources(found.sources)
    assert (model.entities["account"].icon, model.entities["account"].color) == ("star", "red")


def test_renames_removals_and_new_types_go_in_one_promotion_and_come_back_in_one(
    workspace: Workspace, empty: Database
) -> None:
    change(
        workspace,
        entities__account__fields__x_old={"type": "text"},
        entities__account__fields__x_gone={"type": "text"},
        entities__account__fields__x_kind={"type": "text"},
    )
    promoted(empty, pack(workspace.database))
    before = digest(empty)
    change(
        workspace,
        entities__account__fields__x_old=None,
        entities__account__fields__x_new={"type": "text", "was": ["x_old"]},
        entities__account__fields__x_gone=None,
        entities__account__fields__x_kind={"type": "integer"},
    )
    plan = promoted(empty, pack(workspace.database)).plan
    assert {operation.kind for operation in plan.operations} >= {"rename_field", "retire_field"}
    assert digest(empty) == digest(workspace.database)
    publish(empty, propose_version(empty, 1), BOB)
    assert digest(empty) == before


def test_records_mentioned_by_id_are_found_by_their_key_in_the_target(workspace: Workspace, tmp_path: Path) -> None:
    clock = FixedClock(workspace.now())
    workspaces.build(tmp_path / "prod", clock)
    target = Workspace.open(tmp_path / "prod", workspaces.settings_of(tmp_path / "prod"), clock)
    query = Query(entity="region", select=("id",), where='code == "haikou"')
    ids = {}
    for place in (workspace, target):
        with place.reading(ANN) as unit:
            ids[place] = place.reader.list(unit, place.access(ANN), query).records[0]["id"]
    assert ids[workspace] != ids[target]
    condition = f'region == "{ids[workspace]}"'
    change(workspace, entities__account__views__x_there={"type": "table", "where": condition})
    publish(target.database, propose_package(target.database, pack(workspace.database)), BOB)
    target.reload()
    where = target.model.entities["account"].views["x_there"].where
    assert where is not None
    assert ids[target] in where.text
    target.close()


CHANGES: list[dict[str, Any]] = [
    {"entities.account.icon": "star"},
    {"entities.account.fields.x_size": {"type": "integer"}},
    {"entities.account.fields.x_size": None},
    {"entities.account.fields.x_note": {"type": "text", "label": {"en": "Note", "zh-CN": "备注"}}},
    {"entities.contact.label": {"en": "Person"}},
    {"choices.industry.options.x_space": {"label": {"en": "Space", "zh-CN": "航天"}}},
    {"entities.x_visit": {"label": "Visit", "fields": {"name": {"type": "text"}}}},
    {"entities.x_visit": None},
]


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3))
def test_any_life_of_changes_rolls_back_and_forth_and_leaves_the_data(
    changes: list[dict[str, Any]], trial_folder: Path, tmp_path_factory: pytest.TempPathFactory, clock: FixedClock
) -> None:
    workspace = workspaces.copy(trial_folder, tmp_path_factory.mktemp("life") / "trial", clock)
    entered, database = data_hash(workspace), workspace.database
    for patch in changes:
        proposal = propose_changes(database, workspace.folder, patch)
        if not proposal.plan.is_empty:
            publish(database, proposal, ANN)
    with database.reading() as connection:
        numbers = [item.number for item in versions(connection)]
    seals = {number: digest(database, number) for number in numbers}
    for number in numbers:
        proposal = propose_version(database, number)
        if not proposal.plan.is_empty:
            publish(database, proposal, BOB)
        assert digest(database) == seals[number]
        assert data_hash(workspace) == entered
    assert Package.from_bytes(pack(database).to_bytes()).digest == digest(database)
    workspace.close()
