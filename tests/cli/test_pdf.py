"""The verb ``pdf``, and the PDF that ``issue`` and ``demo`` leave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dian_fe import Package
from dian_fe._cli.main import main
from tests.graphic.pdf_support import read_pages
from tests.graphic.support import squeezed
from tests.graphic.test_pdf_edges import image

pytestmark = pytest.mark.between


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert main(["demo", "--out", str(folder)]) == 0
    return folder


def test_the_demo_leaves_the_pdf_in_folder_and_package(demo: Path) -> None:
    for stem in ("fv", "nc"):
        [file] = demo.glob(f"{stem}*.pdf")
        [package] = (Package.load(zipped.read_bytes()) for zipped in demo.glob(f"z{file.stem[2:]}.zip"))
        assert package.pdf == file.read_bytes()
        assert file.with_suffix(".xml").exists()
        text = squeezed("".join(page.text for page in read_pages(file.read_bytes())))
        assert package.key in text
        assert "ValidaciónDIAN(expedición)" in text


def test_issue_leaves_the_pdf(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    issuer, document = str(demo / "issuer.json"), str(demo / "invoice.json")
    status = main(["issue", document, "--issuer", issuer, "--simulate", "--out", str(tmp_path), "--json"])
    assert status == 0
    told = json.loads(capsys.readouterr().out)
    pdf = Path(told["pdf"]).read_bytes()
    assert Package.load(Path(told["package"]).read_bytes()).pdf == pdf
    assert len(read_pages(pdf)) == 1


def test_without_the_libraries_both_go_on_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dian_fe.graphic.pdf.pdf_is_installed", lambda: False)
    assert main(["demo", "--out", str(tmp_path)]) == 0
    assert not list(tmp_path.glob("*.pdf"))
    assert all(Package.load(file.read_bytes()).pdf is None for file in tmp_path.glob("z*.zip"))


@pytest.mark.parametrize("kind", ["xml", "zip", "container", "json"])
def test_every_form_of_a_document_is_drawn(kind: str, demo: Path, tmp_path: Path) -> None:
    [zipped] = demo.glob("z*3381.zip")
    container = tmp_path / "container.xml"
    container.write_bytes(Package.load(zipped.read_bytes()).xml)
    file = {
        "xml": next(demo.glob("fv*.xml")),
        "zip": zipped,
        "container": container,
        "json": demo / "invoice.json",
    }[kind]
    more = ["--issuer", str(demo / "issuer.json")] if kind == "json" else []
    out = tmp_path / "folder" / "out.pdf"
    assert main(["pdf", str(file), "--out", str(out), *more]) == 0
    text = squeezed("".join(page.text for page in read_pages(out.read_bytes())))
    assert "SETP990000001" in text
    assert ("ValidaciónDIAN" in text) is (kind in {"zip", "container"})


def test_options_are_those_of_the_theme(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logo, out = tmp_path / "logo.png", tmp_path / "out.pdf"
    logo.write_bytes(image("PNG", (200, 80)))
    [document] = demo.glob("fv*.xml")
    options = ["--logo", str(logo), "--paper", "roll80", "--english", "--color", "#7a1f5c", "--json"]
    assert main(["pdf", str(document), "--out", str(out), *options]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(out), "bytes": out.stat().st_size}
    [page] = read_pages(out.read_bytes())
    assert page.width < 230
    assert "Electronicsalesinvoice" in squeezed(page.text)
    assert b"/Image" in out.read_bytes()


def test_what_cannot_be_drawn_is_refused(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [answer] = demo.glob("ar*3381.xml")
    out = tmp_path / "out.pdf"
    assert main(["pdf", str(answer), "--out", str(out)]) == 2
    assert main(["pdf", str(demo / "invoice.json"), "--out", str(out)]) == 2
    assert "--issuer" in capsys.readouterr().err
    assert not out.exists()
