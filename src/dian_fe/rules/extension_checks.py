"""Rules that families share about DIAN's extension and the unique code of a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..catalogs import IdType
from ..catalogs.identification import DIAN_NIT
from .context import Context
from .model_checks import equal
from .party_checks import digit_of
from .registry import Check, Finding, add
from .subject import Need
from .xml_checks import attribute_is

EXTENSION: Final = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/sts:DianExtensions"
AUTHORISER: Final = "sts:AuthorizationProvider/sts:AuthorizationProviderID"
PROVIDER: Final = f"{EXTENSION}/sts:SoftwareProvider/sts:ProviderID"
NUMBERING: Final[tuple[Need, ...]] = ("control", "resolution")
KEY_NEEDS: Final[tuple[Need, ...]] = ("document", "control", "keys", "secret")


def prefix_is_authorised(context: Context) -> Iterator[Finding]:
    """sts:Prefix is that of the resolution; without a prefix the element is absent."""
    found, expected = context.subject.control.range_prefix or "", context.resolution.prefix
    if found != expected:
        yield Finding("control.range_prefix", found or None, expected or "sin prefijo")


def numbering_is_in_force(context: Context) -> Iterator[Finding]:
    """The issuer's numbering is in force on the day of issue."""
    first, last = context.resolution.valid_from, context.resolution.valid_to
    if not first <= context.issue_date <= last:
        yield Finding("issued_at", context.issue_date, f"del {first} al {last}")


def limit_is_authorised(name: str) -> Check:
    """Return the check that a limit of the range, ``range_from`` or ``range_to``, is that of the numbering."""

    def function(context: Context) -> Iterator[Finding]:
        found, expected = getattr(context.subject.control, name), str(getattr(context.resolution, name))
        if found is not None and found.lstrip("0") != expected:
            yield Finding(f"control.{name}", found, expected)

    return function


def dian_extension(*codes: str, **meta: Any) -> None:
    """Register the rule that one of the extensions is DIAN's."""

    def function(context: Context) -> Iterator[Finding]:
        if not context.subject.xml.everywhere("sts:DianExtensions"):
            yield Finding(node=context.subject.xml.all("")[0], expected="sts:DianExtensions")

    add(codes, function, needs=("xml",), **meta)


def provider(*codes: str, **meta: Any) -> None:
    """Register the rule that the software's owner is the one that the issuer registered, or the issuer."""
    equal(
        *codes,
        path="control.provider_nit",
        needs=("control", "issuer"),
        to=lambda context: context.software.provider_nit or context.subject.issuer.organization.nit,
        **meta,
    )


def provider_digit(*codes: str, **meta: Any) -> None:
    """Register the rule that the check digit of the software's owner, if present, is the computed one."""

    def function(context: Context) -> Iterator[Finding]:
        control = context.subject.control
        expected = digit_of(control.provider_nit)
        if expected and control.provider_check_digit not in {None, expected}:
            yield Finding(found=control.provider_check_digit, expected=expected)

    add(codes, function, "control.provider_check_digit", needs=("control",), **meta)


def provider_by_nit(*codes: str, **meta: Any) -> None:
    """Register the rule that the software's owner is identified by NIT (@schemeName 31), even when a natural person."""
    attribute_is(*codes, at=PROVIDER, name="schemeName", text=IdType.NIT.value, **meta)


def authoriser(*codes: str, **meta: Any) -> None:
    """Register the rule that AuthorizationProviderID is DIAN's NIT."""

    def function(context: Context) -> Iterator[Finding]:
        for extension in context.subject.xml.all(EXTENSION):
            node = context.subject.xml.first(AUTHORISER, extension)
            found = "" if node is None else (node.text or "").strip()
            if found != DIAN_NIT:
                yield Finding(node=extension if node is None else node, found=found, expected=DIAN_NIT)

    add(codes, function, needs=("xml",), **meta)


def security_code(*codes: str, **meta: Any) -> None:
    """Register the rule that SoftwareSecurityCode is the SHA-384 of SoftwareID, PIN and the document's number."""

    def function(context: Context) -> Iterator[Finding]:
        control, software = context.subject.control, context.software
        expected = context.subject.keys.security_code(
            software_id=software.id, pin=software.pin.get_secret_value(), number=context.document.number
        )
        if control.security_code not in {None, expected}:
            yield Finding(found=control.security_code, expected=expected)

    add(codes, function, "control.security_code", needs=("document", "control", "issuer", "keys"), **meta)


def key_fits(context: Context) -> Iterator[Finding]:
    """The unique code (CUFE, CUDE, CUDS) matches the document's data and the issuer's secret."""
    subject = context.subject
    control = subject.control
    if control.key is not None:
        environment = control.environment or ""
        expected = subject.keys.key(subject.document, secret=subject.secret or "", environment=environment)
        if control.key != expected:
            yield Finding(found=control.key, expected=expected)


def key(*codes: str, **meta: Any) -> None:
    """Register the rule that the unique code matches the document's data and the issuer's secret."""
    add(codes, key_fits, "control.key", needs=KEY_NEEDS, **meta)
