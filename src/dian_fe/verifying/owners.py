"""Whose certificate a part must be signed with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from ..catalogs.identification import DIAN_NIT
from ..faults import Fault
from ..models._missing import datum
from ..signing.certificates import certificate_nit, identifier_of, identifiers
from ..signing.policy import SignerRole
from ..ubl.received import Received
from .providers import Providers
from .report import is_answer, is_container, is_document, is_event
from .signed_by import OwnerVerdict, SignedAs, SignedBy, owner_name
from .verdicts import Verification, fault

_THIRD_PARTY: Final = SignerRole.THIRD_PARTY.value
_CERTIFICATE: Final = "//ds:Signature/ds:KeyInfo/ds:X509Data/ds:X509Certificate"

IN_THE_ANNEX: Final = {"wrong_signer": "ZE03"}
"""What the payroll annex calls a finding that has a name of the library's own here: DIAN has accepted documents so."""


def issuers_of(part: Received[Any]) -> tuple[str, ...]:
    """Return the NITs of those who sign a part in their own name; the first is its issuer.

    An invoice or note is its supplier's, an event its sender's, an answer DIAN's; a container that of its sender, or of
    the issuer of what is inside.
    """
    if is_answer(part):
        return (DIAN_NIT,)
    if is_container(part):
        sender = part.document.sender
        inside = (one for one in part.walk() if is_document(one) or is_event(one))
        named = [None if sender is None else sender.id, *(nit for one in inside for nit in issuers_of(one))]
    else:
        document = part.document
        named = [datum(document, f"{part.kind.roles.issuer}.id")]
    return tuple(dict.fromkeys(nit.strip() for nit in named if nit and nit.strip()))


def judge_owner(
    part: Received[Any], found: Verification, providers: Providers, known: frozenset[str] | None = None
) -> OwnerVerdict:
    """Judge whether who signed a part may sign it.

    The issuer always may; another NIT when ``providers`` has it, never because the document names it. ``known``:
    SHA-256 of DIAN's certificates that cause no warning; None judges that no more than the rest of trust.
    """
    content = found.signature.certificate_der
    issuers = issuers_of(part)
    named = _named_provider(part, issuers)
    if content is None:
        return OwnerVerdict(named_provider=named)
    leaf = x509.load_der_x509_certificate(content)
    if is_answer(part):
        signer, faults = _dian(leaf, known)
    else:
        signer, faults = _issuer(leaf, issuers, named, providers)
        if signer.role is SignedAs.PROVIDER:
            faults += tuple(_role(found))
    sound = found.signature.valid is True
    refused = any(each.rejects for each in faults)
    return OwnerVerdict(signer if sound else None, sound and not refused, named, faults)


def judge_named(found: Verification, nit: str) -> OwnerVerdict:
    """Judge a signature that must be of one NIT, whatever the document says."""
    content = found.signature.certificate_der
    if content is None:
        return OwnerVerdict()
    signer, faults = _issuer(x509.load_der_x509_certificate(content), (nit,), None, Providers())
    sound = found.signature.valid is True
    return OwnerVerdict(signer if sound else None, sound and not faults, None, faults)


def _named_provider(part: Received[Any], issuers: Sequence[str]) -> str | None:
    """Return the technology provider that a document names (sts:ProviderID), unless it is the issuer itself."""
    inside = (one.control.provider_nit for one in part.walk()) if is_container(part) else (part.control.provider_nit,)
    return next((nit for nit in inside if nit and nit not in issuers and nit != DIAN_NIT), None)


def _issuer(
    leaf: x509.Certificate, issuers: Sequence[str], named: str | None, providers: Providers
) -> tuple[SignedBy, tuple[Fault, ...]]:
    own = _signer(leaf, issuers, SignedAs.ISSUER)
    if own is not None:
        return own, ()
    trusted = _signer(leaf, [nit for nit in _numbers(leaf) if nit in providers], SignedAs.PROVIDER)
    if trusted is not None or providers.anybody:
        signer = trusted or _stranger(leaf)
        return signer, (_told(signer, issuers, named),)
    claimed = _signer(leaf, () if named is None else (named,), SignedAs.PROVIDER)
    if claimed is not None:
        return claimed, (_not_trusted(claimed, issuers),)
    stranger = _stranger(leaf)
    return stranger, (_foreign(stranger, issuers),)


