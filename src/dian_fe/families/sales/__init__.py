"""Sales documents: the invoice and its notes (annex 1.9)."""

from ...catalogs import DocumentType, IdAlgorithm
from ..spec import BILL, Authorised, DocumentKind, Family, FileNames, Key, KeyForm, OwnPrefix, Secret

_KEY = "dian_fe.ubl.keys:document_key"
_PIN = KeyForm(IdAlgorithm.CUDE, Secret.PIN)

FAMILY = Family(
    "sales",
    "Documentos de venta",
    "Resolución 000165 de 2023, anexo técnico 1.9",
    __name__,
    (
        DocumentKind(
            "invoice",
            "dian_fe.models.invoice:Invoice",
            "tables:INVOICE",
            "Factura electrónica de venta",
            DocumentType.FACTURA_DE_VENTA,
            numbering=Authorised(),
            key=Key(_KEY, IdAlgorithm.CUFE, Secret.TECHNICAL_KEY, {"03": _PIN}),
            files=FileNames("fv"),
            qr="keys:qr_pairs",
            sends=BILL,
            delivered=True,
            signed_later=frozenset({"03", "04"}),
            codes={"key": "FAD06", "signature": "FAC03", "signing_day": "FAD09e"},
            otherwise=True,
            amounts=True,
        ),
        DocumentKind(
            "credit_note",
            "dian_fe.models.notes:CreditNote",
            "tables:CREDIT_NOTE",
            "Nota crédito",
            DocumentType.NOTA_CREDITO,
            numbering=OwnPrefix(),
            key=Key(_KEY, _PIN.scheme, _PIN.secret),
            files=FileNames("nc"),
            qr="keys:qr_pairs",
            sends=BILL,
            delivered=True,
            corrects=frozenset({"invoice"}),
            codes={"key": "CAD06", "signature": "CAC03", "signing_day": "CAD09e"},
            concepts="credit_note_concepts",
            otherwise=True,
            amounts=True,
        ),
        DocumentKind(
            "debit_note",
            "dian_fe.models.notes:DebitNote",
            "tables:DEBIT_NOTE",
            "Nota débito",
            DocumentType.NOTA_DEBITO,
            numbering=OwnPrefix(),
            key=Key(_KEY, _PIN.scheme, _PIN.secret),
            files=FileNames("nd"),
            qr="keys:qr_pairs",
            sends=BILL,
            delivered=True,
            corrects=frozenset({"invoice"}),
            codes={"key": "DAD06", "signature": "DAC03", "signing_day": "DAD09e"},
            concepts="debit_note_concepts",
            otherwise=True,
            amounts=True,
        ),
    ),
    rules="rules:BOOK",
    presentation="presentation:PRESENTATION",
    test_set="test_set:PLAN",
    office="office:OFFICE",
    samples="samples:SAMPLES",
)
