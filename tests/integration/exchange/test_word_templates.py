"""Word files as templates: checked when they are published, filled in place, and never dangerous."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document

from samples.automation_world import Works
from samples.document_world import deal, open_desk
from tenon.clock import FixedClock
from tenon.compiler import check, read_layers
from tenon.errors import BadRequest
from tenon.exchange.documents import Documents

YAML = "label: {en: Contract, zh-CN: 合同}\nchannel: document\nentity: x_deal\nfile_name: 'Contract {{ name }}'\n"


def word(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    """Each “|” begins a new run, as word processors scatter them."""
    file = Document()
    for words in paragraphs:
        paragraph = file.add_paragraph()
        for run in words.split("|"):
            paragraph.add_run(run)
    if rows:
        table = file.add_table(rows=len(rows), cols=len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    file.sections[0].header.paragraphs[0].text = "合同 {{ name }}"
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


GOOD = word(
    "甲方：{{ cl|ient.na|me }}，乙方",
    "{% if story == “big” %}",
    "Only for big ones",
    "{% else %}",
    "{{ story }}",
    "{% end %}",
    "大写：|{{ chinese_amount(total) }}",
    rows=(
        ("What", "Price"),
        ("{% for lines %}", ""),
        ("{{ name }}", "{{ price }}"),
        ("{% end %}", ""),
        ("Sum", "{{ total }}"),
    ),
)


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    folder = tmp_path_factory.mktemp("word")
    (folder / "templates").mkdir()
    (folder / "templates" / "contract.docx").write_bytes(GOOD)
    clock = FixedClock(datetime(2026, 3, 14, 9, 0, tzinfo=UTC))
    opened = open_desk(folder, f"sqlite:///{folder / 'desk.sqlite'}", clock, {"templates/contract.yaml": YAML})
    yield opened
    opened.workspace.close()


def filled(works: Works, record: str, who: str = "ada", output: str | None = None) -> tuple[bytes, str]:
    service: Documents = works.workspace.current.processes.ground.service("documents")
    access = works.access(who)
    with works.workspace.reading(access.actor) as unit:
        template = service.template(access, "x_deal", "contract")
        made, document = service.make_file(unit, access, template, record, output=output)
    assert made.file_name == "Contract Deal 喆堃.docx"
    return made.content, document.html


def test_a_word_file_is_filled_in_place(works: Works) -> None:
    story = "One & <two>\nthree {{ floor }}"
    content, shown = filled(works, deal(works, story=story))
    file = Document(io.BytesIO(content))
    texts = [paragraph.text for paragraph in file.paragraphs]
    assert texts == ["甲方：远达机电 Ltd，乙方", story, "大写：贰仟肆佰陆拾玖圆整"]
    assert [[cell.text for cell in row.cells] for row in file.tables[0].rows] == [
        ["What", "Price"],
        ["产品0", "CN¥1,234.50"],
        ["产品1", "CN¥1,234.50"],
        ["Sum", "CN¥2,469.00"],
    ]
    assert file.sections[0].header.paragraphs[0].text == "合同 Deal 喆堃"
    assert "<p>甲方：远达机电 Ltd，乙方</p>" in shown
    content, _shown = filled(works, deal(works, story="big"))
    assert "Only for big ones" in [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def test_it_shows_no_more_than_its_maker_may_read_and_stays_a_word_file(works: Works) -> None:
    record = deal(works)
    content, _shown = filled(works, record, "sam")
    assert Document(io.BytesIO(content)).paragraphs[0].text == "甲方：，乙方"
    with pytest.raises(BadRequest, match="Word"):
        filled(works, record, output="pdf")


def test_it_comes_back_from_a_published_version_as_it_was(works: Works) -> None:
    stored = works.workspace.current.model.templates["contract"].word
    assert stored is not None
    assert read_layers(works.workspace.folder).layer("workspace")
    file = next(f for f in read_layers(works.workspace.folder).files if f.path == "templates/contract.docx")
    assert (file.content, file.text) == (GOOD, stored.content)


def with_member(name: str, content: str) -> bytes:
    target = io.BytesIO(word("{{ name }}"))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: word("{{ nme }}"), "unknown_name"),
        (lambda: word("{{ name + 1 }}"), "bad_expression"),
        (lambda: word("{% for reports %}", "{{ name }}"), "missing_end"),
        (lambda: word("{% for deals %}", "{% end %}"), "unknown_name"),
        (lambda: word("{{ __import__('os').system('id') }}"), "bad_expression"),
        (lambda: word("{{ ''.__class__ }}"), "bad_expression"),
        (lambda: word("{% for reports %}x", "{% end %}"), "missing_end"),
        (lambda: b"no zip at all", "not_a_word_file"),
        (lambda: with_member("word/vbaProject.bin", "x"), "dangerous_word_file"),
        (
            lambda: with_member(
                "word/_rels/settings.xml.rels",
                '<Relationships><Relationship Id="r1" Type="http://x/attachedTemplate" '
                'Target="http://evil.example/t.dotm" TargetMode="External"/></Relationships>',
            ),
            "dangerous_word_file",
        ),
    ],
)
def test_what_is_wrong_with_a_word_file_is_said_before_it_is_published(
    tmp_path: Path, content: Callable[[], bytes], code: str
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "workspace.yaml").write_text("name: w\nlabel: W\nmodules: [core]\nlanguage: en\n")
    (tmp_path / "templates" / "paper.yaml").write_text("label: Paper\nchannel: document\nentity: user\n")
    (tmp_path / "templates" / "paper.docx").write_bytes(content())
    found = check(read_layers(tmp_path)).problems
    assert [(p.code, p.location and p.location.file) for p in found if p.severity == "error"] == [
        (code, "templates/paper.docx")
    ]
