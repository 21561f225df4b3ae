"""Names of files (annex 1.9, section 9): ``{code}{NIT, 10}{provider, 3}{year, 2}{sequence, 8 hex}``."""

from __future__ import annotations

from ..errors import InvalidInput

_MAX_SEQUENCE = 0xFFFF_FFFF


def file_stem(prefix: str, *, nit: str, provider_code: str, year: int, sequence: int) -> str:
    """Give the name of a file without extension.

    ``prefix`` is the kind's (fv, nc, nd, ar, ad; z for the ZIP), ``provider_code`` 000 for own software, ``sequence``
    the consecutive of files sent in the year, written in eight lower-case hexadecimal digits (the annex's rule; one of
    its examples writes it in decimal). Raises ``InvalidInput`` when the sequence or the NIT do not fit.
    """
    if not 1 <= sequence <= _MAX_SEQUENCE:
        raise InvalidInput(
            "el consecutivo del archivo no cabe en ocho dígitos hexadecimales.",
            field="sequence",
            found=sequence,
            expected=f"entre 1 y {_MAX_SEQUENCE}",
            remedy="lleve un consecutivo anual de archivos enviados que empiece en 1 cada 1 de enero.",
        )
    if not nit.isascii() or not nit.isdigit() or len(nit) > 10:
        raise InvalidInput(
            "el NIT no cabe en el nombre del archivo.", field="nit", found=nit, expected="hasta 10 dígitos"
        )
    return f"{prefix}{nit.zfill(10)}{provider_code}{year % 100:02d}{sequence:08x}"
