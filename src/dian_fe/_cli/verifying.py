"""The verb ``verify``: the verdicts about each part of a document, container or ZIP."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from .files import read_file
from .options import add_trust, moment_of, optional_file, providers_of, trust_of
from .output import NO, YES, emit, fault_lines, say

if TYPE_CHECKING:
    from ..verifying.report import Examination


def add_verbs(verbs: Any) -> None:
    """Add the verb to the parser."""
    verb = verbs.add_parser(
        "verify",
        help="verifica firmas, claves y referencias de un documento, contenedor o ZIP",
        description="Verifica cada parte: firma, fechas, certificado, perfil, clave, respuesta y contenedor.",
    )
    verb.add_argument("file", metavar="FILE", help="XML o ZIP; - para la entrada estándar")
    verb.add_argument(
        "--crl", metavar="CRL", action="append", default=[],
        help="lista de certificados revocados (PEM o DER); requiere --trust y puede repetirse",
    )  # fmt: skip
    add_trust(verb)
    verb.add_argument("--at", metavar="TIME", help="momento presente (ISO 8601); por defecto, ahora")
    verb.add_argument("--key-secret", metavar="S", help="clave técnica o PIN, para recalcular la clave del documento")
    verb.add_argument(
        "--no-second-opinion", action="store_true", help="no preguntar a signxml por cada firma válida: es más rápido"
    )
    verb.add_argument(
        "--accept-uncovered",
        action="store_true",
        help="aceptar firmas que no cubren sus propiedades: nada prueba entonces la fecha de la firma ni el rol",
    )
    verb.set_defaults(run=run_verify)


def run_verify(options: argparse.Namespace) -> int:
    """Verify every part; exit 1 when anything does not hold."""
    from ..verifying.acceptance import acceptance_of
    from ..verifying.examining import examine
    from ..verifying.trust import CrlList

    if options.crl and not options.trust:
        raise InvalidInput.of("_cli.crl_without_trust", field="--crl")
    examination = examine(
        read_file(options.file),
        trust_of(options),
        at=moment_of(options.at),
        revocation=CrlList.load(*map(read_file, options.crl)) if options.crl else None,
        secret=options.key_secret,
        providers=providers_of(options),
        answer=optional_file(options.answer),
        second_opinion=not options.no_second_opinion,
        accept_uncovered=options.accept_uncovered,
    )
    if options.json:
        accepted = {sale.key or sale.name: acceptance_of(examination, sale).value for sale in examination.sales}
        emit({**examination.as_dict(), "acceptance": accepted})
    else:
        for line in report_lines(examination):
            say(line)
        for sale in examination.sales:
            say(f"{sale.name}: {acceptance_of(examination, sale).meaning}")
        if not options.trust:
            say("la cadena de los certificados no se evaluó: indique --trust con las CA en que confía")
        if not options.crl:
            say("la revocación de los certificados no se consultó: indique --crl con las listas de las CA")
    return YES if examination.valid else NO


def report_lines(examination: Examination, indent: str = "") -> Iterator[str]:
    """Yield the lines that show an examination to people, one for each verdict."""
    from ..verifying.report import is_answer_form
    from ..verifying.verdicts import SecondOpinion

    verdict = "" if examination.kind in {"zip", "file"} else ": válido" if examination.holds else ": NO es válido"
    yield f"{indent}{examination.name}{verdict}"
    inner = f"{indent}  "
    if is_answer_form(examination.received):
        answer = examination.document
        verdict = " ".join(filter(None, (answer.code, answer.description)))
        yield f"{inner}dice: {verdict or 'nada'}, sobre {answer.reference or 'ningún documento'}"
    verification = examination.verification
    signature = verification.signature
    if signature.present:
        failing = ", ".join(map(str, signature.failing))
        yield f"{inner}firma: {'válida' if signature.valid else f'inválida ({failing})' if failing else 'inválida'}"
        if verification.causes:
            yield f"{inner}causa: {', '.join(cause.value for cause in verification.causes)}"
        if signature.second_opinion not in {None, SecondOpinion.AGREES}:
            reason = f" ({signature.second_opinion_reason})" if signature.second_opinion_reason else ""
            yield f"{inner}segunda opinión: {signature.second_opinion.label}{reason}"
        certificate, signed_at = signature.certificate, verification.signing_time
        if certificate is not None:
            signer = verification.owner.signed_by
            owner = f"NIT {certificate.nit}" if certificate.nit else certificate.subject
            role = owner if signer is None else f"{signer}, {signer.role.label}"
            yield f"{inner}firmado por: {role}{f', el {signed_at.isoformat()}' if signed_at else ''}"
    elif examination.kind not in {"zip", "file"}:
        yield f"{inner}no está firmado"
    if examination.trusted is not None:
        path = "de una CA de confianza" if examination.trusted else "sin confianza"
        yield f"{inner}certificado: {path}; revocación: {verification.trust.revocation.label}"
    if examination.key_matches is not None:
        yield f"{inner}clave: {'corresponde' if examination.key_matches else 'no corresponde'}"
    for line in fault_lines(examination.faults, hints=True):
        yield f"{inner}{line}"
    for part in examination.parts:
        yield from report_lines(part, inner)
