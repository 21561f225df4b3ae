"""dian-fe: Colombian electronic invoicing with DIAN's prior validation, typed and exact.

``build`` writes a document, ``check`` lists its faults, ``sign`` signs it, ``Client.send`` sends it, ``read`` and
``verify`` handle what others send. Names load on first use, so importing the package is quick.
"""

from __future__ import annotations

from ._lazy import attach
from ._version import __version__ as __version__

__getattr__, __dir__, __all__ = attach(__name__)
