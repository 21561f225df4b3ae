"""Who must have signed a part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from ..catalogs.identification import DIAN_NIT
from ..faults import Fault
from ..models._missing import datum
from ..signing.certificates import certificate_nit, identifier_of, identifiers
from ..signing.policy import SignerRole
from ..ubl.received import Received
from .providers import Providers
from .report import is_answer, is_container, is_document, is_event
from .verdicts import OwnerVerdict, SignedAs, SignedBy, Verification, fault

_THIRD_PARTY: Final = SignerRole.THIRD_PARTY.value
_OWNER_NAMES: Final = (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
_CERTIFICATE: Final = "//ds:Signature/ds:KeyInfo/ds:X509Data/ds:X509Certificate"

IN_THE_ANNEX: Final = {"wrong_signer": "ZE03"}
"""Codes of the payroll annex for findings with the library's own name here: DIAN has accepted such documents."""


def issuers_of(part: Received[Any]) -> tuple[str, ...]:
    """Return the NITs of those who sign a part in their own name; the first is its issuer.

    An invoice or note is its supplier's, an event its sender's, an answer DIAN's; a container that of its sender, or of
    the issuer of what is inside.
    """
    if is_answer(part):
        return (DIAN_NIT,)
    if is_container(part):
        inside = (one for one in part.walk() if is_document(one) or is_event(one))
        named = [datum(part.document, "sender.id"), *(nit for one in inside for nit in issuers_of(one))]
    else:
        named = [datum(part.document, f"{part.kind.roles.issuer}.id")]
    return tuple(dict.fromkeys(nit.strip() for nit in named if nit and nit.strip()))


def judge_owner(
    part: Received[Any], found: Verification, providers: Providers, known: frozenset[str] | None = None
) -> OwnerVerdict:
    """Return the verdict on whether the signer of a part may sign it.

    The issuer always may; another NIT when ``providers`` has it, never because the document names it. ``known``:
    SHA-256 of DIAN's certificates that cause no warning; None when trust is not judged, for no warning.
    """
    issuers = issuers_of(part)
    named = _named_provider(part, issuers)
    leaf = _leaf(found)
    if leaf is None:
        return OwnerVerdict(named_provider=named)
    if is_answer(part):
        return _verdict(found, *_dian(leaf, known), named)
    signer, faults = _issuer(leaf, issuers, named, providers)
    if signer.role is SignedAs.PROVIDER:
        faults += tuple(_role(found))
    return _verdict(found, signer, faults, named)


def judge_named(found: Verification, nit: str) -> OwnerVerdict:
    """Return the verdict on a signature that must be of one NIT, whatever the document names."""
    leaf = _leaf(found)
    return OwnerVerdict() if leaf is None else _verdict(found, *_issuer(leaf, (nit,), None, Providers()), None)


def _leaf(found: Verification) -> x509.Certificate | None:
    content = found.signature.certificate_der
    return None if content is None else x509.load_der_x509_certificate(content)


def _verdict(found: Verification, signer: SignedBy, faults: tuple[Fault, ...], named: str | None) -> OwnerVerdict:
    """Return the verdict on a signer; no signer is known when the signature is invalid."""
    sound = found.signature.valid is True
    return OwnerVerdict(signer if sound else None, sound and not any(each.rejects for each in faults), named, faults)


def _named_provider(part: Received[Any], issuers: Sequence[str]) -> str | None:
    """Return the technology provider that a document names (sts:ProviderID), if other than the issuer and DIAN."""
    inside = (one.control.provider_nit for one in part.walk()) if is_container(part) else (part.control.provider_nit,)
    return next((nit for nit in inside if nit and nit not in issuers and nit != DIAN_NIT), None)


