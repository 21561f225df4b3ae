"""The tables of equivalent documents: those of the invoice, with DIAN's examples of tickets where they differ."""

from __future__ import annotations

from dataclasses import replace

from ...models.party import Party
from ...models.references import DocumentReference
from ...ubl.codecs import NUMBER, PERCENT, TEXT
from ...ubl.extensions import DIAN, Slot
from ...ubl.grammar import Grammar
from ...ubl.table import Attr, Const, Row, Structure, structure
from ...ubl.tables.documents import DOCUMENT_REFERENCE
from ...ubl.tables.lines import LINE
from ...ubl.tables.parties import BARE_ID_ATTRS, CUSTOMER, DIAN_AGENCY, SUPPLIER
from ...ubl.tables.trade import TRADE_ROWS, with_rows
from .models import EquivalentLine, ItemCode
from .parts import BuyerBenefits, PointOfSale, SoftwareMaker, Trip
from .slots import PairsSlot, ServicesSlot, ShowingSlot

MAKER = PairsSlot(
    "FabricanteSoftware",
    "InformacionDelFabricanteDelSoftware",
    SoftwareMaker,
    "maker",
    "Extensión del fabricante del software",
    Row("NombreApellido", "person", TEXT, "Nombre del fabricante"),
    Row("RazonSocial", "company", TEXT, "Razón social del fabricante"),
    Row("NombreSoftware", "software", TEXT, "Nombre del software"),
)
BENEFITS = PairsSlot(
    "BeneficiosComprador",
    "InformacionBeneficiosComprador",
    BuyerBenefits,
    "benefits",
    "Extensión de los beneficios del comprador",
    Row("Codigo", "code", TEXT, "Código del comprador"),
    Row("NombresApellidos", "name", TEXT, "Nombre del comprador"),
    Row("Puntos", "points", NUMBER, "Puntos acumulados"),
    # The annex's paths; DIAN's examples and real documents have B.
    other_spelling="InformacionVeneficiosComprador",
)
POINT_OF_SALE = PairsSlot(
    "PuntoVenta",
    "InformacionCajaVenta",
    PointOfSale,
    "point_of_sale",
    "Extensión del punto de venta",
    Row("PlacaCaja", "plate", TEXT, "Placa de la caja"),
    Row("UbicaciónCaja", "location", TEXT, "Ubicación de la caja"),
    Row("Cajero", "cashier", TEXT, "Cajero"),
    Row("TipoCaja", "till_type", TEXT, "Tipo de caja"),
    Row("CódigoVenta", "sale_code", TEXT, "Código de la venta"),
    Row("SubTotal", "subtotal", PERCENT, "Subtotal de la venta"),
)

TRIP = PairsSlot(
    "InformacionAdicional",
    "InformacionTicket",
    Trip,
    "trip",
    "Extensión del viaje",
    Row("ModoTransporte", "mode", TEXT, "Modo de transporte"),
    Row("IDMediodeTransporte", "plate", TEXT, "Placa del vehículo"),
    Row("Mediodetransporte", "vehicle", TEXT, "Medio de transporte"),
    Row("LugardeOrigen", "origin", TEXT, "Lugar de origen"),
    Row("LugardeDestino", "destination", TEXT, "Lugar de destino"),
)

_CODE = structure(
    ItemCode,
    Row(
        "cbc:ID",
        "code",
        TEXT,
        "Otro código",
        attrs=(Attr("schemeID", field="standard"), Attr("schemeName", field="standard_name")),
    ),
)
_LINE = Structure(
    "EquivalentLine",
    EquivalentLine,
    (
        *LINE.rows,
        Row("cac:Item/cac:AdditionalItemIdentification", "other_codes", _CODE, "Otros códigos", many=True),
        Row("cbc:AccountingCostCode", "cost_code", TEXT, "Código contable de la línea"),
    ),
)
"""A line with more than one code of its item."""

_ID = "cac:Party/cac:PartyIdentification/cbc:ID"
_LEGAL = "cac:Party/cac:PartyLegalEntity/"
_LEGAL_NAMES = {f"{_LEGAL}cbc:RegistrationName": "legal_name", f"{_LEGAL}cbc:CompanyID": "legal_id"}
_COMPANY_ID = "cac:Party/cac:PartyTaxScheme/cbc:CompanyID"
_DIGIT = "schemeID"


def _blank_digit(attrs: tuple[Attr, ...]) -> tuple[Attr, ...]:
    """Return the attributes of an id whose check digit is written empty where it has none, as in DIAN's examples."""
    return tuple(replace(each, blank=each.name == _DIGIT) for each in attrs)


_IDENTIFICATION = Row(
    _ID,
    "id",
    TEXT,
    "Identificación",
    attrs=(*DIAN_AGENCY, *_blank_digit(BARE_ID_ATTRS)),
    echo=True,
    fallback="identification",
)


