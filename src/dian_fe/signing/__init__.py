"""Keys, XAdES-EPES signatures as DIAN's policy wants them, and their verification.

Signing: `Pkcs12Signer`, `PemSigner`, `Pkcs11Signer`, `CallableSigner`, `sign`, or `prepare` and ``Prepared.complete``
when the key is elsewhere. Verifying: ``signing.verify.verify`` with a `TrustStore`; not repeated here, where the
module's own name would hide it. Names are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy

if TYPE_CHECKING:
    from .certificates import CertificateInfo, certificate_nit, check_owner, load_certificates
    from .pem import PemSigner
    from .pkcs11 import Pkcs11Signer
    from .pkcs12 import Pkcs12Signer
    from .policy import POLICY_V2, SignaturePolicy, SignerRole
    from .signer import CallableSigner, KeySigner, Signer
    from .trust import CrlList, Revocation, RevocationStatus, TrustStore
    from .verdicts import Cause, Part, Verification
    from .xades import Prepared, SignatureIds, SignedXml, prepare, sign

_HOMES = {
    "certificates": ("CertificateInfo", "certificate_nit", "check_owner", "load_certificates"),
    "pem": ("PemSigner",),
    "pkcs11": ("Pkcs11Signer",),
    "pkcs12": ("Pkcs12Signer",),
    "policy": ("POLICY_V2", "SignaturePolicy", "SignerRole"),
    "signer": ("CallableSigner", "KeySigner", "Signer"),
    "trust": ("CrlList", "Revocation", "RevocationStatus", "TrustStore"),
    "verdicts": ("Cause", "Part", "Verification"),
    "xades": ("Prepared", "SignatureIds", "SignedXml", "prepare", "sign"),
}

__getattr__, __dir__ = lazy(__name__, _HOMES)

__all__ = [
    "POLICY_V2",
    "CallableSigner",
    "Cause",
    "CertificateInfo",
    "CrlList",
    "KeySigner",
    "Part",
    "PemSigner",
    "Pkcs11Signer",
    "Pkcs12Signer",
    "Prepared",
    "Revocation",
    "RevocationStatus",
    "SignatureIds",
    "SignaturePolicy",
    "SignedXml",
    "Signer",
    "SignerRole",
    "TrustStore",
    "Verification",
    "certificate_nit",
    "check_owner",
    "load_certificates",
    "prepare",
    "sign",
]
