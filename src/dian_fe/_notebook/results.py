"""The views of findings, verdicts, answers and code lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..catalogs._catalog import Catalog
from ..delivery.sending import DeliveryRecord
from ..events.timeline import EventHistory, InvoiceState
from ..families.registry import find
from ..faults import Fault, gravest_first
from ..habilitacion.plan import RunReport, RunState
from ..rules.explaining import UNKNOWN, CodeInfo
from ..rules.report import Report
from ..transport.answers import Standing, Status
from ..transport.history import InvoiceEvents
from ..transport.outcome import Answer, Outcome
from ..verifying.report import Examination
from ..verifying.verdicts import Verification
from .fields import show
from .html import Html, card, table, verdict


def faults_table(faults: Iterable[Fault], caption: str = "") -> Html:
    """Return findings as a table, confirmed rejections first; an empty text for none."""
    rows = (
        (each.code, each.verdict, each.path or each.xpath, each.message, each.found, each.expected, each.hint)
        for each in gravest_first(faults)
    )
    return table(
        ("Código", "Gravedad", "Dónde", "Qué pasa", "Se encontró", "Se esperaba", "Qué hacer"),
        rows,
        caption=caption,
        wide=("Dónde", "Qué pasa", "Qué hacer"),
    )


@show.register
def _(fault: Fault) -> Html:
    return card(
        f"{fault.code} · {fault.verdict}",
        (
            ("Qué pasa", fault.message),
            ("Campo", fault.path),
            ("XPath", fault.xpath),
            ("Se encontró", fault.found),
            ("Se esperaba", fault.expected),
            ("Qué hacer", fault.hint),
            ("Origen", fault.source),
        ),
    )


@show.register
def _(report: Report) -> Html:
    sure, likely = len(report.rejected), len(report.may_reject)
    count = f"motivos de rechazo: {sure}" + (f" (y {likely} probables)" if likely else "")
    if likely and not sure:
        count = f"la DIAN podría rechazarlo; motivos probables: {likely}"
    ok = report.ok if report.judged or report.rejects else None
    pairs = (
        ("Veredicto", verdict(ok, "nada que la DIAN rechace", count, "no hay reglas para este tipo de documento")),
        ("Hallazgos", str(len(report))),
        ("Anexo", str(report.annex or "")),
        ("Sin evaluar", report.unjudged),
    )
    return card(report.name or "Revisión", pairs, *(faults_table(each.own_faults, each.name) for each in report.walk()))


@show.register
def _(info: CodeInfo) -> Html:
    return card(info.heading, (("Qué pasa", info.message or UNKNOWN), *info.told()))


@show.register
def _(examination: Examination) -> Html:
    rows = (
        (
            part.name,
            verdict(part.holds, "sin hallazgos", "con hallazgos"),
            verdict(part.verification.signature.valid, "íntegra", "alterada", "sin firma"),
            verdict(part.trusted),
            part.verification.trust.revocation.label if part.signed else None,
            verdict(part.key_matches, "corresponde", "no corresponde"),
        )
        for part in examination.walk()
    )
    parts = table(("Parte", "Veredicto", "Firma", "Confianza", "Revocación", "Clave"), rows)
    faults = (faults_table(part.faults, part.name) for part in examination.walk())
    pairs = (("Veredicto", verdict(examination.valid, "válido", "no válido")),)
    return card(f"Examen de {examination.name}", pairs, parts, *faults)


@show.register
def _(verification: Verification) -> Html:
    signature, trust, certificate = verification.signature, verification.trust, verification.certificate
    profile = None if not signature.present else not any(found.rejects for found in verification.profile)
    in_force = verdict(verification.dates.valid, "certificado vigente al firmar", "certificado fuera de vigencia")
    pairs = (
        ("Veredicto", verdict(verification.valid, "válida", "no válida")),
        ("Criptografía", verdict(signature.valid, "íntegra", "alterada", "sin firma")),
        ("Segunda opinión", None if signature.second_opinion is None else signature.second_opinion.label),
        ("Partes que fallan", tuple(str(part) for part in signature.failing)),
        ("Causas", tuple(cause.value for cause in verification.causes)),
        ("Qué prueba el resto", signature.evidence),
        ("Fechas", in_force),
        ("Confianza", verdict(trust.trusted, "llega a una CA de confianza", "no llega a una CA de confianza")),
        ("Firma", None if verification.owner.signed_by is None else str(verification.owner.signed_by)),
        ("Puede firmar", verdict(verification.owner.accepted, "sí", "no")),
        ("Revocación", trust.revocation.label if signature.present else None),
        ("Perfil de la DIAN", verdict(profile, "cumple", "no cumple")),
        ("Certificado", None if certificate is None else certificate.subject),
        ("Momento de la firma", verification.signing_time),
    )
    return card("Verificación de la firma", pairs, faults_table(verification.faults))


@show.register
def _(answer: Answer) -> Html:
    good = {Outcome.ACCEPTED: True, Outcome.REJECTED: False}.get(answer.outcome)
    pairs = (
        ("Resultado", verdict(good, *[answer.outcome.label] * 3)),
        ("Clave", answer.key),
        ("Estado de la DIAN", f"{answer.status_code} {answer.status_message}".strip()),
        ("Intentos", str(len(answer.attempts))),
        ("Error", None if answer.error is None else str(answer.error)),
        ("Qué sigue", answer.next_step),
    )
    return card(f"Respuesta a {answer.number}", pairs, faults_table(answer.faults))


@show.register
def _(status: Status) -> Html:
    good = {Standing.ACCEPTED: True, Standing.REJECTED: False}.get(status.standing)
    pairs = (
        ("Situación", verdict(good, *[status.standing.label] * 3)),
        ("StatusCode", status.code),
        ("StatusDescription", status.description),
        ("StatusMessage", status.message),
        ("Clave", status.document_key),
    )
    return card("Estado en la DIAN", pairs, faults_table(status.faults))


@show.register
def _(history: EventHistory) -> Html:
    term = history.term if history.state is InvoiceState.BIEN_RECIBIDO else None
    pairs = (
        ("Estado", history.state),
        ("CUFE", history.key),
        ("Reclamo o aceptación", None if term is None else f"hasta el {term.last_day}"),
        ("Aceptación tácita", None if term is None else f"desde el {term.tacit_from}"),
        ("Sin leer", history.unread),
    )
    rows = ((each.code, each.label, each.number, each.signed_at, each.key) for each in history.events)
    events = table(("Código", "Evento", "Número", "Firmado", "CUDE"), rows, wide=("CUDE",))
    return card("Eventos de la factura", pairs, events)


@show.register
def _(events: InvoiceEvents) -> Html:
    return Html(show(events.history) + table(("No se entendió",), ((each,) for each in events.problems)))


@show.register
def _(record: DeliveryRecord) -> Html:
    pairs = (
        ("Recibieron", record.recipients),
        ("Cuándo", record.at),
        ("Asunto", record.subject),
        ("De", record.mailbox.address),
        ("Respuestas a", record.mailbox.answers),
        ("Archivo", record.zip_name),
        ("Solo la representación gráfica", True if record.graphic_only else None),
        ("Tamaño", f"{record.size} bytes"),
        ("SHA-256", record.sha256),
        ("Clave", record.key),
        ("Message-ID", record.message_id),
        ("Repite", record.resend_of),
        ("Respuesta del servidor", record.answer),
    )
    refused = table(("No recibió", "Por qué"), record.refused.items())
    return card("Entrega", pairs, refused, faults_table(record.findings))


_COUNTED: Final = ("Pedidos", "Aceptados que se exigen", "Planeados", "Aceptados", "Rechazados")


@show.register
def _(run: RunReport) -> Html:
    good = {RunState.ACEPTADO: True, RunState.RECHAZADO: False}.get(run.state)
    pairs = (
        ("Estado", verdict(good, *[run.state] * 3)),
        ("Quién lo dice", "la DIAN" if run.confirmed else "nadie: la DIAN no lo ha confirmado"),
        ("Mensaje", run.message),
        ("Números gastados en pruebas", run.dry_runs),
    )
    counts = (run.required, run.accepted_required, run.planned, run.accepted, run.rejected)
    kinds = {name: find(name) for each in counts for name in each}
    rows = (
        (name if kind is None else kind.label, *(each.get(name) for each in counts)) for name, kind in kinds.items()
    )
    return card(
        "Set de pruebas",
        pairs,
        table(("Clase", *_COUNTED), rows, right=_COUNTED),
        faults_table(run.reasons, "Motivos"),
        faults_table(run.notifications, "Notificaciones (no son motivo)"),
        faults_table(run.may_reject, "La DIAN podría rechazar por esto"),
        table(("Qué sigue",), ((step,) for step in run.next_steps)),
    )


@show.register
def _(codes: Catalog) -> Html:
    pairs = (("Para qué", codes.info.title), ("Fuente", codes.source), ("Duda", codes.doubt))
    return card(codes.name, pairs, table(("Código", "Significado"), ((code, codes.label(code)) for code in codes)))
