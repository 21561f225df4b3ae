"""dian-fe: Colombian electronic invoicing with DIAN's prior validation, typed and exact.

``build`` writes a document, ``check`` tells its faults, ``sign`` signs it, ``Client.send`` sends it, ``read`` and
``verify`` take what others send. Names are loaded when they are first used, so that importing the package is quick.
"""

from __future__ import annotations

from ._lazy import lazy
from ._version import __version__

TYPE_CHECKING = False
"""True for type checkers, as the one of ``typing``, whose import would take nine tenths of the time of this one."""

if TYPE_CHECKING:
    from ._api import build, check, load_document, load_issuer, read, sign
    from ._readiness import readiness
    from .delivery.mail import Mailbox
    from .delivery.packing import Package, pack
    from .delivery.sending import DeliveryRecord, deliver, resend
    from .delivery.smtp import SmtpSender
    from .errors import DianFeError
    from .events import Event, EventHistory
    from .families.sales.models import CreditNote, DebitNote, Invoice
    from .families.sales.sector import HealthSector, HealthUser
    from .families.support.models import Purchase, Seller, SupportDocument, SupportLine, SupportNote
    from .faults import Certainty, Fault, Severity
    from .graphic.html import render_html
    from .graphic.pdf import render_pdf
    from .graphic.theme import Paper, Theme
    from .models.address import AS_READ, Address
    from .models.customer import Customer
    from .models.delivery import Delivery, DeliveryTerms
    from .models.event import Person
    from .models.issuer import Issuer, Software
    from .models.lines import AllowanceCharge, Line, charge, discount
    from .models.organization import Organization, OrganizationState
    from .models.party import Party, PartyReference
    from .models.payment import ExchangeRate, Payment, PaymentTerms, Prepayment, instalments
    from .models.references import Correction, DocumentReference, OrderReference, Period
    from .models.resolution import Resolution
    from .models.taxes import (
        TaxSubtotal,
        TaxTotal,
        adv,
        ibua,
        ic,
        ic_porcentual,
        ica,
        icl,
        icui,
        inc,
        inc_bolsas,
        inpp,
        iva,
        rete_ica,
        rete_iva,
        rete_renta,
        tax,
    )
    from .models.totals import Rounding, RoundingMode, TaxRounding, Totals
    from .rules import Report, explain
    from .rules.ready import usable_emails
    from .signing.documents import Signed
    from .signing.pem import PemSigner
    from .signing.pkcs11 import Pkcs11Signer
    from .signing.pkcs12 import Pkcs12Signer
    from .signing.policy import SignerRole
    from .signing.signer import CallableSigner, Signer
    from .transport import Answer, AsyncClient, Client, RetryPolicy, Shipment
    from .ubl.build import Built
    from .ubl.flat import rows
    from .ubl.received import OtherFile, Received
    from .verifying.examination import Examination
    from .verifying.examining import examine
    from .verifying.providers import Providers
    from .verifying.trust import TrustStore
    from .verifying.verdicts import Verification
    from .verifying.verified import Verified, verify

