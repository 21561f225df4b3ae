"""Whose certificate a part must be signed with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from ..catalogs._text import fold
from ..errors import InvalidInput, WrongCertificateOwner
from ..faults import Fault
from ..signing.certificates import certificate_nit, check_owner, names_nit
from ..signing.policy import SignerRole
from ..ubl.received import Received
from ..ubl.tables.extension import DIAN_NIT
from .crossing import DIAN_WORDS
from .examination import is_answer, is_container
from .verdicts import Verification, fault

_IDENTIFIERS: Final = (NameOID.ORGANIZATION_IDENTIFIER, NameOID.SERIAL_NUMBER)
_THIRD_PARTY: Final = SignerRole.THIRD_PARTY.value


def owners_of(part: Received[Any]) -> tuple[str, ...]:
    """Give the NITs whose certificate may sign a part; the first is its issuer's.

    An invoice, note or event is signed by its issuer, or by the technology provider that it names
    (sts:SoftwareProvider); an answer of DIAN's by DIAN; a container by its sender, by the issuer of what is inside or
    by that one's provider.
    """
    if is_answer(part):
        return (DIAN_NIT,)
    if is_container(part):
        sender = part.document.sender
        named = [None if sender is None else sender.id]
        named += [nit for inner in part.sales_documents for nit in owners_of(inner)]
    else:
        document = part.document
        named = [document.supplier.id if part.kind.sales else document.sender.id, part.control.provider_nit]
    return tuple(dict.fromkeys(nit for nit in named if nit))


def about_owner(verification: Verification, owners: Sequence[str]) -> Iterator[Fault]:
    """Judge who signed (ZE03: read in the payroll annex; DIAN's code for it in sales documents is not published).

    Which attribute of a certificate DIAN reads is not published: a certificate that names no NIT at all is told, one of
    another NIT is refused. Nor is published what DIAN's own certificate names: without its NIT it must have its name.
    """
    content = verification.signature.certificate_der
    if content is None or not owners:
        return
    leaf = x509.load_der_x509_certificate(content)
    names = [nit for nit in owners if _names(leaf, nit)]
    if owners[0] in names:
        return
    if owners == (DIAN_NIT,):
        yield _unlike_dian(leaf)
        return
    if names:
        if (verification.role or "").strip().lower().replace("_", " ") != _THIRD_PARTY:
            yield fault(
                "signer_role",
                "Firma un proveedor tecnológico sin decirlo en su rol.",
                xpath="//ds:Signature//xades:ClaimedRole",
                notify=True,
                found=verification.role,
                expected=_THIRD_PARTY,
            )
        return
    try:
        unknown = check_owner(leaf, owners[0])
    except WrongCertificateOwner as error:
        yield fault("ZE03", error.message, found=error.found, expected=_either(owners))
    except InvalidInput:
        yield fault(
            "ZE03",
            "El emisor no se identifica con un NIT que el certificado pueda llevar.",
            found=f"{owners[0]}; certificado de {certificate_nit(leaf)}",
            expected=_either(owners),
        )
    else:
        if unknown is not None:
            yield unknown


def _unlike_dian(leaf: x509.Certificate) -> Fault:
    """Tell a certificate without DIAN's NIT: any accredited authority's would do to forge its answers."""
    named = any(
        isinstance(a.value, str) and DIAN_WORDS in fold(a.value)
        for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
        for a in leaf.subject.get_attributes_for_oid(oid)
    )
    return fault(
        "dian_certificate" if named else "ZE03",
        "El certificado nombra a la DIAN, pero no su NIT." if named else "El certificado no es de la DIAN.",
        notify=named,
        found=leaf.subject.rfc4514_string(),
        expected=f"NIT {DIAN_NIT}",
        hint="consulte el documento en el catálogo de la DIAN con su CUFE.",
    )


def _names(leaf: x509.Certificate, nit: str) -> bool:
    identifiers = (a.value for oid in _IDENTIFIERS for a in leaf.subject.get_attributes_for_oid(oid))
    if nit in identifiers:
        return True  # also a passport, which is no NIT to compute a check digit of
    try:
        return names_nit(leaf, nit)
    except InvalidInput:
        return False


def _either(owners: Sequence[str]) -> str:
    return " o ".join(f"NIT {nit}" for nit in owners)
