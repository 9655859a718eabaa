"""A field that points at a record of any entity: written, read, filtered, guarded, and through renames."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from samples.any_records import CLIENT, NOTE, SELLER, SUBJECTS, TIE, Desk
from samples.workspaces import ADMINISTRATOR
from tenon.database import count_statements
from tenon.errors import Conflict, InvalidInput, MetadataError, NotFound
from tenon.exchange import Importer, read_mapping
from tenon.exchange.csv_export import csv_lines
from tenon.exchange.importing.mapping import plain_mapping
from tenon.exchange.importing.rows import Line
from tenon.query import Query
from tenon.schema.purging import purge, retired


@pytest.fixture(scope="module")
def standing(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Published once; what changes the metadata has a desk of its own."""
    desk = Desk(tmp_path_factory.mktemp("any_record"), module_database_url)
    yield desk
    desk.close()


@pytest.fixture
def desk(standing: Desk) -> Desk:
    standing.begin()
    return standing


@pytest.fixture
def changing(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    desk = Desk(tmp_path, database_url)
    yield desk
    desk.close()


def shown(entity: str, identity: str, title: str) -> dict[str, Any]:
    return {"entity": entity, "id": identity, "title": title}


HIDDEN = {"entity": None, "id": None, "title": None, "hidden": True}


def test_it_points_at_records_of_several_entities_and_shows_their_titles(desk: Desk) -> None:
    note = desk.note(subject={"entity": "x_client", "id": desk.big})
    assert desk.read(note) == shown("x_client", desk.big, "Big")
    assert desk.change(note, subject=f"x_partner:{desk.pal}")
    assert desk.read(note) == shown("x_partner", desk.pal, "Pal")
    assert not desk.change(note, subject=desk.read(note))
    assert desk.change(note, subject=None)
    assert desk.read(note) is None
    assert desk.read(desk.note(kept=f"user:{desk.sam.id}"), "kept") == shown("user", str(desk.sam.id), "Sam")


def test_it_takes_only_records_that_are_there_and_of_entities_that_may_be_chosen(desk: Desk) -> None:
    gone = "0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b"
    assert desk.refused(subject={"entity": "x_client", "id": gone}) == ["no_such_record"]
    assert desk.refused(subject={"entity": "x_partner", "id": desk.big}) == ["no_such_record"]
    assert desk.refused(subject={"entity": "user", "id": desk.sam.id}) == ["wrong_entity"]
    assert desk.refused(kept={"entity": "x_nothing", "id": desk.big}) == ["no_such_record"]
    assert desk.refused(kept=desk.big) == ["not_a_record"]
    desk.delete("x_client", desk.small)
    assert desk.refused(subject={"entity": "x_client", "id": desk.small}) == ["no_such_record"]


def test_what_the_actor_may_not_see_he_may_neither_choose_nor_read_nor_find(desk: Desk) -> None:
    hidden, open_ = f"x_client:{desk.small}", f"x_client:{desk.big}"
    note = desk.note(name="Hidden", subject=hidden, kept=hidden)
    desk.note(name="Open", subject=open_, kept=open_)
    with pytest.raises(InvalidInput, match="does not exist"):
        desk.note(desk.sam, subject=hidden)
    for field in ("subject", "kept"):
        assert desk.read(note, field, desk.sam) == HIDDEN
        assert desk.found(f'{field} == "{desk.small}"', desk.sam) == []
        assert desk.found(f'{field} == "{desk.small}"') == ["Hidden"]
        assert desk.found(f'{field}.entity == "x_client"', desk.sam) == ["Open"]
        assert desk.found(f"is_blank({field}.id)", desk.sam) == ["Hidden"]
        assert desk.read(note, f"{field}.id", desk.sam) is None
        assert desk.read(note, f"{field}.entity", desk.sam) is None
    assert desk.change(note, desk.sam, name="Changed")
    assert desk.read(note) == shown("x_client", desk.small, "Small")
    with desk.unit(desk.sam) as unit:
        lines = list(csv_lines(unit, desk.access(unit), desk.here.reader, Query(entity="x_note", select=SUBJECTS)))
    assert desk.small not in "".join(lines)
    assert f"x_client:{desk.big}" in lines[-1]


def test_the_value_and_its_parts_mean_the_same_in_filters_formulas_and_rules(desk: Desk) -> None:
    desk.note(name="Client", subject=f"x_client:{desk.big}", client=desk.big, kept=f"x_client:{desk.big}")
    desk.note(name="Partner", subject=f"x_partner:{desk.pal}", client=desk.big)
    desk.note(name="None", client=desk.big)
    assert desk.found(f'subject == "{desk.big}"') == ["Client"]
    assert desk.found(f'subject in ["{desk.big}", "{desk.pal}"]') == ["Client", "Partner"]
    assert desk.found('subject.entity == "x_partner"') == ["Partner"]
    assert desk.found(f'subject.id == "{desk.pal}"') == ["Partner"]
    assert desk.found("is_blank(subject)") == ["None"]
    assert desk.found("subject == client") == ["Client"]
    assert desk.found("subject == kept") == ["Client", "None"]
    assert desk.found('kind == "x_client"') == ["Client"]
    assert desk.found("same") == ["Client"]
    with pytest.raises(InvalidInput, match="Not both"):
        desk.note(subject=f"x_client:{desk.big}", guard=f"x_client:{desk.big}")


def test_what_points_at_a_record_is_found_from_its_other_end(desk: Desk) -> None:
    for name, key in (("One", desk.big), ("Two", desk.big), ("Three", desk.small)):
        desk.note(name=name, subject=f"x_client:{key}", kept=f"x_client:{key}")
    desk.note(name="Four", subject=f"x_partner:{desk.pal}")
    assert desk.found("noted == 2", entity="x_client") == ["Big"]
    assert desk.found('any(kept_notes, name == "Three")', entity="x_client") == ["Small"]
    with desk.unit() as unit:
        query = Query(entity="x_note", select=("name", "subject"), sort=("name",))
        read = desk.here.reader
        page = read.related(unit, desk.access(unit), "x_client", desk.big, "notes", query)
        assert [record["name"] for record in page.records] == ["One", "Two"]
        assert page.records[0]["subject"] == shown("x_client", desk.big, "Big")
        many = read.related_to(
            unit, desk.access(unit), "x_client", [desk.big, desk.small, desk.pal], "kept_notes", query
        )
        assert {key: len(found) for key, found in many.items()} == {desk.big: 2, desk.small: 1, desk.pal: 0}
        with pytest.raises(NotFound):
            read.related(unit, desk.access(unit), "x_partner", desk.big, "x_note", query)


def test_a_list_reads_titles_by_a_statement_for_each_entity_present(desk: Desk) -> None:
    for number in range(8):
        desk.note(name=f"N{number:02}", subject=f"x_client:{desk.big}" if number % 2 else f"x_partner:{desk.pal}")
    costs = []
    for limit in (1, 2, 8):
        with desk.unit() as unit, count_statements(desk.workspace.database) as counted:
            query = Query(entity="x_note", select=("name", "subject"), sort=("name",), limit=limit)
            assert len(desk.here.reader.list(unit, desk.access(unit), query).records) == limit
            costs.append(counted.count)
    assert costs == [2, 3, 3]


def test_deleting_the_record_clears_guards_takes_along_or_keeps_and_no_part_returns_alone(desk: Desk) -> None:
    key = f"x_client:{desk.big}"
    note, kept, part = desk.note(subject=key), desk.note(kept=key), desk.note(whole=key)
    guard = desk.note(name="Guardian", guard=key)
    with pytest.raises(Conflict, match="Guardian") as refusal:
        desk.delete("x_client", desk.big)
    assert refusal.value.extra["referring"] == [shown("x_note", guard, "Guardian")]
    desk.change(guard, guard=None)
    desk.delete("x_client", desk.big)
    assert desk.read(note) is None
    assert desk.found("is_blank(subject) and not is_blank(name)") == ["Guardian", "Note", "Note"]
    assert desk.read(kept, "kept") is None
    assert desk.found("not is_blank(kept)") == []
    with pytest.raises(NotFound):
        desk.read(part)
    desk.restore("x_client", desk.big)
    assert desk.read(note) == desk.read(kept, "kept") == desk.read(part, "whole") == shown("x_client", desk.big, "Big")

    desk.delete("x_note", part)
    desk.delete("x_client", desk.big)
    with pytest.raises(Conflict, match="recycle bin"):
        desk.restore("x_note", part)


def test_history_names_the_records_as_far_as_the_reader_may_see_them(desk: Desk) -> None:
    note = desk.note(subject=f"x_client:{desk.small}")
    desk.change(note, subject=f"x_client:{desk.big}")
    with desk.unit() as unit:
        (change,) = desk.here.reader.history(unit, desk.access(unit), "x_note", note)
    assert change.changes["subject"] == (shown("x_client", desk.small, "Small"), shown("x_client", desk.big, "Big"))
    with desk.unit(desk.sam) as unit:
        (change,) = desk.here.reader.history(unit, desk.access(unit), "x_note", note)
    assert change.changes["subject"] == (HIDDEN, shown("x_client", desk.big, "Big"))


def test_a_renamed_entity_keeps_what_points_at_its_records(changing: Desk) -> None:
    note = changing.note(name="Old", subject=f"x_client:{changing.big}", kept=f"x_client:{changing.big}")
    changing.change(note, kept=f"x_client:{changing.small}")
    (changing.folder / "entities" / "x_client.yaml").unlink()
    changing.write("x_customer", CLIENT + "was: [x_client]\n")
    changing.write("x_tie", TIE.replace("x_client", "x_customer"))
    changing.write("x_note", NOTE.replace("x_client", "x_customer"))
    (changing.folder / "roles" / "x_seller.yaml").write_text(SELLER.replace("x_client", "x_customer"))
    changing.publish()
    assert changing.read(note) == shown("x_customer", changing.big, "Big")
    assert changing.read(note, "kind") == "x_customer"
    assert changing.found('subject.entity == "x_customer"') == ["Old"]
    assert changing.found('subject.entity == "x_customer"', changing.sam) == ["Old"]
    assert changing.found('subject.entity == "x_client"') == []
    assert changing.found("noted == 1", entity="x_customer") == ["Big"]
    fresh = changing.note(kept=f"x_client:{changing.big}")
    assert changing.read(fresh, "kept") == shown("x_customer", changing.big, "Big")
    with changing.unit() as unit:
        (change,) = changing.here.reader.history(unit, changing.access(unit), "x_note", note)
    assert change.changes["kept"][0] == shown("x_customer", changing.big, "Big")
    changing.delete("x_customer", changing.big)
    assert changing.read(note) is None


def test_an_entity_of_the_past_reads_as_no_value_and_comes_back_unless_it_was_purged(changing: Desk) -> None:
    note = changing.note(kept=f"x_partner:{changing.pal}", subject=f"x_client:{changing.big}")
    files = {name: (changing.folder / "entities" / f"{name}.yaml").read_text() for name in ("x_partner", "x_tie")}

    def retire() -> None:
        for name in files:
            (changing.folder / "entities" / f"{name}.yaml").unlink()
        changing.write("x_note", NOTE.replace(", x_partner]", "]"))
        ties = "  partners: {with: x_partner, through: x_tie, label: {en: Partners, zh-CN: 伙伴}}\n"
        changing.write("x_client", CLIENT.replace(ties, ""))
        (changing.folder / "roles" / "x_seller.yaml").write_text(SELLER.replace("x_partner: {read: all}", ""))
        changing.publish()

    retire()
    assert changing.read(note, "kept") is None
    assert changing.found("is_blank(kept) and is_blank(kept.entity)") == ["Note"]
    assert changing.change(note, name="Changed")
    for name, text in files.items():
        changing.write(name, text)
    changing.publish()
    assert changing.read(note, "kept") == shown("x_partner", changing.pal, "Pal")
    retire()
    with changing.unit() as unit:
        later = unit.now + timedelta(days=1)
        gone = [one for one in retired(unit.connection, later, timedelta(0)) if one.path == "x_partner"]
        purge(unit, gone)
        table = changing.here.tables["x_note"]
        assert unit.connection.execute(sa.select(table.c["kept"], table.c["kept.entity"])) == [(None, None)]
    assert changing.read(note) == shown("x_client", changing.big, "Big")


def test_an_entity_with_links_of_every_kind_goes_cleanly_and_what_is_in_the_way_is_listed(changing: Desk) -> None:
    key = f"x_client:{changing.big}"
    note = changing.note(subject=key, kept=key, client=changing.big)
    tie = changing.make("x_tie", client=changing.big, partner=changing.pal)
    changing.delete("x_client", changing.big)
    assert changing.found("is_blank(client) and is_blank(subject) and is_blank(kept)") == ["Note"]
    assert changing.found(f'id == "{tie}"', entity="x_tie") == []
    changing.restore("x_client", changing.big)
    (changing.folder / "entities" / "x_client.yaml").unlink()
    with pytest.raises(MetadataError) as refusal:
        changing.publish()
    assert {problem.path for problem in refusal.value.problems} >= {
        "entities.x_note.fields.client.to",
        "entities.x_note.fields.subject.entities",
        "entities.x_tie.fields.client.to",
    }
    (changing.folder / "entities" / "x_tie.yaml").unlink()
    client = "  client: {type: lookup, to: x_client, label: {en: Client, zh-CN: 客户}}\n"
    same = "  same: {type: formula, of: boolean, value: subject == client, label: {en: Same, zh-CN: 相同}}\n"
    changing.write(
        "x_note", NOTE.replace(client, "").replace(same, "").replace(" default: client,", "").replace("x_client, ", "")
    )
    (changing.folder / "roles" / "x_seller.yaml").write_text(SELLER.replace("x_client: {read: size > 6}", ""))
    changing.publish()
    assert changing.read(note) is None
    assert changing.read(note, "kept") is None
    changing.delete("x_note", note)


def test_a_look_up_becomes_one_of_any_record_and_back(changing: Desk) -> None:
    note = changing.note(client=changing.big)
    lookup = "client: {type: lookup, to: x_client"
    changing.write("x_note", NOTE.replace(lookup, "client: {type: any_record"))
    changing.publish()
    assert changing.read(note, "client") == shown("x_client", changing.big, "Big")
    changing.change(note, client=f"x_client:{changing.small}")
    changing.write("x_note", NOTE)
    changing.publish()
    assert changing.read(note, "client") == {"id": changing.small, "title": "Small"}


def test_files_write_entity_and_key_and_name_the_records_by_it(desk: Desk) -> None:
    rows = [
        ["One", f"x_client:{desk.big}", ""],
        ["Two", "x_client:Small", ""],
        ["Three", "x_partner：Pal", f"user:{ADMINISTRATOR}"],
        ["Four", "x_client:Nobody", ""],
        ["Five", "Big", ""],
        ["Six", "user:Sam", ""],
    ]
    headings = ["name", "subject", "kept"]
    mapping = plain_mapping(desk.here.model, desk.here.model.entities["x_note"], headings, ())
    read = read_mapping(mapping, desk.here.model, headings)
    importer = Importer(read, desk.here.reader, desk.here.writer, desk.unit, "UTC")
    lines = [Line(number, dict(zip(headings, row, strict=True))) for number, row in enumerate(rows, 2)]
    result = importer.run(lines)
    assert (result.created, [rejection.line for rejection in result.rejections]) == (3, [5, 6, 7])
    with desk.unit() as unit:
        query = Query(entity="x_note", select=tuple(headings), sort=("name",))
        plain = list(csv_lines(unit, desk.access(unit), desk.here.reader, query))[1:]
        people = list(csv_lines(unit, desk.access(unit), desk.here.reader, query, language="en"))[1:]
    assert plain[0].strip() == f"One,x_client:{desk.big},"
    assert plain[1].strip() == f"Three,x_partner:{desk.pal},user:{desk.sam.id}"
    assert [line.strip() for line in people] == [
        "One,x_client:Big,",
        "Three,x_partner:Pal,user:Sam",
        "Two,x_client:Small,",
    ]


def test_a_default_may_be_a_record(desk: Desk) -> None:
    assert desk.read(desk.note(client=desk.big), "origin") == shown("x_client", desk.big, "Big")
    assert desk.read(desk.note(), "origin") is None