_HOMES = {
    "_readiness": ("readiness",),
    "_api": ("build", "check", "load_document", "load_issuer", "read", "sign"),
    "delivery.mail": ("Mailbox",),
    "delivery.packing": ("Package", "pack"),
    "delivery.sending": ("DeliveryRecord", "deliver", "resend"),
    "delivery.smtp": ("SmtpSender",),
    "errors": ("DianFeError",),
    "events": ("Event", "EventHistory"),
    "faults": ("Certainty", "Fault", "Severity"),
    "graphic.html": ("render_html",),
    "graphic.pdf": ("render_pdf",),
    "graphic.theme": ("Paper", "Theme"),
    "models.address": ("AS_READ", "Address"),
    "models.customer": ("Customer",),
    "models.delivery": ("Delivery", "DeliveryTerms"),
    "models.event": ("Person",),
    "models.issuer": ("Issuer", "Software"),
    "models.lines": ("AllowanceCharge", "Line", "charge", "discount"),
    "families.sales.sector": ("HealthSector", "HealthUser"),
    "families.sales.models": ("CreditNote", "DebitNote", "Invoice"),
    "families.support.models": ("Purchase", "Seller", "SupportDocument", "SupportLine", "SupportNote"),
    "models.organization": ("Organization", "OrganizationState"),
    "models.party": ("Party", "PartyReference"),
    "models.payment": ("ExchangeRate", "Payment", "PaymentTerms", "Prepayment", "instalments"),
    "models.references": ("Correction", "DocumentReference", "OrderReference", "Period"),
    "models.resolution": ("Resolution",),
    "models.taxes": (
        *("TaxSubtotal", "TaxTotal", "adv", "ibua", "ic", "ic_porcentual", "ica", "icl", "icui", "inc", "inc_bolsas"),
        *("inpp", "iva", "rete_ica", "rete_iva", "rete_renta", "tax"),
    ),
    "models.totals": ("Rounding", "RoundingMode", "TaxRounding", "Totals"),
    "rules.ready": ("usable_emails",),
    "rules": ("Report", "explain"),
    "signing.documents": ("Signed",),
    "signing.pem": ("PemSigner",),
    "signing.pkcs11": ("Pkcs11Signer",),
    "signing.pkcs12": ("Pkcs12Signer",),
    "signing.policy": ("SignerRole",),
    "signing.signer": ("CallableSigner", "Signer"),
    "transport": ("Answer", "AsyncClient", "Client", "RetryPolicy", "Shipment"),
    "ubl.build": ("Built",),
    "ubl.flat": ("rows",),
    "ubl.received": ("OtherFile", "Received"),
    "verifying.examination": ("Examination",),
    "verifying.examining": ("examine",),
    "verifying.providers": ("Providers",),
    "verifying.trust": ("TrustStore",),
    "verifying.verdicts": ("Verification",),
    "verifying.verified": ("Verified", "verify"),
}
"""Where each public name lives; they are imported at first use."""

if not TYPE_CHECKING:  # a checker would take any name from a module that has __getattr__
    __getattr__, __dir__ = lazy(__name__, _HOMES)

__all__ = [
    "AS_READ",
    "Address",
    "AllowanceCharge",
    "Answer",
    "AsyncClient",
    "Built",
    "CallableSigner",
    "Certainty",
    "Client",
    "Correction",
    "CreditNote",
    "Customer",
    "DebitNote",
    "Delivery",
    "DeliveryRecord",
    "DeliveryTerms",
    "DianFeError",
    "DocumentReference",
    "Event",
    "EventHistory",
    "Examination",
    "ExchangeRate",
    "Fault",
    "HealthSector",
    "HealthUser",
    "Invoice",
    "Issuer",
    "Line",
    "Mailbox",
    "OrderReference",
    "Organization",
    "OrganizationState",
    "OtherFile",
    "Package",
    "Paper",
    "Party",
    "PartyReference",
    "Payment",
    "PaymentTerms",
    "PemSigner",
    "Period",
    "Person",
    "Pkcs11Signer",
    "Pkcs12Signer",
    "Prepayment",
    "Providers",
    "Purchase",
    "Received",
    "Report",
    "Resolution",
    "RetryPolicy",
    "Rounding",
    "RoundingMode",
    "Seller",
    "Severity",
    "Shipment",
    "Signed",
    "Signer",
    "SignerRole",
    "SmtpSender",
    "Software",
    "SupportDocument",
    "SupportLine",
    "SupportNote",
    "TaxRounding",
    "TaxSubtotal",
    "TaxTotal",
    "Theme",
    "Totals",
    "TrustStore",
    "Verification",
    "Verified",
    "__version__",
    "adv",
    "build",
    "charge",
    "check",
    "deliver",
    "discount",
    "examine",
    "explain",
    "ibua",
    "ic",
    "ic_porcentual",
    "ica",
    "icl",
    "icui",
    "inc",
    "inc_bolsas",
    "inpp",
    "instalments",
    "iva",
    "load_document",
    "load_issuer",
    "pack",
    "read",
    "readiness",
    "render_html",
    "render_pdf",
    "resend",
    "rete_ica",
    "rete_iva",
    "rete_renta",
    "rows",
    "sign",
    "tax",
    "usable_emails",
    "verify",
]
