"""Verification of a signed document: cryptography, dates, trust and DIAN's profile, each a verdict of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from cryptography import x509
from lxml import etree

from ..._arguments import checked
from ...faults import Fault
from ...signing.certificates import CertificateInfo, der
from ...signing.distinguished_names import label
from ...signing.extensions import extensions_of
from ...signing.moments import check_aware, parse_moment
from ..consistency import EARLY
from ..dian_certificates import judged_at
from ..owners import judge_named
from ..trust import Revocation, RevocationStatus, TrustStore, source_of
from ..verdicts import (
    Cause,
    DatesVerdict,
    Part,
    ReferenceVerdict,
    SecondOpinion,
    SignatureVerdict,
    TrustVerdict,
    Verification,
    fault,
)
from .c14n import OwnedDocument
from .coverage import hidden_text, unsigned_content
from .profile import claimed_role, contents, placement, presence, relative_namespace, signing_date
from .references import NS, SIGNATURE, SignedInfo
from .second_opinion import second_opinion as asked

if TYPE_CHECKING:
    from lxml.etree import _Element

    from ..allowance import Allowance


_SIGNING_TIME: Final = "xades:SignedSignatureProperties/xades:SigningTime"


@dataclass(frozen=True, slots=True)
class Terms:
    """How signatures are judged: what `verify_signature` and `examine` take alike, with its meaning there."""

    trust: TrustStore | None = None
    at: datetime | None = None
    revocation: Revocation | None = None
    explain: bool | Allowance = True
    second_opinion: bool = True
    accept_uncovered: bool = False


@checked
def verify_signature(
    document: bytes | _Element,
    *,
    trust: TrustStore | None = None,
    at: datetime | None = None,
    revocation: Revocation | Iterable[x509.CertificateRevocationList] | None = None,
    nit: str | None = None,
    explain: bool | Allowance = True,
    second_opinion: bool = True,
    accept_uncovered: bool = False,
) -> Verification:
    """Verify the signature of a document given as the bytes of its file, or as its root element.

    Cryptography is XMLDSig core validation, and that the whole document is covered; both canonicalisations are
    accepted, SHA-1 is reported as weak. Dates and trust are judged at the signing time that the document declares.
    ``trust``: whom to trust; without it trust is not judged. ``at``: the present moment, aware, only to detect a
    signing time in the future, and to judge trust when there is no signing time. ``revocation``: where to ask; without
    it not judged. ``nit``: whose certificate it must be; not judged when None. ``explain``: whether to look for why one
    that does not hold fails, which costs many times its verification, three quarters of a second at most; a valid
    signature costs nothing more. An ``Allowance`` bounds that for several documents together. ``second_opinion``:
    whether signxml is asked about what is valid by the library's own verification, which costs more than that itself;
    when both disagree the signature is not valid. ``accept_uncovered``: whether signed properties that no reference
    covers, so that nothing proves signing time and role, are advice only; DIAN accepts documents signed so.

    Prefer the bytes: an element was parsed by somebody, perhaps not as it was signed. Raises ``MalformedXml``,
    ``UnsafeXml``, ``NaiveDatetime``, ``InvalidIdentification`` for a malformed ``nit``; what is wrong with the
    signature itself is reported, never raised.
    """
    if at is not None:
        check_aware(at)
    data = document if isinstance(document, bytes) else etree.tostring(document.getroottree(), encoding="utf-8")
    found = judge_signature(data, Terms(trust, at, source_of(revocation), explain, second_opinion, accept_uncovered))
    return found if nit is None else replace(found, owner=judge_named(found, nit))


def judge_signature(data: bytes, terms: Terms) -> Verification:
    """Verify the signature of a document, without judging who signed it. Raise ``MalformedXml`` or ``UnsafeXml``."""
    owned = OwnedDocument(data)
    # One inside another (a countersignature) is part of that.
    found = owned.root.iter(SIGNATURE)
    signatures = [each for each in found if next(each.iterancestors(SIGNATURE), None) is None]
    misplaced = tuple(placement(owned.root, signatures))
    if len(signatures) != 1:
        causes = (Cause.SEVERAL_SIGNATURES,) if signatures else ()
        verdict = SignatureVerdict(present=bool(signatures), valid=False if signatures else None, causes=causes)
        return Verification(verdict, profile=misplaced)
    info = SignedInfo(owned, signatures[0])
    leaf, problem = info.signer()
    written = None if info.properties is None else info.properties.findtext(_SIGNING_TIME, "", NS).strip() or None
    moment = parse_moment(written)
    signature = _cryptography(info, leaf, problem, terms.explain)
    if terms.second_opinion and signature.valid and leaf is not None:
        signature = _asked(signature, info, leaf, moment)
    profile = (
        *misplaced,
        *presence(info, accept_uncovered=terms.accept_uncovered),
        *contents(info, leaf),
        *unsigned_content(info),
        *signing_date(owned.root, written),
        *hidden_text(owned.root),
        *relative_namespace(owned),
    )
    return Verification(
        signature=signature,
        dates=_dates(leaf, written, moment, terms.at),
        trust=_trust(info, leaf, moment or terms.at, terms),
        profile=profile,
        role=None if info.properties is None else claimed_role(info.properties),
    )


def _cryptography(
    info: SignedInfo, leaf: x509.Certificate | None, problem: str | None, explain: bool | Allowance
) -> SignatureVerdict:
    references = [info.judge(pointed) for pointed in info.pointed]
    if info.reference_to(Part.DOCUMENT) is None:
        references.append(
            ReferenceVerdict(Part.DOCUMENT, "", False, None, "ninguna referencia cubre todo el documento")
        )
    if info.too_many:
        references.append(ReferenceVerdict("ds:Reference", "", False, None, "hay demasiadas referencias"))
    broken = [(verdict.part, f"{verdict.problem} ({verdict.part})") for verdict in references if not verdict.valid]
    for part, wrong in ((Part.STRUCTURE, info.structure_problem()), (Part.SIGNATURE_VALUE, problem)):
        if wrong is not None:
            broken.append((part, wrong))
    verdict = SignatureVerdict(
        present=True,
        valid=not broken,
        references=tuple(references),
        failing=tuple(dict.fromkeys(part for part, _ in broken)),
        weak=info.weak_algorithms(),
        certificate=None if leaf is None else CertificateInfo.of(leaf),
        certificate_der=None if leaf is None else der(leaf),
        faults=tuple(_broken(found) for _, found in broken),
    )
    return _explained(verdict, info, broken, explain) if broken and explain is not False else verdict


def _explained(
    verdict: SignatureVerdict, info: SignedInfo, broken: list[tuple[str, str]], explain: bool | Allowance
) -> SignatureVerdict:
    """Add why a signature does not hold, as long as the allowance is for one more of them."""
    from ..allowance import Allowance  # only a broken signature needs what explains it
    from ..forensics.explain import explain_failure

    allowance = explain if isinstance(explain, Allowance) else Allowance()
    if not allowance.signatures:
        return verdict
    allowance.signatures -= 1
    why = explain_failure(info, allowance)
    faults = tuple(_broken(found, why.hint(part)) for part, found in broken)
    return replace(verdict, causes=why.causes, evidence=why.evidence, searched=why.searched, faults=faults)


def _asked(
    verdict: SignatureVerdict, info: SignedInfo, leaf: x509.Certificate, moment: datetime | None
) -> SignatureVerdict:
    opinion, reason = asked(info, leaf, moment)
    verdict = replace(verdict, second_opinion=opinion, second_opinion_reason=reason)
    if opinion is not SecondOpinion.DISAGREES:
        return verdict
    return replace(verdict, valid=False, faults=(fault("second_opinion", found=reason),))


def _broken(found: str, hint: str = "") -> Fault:
    """Return the fault of an invalid signature (ZE02: any mismatch of digest, canonicalisation, value or structure)."""
    return fault("ZE02", "La firma del documento no es válida.", found=found, hint=hint)


def _dates(
    leaf: x509.Certificate | None, written: str | None, moment: datetime | None, at: datetime | None
) -> DatesVerdict:
    if moment is None:
        return DatesVerdict(faults=() if written is None else (fault("signing_time", found=written),))
    faults, found, valid = [], moment.isoformat(), None
    if leaf is not None:
        certificate = CertificateInfo.of(leaf)
        valid = certificate.valid_at(moment)
        if not valid:
            expected = f"{certificate.not_before.isoformat()} a {certificate.not_after.isoformat()}"
            if judged_at(leaf, moment) == moment:
                message = "El certificado no estaba vigente en la fecha de la firma."
                faults.append(fault("ZD02", message, found=found, expected=expected))
            else:
                faults.append(fault("dian_certificate_expired", notify=True, found=found, expected=expected))
    if at is not None and moment > at:
        expected = f"a más tardar {at.isoformat()}"
        faults.append(fault("signing_time_in_future", notify=moment <= at + EARLY, found=found, expected=expected))
    return DatesVerdict(moment, valid, tuple(faults))


def _trust(info: SignedInfo, leaf: x509.Certificate | None, at: datetime | None, terms: Terms) -> TrustVerdict:
    if leaf is None:
        return TrustVerdict()
    faults = [
        fault("certificate_extension", xpath="//ds:Signature/ds:KeyInfo", notify=True, found=oid)
        for oid, _ in extensions_of(leaf).unreadable
    ]
    if terms.trust is None or at is None:
        return TrustVerdict(faults=tuple(faults))
    path = terms.trust.path(leaf, judged_at(leaf, at), info.certificates)
    if path.problem is not None:
        faults.append(
            fault("ZD06", "La cadena del certificado no llega a una autoridad de confianza.", found=path.problem)
        )
    revoked = None
    if terms.revocation is not None:
        statuses = [(each, terms.revocation(each, issuer, at)) for each, issuer in path.links()]
        gone = [certificate for certificate, status in statuses if status is RevocationStatus.REVOKED]
        if gone:
            code = "ZD04" if gone[0] == leaf else "ZD06"
            faults.append(
                fault(code, "El certificado estaba revocado en la fecha de la firma.", found=label(gone[0].subject))
            )
        known = path.problem is None and all(status is RevocationStatus.GOOD for _, status in statuses)
        revoked = True if gone else False if known else None
    return TrustVerdict(
        trusted=path.problem is None,
        revoked=revoked,
        path=tuple(map(CertificateInfo.of, path.certificates)),
        faults=tuple(faults),
        asked=terms.revocation is not None,
    )
