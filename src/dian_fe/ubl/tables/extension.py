"""The table of DIAN's extension, sts:DianExtensions (annex 1.9, section 6.1)."""

from __future__ import annotations

from ...catalogs.identification import DIAN_NIT
from ..codecs import DAY, TEXT
from ..control import Control
from ..table import Attr, Const, Row, Structure
from .parties import DIAN_AGENCY, UNECE_AGENCY

DIAN_CHECK_DIGIT = "4"
DIAN_NAME = "Unidad Especial Dirección de Impuestos y Aduanas Nacionales"
"""Name of DIAN as its own answers and containers write it."""

_CONTROL = "sts:InvoiceControl/"
_PERIOD = f"{_CONTROL}sts:AuthorizationPeriod/"
_BY_NIT = Attr("schemeName", const="31")

DIAN_EXTENSIONS = Structure(
    "DianExtensions",
    Control,
    (
        Row(f"{_CONTROL}sts:InvoiceAuthorization", "control.authorization", TEXT, "Número de autorización"),
        Row(f"{_PERIOD}cbc:StartDate", "control.authorization_start", DAY, "Inicio de la vigencia"),
        Row(f"{_PERIOD}cbc:EndDate", "control.authorization_end", DAY, "Fin de la vigencia"),
        Row(f"{_CONTROL}sts:AuthorizedInvoices/sts:Prefix", "control.range_prefix", TEXT, "Prefijo autorizado"),
        Row(f"{_CONTROL}sts:AuthorizedInvoices/sts:From", "control.range_from", TEXT, "Desde"),
        Row(f"{_CONTROL}sts:AuthorizedInvoices/sts:To", "control.range_to", TEXT, "Hasta"),
        Const(
            "sts:InvoiceSource/cbc:IdentificationCode",
            "CO",
            "País de origen",
            attrs=(
                *UNECE_AGENCY,
                Attr(
                    "listSchemeURI", const="urn:oasis:names:specification:ubl:codelist:gc:CountryIdentificationCode-2.1"
                ),
            ),
        ),
        Row(
            "sts:SoftwareProvider/sts:ProviderID",
            "control.provider_nit",
            TEXT,
            "NIT del dueño del software",
            attrs=(*DIAN_AGENCY, Attr("schemeID", field="control.provider_check_digit"), _BY_NIT),
        ),
        Row(
            "sts:SoftwareProvider/sts:SoftwareID",
            "control.software_id",
            TEXT,
            "Identificador del software",
            attrs=DIAN_AGENCY,
        ),
        Row(
            "sts:SoftwareSecurityCode",
            "control.security_code",
            TEXT,
            "Código de seguridad del software",
            attrs=DIAN_AGENCY,
        ),
        Const(
            "sts:AuthorizationProvider/sts:AuthorizationProviderID",
            DIAN_NIT,
            "NIT de la DIAN",
            attrs=(*DIAN_AGENCY, Attr("schemeID", const=DIAN_CHECK_DIGIT), _BY_NIT),
        ),
        Row("sts:QRCode", "control.qr", TEXT, "Texto del código QR"),
    ),
)
