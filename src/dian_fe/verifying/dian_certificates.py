"""DIAN's own certificates, as its answers of 2020 to 2026 carry them.

They pin nothing: DIAN renews its certificate, and an answer is held to DIAN's NIT under a trusted authority. They
serve two purposes: a certificate that is not among them causes a warning, and an old answer still counts. DIAN signed
with the first one until a year after it had expired: such an answer causes a warning and is not refused.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

DIAN_CERTIFICATES: Final = frozenset(
    {
        "f551780ed01e4f47368818cc0836f4078c9974ae7976a1149ee6ad17e0f67662",  # 2018-12-17 to 2020-12-16, GSE
        "94e510ebab9f9d4bf4b534d64b0dc82081f0d4042f152294511badb74644ae6e",  # 2021-11-25 to 2022-11-25, GSE
        "cb79c56c1181d60162f7c2ea8e1e61dc8b59eb4cac0041fea3a64f2319f87a04",  # 2022-11-23 to 2024-11-22, GSE
        "0496c119a959e94fb0109ad1503ebd86d7994bcda4ced80760d48c26cc383f92",  # 2023-12-20 to 2025-12-19, GSE
        "fcabfd9051fe995f495371eb62c7180e4bcdf4ebe175de3b2f7b26e51b207149",  # 2024-12-03 to 2026-12-03, OlimpiaIT
    }
)
"""SHA-256 of each, in hexadecimal (measured on real answers)."""

USED_UNTIL: Final = {
    "f551780ed01e4f47368818cc0836f4078c9974ae7976a1149ee6ad17e0f67662": datetime(2022, 1, 1, 5, tzinfo=UTC),
}
"""Until when DIAN signed with a certificate of its own that had expired, by SHA-256 (answers of 2020-04 to 2021-12)."""


def judged_at(certificate: x509.Certificate, at: datetime) -> datetime:
    """Return the moment at which to judge a certificate: its last, when DIAN is known to have signed with it later."""
    end = certificate.not_valid_after_utc
    if at <= end or not USED_UNTIL:
        return at
    until = USED_UNTIL.get(certificate.fingerprint(SHA256()).hex())
    return end if until is not None and at < until else at
