"""Groups AA, AB and AC: DIAN's extension – numbering, software, security code, authoriser, QR – and the signature's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .context import Context
from .model_checks import required
from .registry import Finding, rule

_DIAN_NIT, _DIAN_DIGIT, _NIT = "800197268", "4", "31"
_PREFIX = re.compile(r"[0-9A-Za-z]{0,4}")
_UNECE = "United Nations Economic Commission for Europe"
_COUNTRIES = "urn:oasis:names:specification:ubl:codelist:gc:CountryIdentificationCode-2.1"


@rule("FAA02", "CAA02", "DAA02", needs=("xml",))
def two_extensions(context: Context) -> Iterator[Finding]:
    """There are at least DIAN's extension and the one for the signature."""
    groups = context.xml.all("ext:UBLExtensions")
    found = len(context.xml.all("ext:UBLExtensions/ext:UBLExtension"))
    if found < 2:
        node = groups[0] if groups else context.xml.all("")[0]
        yield Finding(node=node, found=found, expected="al menos 2 ext:UBLExtension")


@rule("FAB03", "CAB03", "DAB03", needs=("xml",))
def one_dian_extension(context: Context) -> Iterator[Finding]:
    """sts:DianExtensions is there exactly once."""
    found = context.xml.everywhere("sts:DianExtensions")
    if len(found) != 1:
        yield Finding(node=found[1] if found else context.xml.all("")[0], found=len(found), expected=1)


required("FAB05a", path="control.authorization", expected="el número de la autorización de numeración")
required("FAB07a", path="control.authorization_start", expected="AAAA-MM-DD")
required("FAB08a", path="control.authorization_end", expected="AAAA-MM-DD")
required("FAB11a", path="control.range_from", expected="el inicio del rango autorizado")
required("FAB12a", path="control.range_to", expected="el fin del rango autorizado")
required("FAB19a", "CAB19a", "DAB19a", path="control.provider_nit", expected="el NIT, sin dígito de verificación")
required("FAB24a", "CAB24", "DAB24", path="control.software_id", expected="el identificador que dio la DIAN")
required("FAB27a", "CAB27", "DAB27", path="control.security_code", expected="SHA-384 de SoftwareID, PIN y número")
required("FAB36", "CAB36", "DAB36", path="control.qr", expected="la dirección de consulta del documento")
