"""Sales documents: the invoice and its notes (annex 1.9)."""

from ...catalogs import DocumentType, IdAlgorithm
from ..spec import (
    BILL,
    Authorised,
    Contingency,
    DocumentKind,
    Facet,
    Family,
    FileNames,
    Key,
    KeyForm,
    OwnPrefix,
    Secret,
)

_KEY = "dian_fe.ubl.keys:document_key"
_PIN = KeyForm(IdAlgorithm.CUDE, Secret.PIN)


def _note(name: str, model: Facet, grammar: Facet, label: str, type_: DocumentType, letter: str) -> DocumentKind:
    """Declare a note: the two differ in their names and in the letter of their codes."""
    return DocumentKind(
        name,
        model,
        grammar,
        label,
        type_,
        numbering=OwnPrefix(of_issuer=True),
        key=Key(_KEY, _PIN.scheme, _PIN.secret),
        files=FileNames(f"n{letter.lower()}"),
        qr="keys:qr_pairs",
        sends=BILL,
        delivered=True,
        corrects=frozenset({"invoice"}),
        codes={"key": f"{letter}AD06", "signature": f"{letter}AC03", "signing_day": f"{letter}AD09e"},
        by_invoicers=True,
        concepts=f"{name}_concepts",
        otherwise=True,
        amounts=True,
    )


FAMILY = Family(
    "sales",
    "Documentos de venta",
    "Resolución 000165 de 2023, anexo técnico 1.9",
    __name__,
    (
        DocumentKind(
            "invoice",
            "models:Invoice",
            "tables:INVOICE",
            "Factura electrónica de venta",
            DocumentType.FACTURA_DE_VENTA,
            numbering=Authorised(test_prefix="SETP"),
            key=Key(_KEY, IdAlgorithm.CUFE, Secret.TECHNICAL_KEY, {"03": _PIN}),
            files=FileNames("fv"),
            qr="keys:qr_pairs",
            sends=BILL,
            delivered=True,
            contingency=Contingency("03", "04"),
            codes={
                "key": "FAD06",
                "signature": "FAC03",
                "signing_day": "FAD09e",
                "authorization": "FAB05b",
                "valid_from": "FAB07b",
                "valid_to": "FAB08b",
                "range_from": "FAB11b",
                "range_to": "FAB12b",
            },
            by_invoicers=True,
            otherwise=True,
            amounts=True,
        ),
        _note("credit_note", "models:CreditNote", "tables:CREDIT_NOTE", "Nota crédito", DocumentType.NOTA_CREDITO, "C"),
        _note("debit_note", "models:DebitNote", "tables:DEBIT_NOTE", "Nota débito", DocumentType.NOTA_DEBITO, "D"),
    ),
    rules="rules:BOOK",
    presentation="presentation:PRESENTATION",
    test_set="test_set:PLAN",
    office="office:OFFICE",
    draft="readiness:DRAFT",
    samples="samples:SAMPLES",
    drafts="drafts:SalesDrafts",
)
