"""Groups AA, AB and AC: DIAN's extension – numbering, software, security code, authoriser, QR – and the signature's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....catalogs import IdType
from ....rules.context import Context
from ....rules.extension_checks import (
    AUTHORISER,
    EXTENSION,
    NUMBERING,
    authoriser,
    limit_is_authorised,
    prefix_is_authorised,
    provider,
    provider_by_nit,
    provider_digit,
    security_code,
)
from ....rules.model_checks import equal, required
from ....rules.party_checks import digit_of
from ....rules.registry import Finding, register, rule
from ....rules.xml_checks import absent, attribute_is, exact_text, literal

_DIAN_NAME = "CO, DIAN (Dirección de Impuestos y Aduanas Nacionales)"
_PREFIX = re.compile(r"[0-9A-Za-z]{0,4}")


@rule("FAA02", "CAA02", "DAA02", needs=("xml",))
def two_extensions(context: Context) -> Iterator[Finding]:
    """There are at least DIAN's extension and the one for the signature."""
    groups = context.subject.xml.all("ext:UBLExtensions")
    found = len(context.subject.xml.all("ext:UBLExtensions/ext:UBLExtension"))
    if found < 2:
        node = groups[0] if groups else context.subject.xml.all("")[0]
        yield Finding(node=node, found=found, expected="al menos 2 ext:UBLExtension")


@rule("FAB03", "CAB03", "DAB03", needs=("xml",))
def one_dian_extension(context: Context) -> Iterator[Finding]:
    """sts:DianExtensions is there exactly once."""
    found = context.subject.xml.everywhere("sts:DianExtensions")
    if len(found) != 1:
        yield Finding(node=found[1] if found else context.subject.xml.all("")[0], found=len(found), expected=1)


required("FAB05a", path="control.authorization", expected="el número de la autorización de numeración")
required("FAB07a", path="control.authorization_start", expected="AAAA-MM-DD")
required("FAB08a", path="control.authorization_end", expected="AAAA-MM-DD")
required("FAB11a", path="control.range_from", expected="el inicio del rango autorizado")
required("FAB12a", path="control.range_to", expected="el fin del rango autorizado")
required("FAB19a", "CAB19a", "DAB19a", path="control.provider_nit", expected="el NIT, sin dígito de verificación")
required("FAB24a", "CAB24", "DAB24", path="control.software_id", expected="el identificador que asignó la DIAN")
required("FAB27a", "CAB27", "DAB27", path="control.security_code", expected="SHA-384 de SoftwareID, PIN y número")
required("FAB36", "CAB36", "DAB36", path="control.qr", expected="la dirección de consulta del documento")

equal("FAB05b", path="control.authorization", to=lambda c: c.resolution.authorization, needs=NUMBERING)
equal("FAB07b", path="control.authorization_start", to=lambda c: c.resolution.valid_from, needs=NUMBERING)
equal("FAB08b", path="control.authorization_end", to=lambda c: c.resolution.valid_to, needs=NUMBERING)
equal("FAB24b", path="control.software_id", to=lambda c: c.software.id, needs=("control", "issuer"))
provider("FAB19b")


@rule("FAB10", path="control.range_prefix", needs=("control",))
def prefix_is_short_and_plain(context: Context) -> Iterator[Finding]:
    """sts:Prefix has up to four letters or digits."""
    prefix = context.subject.control.range_prefix
    if prefix is not None and not _PREFIX.fullmatch(prefix):
        yield Finding(found=prefix, expected="hasta 4 letras o dígitos")


@rule("FAB10a", path="control.range_prefix", needs=("control",))
def prefix_is_that_of_the_supplier(context: Context) -> Iterator[Finding]:
    """sts:Prefix, when it is there, is that of the supplier's CorporateRegistrationScheme/ID."""
    found, expected = context.subject.control.range_prefix, context.subject.control.prefix
    if found not in (None, expected):
        yield Finding(found=found, expected=expected or "el de CorporateRegistrationScheme/cbc:ID")


register("FAB10b", prefix_is_authorised, path="control.range_prefix", needs=NUMBERING)


register("FAB11b", limit_is_authorised("range_from"), path="control.range_from", needs=NUMBERING)
register("FAB12b", limit_is_authorised("range_to"), path="control.range_to", needs=NUMBERING)

for _code, _text in (
    ("FAB14", "CO"),
    ("FAB15", "6"),
    ("FAB16", "United Nations Economic Commission for Europe"),
    ("FAB17", "urn:oasis:names:specification:ubl:codelist:gc:CountryIdentificationCode-2.1"),
):
    exact_text(_code, text=_text, within="sts:DianExtensions")
absent("FAB25")
literal("FAB25b", among=("195",))
exact_text("FAB26", "FAB33", text=_DIAN_NAME)


@rule("FAB22a", "CAB22a", "DAB22a", path="control.provider_check_digit", needs=("control",))
def provider_has_check_digit(context: Context) -> Iterator[Finding]:
    """The NIT of the software's owner carries its check digit in @schemeID."""
    control = context.subject.control
    if control.provider_nit is not None and control.provider_check_digit is None:
        yield Finding(expected=digit_of(control.provider_nit) or "el dígito de verificación")


# DIAN's own examples of annex 1.7 have another digit, so older documents are not judged.
provider_digit("FAB22b", "CAB22b", "DAB22b", since="1.8")
provider_by_nit("FAB23")
authoriser("FAB31", "CAB31", "DAB31")


security_code("FAB27b")  # formula of annex 1.9

_AUTHORISER = f"{EXTENSION}/{AUTHORISER}"
# Annex 1.7 has another formula.
attribute_is("FAB34", "CAB34", "DAB34", at=_AUTHORISER, name="schemeID", text="4", since="1.8")
attribute_is("FAB35", at=_AUTHORISER, name="schemeName", text=IdType.NIT.value)
