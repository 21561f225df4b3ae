"""Documents equivalent to the invoice (DEE), which tills, carriers, utilities and others issue, and their notes.

Annex «documento equivalente electrónico» 1.0 (Resolución 000165 de 2023). The annex itself was not at hand: what rests
on one source alone is marked C where it stands.
"""

from collections.abc import Mapping

from ...catalogs import DocumentType, IdAlgorithm
from ..spec import (
    BILL,
    NOTHING,
    Authorised,
    Contingency,
    DocumentKind,
    Facet,
    Family,
    FileNames,
    Key,
    OwnPrefix,
    Secret,
)

_KEY = Key("dian_fe.ubl.keys:document_key", IdAlgorithm.CUDE, Secret.PIN)
# Few sources have the types, and the annex's own lists contradict each other about 08 (mark C).
_CONTINGENCY = Contingency("07", "08")
_SHARED = frozenset({_CONTINGENCY.issuer, _CONTINGENCY.dian})
# Numeral 8.13.5 by one implementer with its example (mark B); DIAN took a file of another name too.
_DOCUMENT_FILE, _NOTE_FILE = FileNames("ds"), FileNames("ncs")


def _document(
    name: str,
    model: str,
    called: str,
    type_: DocumentType,
    prefix: str = "",
    unconfirmed: str = "",
    profiles: Mapping[str, str] = NOTHING,
    codes: Mapping[str, str] = NOTHING,
) -> DocumentKind:
    """Declare a document that is issued here."""
    return DocumentKind(
        name,
        f"models:{model}",
        f"tables:{name.upper()}",
        type_.label,
        type_,
        profiles=profiles,
        called=called,
        unconfirmed=unconfirmed,
        numbering=Authorised(test_prefix=prefix),
        key=_KEY,
        files=_DOCUMENT_FILE,
        sends=BILL,
        delivered=True,
        contingency=_CONTINGENCY,
        shared_types=_SHARED,
        codes=codes,
        amounts=True,
    )


def _only_read(
    name: str, model: str, called: str, type_: DocumentType, unknown: str = "", *other_types: str
) -> DocumentKind:
    """Declare a document that is only read; ``unknown``: what no source settles beside the group of its sector."""
    return DocumentKind(
        name,
        f"unfounded:{model}",
        "tables:READ_ONLY",
        type_.label,
        type_,
        called=called,
        unconfirmed=f"ninguna fuente aclara el grupo del sector en las extensiones{unknown}",
        key=_KEY,
        shared_types=_SHARED | {*other_types},
        amounts=True,
    )


_DOCUMENTS = (
    _document(
        "pos_ticket",
        "PosTicket",
        "Tiquete P.O.S.",
        DocumentType.TIQUETE_POS,
        "EPOS",
        codes={"authorization": "DEAB05b", "range_to": "DEAB12b"},
    ),
    _document(
        "cinema_ticket",
        "CinemaTicket",
        "Boleta de cine",
        DocumentType.BOLETA_DE_CINE,
        unconfirmed="el grupo de la función es de una sola fuente, y no se conoce ninguna boleta aceptada",
    ),
    _document(
        "transport_ticket",
        "TransportTicket",
        "Tiquete de transporte",
        DocumentType.TIQUETE_DE_TRANSPORTE_TERRESTRE,
        unconfirmed="dos fuentes coinciden en el grupo del viaje, pero no se conoce ningún tiquete aceptado",
    ),
    _document(
        "utility_bill",
        "UtilityBill",
        "Cuenta de servicios públicos",
        DocumentType.SERVICIOS_PUBLICOS_DOMICILIARIOS,
        unconfirmed="lo que va dentro de cada servicio, y el perfil de la operación 602, son de una sola fuente",
        # Of one implementer alone (mark C); the usual one is that of production (mark B).
        profiles={"602": "DIAN 2.1: Documento Equivalente SPD – ON SITE"},
    ),
    _only_read(
        "event_ticket",
        "EventTicket",
        "Boleta de espectáculo",
        DocumentType.BOLETA_DE_ESPECTACULOS_PUBLICOS,
        " (solo su nombre, EventInformation), y dos fuentes dan su perfil a documentos distintos",
    ),
    _only_read(
        "gambling_report",
        "GamblingReport",
        "Relación de juegos",
        DocumentType.JUEGOS_LOCALIZADOS_Y_NO_LOCALIZADOS,
        " ni el tipo de operación (CustomizationID)",
        "32",  # weak sources give this code to it
    ),
    _only_read("toll_receipt", "TollReceipt", "Recibo de peaje", DocumentType.COBRO_DE_PEAJES),
    _only_read(
        "financial_statement",
        "FinancialStatement",
        "Extracto",
        DocumentType.EXTRACTO_DE_SOCIEDADES_FINANCIERAS,
        " ni cuál de dos perfiles es el suyo",
    ),
    _only_read("air_ticket", "AirTicket", "Tiquete aéreo", DocumentType.TIQUETE_DE_TRANSPORTE_AEREO),
    _only_read(
        "exchange_settlement",
        "ExchangeSettlement",
        "Operación de bolsa",
        DocumentType.OPERACION_DE_BOLSA,
        ", el tipo de operación (CustomizationID) ni cuál de dos perfiles es el suyo",
    ),
)


def _note(name: str, model: Facet, grammar: Facet, type_: DocumentType, recognise: Facet | None) -> DocumentKind:
    """Declare a note, which adjusts any of the documents."""
    return DocumentKind(
        name,
        model,
        grammar,
        type_.label,
        type_,
        called="Nota de ajuste",
        numbering=OwnPrefix(),
        key=_KEY,
        files=_NOTE_FILE,
        sends=BILL,
        delivered=True,
        corrects=frozenset(each.name for each in _DOCUMENTS),
        concepts=f"{name}_concepts",
        recognise=recognise,
        amounts=True,
    )


FAMILY = Family(
    "equivalent",
    "Documentos equivalentes",
    "Resolución 000165 de 2023, anexo técnico del documento equivalente 1.0",
    __name__,
    (
        *_DOCUMENTS,
        _note(
            "equivalent_credit_note",
            "notes:EquivalentCreditNote",
            "tables:CREDIT_NOTE",
            DocumentType.NOTA_CREDITO_AL_DOCUMENTO_EQUIVALENTE,
            None,
        ),
        _note(
            "equivalent_debit_note",
            "notes:EquivalentDebitNote",
            "tables:DEBIT_NOTE",
            DocumentType.NOTA_DEBITO_AL_DOCUMENTO_EQUIVALENTE,
            "recognising:is_debit_note",
        ),
    ),
    rules="rules:BOOK",
    test_set="test_set:PLAN",
    office="office:OFFICE",
    draft="readiness:DRAFT",
    samples="samples:SAMPLES",
    drafts="drafts:EquivalentDrafts",
    presentation="presentation:PRESENTATION",
)
