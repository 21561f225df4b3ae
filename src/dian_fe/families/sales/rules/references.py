"""Groups AE to AI and BF to BI: periods, references to other documents, and what a note corrects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from ....catalogs import CreditNoteConcept, DebitNoteConcept, DocumentType, IdAlgorithm, OperationType
from ....rules.context import Context
from ....rules.facts import Annex
from ....rules.model_checks import each
from ....rules.party_checks import own
from ....rules.registry import Check, Finding, add, register, rule
from ....rules.xml_checks import absent

_CONTINGENCY: Final = DocumentType.DOCUMENTO_DE_TRANSMISION.value
_KEYS: Final = frozenset({IdAlgorithm.CUFE.value, IdAlgorithm.CUDE.value})
_KEY_SCHEMES: Final = " o ".join(sorted(_KEYS, reverse=True))
_OLD_KEY: Final = "CUFE-SHA1"
"""Key algorithm of invoices before prior validation, still in notes and references to them."""
_ELECTRONIC: Final = frozenset(member.value for member in DocumentType)
_CREDIT_CONCEPTS: Final = frozenset(member.value for member in CreditNoteConcept)
_DEBIT_CONCEPTS: Final = frozenset(member.value for member in DebitNoteConcept)
_ANNULMENT: Final = CreditNoteConcept.ANULACION.value
_WITH_REFERENCE: Final = OperationType.NOTA_CREDITO_CON_REFERENCIA.value
_TO_ELECTRONIC: Final = frozenset({_WITH_REFERENCE, OperationType.NOTA_DEBITO_CON_REFERENCIA.value})
_WITHOUT_REFERENCE: Final = frozenset(
    {OperationType.NOTA_CREDITO_SIN_REFERENCIA.value, OperationType.NOTA_DEBITO_SIN_REFERENCIA.value}
)


@rule("CAE02", path="period.start")
def note_without_reference_has_period(context: Context) -> Iterator[Finding]:
    """A credit note without reference has the period that it adjusts, whose start is not after its end."""
    document = context.document
    if document.operation not in _WITHOUT_REFERENCE:
        return
    period = document.period
    if period is None or period.start is None:
        yield Finding("period.start" if period else "period", None, "el inicio del periodo que se ajusta")
    elif period.end is not None and period.start > period.end:
        yield Finding(found=period.start, expected=f"{period.end} o antes")


@rule("CAE04", path="period.end")
def note_without_reference_has_one_month(context: Context) -> Iterator[Finding]:
    """The period of a credit note without reference lies in one month."""
    document = context.document
    if document.operation not in _WITHOUT_REFERENCE or document.period is None:
        return
    start, end = document.period.start, document.period.end
    if end is None:
        yield Finding(expected="el fin del periodo que se ajusta")
    elif start is not None and start <= end and (start.year, start.month) != (end.year, end.month):
        yield Finding(found=f"{start} a {end}", expected="un periodo de un solo mes")


def _concepts(code: str, known: frozenset[str]) -> None:
    each(
        code,
        path="corrections[].concept",
        wrong=lambda correction: correction.concept not in known,
        expected=", ".join(sorted(known)),
    )


_concepts("CAE03", _CREDIT_CONCEPTS)
_concepts("DAE03", _DEBIT_CONCEPTS)


@rule("CBF01", "DBF01", path="corrections")
def note_says_why_it_corrects(context: Context) -> Iterator[Finding]:
    """A note has DiscrepancyResponse or the invoice's reference; a missing concept is CBF03."""
    if not (context.document.corrections or _references(context) or _has(context, "cac:DiscrepancyResponse")):
        yield Finding(expected="al menos una corrección")


each(
    *("CBF02", "DBF02"),
    path="corrections[].reference",
    when=lambda context: context.document.operation not in _WITHOUT_REFERENCE,
    wrong=lambda correction: correction.reference is None,
    expected="prefijo y número del documento corregido",
)


absent("CBF03", "DBF03", filled=True)


each(
    "CBF03a",
    path="corrections[].concept",
    since="1.9",
    when=lambda context: context.document.operation in _WITHOUT_REFERENCE,
    wrong=lambda correction: correction.concept == _ANNULMENT,
    expected="1, 3, 4, 5 o 6",
)


@rule("CAD02a", path="operation", since="1.9")
def annulment_is_of_operation_20(context: Context) -> Iterator[Finding]:
    """Concept 2 (annulment) goes with operation 20."""
    document = context.document
    if _ANNULMENT in context.concepts and document.operation != _WITH_REFERENCE and not document.is_health:
        yield Finding(found=document.operation, expected=_WITH_REFERENCE)


