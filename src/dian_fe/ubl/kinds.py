"""The kinds of document, as data: what differs between them is a row here, not a subclass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..catalogs import EventCode, IdAlgorithm
from ..models.application_response import ApplicationResponse
from ..models.attached_document import AttachedDocument
from ..models.event import EventDocument
from ..models.invoice import Invoice
from ..models.notes import CreditNote, DebitNote
from .keys import document_key, event_document_key
from .rows import Const, Row, Structure
from .tables.attached import ATTACHED_ROWS
from .tables.documents import ROOT_ROWS
from .tables.responses import EVENT_ROWS, RESPONSE_ROWS

_OASIS = "urn:oasis:names:specification:ubl:schema:xsd:"
NAMESPACES: dict[str, str] = {
    "cac": f"{_OASIS}CommonAggregateComponents-2",
    "cbc": f"{_OASIS}CommonBasicComponents-2",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "ext": f"{_OASIS}CommonExtensionComponents-2",
    "sts": "dian:gov:co:facturaelectronica:Structures-2-1",
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
    "xades141": "http://uri.etsi.org/01903/v1.4.1#",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
"""Prefixes declared at the root of every document, in canonical order; the default one is the root's own."""

OTHER_STS = (
    "urn:dian:gov:co:facturaelectronica:Structures-2-1",
    "http://www.dian.gov.co/contratos/facturaelectronica/v1/Structures",
)
"""Namespaces under which older software wrote DIAN's extension; read, never written."""

PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()} | dict.fromkeys(OTHER_STS, "sts")
"""The usual prefix of each namespace, for paths that people read."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: its model, its table, its names in UBL, its key and its file prefix."""

    name: str
    model: type[Any]
    root: str
    """Local name of the root element."""
    rows: tuple[Row | Const, ...]
    """The table of the root element."""
    document_type: str
    """Code of the kind in DIAN's list when the document itself carries none."""
    profile: str
    """cbc:ProfileID since annex 1.8."""
    file_prefix: str
    """First letters of the file's name (annex 1.9, section 9)."""
    key_scheme: IdAlgorithm
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What the placeholders in the table's paths stand for: names that differ between kinds."""
    keyed_by_pin: frozenset[str] = frozenset()
    """Type codes whose key uses the software's PIN (CUDE) although the kind's usual key is a CUFE."""
    signed_later: frozenset[str] = frozenset()
    """Type codes whose signature may be of another day than the issue: contingency (annex 1.9, chapter 12)."""
    sales: bool = True
    """Whether it is a sales document."""
    dian_extension: bool = True
    """Whether it carries sts:DianExtensions."""
    key_of: Callable[..., str] = document_key
    """Computes the key of a document: called with it, ``secret`` and ``environment``."""
    numbering: Literal["resolution", "prefix", "own"] = "prefix"
    """Where its numbers come from: an authorised range, a prefix of the issuer's choice, or any consecutive."""
    owner: str = "supplier.id"
    """Where the document names who issues it: the path of ``issuer_id``."""
    qr_key: str | None = None
    """Field with the key of the document that sts:QRCode leads to; None: the document's own."""
    response_codes: frozenset[str] = frozenset()
    """Codes that tell it from other documents of the same root, when its sender is not DIAN."""

    @property
    def title(self) -> str:
        """What people are told that a document is: UBL's name of it, or ZIP."""
        return self.root or self.name.upper()

    @property
    def namespace(self) -> str:
        """Namespace of the root element."""
        return f"{_OASIS}{self.root}-2"

    @property
    def schema_location(self) -> str:
        """Value of xsi:schemaLocation."""
        return f"{self.namespace} http://docs.oasis-open.org/ubl/os-UBL-2.1/xsd/maindoc/UBL-{self.root}-2.1.xsd"

    @property
    def structure(self) -> Structure:
        """The table of the whole document."""
        return Structure(self.root, self.model, self.rows)

    def scheme_of(self, type_code: str | None) -> IdAlgorithm:
        """Give the algorithm of the key: CUFE, or CUDE for notes and contingency invoices of type 03."""
        return IdAlgorithm.CUDE if type_code in self.keyed_by_pin else self.key_scheme


def _words(line: str, quantity: str, total: str, type_code: str) -> dict[str, str]:
    return {"line": line, "quantity": quantity, "total": total, "type_code": type_code}


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="invoice",
            model=Invoice,
            root="Invoice",
            rows=ROOT_ROWS,
            words=_words("InvoiceLine", "InvoicedQuantity", "LegalMonetaryTotal", "InvoiceTypeCode"),
            document_type="01",
            profile="DIAN 2.1: Factura Electrónica de Venta",
            file_prefix="fv",
            key_scheme=IdAlgorithm.CUFE,
            keyed_by_pin=frozenset({"03"}),
            signed_later=frozenset({"03", "04"}),
            numbering="resolution",
        ),
        Kind(
            name="credit_note",
            model=CreditNote,
            root="CreditNote",
            rows=ROOT_ROWS,
            words=_words("CreditNoteLine", "CreditedQuantity", "LegalMonetaryTotal", "CreditNoteTypeCode"),
            document_type="91",
            profile="DIAN 2.1: Nota Crédito de Factura Electrónica de Venta",
            file_prefix="nc",
            key_scheme=IdAlgorithm.CUDE,
        ),
        Kind(
            name="debit_note",
            model=DebitNote,
            root="DebitNote",
            rows=ROOT_ROWS,
            # UBL's DebitNote has no type code: the row of that name is left out.
            words=_words("DebitNoteLine", "DebitedQuantity", "RequestedMonetaryTotal", "DebitNoteTypeCode"),
            document_type="92",
            profile="DIAN 2.1: Nota Débito de Factura Electrónica de Venta",
            file_prefix="nd",
            key_scheme=IdAlgorithm.CUDE,
        ),
        Kind(
            name="application_response",
            model=ApplicationResponse,
            root="ApplicationResponse",
            rows=RESPONSE_ROWS,
            document_type="96",
            profile="DIAN 2.1",
            file_prefix="ar",
            key_scheme=IdAlgorithm.CUDE,
            sales=False,
        ),
        Kind(
            name="event",
            model=EventDocument,
            root="ApplicationResponse",
            rows=EVENT_ROWS,
            document_type="96",
            # Rule AAD03 of RADIAN's annex leaves "la" out for 035 to 051; files of 030 to 034 with it were accepted.
            profile="DIAN 2.1: ApplicationResponse de la Factura Electrónica de Venta",
            file_prefix="ar",
            key_scheme=IdAlgorithm.CUDE,
            sales=False,
            key_of=event_document_key,
            numbering="own",
            owner="sender.id",
            qr_key="reference_key",
            response_codes=frozenset(code.value for code in EventCode if code.group != "dian"),
        ),
        Kind(
            name="attached_document",
            model=AttachedDocument,
            root="AttachedDocument",
            rows=ATTACHED_ROWS,
            document_type="",
            profile="Factura Electrónica de Venta",
            file_prefix="ad",
            # A container has no key of its own: this names that of the document inside.
            key_scheme=IdAlgorithm.CUFE,
            sales=False,
            dian_extension=False,
        ),
    )
}
"""Every kind that can be written, by its name."""

BY_MODEL: dict[type[Any], Kind] = {kind.model: kind for kind in KINDS.values()}
BY_ROOT: dict[str, tuple[Kind, ...]] = {
    f"{{{kind.namespace}}}{kind.root}": tuple(other for other in KINDS.values() if other.root == kind.root)
    for kind in KINDS.values()
}
"""By Clark name of the root element; those of the same root are told apart by ``response_codes``."""
