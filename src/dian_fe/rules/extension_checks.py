"""Rules about DIAN's extension that families share: whose numbering, software and authorisation it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..catalogs import IdType
from ..catalogs.identification import DIAN_NIT
from .context import Context
from .model_checks import equal
from .party_checks import add, digit_of
from .registry import Finding

EXTENSION: Final = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/sts:DianExtensions"
AUTHORISER: Final = "sts:AuthorizationProvider/sts:AuthorizationProviderID"
PROVIDER: Final = f"{EXTENSION}/sts:SoftwareProvider/sts:ProviderID"
NUMBERING: Final = ("control", "resolution")
_NIT: Final = IdType.NIT.value


def prefix_is_authorised(context: Context) -> Iterator[Finding]:
    """sts:Prefix is that of the resolution; a range without prefix has no element."""
    found, expected = context.control.range_prefix or "", context.resolution.prefix
    if found != expected:
        yield Finding("control.range_prefix", found or None, expected or "sin prefijo")


def provider(*codes: str, **meta: Any) -> None:
    """Register: the software's owner is the one that the issuer registered, or the issuer."""
    equal(
        *codes,
        path="control.provider_nit",
        needs=("control", "issuer"),
        to=lambda context: context.software.provider_nit or context.issuer.organization.nit,
        **meta,
    )


def _provider_digit(context: Context) -> Iterator[Finding]:
    control = context.control
    expected = digit_of(control.provider_nit)
    if expected and control.provider_check_digit not in {None, expected}:
        yield Finding(found=control.provider_check_digit, expected=expected)


def provider_digit(*codes: str, **meta: Any) -> None:
    """Register: the check digit of the software's owner, when it is said, is the computed one."""
    add(codes, _provider_digit, "control.provider_check_digit", needs=("control",), **meta)


def _provider_by_nit(context: Context) -> Iterator[Finding]:
    for node in context.xml.all(PROVIDER):
        found = (node.get("schemeName") or "").strip()
        if found != _NIT:
            yield Finding(node=node, attribute="schemeName", found=found, expected=_NIT)


def provider_by_nit(*codes: str, **meta: Any) -> None:
    """Register: the software's owner is told by NIT (@schemeName 31), even when a natural person."""
    add(codes, _provider_by_nit, "", needs=("xml",), **meta)


def _authoriser(context: Context) -> Iterator[Finding]:
    for extension in context.xml.all(EXTENSION):
        node = context.xml.first(AUTHORISER, extension)
        found = "" if node is None else (node.text or "").strip()
        if found != DIAN_NIT:
            yield Finding(node=extension if node is None else node, found=found, expected=DIAN_NIT)


def authoriser(*codes: str, **meta: Any) -> None:
    """Register: AuthorizationProviderID is DIAN's NIT."""
    add(codes, _authoriser, "", needs=("xml",), **meta)
