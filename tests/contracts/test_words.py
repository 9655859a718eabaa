"""In charge of the words of the pages: each in both languages, each used, none written into a template or script."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tenon.resources import folder
from tenon.texts import LANGUAGES
from tenon.web.words import all_words

UI = folder("ui")
WEB = Path(__file__).parents[2] / "platform" / "tenon" / "web"
TEMPLATES = sorted((UI / "templates").rglob("*.html"))
SCRIPTS = sorted(path for path in (UI / "src").glob("*.js") if path.name != "expressions.js")
WHOLE = re.compile(r"""\bword\(\s*["']([a-z0-9_.]+)["']\s*[,)]""")
BEGUN = re.compile(r"""\bword\(\s*f?["']([a-z0-9_.]+\.)(?:["']\s*~|\{)""")
QUOTED = re.compile(r"""["']([a-z0-9_]+(?:\.[a-z0-9_]+)+)["']""")
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SPOKEN = ("aria-label", "title", "placeholder", "alt")
NAMES = {"Tenon", "Ctrl", "Ctrl K", "Esc", "K", "N", "E", "G", "H", "S"}


def used() -> tuple[set[str], set[str]]:
    """Keys written whole, and beginnings of keys put together while running."""
    whole: set[str] = set()
    begun: set[str] = set()
    for path in [*TEMPLATES, *sorted(WEB.rglob("*.py"))]:
        text = path.read_text("utf-8")
        whole |= set(WHOLE.findall(text)) | (set(QUOTED.findall(text)) & set(all_words()))
        begun |= set(BEGUN.findall(text))
    for path in SCRIPTS:
        whole |= {f"script.{key}" for key in WHOLE.findall(path.read_text("utf-8"))}
    return whole, begun


@pytest.mark.parametrize("key", all_words())
def test_every_word_is_there_in_every_language(key: str) -> None:
    text = all_words()[key]
    assert set(text.values) == set(LANGUAGES)
    assert all(wording.strip() for wording in text.values.values())
    placeholders = {language: set(re.findall(r"\{(\w+)\}", wording)) for language, wording in text.values.items()}
    assert placeholders["en"] == placeholders["zh-CN"]


def test_every_word_that_is_used_is_there() -> None:
    whole, begun = used()
    assert whole - set(all_words()) == set()
    assert [start for start in begun if not any(key.startswith(start) for key in all_words())] == []


def test_no_word_is_there_for_nothing() -> None:
    whole, begun = used()
    assert {key for key in all_words() if key not in whole and not key.startswith(tuple(begun))} == set()


class _Spoken(HTMLParser):
    """Collects what a page says: its text, and attributes that are read out. Code is the same in every language."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._code = False

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._code = self._code and tag != "code"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code = self._code or tag == "code"
        self.found += [value or "" for name, value in attrs if name in SPOKEN]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(UI / "templates").as_posix())
def test_no_template_speaks_a_language_by_itself(path: Path) -> None:
    parser = _Spoken()
    parser.feed(JINJA.sub(" ", path.read_text("utf-8")))
    spoken = [text.strip() for text in parser.found if re.search(r"[^\W\d_]{2,}", text)]
    assert [text for text in spoken if text not in NAMES] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_speaks_chinese_or_is_very_long(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.search(r"[\u3400-\u9fff]", text) is None
    assert len(text.splitlines()) <= 200
