"""Support documents: what a company issues when it buys from somebody who does not invoice, and its adjustment note.

Annex of Resolución 000167 de 2021, version 1.1.
"""

from ...catalogs import DocumentType, IdAlgorithm
from ..spec import BILL, Authorised, DocumentKind, Family, FileNames, Key, OwnPrefix, Roles, Secret

_ROLES = Roles("customer", "supplier")
_KEY = Key("keys:cuds", IdAlgorithm.CUDS, Secret.PIN)

FAMILY = Family(
    "support",
    "Documentos soporte",
    "Resolución 000167 de 2021, anexo técnico 1.1",
    __name__,
    (
        DocumentKind(
            "support_document",
            "models:SupportDocument",
            "tables:SUPPORT_DOCUMENT",
            "Documento soporte en adquisiciones a no obligados a facturar",
            DocumentType.DOCUMENTO_SOPORTE,
            called="Documento soporte",
            roles=_ROLES,
            numbering=Authorised(test_prefix="SEDS"),
            key=_KEY,
            # The annex's text was not available: ds and ncs are quoted by one implementer.
            files=FileNames("ds"),
            qr="keys:qr_pairs",
            qr_inside=True,
            sends=BILL,
            delivered=True,
            letter="letter:LETTER",
            codes={"key": "DSAD06", "authorization": "DSAB10b", "valid_from": "DSAB10b", "valid_to": "DSAB10b"},
            amounts=True,
        ),
        DocumentKind(
            "support_note",
            "models:SupportNote",
            "tables:SUPPORT_NOTE",
            "Nota de ajuste al documento soporte",
            DocumentType.NOTA_DE_AJUSTE_AL_DOCUMENTO_SOPORTE,
            called="Nota de ajuste",
            roles=_ROLES,
            numbering=OwnPrefix(),
            key=_KEY,
            files=FileNames("ncs"),
            qr="keys:qr_pairs",
            sends=BILL,
            delivered=True,
            letter="letter:LETTER",
            corrects=frozenset({"support_document"}),
            codes={"key": "NSAD06"},
            concepts="support_document_note_concepts",
            amounts=True,
        ),
    ),
    rules="rules:BOOK",
    test_set="test_set:PLAN",
    office="office:OFFICE",
    draft="readiness:DRAFT",
    samples="samples:SAMPLES",
    drafts="drafts:SupportDrafts",
    presentation="presentation:PRESENTATION",
)