def _party_row(row: Row | Const) -> Row | Const:
    """Return a row of a buyer: DIAN's examples have no cac:PartyLegalEntity of the final consumer, real ones do."""
    if row.path == _ID:
        return _IDENTIFICATION
    if isinstance(row, Const) or row.path not in {_COMPANY_ID, *_LEGAL_NAMES}:
        return row
    return replace(row, attrs=_blank_digit(row.attrs), fallback=_LEGAL_NAMES.get(row.path))


_SUPPLIER = Structure(SUPPLIER.name, Party, (*SUPPLIER.rows, _IDENTIFICATION))
_CUSTOMER = Structure(CUSTOMER.name, Party, tuple(_party_row(row) for row in CUSTOMER.rows))


def _referred(base: str, row: Row | Const, *, silent: bool) -> Row | Const:
    """Return a row of a document referred to, whose key may say its environment: that of the document itself."""
    own = replace(row, path=f"{base}/{row.path}")
    environment = Attr("schemeID", field="control.key_environment", silent=silent)
    return own if row.path != "cbc:UUID" or isinstance(own, Const) else replace(own, attrs=(environment, *own.attrs))


def _reference(name: str, base: str, *, silent: bool = False) -> Structure:
    rows = tuple(_referred(base, row, silent=silent) for row in DOCUMENT_REFERENCE.rows)
    return Structure(name, DocumentReference, rows)


_NOTE_BEFORE = _reference("NoteReference", "cac:CreditNoteDocumentReference")
_ADJUSTED = _reference("AdjustedReference", "cac:InvoiceDocumentReference", silent=True)
_KEY = next(row for row in TRADE_ROWS if row.path == "cbc:UUID")
_CURRENCY = next(row for row in TRADE_ROWS if row.path == "cbc:DocumentCurrencyCode")
_TYPE = next(row for row in TRADE_ROWS if row.path == "cbc:{type_code}")

_SHARED_ROWS = with_rows(
    TRADE_ROWS,
    replace(_KEY, attrs=(*DIAN_AGENCY, *_KEY.attrs)),
    # DIAN's examples have no attributes of the list.
    replace(_CURRENCY, attrs=tuple(replace(each, silent=True) for each in _CURRENCY.attrs)),
    Row("cac:AccountingSupplierParty", "supplier", _SUPPLIER, "Emisor"),
    Row("cac:AccountingCustomerParty", "customer", _CUSTOMER, "Adquirente"),
    Row("cac:{line}", "lines", _LINE, "Líneas", many=True),
)
_DOCUMENT_ROWS = with_rows(
    _SHARED_ROWS,
    Row("cac:BillingReference", "billing_references", _NOTE_BEFORE, "Notas de ajuste anteriores", many=True),
    Row("cbc:AccountingCostCode", "cost_code", TEXT, "Código contable"),
    Row("cbc:AccountingCost", "payment_reference", TEXT, "Referencia de pago"),
)
_NOTE_ROWS = with_rows(
    _SHARED_ROWS,
    Row("cac:BillingReference", "billing_references", _ADJUSTED, "Documento que se ajusta", many=True),
)


def _words(root: str, quantity: str, total: str = "LegalMonetaryTotal") -> dict[str, str]:
    return {"line": f"{root}Line", "quantity": quantity, "total": total, "type_code": f"{root}TypeCode"}


def _document(*slots: Slot, type_name: str | None = None) -> Grammar:
    """Return the grammar of a document; ``type_name`` is what its type is called (@name, which nobody compares)."""
    rows = _DOCUMENT_ROWS
    if type_name is not None:
        rows = with_rows(rows, replace(_TYPE, attrs=(Attr("name", const=type_name),)))
    return Grammar(rows, _words("Invoice", "InvoicedQuantity"), extensions=(DIAN, MAKER, *slots))


POS_TICKET = _document(BENEFITS, POINT_OF_SALE, type_name="Factura tipo punto de venta POS")
TRANSPORT_TICKET = _document(TRIP)
CINEMA_TICKET = _document(ShowingSlot())
UTILITY_BILL = _document(ServicesSlot(), ServicesSlot(of_others=True))
READ_ONLY = _document()
"""Documents whose own group nobody has described: it is told as unmapped."""
CREDIT_NOTE = Grammar(_NOTE_ROWS, _words("CreditNote", "CreditedQuantity"), extensions=(DIAN,))
DEBIT_NOTE = Grammar(_NOTE_ROWS, _words("DebitNote", "DebitedQuantity", "RequestedMonetaryTotal"), extensions=(DIAN,))
"""UBL's DebitNote has no type code: the row of that name is omitted."""
