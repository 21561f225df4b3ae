"""Verification of the signature of one part of a received file, with the judgement on who had to sign it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from ..families.spec import DocumentKind
from ..faults import Fault, Severity
from ..ubl.received import Received
from .owners import judge_owner
from .providers import Providers
from .report import is_answer, is_container
from .signature.verification import Terms, judge_signature
from .verdicts import Verification, finding

_FORM: Final = re.compile(r"DC\d+|policy_hash|ZD07")
"""Codes of the profile that are matters of form, as the day of signing is; all others are about what is covered, or can
be forged."""

_NOBODY: Final = Providers()


def signature_of(part: Received[Any], terms: Terms, providers: Providers = _NOBODY) -> Verification:
    """Verify a part's own signature, with the judgement on who signed.

    DIAN's profile is what DIAN demands of what is sent to it: of its own answers and of containers, which it does not
    validate, what differs is advice only, and a container may have no signature at all.
    """
    found = judge_signature(part.raw, terms)
    if is_container(part) and not found.signature.present:
        unsigned = finding("container_unsigned", xpath="/AttachedDocument/ext:UBLExtensions", notify=True)
        return replace(found, profile=(unsigned,))
    profile = found.profile
    if is_container(part) or is_answer(part):
        profile = tuple(_softened(fault, part.kind) for fault in profile)
    owner = judge_owner(part, found, providers, None if terms.trust is None else terms.trust.dian)
    trust = replace(found.trust, faults=(*found.trust.faults, *_not_judged(found, terms)))
    return replace(found, trust=trust, owner=owner, profile=profile)


def _not_judged(found: Verification, terms: Terms) -> Iterator[Fault]:
    """Yield the faults of trust and revocation that were asked for and could not be judged."""
    if terms.trust is None:
        return
    if found.signature.valid and found.trust.trusted is None:
        yield finding(
            "trust_not_judged", xpath="//ds:Signature//xades:SigningTime", expected="la fecha de la firma, o at="
        )
    if terms.revocation is not None and found.trust.trusted and found.trust.revoked is None:
        yield finding("revocation_unknown", xpath="//ds:Signature/ds:KeyInfo", notify=True)


def _softened(fault: Fault, kind: DocumentKind) -> Fault:
    """Return a fault that is a matter of form as advice, and any other as it is."""
    form = fault.rejects and (_FORM.fullmatch(fault.code) or fault.code == kind.codes.get("signing_day"))
    return replace(fault, code="signature_form", severity=Severity.CONSEJO) if form else fault
