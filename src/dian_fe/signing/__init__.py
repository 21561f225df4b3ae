"""Keys, and XAdES-EPES signatures as DIAN's policy wants them.

`Pkcs12Signer`, `PemSigner`, `Pkcs11Signer` and `CallableSigner` hold keys or reach them; `sign` signs, or `prepare` and
``Prepared.complete`` when the key is elsewhere. Verifying is a room of its own, `dian_fe.verifying`. Names are loaded
when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy

if TYPE_CHECKING:
    from .certificates import CertificateInfo, certificate_nit, check_owner, load_certificates
    from .names import NameOrder
    from .pem import PemSigner
    from .pkcs11 import Pkcs11Signer
    from .pkcs12 import Pkcs12Signer
    from .policy import POLICY_V2, SignaturePolicy, SignerRole
    from .signer import CallableSigner, KeySigner, Signer
    from .xades import Prepared, SignatureIds, SignedXml, prepare, sign

_HOMES = {
    "certificates": ("CertificateInfo", "certificate_nit", "check_owner", "load_certificates"),
    "names": ("NameOrder",),
    "pem": ("PemSigner",),
    "pkcs11": ("Pkcs11Signer",),
    "pkcs12": ("Pkcs12Signer",),
    "policy": ("POLICY_V2", "SignaturePolicy", "SignerRole"),
    "signer": ("CallableSigner", "KeySigner", "Signer"),
    "xades": ("Prepared", "SignatureIds", "SignedXml", "prepare", "sign"),
}

if not TYPE_CHECKING:  # a checker would take any name from a module that has __getattr__
    __getattr__, __dir__ = lazy(__name__, _HOMES)

__all__ = [
    "POLICY_V2",
    "CallableSigner",
    "CertificateInfo",
    "KeySigner",
    "NameOrder",
    "PemSigner",
    "Pkcs11Signer",
    "Pkcs12Signer",
    "Prepared",
    "SignatureIds",
    "SignaturePolicy",
    "SignedXml",
    "Signer",
    "SignerRole",
    "certificate_nit",
    "check_owner",
    "load_certificates",
    "prepare",
    "sign",
]
