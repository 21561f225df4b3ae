"""The CUNE of payroll and the content of its printed QR (annex 1.0, section 8.1.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ...ubl.codecs import date_of, time_of, truncated
from ...ubl.keys import sha384

if TYPE_CHECKING:
    from .models import Payroll, PayrollDeletion, PayrollReplacement


def cune_seed(
    *,
    number: str,
    issue_date: str,
    issue_time: str,
    devengados: str | Decimal | None,
    deducciones: str | Decimal | None,
    comprobante: str | Decimal | None,
    employer_id: str,
    worker_id: str,
    type_code: str,
    pin: str,
    environment: str,
) -> str:
    """Join the fields of a CUNE; amounts are truncated to two decimals. The result holds the PIN: never log it.

    A deletion has no amounts, which count 0.00, and no worker, who counts 0. The annex's own example has a hash that no
    composition gives, so it is taken as a misprint: the composition is the one that the annex describes.
    """
    amounts = truncated(devengados), truncated(deducciones), truncated(comprobante)
    return "".join((number, issue_date, issue_time, *amounts, employer_id, worker_id, type_code, pin, environment))


def cune(document: Payroll | PayrollReplacement | PayrollDeletion, *, secret: str, environment: str) -> str:
    """Return the CUNE of a document; ``secret`` is the software's PIN."""
    worker, *amounts = _worker_and_amounts(document)
    devengados, deducciones, comprobante = amounts
    return sha384(
        cune_seed(
            number=document.number,
            issue_date=date_of(document.issued_at),
            issue_time=time_of(document.issued_at),
            devengados=devengados,
            deducciones=deducciones,
            comprobante=comprobante,
            employer_id=document.empleador.nit,
            worker_id=worker,
            type_code=document.type_code,
            pin=secret,
            environment=environment,
        )
    )


def qr_pairs(document: Payroll | PayrollReplacement | PayrollDeletion) -> tuple[tuple[str, str], ...]:
    """Return the pairs that precede key and address; amounts are those of the key."""
    worker, devengados, deducciones, comprobante = _worker_and_amounts(document)
    note = getattr(document, "tipo_nota", None)
    return (
        ("NumNIE", document.number),
        ("FecNIE", date_of(document.issued_at)),
        ("HorNIE", time_of(document.issued_at)),
        *((("TipoNota", note),) if note else ()),
        ("NitNIE", document.empleador.nit),
        ("DocEmp", worker),
        ("ValDev", truncated(devengados)),
        ("ValDed", truncated(deducciones)),
        ("ValTol", truncated(comprobante)),
    )


def _worker_and_amounts(document: Payroll | PayrollReplacement | PayrollDeletion) -> tuple[str, ...]:
    """Return the worker's document and the three amounts; 0 and 0.00 for a deletion."""
    from .models import PayrollDeletion

    if isinstance(document, PayrollDeletion):
        return "0", "0.00", "0.00", "0.00"
    totals = document.devengados_total, document.deducciones_total, document.comprobante_total
    return document.trabajador.numero_documento, *map(truncated, totals)
