"""Verification of what came: signatures, trust, who signed, and what the parts say of each other.

`examine` tells everything; `verify` gives `Verified` or raises; `verify_signature` judges the signature of one document
alone. One that does not hold is explained (`Cause`), and `first_difference` compares a document with its pristine copy.
Names are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy

if TYPE_CHECKING:
    from .acceptance import Acceptance
    from .dian_certificates import DIAN_CERTIFICATES
    from .differences import Difference, first_difference
    from .examination import Examination
    from .examining import Answered, Secrets, examine
    from .providers import Providers
    from .signature import verify_signature
    from .signed_by import OwnerVerdict, SignedAs, SignedBy
    from .trust import CrlList, Revocation, RevocationStatus, TrustStore
    from .verdicts import Cause, Part, RevocationVerdict, SecondOpinion, Verification
    from .verified import Verified, verify

_HOMES = {
    "acceptance": ("Acceptance",),
    "dian_certificates": ("DIAN_CERTIFICATES",),
    "differences": ("Difference", "first_difference"),
    "examination": ("Examination",),
    "examining": ("Answered", "Secrets", "examine"),
    "providers": ("Providers",),
    "signed_by": ("OwnerVerdict", "SignedAs", "SignedBy"),
    "signature": ("verify_signature",),
    "trust": ("CrlList", "Revocation", "RevocationStatus", "TrustStore"),
    "verdicts": ("Cause", "Part", "RevocationVerdict", "SecondOpinion", "Verification"),
    "verified": ("Verified", "verify"),
}

if not TYPE_CHECKING:  # a checker would take any name from a module that has __getattr__
    __getattr__, __dir__ = lazy(__name__, _HOMES)

__all__ = [
    "DIAN_CERTIFICATES",
    "Acceptance",
    "Answered",
    "Cause",
    "CrlList",
    "Difference",
    "Examination",
    "OwnerVerdict",
    "Part",
    "Providers",
    "Revocation",
    "RevocationStatus",
    "RevocationVerdict",
    "SecondOpinion",
    "Secrets",
    "SignedAs",
    "SignedBy",
    "TrustStore",
    "Verification",
    "Verified",
    "examine",
    "first_difference",
    "verify",
    "verify_signature",
]
