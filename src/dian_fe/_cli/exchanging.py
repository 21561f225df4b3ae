"""The verbs that bring documents in: import, receive, migrate."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, tzinfo
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from .files import read_file, write_file
from .options import add_trust, moment_of, providers_of, trust_of
from .output import NO, YES, emit, say

if TYPE_CHECKING:
    from ..exchange import Column, Migrated, MigrationOptions, Summary
    from ..models.document import TradeDocument
    from ..models.organization import Organization
    from ..models.references import DocumentReference

_SYSTEMS = ("factus", "apidian")
"""Other systems whose documents are files; those that are objects in memory are migrated from Python."""
_IDENTIFIER = re.compile(r"(\w+)\.(\d{1,9})=(.+)")
_NO_NAME = re.compile(r"[^\w.+-]|^\.")
"""What the numbers of documents do not have, and names of files must not."""
_KEY = re.compile("[0-9A-Fa-f]{96}")
_COUNTER = re.compile(r"(.*?)(\d+)")


def add_verbs(verbs: Any) -> None:
    """Add the verbs to the parser."""
    verb = verbs.add_parser("import", help="hace documentos JSON de las filas de un CSV o de un libro de Excel")
    verb.add_argument("table", metavar="TABLE", help="CSV o .xlsx; - para la entrada estándar")
    _add_making(verb)
    verb.add_argument("--kind", metavar="KIND", help="tipo de documento, por su nombre en JSON; por defecto, factura")
    verb.add_argument(
        "--columns", metavar="MAP.json", help="qué dato es cada columna; sin él, el encabezado es el nombre del dato"
    )
    verb.add_argument("--first", metavar="NUMBER", help="primer número, para los documentos que no lo traen")
    verb.add_argument("--cash", action="store_true", help="de contado y en efectivo, si el archivo no lo dice")
    verb.add_argument("--decimal", choices=(",", "."), help="separador de decimales del archivo")
    verb.add_argument("--day-first", action="store_true", help="las fechas están escritas día/mes/año")
    verb.add_argument("--zone", metavar="NAME", help="zona de las horas que no la dicen, como America/Bogota")
    verb.add_argument("--delimiter", metavar="CHAR", help="separador de celdas del CSV")
    verb.add_argument("--encoding", metavar="NAME", help="codificación del CSV; por defecto, UTF-8")
    verb.add_argument("--sheet", metavar="NAME", help="hoja del libro; por defecto, la única")
    verb.set_defaults(run=run_import)

    verb = verbs.add_parser("receive", help="lee una carpeta de documentos recibidos y los resume en una tabla")
    verb.add_argument("folder", metavar="FOLDER", type=Path, help="carpeta, con todo lo que hay debajo, o un archivo")
    target = verb.add_mutually_exclusive_group(required=True)
    target.add_argument("--csv", metavar="FILE", type=Path, help="archivo CSV donde dejar la tabla")
    target.add_argument("--parquet", metavar="FILE", type=Path, help="archivo Parquet donde dejarla (extra parquet)")
    verb.add_argument(
        "--of",
        choices=("documents", "lines", "taxes"),
        default="documents",
        help="una fila por documento, línea o impuesto",
    )
    add_trust(verb, answer=False)
    verb.add_argument("--at", metavar="TIME", help="momento presente (ISO 8601); por defecto, ahora")
    verb.set_defaults(run=run_receive)

    verb = verbs.add_parser("migrate", help="hace un documento JSON de la solicitud a otro sistema")
    verb.add_argument("system", choices=_SYSTEMS, help="el otro sistema")
    verb.add_argument("file", metavar="FILE.json", help="solicitud; - para la entrada estándar")
    _add_making(verb)
    verb.add_argument("--number", metavar="NUMBER", help="número del documento, si la solicitud no lo dice")
    verb.add_argument(
        "--default", metavar="NAME=VALUE", action="append", default=[],
        help="dato que el otro sistema pone por su cuenta, como customer.id_type=31; puede repetirse",
    )  # fmt: skip
    verb.add_argument(
        "--table", metavar="NAME.ID=CODE", action="append", default=[],
        help="código de un identificador del otro sistema, como units.601=94; puede repetirse",
    )  # fmt: skip
    verb.add_argument(
        "--corrects", metavar="NUMBER,KEY,DATE",
        help="número, CUFE o CUDE y fecha del documento que corrige una nota, si la solicitud no los dice",
    )  # fmt: skip
    verb.add_argument("--tolerance", metavar="VALUE", help="diferencia que se admite con los valores de la solicitud")
    verb.set_defaults(run=run_migrate)


def _add_making(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--issuer", metavar="ISSUER.json", required=True, help="emisor con su PIN y clave técnica")
    verb.add_argument("--out", metavar="DIR", required=True, type=Path, help="carpeta donde dejar los documentos")
    verb.add_argument("--at", metavar="TIME", help="momento de emisión (ISO 8601), si no está en los datos")


def _organization(options: argparse.Namespace) -> Organization:
    from .._api import load_issuer

    return load_issuer(read_file(options.issuer)).organization


def _numbers(first: str) -> Iterator[str]:
    """Yield numbers from the first one; its digits keep their width."""
    match = _COUNTER.fullmatch(first)
    if match is None:
        raise InvalidInput.of("_cli.no_counter", field="--first", found=first)
    prefix, digits = match.groups()
    return (f"{prefix}{number:0{len(digits)}}" for number in count(int(digits)))


def _write(options: argparse.Namespace, documents: Sequence[TradeDocument]) -> list[str]:
    """Write each document to the file of its number; refuse, before any, a number that is no name of a file."""
    for each in documents:
        if _NO_NAME.search(each.number):
            raise InvalidInput.of("_cli.no_name", field="number", found=each.number)
    return [str(write_file(options.out, f"{each.number}.json", each.to_json(indent=2))) for each in documents]


def run_import(options: argparse.Namespace) -> int:
    """Make documents of a table's rows; exit 1 when a row is in none."""
    from ..exchange import import_documents
    from ..models.payment import Payment

    imported = import_documents(
        options.table if options.table != "-" else read_file("-"),
        None if options.columns is None else _json_of(options.columns),
        organization=_organization(options),
        kind=options.kind,
        issued_at=None if options.at is None else moment_of(options.at),
        numbers=None if options.first is None else _numbers(options.first),
        payment=Payment.cash() if options.cash else None,
        decimal=options.decimal,
        day_first=True if options.day_first else None,
        zone=None if options.zone is None else _zone(options.zone),
        delimiter=options.delimiter,
        encoding=options.encoding,
        sheet=options.sheet,
    )
    files = _write(options, imported.documents)
    incomplete = [draft for draft in imported.drafts if draft.document is None]
    if options.json:
        emit(imported.as_dict() | {"files": files})
    else:
        for line in (*files, *imported.findings):
            say(line)
        for draft in incomplete:
            say(f"Filas {', '.join(map(str, draft.rows))}: falta el número o el momento. {_COMPLETE}")
        if imported.unused:
            say(f"columnas sin usar: {', '.join(imported.unused)}")
        if imported.hidden_rows:
            say(f"filas ocultas que se leyeron: {', '.join(map(str, imported.hidden_rows))}")
        if imported.hidden_columns:
            say(f"columnas ocultas que se leyeron: {', '.join(imported.hidden_columns)}")
        if imported.hidden_sheets:
            say(f"hojas ocultas que no se leyeron: {', '.join(imported.hidden_sheets)}")
        say(f"{len(files)} documentos; filas sin documento: {len(imported.refused)}")
    return YES if imported.ok and not incomplete else NO


