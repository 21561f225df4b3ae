"""The signature of one part of what came: verified as any, and judged by who had to sign that kind of part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from ..families.spec import DocumentKind
from ..faults import Fault, Severity
from ..ubl.received import Received
from .forensics.budget import Allowance
from .owners import judge_owner
from .providers import Providers
from .report import is_answer, is_container
from .signature import verify_signature
from .trust import Revocation, TrustStore
from .verdicts import Verification, finding

_FORM: Final = re.compile(r"DC\d+|policy_hash|ZD07")
"""Codes of the profile that are matters of form, as the day of signing is; all others are about what is covered, or can
be forged."""

_NOBODY: Final = Providers()


@dataclass(slots=True)
class Explaining:
    """Whose broken signatures are explained: the first ten of one file, since more are no accident and each costs much.

    It counts down while the parts are verified, so each file needs one of its own.
    """

    left: int = 10
    allowance: Allowance = field(default_factory=Allowance)

    def of(self, verifying: Callable[[bool | Allowance], Verification]) -> Verification:
        """Verify by ``verifying``, which is told whether to explain, and what that may cost."""
        found = verifying(self.allowance if self.left > 0 else False)
        self.left -= found.signature.valid is False
        return found


def signature_of(
    part: Received[Any],
    trust: TrustStore | None = None,
    *,
    at: datetime | None = None,
    revocation: Revocation | None = None,
    providers: Providers = _NOBODY,
    explain: bool | Allowance = True,
    second_opinion: bool = True,
    accept_uncovered: bool = False,
) -> Verification:
    """Verify a part's own signature, with the judgement on who signed.

    DIAN's profile is what DIAN demands of what is sent to it: of its own answers and of containers, which it does not
    validate, what differs is told only, and a container may have no signature at all. The other arguments are those of
    ``verify_signature``.
    """
    found = verify_signature(
        part.raw,
        trust=trust,
        at=at,
        revocation=revocation,
        explain=explain,
        second_opinion=second_opinion,
        accept_uncovered=accept_uncovered,
    )
    if is_container(part) and not found.signature.present:
        return replace(found, profile=(_unsigned_container(),))
    profile = found.profile
    if is_container(part) or is_answer(part):
        profile = tuple(_told_only(fault, part.kind) for fault in profile)
    owner = judge_owner(part, found, providers, None if trust is None else trust.dian)
    faults = found.trust.faults
    if trust is not None:
        faults = (*faults, *_not_judged(found, revocation))
    return replace(found, trust=replace(found.trust, faults=faults), owner=owner, profile=profile)


def _not_judged(found: Verification, revocation: Revocation | None) -> Iterator[Fault]:
    if found.signature.valid and found.trust.trusted is None:
        yield finding(
            "trust_not_judged",
            xpath="//ds:Signature//xades:SigningTime",
            expected="la fecha de la firma, o at=",
        )
    if revocation is not None and found.trust.trusted and found.trust.revoked is None:
        yield finding(
            "revocation_unknown",
            xpath="//ds:Signature/ds:KeyInfo",
            notify=True,
        )


def _unsigned_container() -> Fault:
    return finding(
        "container_unsigned",
        xpath="/AttachedDocument/ext:UBLExtensions",
        notify=True,
    )


def _told_only(fault: Fault, kind: DocumentKind) -> Fault:
    """Soften a fault that is a matter of form."""
    form = fault.rejects and (_FORM.fullmatch(fault.code) or fault.code == kind.codes.get("signing_day"))
    return replace(fault, code="signature_form", severity=Severity.CONSEJO) if form else fault
