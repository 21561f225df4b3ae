"""DIAN's signature policy, version 2, and the roles of signers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from .._arguments import checked
from .algorithms import DIGESTS


class SignerRole(StrEnum):
    """``xades:ClaimedRole``: in whose name the document is signed (annex 1.9, signature)."""

    SUPPLIER = "supplier"
    """The issuer signs with its own certificate."""
    THIRD_PARTY = "third party"
    """A technology provider signs with its certificate."""


@checked
@dataclass(frozen=True, slots=True)
class SignaturePolicy:
    """A signature policy that a signature names.

    ``digests`` holds the base64 digest of the policy's PDF by hash name (``sha256``…), fixed: the PDF is never
    downloaded.
    """

    identifier: str
    description: str
    digests: Mapping[str, str] = field(hash=False)

    def names_document(self, algorithm: str, digest: str) -> bool:
        """True if a digest is that of the policy's PDF under the algorithm (URI) that labels it."""
        name = DIGESTS.get(algorithm)
        return name is not None and self.digests.get(name) == digest


POLICY_V2: Final = SignaturePolicy(
    identifier="https://facturaelectronica.dian.gov.co/politicadefirma/v2/politicadefirmav2.pdf",
    description="Política de firma para facturas electrónicas de la República de Colombia.",
    digests=MappingProxyType(
        {
            "sha256": "dMoMvtcG5aIzgYo0tIsSQeVJBDnUnfSOfBpxXrmor0Y=",
            "sha384": "EQC0kiWPaAME6IsEZ7WuaTWJ97Zmf6hIO69rMCVURmQxBB9ebgLrjhL5BArQ0a0l",
            "sha512": "Zcjw1Z9nGQn2j6NyGx8kAaLbOfJGd/fJxRTCeirlqAg7zRG27piJkJOpflGu7XACpMj9hC6dVMcCyzqHxxPZeQ==",
        }
    ),
)
"""Policy in force. SHA-256 and SHA-384 are those of accepted documents; SHA-512 is computed from the same PDF."""