_COMPLETE = "Qué hacer: agregue las columnas number e issued_at, o --first y --at."


def run_receive(options: argparse.Namespace) -> int:
    """Write the table of what was received; exit 1 when something in the folder is not as it should be."""
    from ..exchange import receive, write_csv, write_parquet

    trust = trust_of(options)
    examining: dict[str, Any] = {"at": moment_of(options.at), "providers": providers_of(options)}
    arrivals = receive(options.folder, trust=trust, **(examining if trust is not None else {}))
    if options.csv is not None:
        summary = write_csv(arrivals, options.csv, of=options.of)
    else:
        summary = write_parquet(arrivals, options.parquet, of=options.of)
    if options.json:
        emit(summary.as_dict())
    else:
        for line in _told(summary):
            say(line)
        if trust is None:
            say("las firmas no se verificaron: indique --trust con las CA en que confía")
    return NO if summary.unreadable or summary.same_key or summary.invalid or summary.unfit else YES


def _told(summary: Summary) -> Iterator[str]:
    """Yield the lines that show a summary to people."""
    yield from (f"{source}: {reason}" for source, reason in summary.unreadable)
    yield from (f"{source}: no trae ningún documento" for source in summary.empty)
    yield from (f"{source}: repetido, ya vino en {first}" for source, first in summary.repeated)
    yield from (f"{source}: otro documento con la misma clave vino en {first}" for source, first in summary.same_key)
    yield from (f"{source}: no es válido ({codes})" for source, codes in summary.invalid)
    yield from (f"{source}: {column} no cabe en la tabla: {value}" for source, column, value in summary.unfit)
    if summary.papers:
        yield f"PDF e imágenes, que no son documentos: {len(summary.papers)}"
    yield f"{summary.files} archivos; {summary.rows} filas"