@rule("CBG01", path="billing_references")
def note_with_reference_has_it(context: Context) -> Iterator[Finding]:
    """A credit note of operation 20 refers to its invoice."""
    if context.document.operation == _WITH_REFERENCE and not _references(context):
        yield Finding(expected="la factura que se corrige")


def _references(context: Context) -> bool:
    """True if there is a reference, even one that the model does not hold."""
    return bool(context.document.billing_references) or _has(context, "cac:BillingReference")


def _has(context: Context, name: str) -> bool:
    return context.subject.xml is not None and context.subject.xml.first(name) is not None


@rule("CBG02", needs=("xml",))
def reference_names_a_document(context: Context) -> Iterator[Finding]:
    """BillingReference holds the reference to a document."""
    xml = context.subject.xml
    for node in xml.all("cac:BillingReference"):
        if not any(xml.name(child).endswith("DocumentReference") for child in xml.all("*", node)):
            yield Finding(node=node, expected="cac:InvoiceDocumentReference")


absent("CBG03", "DBG03", filled=True)


each(
    *("CBG04", "DBG04"),
    path="billing_references[].key",
    when=lambda context: context.document.operation in _TO_ELECTRONIC,
    wrong=lambda reference: reference.key is None,
    expected="el CUFE de la factura",
)


@rule("CBG04a", "DBG04a", path="billing_references", needs=("document", "original_key"))
def reference_is_that_of_the_original(context: Context) -> Iterator[Finding]:
    """The key is that of the corrected document; only DIAN knows whether it has that document."""
    key, references = context.subject.original_key, context.document.billing_references
    if references and all(reference.key != key for reference in references):
        yield Finding("billing_references[0].key", references[0].key, key)


def _key_schemes(field: str, expected: str) -> Check:
    """Return the check that UUID/@schemeName is CUFE-SHA384 or CUDE-SHA384 (before annex 1.9 also CUFE-SHA1)."""

    def function(context: Context) -> Iterator[Finding]:
        known = _KEYS if context.annex >= Annex.V1_9 else {*_KEYS, _OLD_KEY}
        for index, reference in enumerate(getattr(context.document, field)):
            if reference.key is not None and reference.key_scheme not in known:
                yield Finding(f"{field}[{index}].key_scheme", reference.key_scheme, expected)

    return function


def _is_transcription(context: Context) -> bool:
    return context.type_code == _CONTINGENCY


def _transcription(context: Context) -> Iterator[Finding]:
    """Type 03 names the document transcribed; either reference is taken for the other (accepted documents)."""
    if _is_transcription(context) and not context.document.additional_references and not _references(context):
        yield Finding(expected="el documento que se transcribe")


register("CBG05", _key_schemes("billing_references", IdAlgorithm.CUFE.value), path="billing_references")
register("FAI01", _transcription, path="additional_references")
register("FBG01", _transcription, path="billing_references")
add(own("AI", "04"), _key_schemes("additional_references", _KEY_SCHEMES), "additional_references")
absent("FBG03", filled=True, needs=("document", "xml"), when=_is_transcription)
absent("FAI02", filled=True, needs=("document", "xml"), when=_is_transcription)


each(
    "FAI03",
    path="additional_references[].key",
    wrong=lambda reference: reference.key is None and reference.type_code in _ELECTRONIC,
    expected="el CUFE o CUDE del documento",
)


each(
    "FAI05",
    path="additional_references[].issue_date",
    when=_is_transcription,
    wrong=lambda reference: reference.issue_date is None,
    expected="la fecha del documento transcrito",
)
each(
    "FAI06",
    path="additional_references[].type_code",
    when=_is_transcription,
    wrong=lambda reference: reference.type_code is None,
    expected="el tipo del documento transcrito",
)
absent("FBI03", filled=True)


@rule("FBI06", needs=("document", "xml"))
def debit_note_is_not_later(context: Context) -> Iterator[Finding]:
    """A debit note that the invoice names was not issued after it."""
    for node in context.subject.xml.all("cac:BillingReference/cac:DebitNoteDocumentReference/cbc:IssueDate"):
        day = _day(node)
        if day is not None and day > context.issue_date:
            yield Finding(node=node, found=day, expected=f"{context.issue_date} o antes")


def _day(node: Any) -> date | None:
    try:
        return date.fromisoformat((node.text or "").strip()[:10])
    except ValueError:
        return None
