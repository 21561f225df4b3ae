"""DIAN's own certificates, as its answers of 2020 to 2026 carry them.

They pin nothing: DIAN renews its certificate, and an answer is held to DIAN's NIT under a trusted authority. What they
give is a warning when one appears that nobody here has seen, and that an old answer still counts: of the first one,
answers were signed until a year after it expired.
"""

from __future__ import annotations

from typing import Final

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
