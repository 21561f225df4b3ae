"""Keys, XAdES-EPES signatures as DIAN's policy wants them, and their verification.

Signing: `Pkcs12Signer`, `PemSigner`, `CallableSigner`, `sign`, or `prepare` and ``Prepared.complete`` when the key is
elsewhere. Verifying: ``signing.verify.verify`` with a `TrustStore`; not repeated here, where the module's own name
would hide it. Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .certificates import CertificateInfo, certificate_nit, check_owner, load_certificates
    from .pem import PemSigner
    from .pkcs12 import Pkcs12Signer
    from .policy import POLICY_V2, SignaturePolicy, SignerRole
    from .signer import CallableSigner, KeySigner, Signer
    from .trust import CrlList, Revocation, RevocationStatus, TrustStore
    from .verdicts import Cause, Part, Verification
    from .xades import Prepared, SignatureIds, SignedXml, prepare, sign

_HOMES = {
    "certificates": ("CertificateInfo", "certificate_nit", "check_owner", "load_certificates"),
    "pem": ("PemSigner",),
    "pkcs12": ("Pkcs12Signer",),
    "policy": ("POLICY_V2", "SignaturePolicy", "SignerRole"),
    "signer": ("CallableSigner", "KeySigner", "Signer"),
    "trust": ("CrlList", "Revocation", "RevocationStatus", "TrustStore"),
    "verdicts": ("Cause", "Part", "Verification"),
    "xades": ("Prepared", "SignatureIds", "SignedXml", "prepare", "sign"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "POLICY_V2",
    "CallableSigner",
    "Cause",
    "CertificateInfo",
    "CrlList",
    "KeySigner",
    "Part",
    "PemSigner",
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


def __getattr__(name: str) -> Any:
    """Load a public name from its module; modules bring cryptography and lxml, so none is loaded before its use."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