def _issuer(
    leaf: x509.Certificate, issuers: Sequence[str], named: str | None, providers: Providers
) -> tuple[SignedBy, tuple[Fault, ...]]:
    """Return who signed for these issuers, and what is wrong with that."""
    own = _signer(leaf, issuers, SignedAs.ISSUER)
    if own is not None:
        return own, ()
    expected = " o ".join(f"NIT {nit}" for nit in issuers) or "el NIT del emisor, que el documento no indica"
    own_numbers = (each.number for each in identifiers(leaf) if each.number)
    trusted = _signer(leaf, (nit for nit in own_numbers if nit in providers), SignedAs.PROVIDER)
    if trusted is not None or providers.anybody:
        signer = trusted or _stranger(leaf)
        says = "" if named is None else f"; el documento nombra como proveedor al NIT {named}"
        return signer, (_wrong("signed_by_provider", f"{signer}{says}", expected, notify=True),)
    claimed = _signer(leaf, () if named is None else (named,), SignedAs.PROVIDER)
    if claimed is not None:
        message = (
            f"Firma un proveedor que usted no ha autorizado: {claimed}. Que el documento lo nombre no prueba nada."
        )
        return claimed, (_wrong("provider_not_trusted", str(claimed), expected, message, hint=_how(claimed)),)
    stranger = _stranger(leaf)
    if stranger.nit is None:
        return stranger, (_wrong("certificate_without_nit", stranger.subject, expected),)
    message = f"Quien firma no es el emisor: {stranger}."
    hint = f"pida al emisor que confirme quién firma por él; {_how(stranger)}"
    return stranger, (_wrong("wrong_signer", str(stranger), expected, message, hint=hint),)


def _dian(leaf: x509.Certificate, known: frozenset[str] | None) -> tuple[SignedBy, tuple[Fault, ...]]:
    """Return who signed an answer of DIAN's, and what is wrong with that."""
    signer = _signer(leaf, (DIAN_NIT,), SignedAs.DIAN)
    if signer is None:
        stranger = _stranger(leaf)
        wrong = _wrong(
            "wrong_signer",
            f"{stranger}; {stranger.subject}",
            f"NIT {DIAN_NIT} en un atributo de identificación del certificado",
            "La respuesta no la firma la DIAN.",
            hint="no confíe en ella: consulte el documento en el catálogo de la DIAN con su clave (CUFE, CUDE…).",
        )
        return stranger, (wrong,)
    if known is None or signer.fingerprint in known:
        return signer, ()
    found, expected = f"SHA-256 {signer.fingerprint}, {signer.subject}", f"uno de los {len(known)} conocidos"
    return signer, (_wrong("dian_certificate", found, expected, notify=True),)


def _wrong(
    code: str, found: str, expected: str, message: str | None = None, *, hint: str | None = None, notify: bool = False
) -> Fault:
    """Return the fault of a signer, which stands in its certificate."""
    return fault(code, message, xpath=_CERTIFICATE, notify=notify, hint=hint, found=found, expected=expected)


def _how(signer: SignedBy) -> str:
    return (
        f'si sabe por otro medio que firma por ese emisor, indique providers={{"{signer.nit}"}} '
        f"(en la línea de comandos, --provider {signer.nit}) y guárdelo en Providers."
    )


def _role(found: Verification) -> Iterator[Fault]:
    if (found.role or "").strip().lower().replace("_", " ") != _THIRD_PARTY:
        message = "Firma un proveedor tecnológico sin decirlo en su rol."
        xpath = "//ds:Signature//xades:ClaimedRole"
        yield fault("signer_role", message, xpath=xpath, notify=True, found=found.role, expected=_THIRD_PARTY)


def _signer(leaf: x509.Certificate, nits: Iterable[str], role: SignedAs) -> SignedBy | None:
    """Return the signer if its certificate is of one of these NITs, else None."""
    for nit in nits:
        found = identifier_of(leaf, nit)
        if found is not None:
            return _made(leaf, nit, role, found.attribute)
    return None


def _stranger(leaf: x509.Certificate) -> SignedBy:
    first = next((each for each in identifiers(leaf) if each.number), None)
    return _made(leaf, certificate_nit(leaf), SignedAs.STRANGER, None if first is None else first.attribute)


def _made(leaf: x509.Certificate, nit: str | None, role: SignedAs, found_in: str | None) -> SignedBy:
    subject = leaf.subject.rfc4514_string()
    return SignedBy(nit, _owner_name(leaf), role, subject, found_in, leaf.fingerprint(SHA256()).hex())


def _owner_name(certificate: x509.Certificate) -> str:
    """Return the organisation that a certificate names, else its common name, else the whole subject."""
    subject = certificate.subject
    named = (each for oid in _OWNER_NAMES for each in subject.get_attributes_for_oid(oid))
    texts = (each.value.strip() for each in named if isinstance(each.value, str))
    return next(filter(None, texts), None) or subject.rfc4514_string()
