"""The verbs that look at documents: check, read, schema."""

from __future__ import annotations

import argparse
from typing import Any

from ..errors import InvalidInput
from ..faults import MAY_REJECT, may_reject
from .files import read_file
from .options import issuer_of
from .output import NO, YES, emit, say, say_faults


def add_verbs(verbs: Any) -> None:
    """Add the verbs to the parser."""
    verb = verbs.add_parser(
        "check",
        help="revisa un documento JSON o XML",
        description="Revisa reglas, esquema y firma; de un contenedor o ZIP, cada documento que trae.",
    )
    verb.add_argument("file", metavar="FILE", help="documento JSON, XML o ZIP; - para la entrada estándar")
    verb.add_argument("--issuer", metavar="ISSUER.json", help="emisor, para revisar el XML de un documento JSON")
    verb.set_defaults(run=run_check)

    verb = verbs.add_parser("read", help="lee un XML o ZIP y muestra su JSON", description="Lee cualquier XML o ZIP.")
    verb.add_argument("file", metavar="FILE", help="XML o ZIP; - para la entrada estándar")
    verb.set_defaults(run=run_read)

    verb = verbs.add_parser("schema", help="muestra el JSON Schema de un tipo de documento")
    verb.add_argument("kind", metavar="KIND", help="invoice, credit_note, debit_note, event, issuer…")
    verb.set_defaults(run=run_schema)


def is_json(data: bytes) -> bool:
    """True if data are a JSON document, by their first character."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}


def run_check(options: argparse.Namespace) -> int:
    """Check a document; return exit status 1 when a confirmed rule refuses it."""
    from .._api import build, load_document, read
    from .._checking import check

    data = read_file(options.file)
    if is_json(data):
        document = load_document(data)
        issuer = issuer_of(options)
        report = check(document if issuer is None else build(document, issuer), issuer=issuer)
    else:
        report = check(read(data))
    if options.json:
        emit(report.as_dict())
    else:
        for part in report.walk():
            if part.name:
                say(f"{part.name}:")
            say_faults(part.own_faults, "  " if part.name else "")
        say(f"{len(report)} hallazgos; sin evaluar: {report.unjudged}")
        if may_reject(report):
            say(MAY_REJECT)
    return NO if report.rejected else YES


def run_read(options: argparse.Namespace) -> int:
    """Read a document and print it as JSON."""
    from .._api import read

    emit(read(read_file(options.file)).as_dict())
    return YES


def run_schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of a kind of document or of the issuer."""
    from ..families.registry import kinds
    from ..models.issuer import Issuer

    models: dict[str, Any] = {kind.name: kind.model_class for kind in kinds()} | {"issuer": Issuer}
    model = models.get(options.kind)
    if model is None:
        raise InvalidInput.of("_cli.unknown_kind", field="KIND", found=options.kind, expected=", ".join(models))
    emit(model.model_json_schema(mode="validation"))
    return YES