def run_migrate(options: argparse.Namespace) -> int:
    """Make a document of another system's; exit 1 when it cannot be made."""
    from ..exchange import from_apidian, from_factus

    given: MigrationOptions = {"defaults": _defaults(options.default), "tables": _tables(options.table)}
    if options.number is not None:
        given["number"] = options.number
    if options.at is not None:
        given["issued_at"] = moment_of(options.at)
    if options.corrects is not None:
        given["corrects"] = _corrected(options.corrects)
    if options.tolerance is not None:
        given["tolerance"] = options.tolerance
    migrate = {"factus": from_factus, "apidian": from_apidian}[options.system]
    migrated = migrate(read_file(options.file), organization=_organization(options), **given)
    file = None if migrated.document is None else _write(options, [migrated.document])[0]
    if options.json:
        emit(migrated.as_dict() | {"file": file})
    else:
        _say_migrated(migrated, file)
    return YES if file is not None else NO


def _say_migrated(migrated: Migrated, file: str | None) -> None:
    for problem in migrated.problems:
        say(problem)
    for untaken in migrated.untaken:
        say(f"no se tomó {untaken}")
    if migrated.draft is not None and file is None:
        say("Falta el número o el momento. Qué hacer: agregue --number y --at.")
    if file is not None:
        say(file)
    say(f"campos tomados: {len(migrated.taken)}; no tomados: {len(migrated.untaken)}")


def _corrected(text: str) -> DocumentReference:
    """Return the document that ``--corrects`` names by number, key and day."""
    from ..models.references import DocumentReference

    number, key, day = [*(each.strip() for each in text.split(",")), "", ""][:3]
    try:
        if text.count(",") == 2 and number and _KEY.fullmatch(key):
            return DocumentReference(number=number, key=key.lower(), issue_date=date.fromisoformat(day))
    except ValueError:
        pass
    raise InvalidInput.of("_cli.no_corrected", field="--corrects", found=text)


def _defaults(given: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise InvalidInput.of("_cli.no_default", field="--default", found=name)
    return {name: value for name, _, value in pairs}


def _tables(given: list[str]) -> dict[str, dict[int, str]]:
    tables: dict[str, dict[int, str]] = {}
    for each in given:
        match = _IDENTIFIER.fullmatch(each)
        if match is None:
            raise InvalidInput.of("_cli.no_identifier", field="--table", found=each)
        tables.setdefault(match[1], {})[int(match[2])] = match[3]
    return tables


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise InvalidInput.of("_cli.no_zone", field="--zone", found=name) from None


def _json_of(name: str) -> dict[str, str | Column]:
    """Read the map of columns: the datum, or an object with it and the file's own words."""
    from ..exchange import Column

    try:
        pairs = json.loads(read_file(name), object_pairs_hook=_Pairs)
        made = {
            header: Column(**dict(target)) if isinstance(target, _Pairs) else target for header, target in pairs.items()
        }
        if all(isinstance(each, (str, Column)) for each in made.values()):
            return made
    except (ValueError, RecursionError, TypeError, AttributeError):
        pass
    raise InvalidInput.of("_cli.no_map", field="--columns", found=name)


class _Pairs(dict[str, Any]):
    """An object of JSON, which says each name once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        if len(self) < len(pairs):
            raise ValueError
