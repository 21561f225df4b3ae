"""The verbs that draw the representación gráfica of a document: html and pdf."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import InvalidInput
from .documents import is_json
from .files import read_file, write_file
from .options import issuer_of, optional_file
from .output import YES, emit, say


def add_verbs(verbs: Any) -> None:
    """Add the verbs to the parser."""
    for name, form, run in (("html", "un solo archivo HTML", run_html), ("pdf", "PDF", run_pdf)):
        verb = verbs.add_parser(
            name,
            help=f"dibuja la representación gráfica en {name.upper()}",
            description=f"Escribe la representación gráfica de un documento como {form}.",
        )
        verb.set_defaults(run=run)
        verb.add_argument("file", metavar="FILE", help="XML, AttachedDocument o ZIP; o documento JSON, con --issuer")
        verb.add_argument("--out", metavar=f"FILE.{name}", type=Path, required=True, help="archivo que se escribe")
        verb.add_argument("--answer", metavar="AR.xml", help="respuesta de la DIAN, con la fecha de validación")
        verb.add_argument(
            "--issuer", metavar="ISSUER.json", help="emisor: arma el documento JSON e indica qué software lo generó"
        )
        verb.add_argument("--authorized-on", metavar="DATE", help="fecha de la autorización de numeración (AAAA-MM-DD)")
        verb.add_argument("--logo", metavar="FILE", help="logo PNG o JPEG")
        verb.add_argument("--color", metavar="#RRGGBB", help="color de títulos y encabezados")
        papers = ("letter", "half_letter", "roll80", "roll58")
        verb.add_argument(
            "--paper", choices=papers, default=papers[0], help="carta, media carta, o rollo de 80 o 58 mm"
        )
        looks = ("classic", "modern", "compact")
        verb.add_argument("--template", choices=looks, default=looks[0], help="aspecto: clásico, moderno o compacto")
        verb.add_argument("--english", action="store_true", help="rótulos también en inglés")


def arguments(options: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments of ``render_html`` and its like: document, answer, theme, and data that the XML lacks."""
    from .._api import build, load_document, read
    from ..graphic.theme import Paper, Template, Theme

    data = read_file(options.file)
    issuer = issuer_of(options)
    if is_json(data):
        if issuer is None:
            raise InvalidInput.of("_cli.json_without_issuer", field="--issuer")
        document: Any = build(load_document(data), issuer)
    else:
        document = read(data)
    look: dict[str, Any] = {"logo": optional_file(options.logo), "color": options.color, "english": options.english}
    look |= {"paper": Paper(options.paper), "template": Template(options.template)}
    return {
        "document": document,
        "answer": optional_file(options.answer),
        "theme": Theme(**{name: value for name, value in look.items() if value is not None}),
        "software": None if issuer is None else issuer.software,
        "authorized_on": None if options.authorized_on is None else _day(options.authorized_on),
    }


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # Python reads weeks and days without dashes too
        raise InvalidInput.of("_cli.date", field="--authorized-on", found=text)
    return day


def run_html(options: argparse.Namespace) -> int:
    """Write the representación gráfica as HTML."""
    from ..graphic.html import render_html

    return written(options, render_html(**arguments(options)))


def run_pdf(options: argparse.Namespace) -> int:
    """Write the representación gráfica as PDF."""
    from ..graphic.pdf import render_pdf

    return written(options, render_pdf(**arguments(options)))


def written(options: argparse.Namespace, data: str | bytes) -> int:
    """Write the file whole or not at all, and print where."""
    path = write_file(options.out.parent, options.out.name, data)
    if options.json:
        emit({"file": str(path), "bytes": path.stat().st_size})
    else:
        say(path)
    return YES
