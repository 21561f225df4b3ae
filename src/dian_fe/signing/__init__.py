"""Keys, XAdES-EPES signatures as DIAN's policy wants them, and their verification.

Signing: `Pkcs12Signer`, `PemSigner`, `Pkcs11Signer`, `CallableSigner`, `sign`, or `prepare` and ``Prepared.complete``
when the key is elsewhere. Verifying: `examine` tells everything about what came; ``signing.verified.verify`` gives
`Verified` or raises; ``signing.verify.verify`` judges the signature of one document. Those two are not repeated here,
where the name of a module would hide them. Names are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy

if TYPE_CHECKING:
    from .certificates import CertificateInfo, certificate_nit, check_owner, load_certificates
    from .differences import Difference, first_difference
    from .examination import Examination
    from .examining import Answered, Secrets, examine
    from .names import NameOrder
    from .pem import PemSigner
    from .pkcs11 import Pkcs11Signer
    from .pkcs12 import Pkcs12Signer
    from .policy import POLICY_V2, SignaturePolicy, SignerRole
    from .signer import CallableSigner, KeySigner, Signer
    from .trust import CrlList, Revocation, RevocationStatus, TrustStore
    from .verdicts import Cause, Part, Verification
    from .verified import Verified
    from .xades import Prepared, SignatureIds, SignedXml, prepare, sign

_HOMES = {
    "certificates": ("CertificateInfo", "certificate_nit", "check_owner", "load_certificates"),
    "differences": ("Difference", "first_difference"),
    "examination": ("Examination",),
    "examining": ("Answered", "Secrets", "examine"),
    "names": ("NameOrder",),
    "pem": ("PemSigner",),
    "pkcs11": ("Pkcs11Signer",),
    "pkcs12": ("Pkcs12Signer",),
    "policy": ("POLICY_V2", "SignaturePolicy", "SignerRole"),
    "signer": ("CallableSigner", "KeySigner", "Signer"),
    "trust": ("CrlList", "Revocation", "RevocationStatus", "TrustStore"),
    "verdicts": ("Cause", "Part", "Verification"),
    "verified": ("Verified",),
    "xades": ("Prepared", "SignatureIds", "SignedXml", "prepare", "sign"),
}

__getattr__, __dir__ = lazy(__name__, _HOMES)

__all__ = [
    "POLICY_V2",
    "Answered",
    "CallableSigner",
    "Cause",
    "CertificateInfo",
    "CrlList",
    "Difference",
    "Examination",
    "KeySigner",
    "NameOrder",
    "Part",
    "PemSigner",
    "Pkcs11Signer",
    "Pkcs12Signer",
    "Prepared",
    "Revocation",
    "RevocationStatus",
    "Secrets",
    "SignatureIds",
    "SignaturePolicy",
    "SignedXml",
    "Signer",
    "SignerRole",
    "TrustStore",
    "Verification",
    "Verified",
    "certificate_nit",
    "check_owner",
    "examine",
    "first_difference",
    "load_certificates",
    "prepare",
    "sign",
]
