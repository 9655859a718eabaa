"""Documents of records: what stands in them, for whom, what is kept, and what can never get into them."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
from docx import Document

from samples.automation_world import Works
from samples.document_world import deal, open_desk
from tenon.clock import FixedClock
from tenon.database import count_statements
from tenon.errors import BadRequest, Forbidden, NotFound, UnknownName
from tenon.exchange.documents import Documents, Made


@pytest.fixture(scope="module")
def works(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    folder = tmp_path_factory.mktemp("desk")
    clock = FixedClock(datetime(2026, 3, 14, 9, 0, 0, 123, tzinfo=UTC))
    opened = open_desk(folder, module_database_url, clock)
    yield opened
    opened.workspace.close()


def service(works: Works) -> Documents:
    found: Documents = works.workspace.current.processes.ground.service("documents")
    return found


def make(works: Works, record: str, who: str = "sam", template: str = "offer", **wanted: str) -> tuple[Made, list[str]]:
    access = works.access(who)
    with works.workspace.reading(access.actor) as unit:
        chosen = service(works).template(access, "x_deal", template)
        made, document = service(works).make_file(unit, access, chosen, record, **wanted)
    return made, [str(note) for note in document.notes]


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def content(works: Works, file: str) -> bytes:
    key = works.read("file", file)["storage_key"]
    return Path(works.workspace.files.path(key)).read_bytes()


def files(works: Works, record: str) -> list[dict[str, Any]]:
    return works.find("file", f'record_id == "{record}"')


def test_chinese_and_signs_of_currencies_come_back_out_of_a_pdf_and_its_fonts_are_embedded(works: Works) -> None:
    words = "喆堃龘，日本語カタカナ，한국어，₹ € £ ¥ ₩ ₽，ř ő ł，“引号”"
    made, _notes = make(works, deal(works, story=words), "ada", language="zh-CN")
    assert (made.file_name, made.media_type) == ("报价单 Deal 喆堃.pdf", "application/pdf")
    text = text_of(made.content)
    for wanted in (
        "报价单：远达机电 Ltd",
        "产品0",
        "¥1,234.50",
        "合计 ¥2,469.00",
        "贰仟肆佰陆拾玖圆整",
        "第 1 页，共 1 页",
    ):
        assert wanted in text
    assert "".join(words.split()) in "".join(text.split())
    fonts = pypdf.PdfReader(io.BytesIO(made.content)).pages[0]["/Resources"]["/Font"].values()
    for font in fonts:
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert font["/BaseFont"][7] == "+"  # a subset


def test_the_same_words_stand_in_a_word_file_and_a_web_page(works: Works) -> None:
    record = deal(works, story="One\nTwo")
    word, _notes = make(works, record, "ada", output="docx", language="en")
    file = Document(io.BytesIO(word.content))
    assert file.paragraphs[0].text == "Offer for 远达机电 Ltd"
    assert [[cell.text for cell in row.cells] for row in file.tables[0].rows][:2] == [
        ["What", "Price", "Cost"],
        ["产品0", "CN¥1,234.50", "CN¥999.00"],
    ]
    assert "NUMPAGES" in file.sections[0].footer._element.xml
    page, _notes = make(works, record, "ada", output="html", language="en")
    assert "<h1>Offer for 远达机电 Ltd</h1>" in page.content.decode()


def test_what_its_maker_may_not_read_is_left_empty_and_noted_in_every_format(works: Works) -> None:
    record = deal(works)
    page, notes = make(works, record, output="html", language="en")
    text = page.content.decode()
    assert "CN¥1,234.50" in text
    assert "Total CN¥2,469.00, at least ." in text
    for hidden in ("999", "80.00", "远达机电"):
        assert hidden not in text
    assert notes == [
        "Client (Deal) was left empty where it leads to what may not be seen.",
        "Values that may not be read were left empty.",
    ]
    for output in ("pdf", "docx"):
        made, again = make(works, record, output=output, language="en")
        assert again == notes
        if output == "pdf":
            assert "999" not in text_of(made.content)
    with pytest.raises(NotFound):
        make(works, record, "sue")
    with pytest.raises(UnknownName):
        make(works, record, template="letter")
    with pytest.raises(BadRequest):
        make(works, record, output="exe")


@pytest.mark.parametrize(
    "story",
    [
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "file:///etc/passwd",
        "http://169.254.169.254/latest",
        "javascript:alert(1)",
        '#read("/etc/passwd") #import "@preview/x:1.0.0": y',
        '"); read("/etc/passwd") //',
        "\\u{41} ]} $ @ref <label> {{ floor }} {% for lines %}x{% end %}",
        "\x00\x07\ufeff\u2028 control",
    ],
)
def test_what_records_hold_stays_words(works: Works, story: str) -> None:
    clean = story.translate({0: None, 7: None, 0xFEFF: None, 0x2028: " "})
    record = deal(works, lines=0, story=clean)
    page, _notes = make(works, record, "ada", template="letter", output="html")
    html = page.content.decode().partition("<body>")[2]
    assert "<img" not in html
    assert "<script" not in html
    for harm in ('href="javascript', 'href="file'):
        assert harm not in html
    made, _notes = make(works, record, "ada", language="en")
    shown = "".join(text_of(made.content).split())
    assert "root:" not in shown
    assert "".join(clean.split()) in shown
    word, _notes = make(works, record, "ada", output="docx", language="en")
    assert "".join(clean.split()) in "".join(
        "".join(p.text for p in Document(io.BytesIO(word.content)).paragraphs).split()
    )


def test_two_hundred_lines_cost_what_two_cost(works: Works) -> None:
    counts = []
    for lines in (2, 200):
        record = deal(works, lines=0)
        with works.unit() as unit:
            for number in range(lines):
                values = {"name": f"产品{number}", "deal": record, "price": "1"}
                works.workspace.writer.create(unit, works.access(), "x_line", values)
        access = works.access("ada")
        template = service(works).template(access, "x_deal", "offer")
        with count_statements(works.workspace.database) as counter, works.workspace.reading(access.actor) as unit:
            document = service(works).compose(unit, access, template, record, "zh-CN")
        counts.append(counter.count)
        assert document.html.count("<tr>") == lines + 1
    assert counts[0] == counts[1] <= 8


def test_a_run_makes_documents_keeps_them_and_sends_them_along(works: Works) -> None:
    record = deal(works)
    works.change("x_deal", record, "sam", grade="offer")
    works.go()
    (run,) = works.runs(record, "offered")
    assert run["status"] == "done", run["steps"]
    first, second, third = files(works, record)
    assert (first["name"], first["edition"], first["template"]) == ("报价单 Deal 喆堃.pdf", 1, "offer")
    assert (second["name"], second["edition"]) == ("Second- Deal 喆堃 (2).docx", 2)
    assert works.read("x_deal", record)["paper"]["id"] == first["id"]
    assert "大写：贰仟肆佰陆拾玖圆整" in text_of(content(works, first["id"]))
    (message,) = works.find("message", f'record_id == "{record}"')
    assert message["files"] == [first["id"], second["id"], third["id"]]
    assert (message["cc"], message["bcc"], message["reply_to"]) == (
        "Copy@example.com",
        "secret@example.com",
        "answers@example.com",
    )
    assert message["html"].startswith('<div style="display:none;max-height:0;overflow:hidden">For &lt;you&gt;</div>')
    lines = json.loads(run["steps"]) if isinstance(run["steps"], str) else run["steps"]
    assert lines[0]["outcome"]["file"] == {"$record": ["file", first["id"]]}


def test_a_run_acts_as_its_declared_actor_and_a_trial_leaves_nothing(works: Works) -> None:
    record = deal(works)
    access = works.access("ada")
    with works.unit("ada") as unit:
        foreseen = works.automations.dry_run(unit, access, "offered", record)
    assert [step.status for step in foreseen.steps][:2] == ["done", "done"]
    assert foreseen.steps[0].outcome["file"] == "报价单 Deal 喆堃.pdf"
    assert files(works, record) == []
    assert works.read("x_deal", record)["paper"] is None
    works.change("x_deal", record, "sam", grade="own")
    works.go()
    (file,) = files(works, record)
    text = content(works, file["id"]).decode()
    assert "999" not in text
    assert "1,234.50" in text


def test_a_run_for_somebody_who_may_not_see_the_record_says_so(works: Works) -> None:
    record = deal(works)
    works.change("x_deal", record, "sam", grade="own", owner=works.ids["sue"])
    works.go()
    (run,) = works.runs(record, "by_sam")
    assert run["status"] == "failed"
    assert "may not see the record" in run["reason"]
    assert files(works, record) == []


def test_whoever_may_not_change_a_record_keeps_nothing_with_it(works: Works) -> None:
    record = deal(works)
    made, _notes = make(works, record, "ada", language="en")
    template = service(works).template(works.access("ada"), "x_deal", "offer")
    for who, refusal in (("vic", Forbidden), ("sue", NotFound)):
        with works.unit(who) as unit, pytest.raises(refusal):
            service(works).keep(unit, works.access(who), template, record, made)
    assert files(works, record) == []
    for number in (1, 2):
        with works.unit("ada") as unit:
            kept = service(works).keep(unit, works.access("ada"), template, record, made)
        assert kept.edition == number
    assert [file["name"] for file in files(works, record)] == ["Offer Deal 喆堃.pdf", "Offer Deal 喆堃 (2).pdf"]
