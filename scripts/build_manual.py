"""Build the manual: guides, references, API, the changelog and the notebooks with what their cells print.

    python scripts/build_manual.py [--out FOLDER]

Notebooks are kept without output; here they are run and become pages. The picture of the front page is the PDF that its
program makes, drawn by pdftoppm (poppler). Everything happens in a temporary folder and only the finished site is
copied to ``--out`` (without it: the manual is only checked). Any warning is an error, and so is a link of the finished
pages that leads nowhere.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html
from manual_search import improve

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
NOTEBOOKS = DOCS / "cuadernos"
MENU = re.compile(r"^(?P<indent> +)- cuadernos/index\.md\n", re.MULTILINE)
"""The line of the menu after which the notebooks' pages come."""
PROGRAM = re.compile(r'^```python title="venta\.py"\n(?P<text>.*?)^```', re.DOTALL | re.MULTILINE)
PICTURE = "<!-- factura.png -->"
WORDS = {
    '"No results"': '"Nada se encontró"',
    'placeholder:"Search"': 'placeholder:"Buscar"',
    '"aria-label":"Search results"': '"aria-label":"Lo que se encontró"',
    '"aria-label":"Search"': '"aria-label":"Buscar"',
    '"Close search"': '"Cerrar la búsqueda"',
    'i===1?"result":"results"': 'i===1?"resultado":"resultados"',
    '"Loading search\\u2026"': '"Leyendo el índice\\u2026"',
    '"Search is unavailable. Reload the page to try again."': '"No se puede buscar. Recargue la página."',
    'Intl.NumberFormat("en-US")': 'Intl.NumberFormat("es-CO")',
    '"Filters"': '"Filtros"',
    '.normalize("NFKD").toLowerCase()': '.normalize("NFKD").replace(/\\p{M}/gu,"").toLowerCase()',
}
"""What the builder's scripts hold, and what stands for it; `tests/docs/test_search.py` sees whether all was found."""
PHRASES = {
    "<h1>404 - Not found</h1>": "<h1>Esa página no existe</h1>\n<p>Búsquela arriba, o en el menú.</p>",
    "Could not copy to clipboard": "No se pudo copiar",
}
"""What the theme's Spanish leaves in English on its pages, and what stands for it."""


def notebook_pages(folder: Path) -> Iterator[Path]:
    """Yield the page of every notebook in ``folder``, which is run and written there."""
    import nbformat
    from nbclient import NotebookClient
    from nbconvert import MarkdownExporter
    from nbconvert.writers import FilesWriter

    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        with tempfile.TemporaryDirectory() as work:
            NotebookClient(
                notebook,
                timeout=120,
                resources={"metadata": {"path": work}},
                extra_arguments=["--IPKernelApp.log_level=ERROR"],
            ).execute()
        body, resources = MarkdownExporter().from_notebook_node(notebook)
        FilesWriter(build_directory=str(folder)).write(body, resources, notebook_name=path.stem)
        yield folder / f"{path.stem}.md"


def picture(page: Path) -> None:
    """Run the program of the front page and put the PDF that it makes, as a picture, where the page names it."""
    text = page.read_text(encoding="utf-8")
    program = PROGRAM.search(text)
    if program is None or PICTURE not in text:
        raise SystemExit(f"{page.name}: no program, or no place for its picture")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", program["text"]], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        drawn = page.with_name("factura")
        subprocess.run(["pdftoppm", "-png", "-r", "110", "-singlefile", f"{folder}/factura.pdf", drawn], check=True)
    text = text.replace(PICTURE, "![Representación gráfica de la factura](factura.png){ .hoja }")
    page.write_text(text, encoding="utf-8")


def spanish(folder: Path) -> None:
    """Put the theme's words into Spanish, and let the search find words that are typed without accents.

    The builder has one search for all languages: its words are English, and it tells apart «nómina» and «nomina».
    """
    bundles = (*folder.glob("assets/javascripts/bundle.*.js"), *folder.glob("assets/javascripts/workers/*.js"))
    for paths, words in ((bundles, WORDS), (folder.rglob("*.html"), PHRASES)):
        for path in paths:
            text = path.read_text(encoding="utf-8")
            for english, word in words.items():
                text = text.replace(english, word)
            path.write_text(text, encoding="utf-8")


def site(work: Path) -> Path:
    """Build the site in ``work``; return its folder. Raises ``SystemExit`` with what the builder says."""
    shutil.copytree(DOCS, work / "docs")
    for folder in ("src", "scripts"):
        (work / folder).symlink_to(ROOT / folder)
    made = list(notebook_pages(work / "docs" / "cuadernos"))
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    place = MENU.search(config)
    if place is None:
        raise SystemExit("mkdocs.yml: no place for the notebooks")
    lines = "".join(f"{place['indent']}- cuadernos/{page.name}\n" for page in made)
    config = config[: place.end()] + lines + config[place.end() :] + "  - Cambios (en inglés): cambios.md\n"
    shutil.copyfile(ROOT / "CHANGELOG.md", work / "docs" / "cambios.md")
    picture(work / "docs" / "index.md")
    (work / "mkdocs.yml").write_text(config, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"], cwd=work, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    improve(work / "site")
    spanish(work / "site")
    return work / "site"


def broken_links(folder: Path) -> Iterator[str]:
    """Yield the links of the finished pages that lead to no file or to no place in it."""
    pages = {path: html.parse(str(path)).getroot() for path in folder.rglob("*.html") if path.name != "404.html"}
    places = {path: {element.get("id") for element in page.iter() if element.get("id")} for path, page in pages.items()}
    for path, page in pages.items():
        for link in page.iter("a"):
            parts = urlsplit(link.get("href") or "")
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in places.get(target, ())):
                yield f"{path.relative_to(folder)}: {link.get('href')}"


def main() -> None:
    """Build, and keep the site where it is wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path)
    out = parser.parse_args().out
    with tempfile.TemporaryDirectory() as work:
        made = site(Path(work).resolve())
        broken = sorted(broken_links(made))
        if broken:
            raise SystemExit("\n".join(["links that lead nowhere:", *broken]))
        if out is not None:
            shutil.copytree(made, out, dirs_exist_ok=True)
            print(out / "index.html")


if __name__ == "__main__":
    main()
