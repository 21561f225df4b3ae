"""Keys, and XAdES-EPES signatures as DIAN's policy wants them.

`Pkcs12Signer`, `PemSigner`, `Pkcs11Signer` and `CallableSigner` hold keys or reach them; `sign` signs, or `prepare` and
``Prepared.complete`` when the key is elsewhere. Verifying is a room of its own, `dian_fe.verifying`. Names are loaded
when they are first used.
"""

from __future__ import annotations

from .._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
