"""Keys, and XAdES-EPES signatures as DIAN's policy requires them.

`Pkcs12Signer`, `PemSigner`, `Pkcs11Signer` and `CallableSigner` hold a key or have access to one; `sign` signs, or
`prepare` and ``Prepared.complete`` when the key is elsewhere. Verification is in `dian_fe.verifying`. Names load on
first use.
"""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
