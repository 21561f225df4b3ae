"""The manual does what it says: every block runs and prints what it shows, every link leads somewhere."""

from __future__ import annotations

import json
import re
import socket
import unicodedata
from pathlib import Path

import pytest
from lxml import etree

from tests.docs.follow import Differs, Follower
from tests.docs.issued import recorded
from tests.docs.pages import DOCS, LANGUAGES, ROOT, blocks_of, guides, name_of, prose_of, shows

pytestmark = pytest.mark.docs

pages = pytest.mark.parametrize("page", guides(), ids=name_of)


@pages
def test_what_a_page_shows_is_what_happens(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object) -> None:
        raise AssertionError(f"a page of the manual reaches for the network: {arguments}")

    monkeypatch.setattr(socket.socket, "connect", refused)
    with recorded() as issued:
        Follower(page, tmp_path).follow()
    assert issued.rejected(page.read_text(encoding="utf-8")) == {}, "what a guide issues passes check"


@pages
def test_blocks_are_of_a_kind_that_is_looked_at(page: Path) -> None:
    blocks = blocks_of(page)
    assert {block.language for block in blocks} <= LANGUAGES
    assert page.read_text(encoding="utf-8").count("```") == 2 * len(blocks), "fences begin at the margin"
    for before, block in zip([None, *blocks], blocks, strict=False):
        if block.language == "text":
            assert before is not None, f"line {block.line}"
            assert before.language in {"python", "sh"}, f"line {block.line}: output of nothing"
            assert before.title is None, f"line {block.line}: output of a file that nobody ran"
        elif block.language == "json":
            json.loads(block.text)
        elif block.language == "xml":
            etree.fromstring(block.text)


def test_there_is_a_manual() -> None:
    found = [block for page in guides() for block in blocks_of(page)]
    assert sum(block.language == "python" for block in found) > 20
    assert sum(block.language == "sh" for block in found) > 3
    assert sum(block.language == "text" for block in found) > 20


def test_a_page_that_does_not_do_what_it_shows_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n", encoding="utf-8")
    with pytest.raises(Differs, match="shows\n3"):
        Follower(page, tmp_path).follow()
    page.write_text("```sh\npython -c 'import sys; sys.exit(3)'\n```\n", encoding="utf-8")
    with pytest.raises(Differs, match="ends with 3"):
        Follower(page, tmp_path).follow()


def test_the_ellipsis_stands_for_anything_and_nothing_else_does() -> None:
    assert shows("a 12 b\nc\n", "a … b\nc")
    assert shows("a\nb\nc\nd", "a\n…\nd")
    assert not shows("a 12 b", "a 13 b")
    assert not shows("a\nb", "a")


# --- links and words ---------------------------------------------------------------------------------------------

LINK = re.compile(r"\]\((?P<target>[^)\s]+)(?: \"[^\"]*\")?\)")
HEADING = re.compile(r"^#+ +(?P<title>.+?) *$", re.MULTILINE)
EXTERNAL = re.compile(r"https://[\w.-]+\.[a-z]{2,}(/\S*)?|mailto:[\w.]+@example\.com")


def _anchors(path: Path) -> set[str]:
    """Return the anchors of a page: the headings as the site's generator writes them, and those given by hand."""
    text = path.read_text(encoding="utf-8")
    made = {_slug(found["title"]) for found in HEADING.finditer(text)}
    return made | set(re.findall(r'<a id="([\w.-]+)">', text)) | set(re.findall(r"^::: (\S+)$", text, re.MULTILINE))


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", re.sub(r"[`*]|\]\(.*?\)|\[", "", title)).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=name_of)
def test_links_lead_to_a_page_and_a_heading(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    wrong = []
    for found in LINK.finditer(text):
        target = found["target"]
        if ":" in target.partition("/")[0]:
            if not EXTERNAL.fullmatch(target):
                wrong.append(target)
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        inside = path.is_relative_to(DOCS) and path.is_file()
        if not inside or (anchor and path.suffix == ".md" and anchor not in _anchors(path)):
            wrong.append(target)
    assert not wrong


def test_every_page_is_in_the_menu() -> None:
    menu = set(re.findall(r"[\w/.-]+\.md\b", (ROOT / "mkdocs.yml").read_text(encoding="utf-8")))
    assert menu == {name_of(path) for path in DOCS.rglob("*.md")}


def test_the_first_page_leads_to_every_guide() -> None:
    first = DOCS / "index.md"
    linked = {(DOCS / found["target"].partition("#")[0]).resolve() for found in LINK.finditer(first.read_text("utf-8"))}
    assert {path for path in guides() if path.suffix == ".md"} - linked - {first} == set(), "put it into «Qué busca»"


def test_titles_of_guides_are_short_and_differ() -> None:
    titles = [path.read_text(encoding="utf-8").partition("\n")[0] for path in guides() if path.suffix == ".md"]
    assert [title for title in titles if not re.fullmatch(r"# \S.{1,48}[^.]", title)] == []
    assert len(set(titles)) == len(titles)


UNACCENTED = re.compile(
    r"\b(\w+[cs]ion|electronic[oa]s?|creditos?|debitos?|codigos?|numeros?|paginas?|catalogos?|lineas?|tambien|despues|"
    r"aqui|ahi|asi|mas|segun|dias?|librerias?|tecnic[oa]s?|unic[oa]s?|ultim[oa]s?|minim[oa]s?|maxim[oa]s?|grafic[oa]s?|"
    r"juridic[oa]s?|basic[oa]s?|automatic[oa]s?|automaticamente|ningun|algun|razon|ano|anos|senal|pequen[oa]|espanol|"
    r"compania|telefono|dolares|articulos?|parametros?|metodos?|modulos?|periodico)\b",
    re.IGNORECASE,
)
"""Spellings that lack their accent, whatever they mean."""
ONE_SPELLING = {
    "e-mail": "correo",
    "email": "correo",
    "biblioteca": "librería",
    "órdenes": "comandos",
    "dian": "DIAN",
    "Dian": "DIAN",
    "cufe": "CUFE",
    "xml": "XML",
    "pdf": "PDF",
    "nit": "NIT",
    "rut": "RUT",
}


@pages
def test_words_have_their_accents_and_one_spelling(page: Path) -> None:
    prose = prose_of(page).replace("dian-fe", "")
    assert not UNACCENTED.findall(prose)
    assert not {word: right for word, right in ONE_SPELLING.items() if re.search(rf"\b{word}\b", prose)}
