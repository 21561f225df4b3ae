"""The QR code's texts (annex 1.9, section 11.7)."""

from __future__ import annotations

from collections.abc import Iterable

from ..catalogs import Environment, IdAlgorithm

CATALOGUE_HOSTS = {
    Environment.PRODUCCION.value: "catalogo-vpfe.dian.gov.co",
    Environment.HABILITACION.value: "catalogo-vpfe-hab.dian.gov.co",
}
"""Host of DIAN's public catalogue, by environment."""


def catalogue_url(key: str, environment: str) -> str:
    """Return the address where anybody can look the document up; it is what sts:QRCode carries."""
    return f"https://{CATALOGUE_HOSTS[environment]}/document/searchqr?documentkey={key}"


def key_name(scheme: str | None, usual: IdAlgorithm) -> str:
    """Return the name of a key by its algorithm, as CUFE; for one that DIAN's list lacks, that of the ``usual`` one."""
    return (IdAlgorithm.by_code(scheme or "") or usual).value.partition("-")[0]


def qr_text(pairs: Iterable[tuple[str, str]], key: str, key_name: str, environment: str) -> str:
    """Return the text of the printed QR: one ``Name: value`` per line, then the key, the address last.

    ``key_name`` is CUFE, CUDE or CUDS.
    """
    lines = (f"{name}: {value}" for name, value in (*pairs, (key_name, key)))
    return "\n".join(lines) + "\n" + catalogue_url(key, environment)