def _dian(leaf: x509.Certificate, known: frozenset[str] | None) -> tuple[SignedBy, tuple[Fault, ...]]:
    signer = _signer(leaf, (DIAN_NIT,), SignedAs.DIAN)
    if signer is None:
        stranger = _stranger(leaf)
        wrong = fault(
            "wrong_signer",
            "La respuesta no la firma la DIAN.",
            xpath=_CERTIFICATE,
            found=f"{stranger}; {stranger.subject}",
            expected=f"NIT {DIAN_NIT} en un atributo de identificación del certificado",
            hint="no confíe en ella: consulte el documento en el catálogo de la DIAN con su clave.",
        )
        return stranger, (wrong,)
    if known is None or signer.fingerprint in known:
        return signer, ()
    new = fault(
        "dian_certificate",
        xpath=_CERTIFICATE,
        notify=True,
        found=f"SHA-256 {signer.fingerprint}, {signer.subject}",
        expected=f"uno de los {len(known)} conocidos",
    )
    return signer, (new,)


def _told(signer: SignedBy, issuers: Sequence[str], named: str | None) -> Fault:
    says = "" if named is None else f"; el documento nombra como proveedor al NIT {named}"
    return fault(
        "signed_by_provider",
        xpath=_CERTIFICATE,
        notify=True,
        found=f"{signer}{says}",
        expected=_either(issuers),
    )


def _not_trusted(signer: SignedBy, issuers: Sequence[str]) -> Fault:
    return fault(
        "provider_not_trusted",
        f"Firma un proveedor que usted no ha autorizado: {signer}. Que el documento lo nombre no prueba nada.",
        xpath=_CERTIFICATE,
        found=str(signer),
        expected=_either(issuers),
        hint=_how(signer),
    )


def _foreign(signer: SignedBy, issuers: Sequence[str]) -> Fault:
    if signer.nit is None:
        return fault(
            "certificate_without_nit",
            xpath=_CERTIFICATE,
            found=signer.subject,
            expected=_either(issuers),
        )
    return fault(
        "wrong_signer",
        f"Firma otro que el emisor: {signer}.",
        xpath=_CERTIFICATE,
        found=str(signer),
        expected=_either(issuers),
        hint=f"pida al emisor que confirme quién firma por él; {_how(signer)}",
    )


def _how(signer: SignedBy) -> str:
    return (
        f'si sabe por otro medio que firma por ese emisor, indique providers={{"{signer.nit}"}} '
        f"(en la línea de comandos, --provider {signer.nit}) y guárdelo en Providers."
    )


def _role(found: Verification) -> Iterator[Fault]:
    if (found.role or "").strip().lower().replace("_", " ") != _THIRD_PARTY:
        yield fault(
            "signer_role",
            "Firma un proveedor tecnológico sin decirlo en su rol.",
            xpath="//ds:Signature//xades:ClaimedRole",
            notify=True,
            found=found.role,
            expected=_THIRD_PARTY,
        )


def _numbers(leaf: x509.Certificate) -> Iterable[str]:
    return dict.fromkeys(each.number for each in identifiers(leaf) if each.number)


def _signer(leaf: x509.Certificate, nits: Iterable[str], role: SignedAs) -> SignedBy | None:
    """Return the signer when its certificate is of one of these NITs."""
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
    return SignedBy(nit, owner_name(leaf), role, subject, found_in, leaf.fingerprint(SHA256()).hex())


def _either(nits: Sequence[str]) -> str:
    return " o ".join(f"NIT {nit}" for nit in nits) or "el NIT del emisor, que el documento no dice"
