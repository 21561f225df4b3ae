"""The methods of `Company` that draft documents of payroll."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Unpack

from ...company.drafts import Draft, Drafts, Numbered
from .deductions import Deducciones
from .earnings import Devengados
from .models import Payroll, PayrollDeletion, PayrollReplacement
from .parties import LugarGeneracion, Pago, Periodo, Proveedor, Trabajador


class DocumentDraftDetails(Numbered, total=False):
    """Optional arguments of every draft of payroll, as its models have them."""

    notes: Iterable[str]
    lugar_generacion: LugarGeneracion
    proveedor: Proveedor


class PaidDraftDetails(DocumentDraftDetails, total=False):
    """Optional arguments of the drafts of a payment."""

    periodo_nomina: str
    currency: str
    trm: Decimal | int | str | None
    codigo_trabajador: str | None
    pago: Pago
    devengados_total: Decimal | int | str
    deducciones_total: Decimal | int | str
    comprobante_total: Decimal | int | str
    redondeo: Decimal | int | str | None


class PayrollDraftDetails(PaidDraftDetails, total=False):
    """Optional arguments of the draft of a payroll."""

    novedad: bool | None
    cune_nov: str | None


class ReplacementDraftDetails(PaidDraftDetails, total=False):
    """What a note changes of the document that it replaces."""

    key: str | None
    trabajador: Trabajador
    periodo: Periodo
    fechas_pagos: Iterable[date | str]
    devengados: Devengados
    deducciones: Deducciones


class DeletionDraftDetails(DocumentDraftDetails, total=False):
    """Optional arguments of the draft of a deletion."""

    key: str | None


class PayrollDrafts(Drafts):
    """Drafts of payrolls and their notes of adjustment."""

    def payroll(
        self,
        *,
        trabajador: Trabajador,
        periodo: Periodo,
        fechas_pagos: Iterable[date | str],
        devengados: Devengados,
        deducciones: Deducciones,
        **details: Unpack[PayrollDraftDetails],
    ) -> Draft[Payroll]:
        """Draft the payroll of a worker; arguments and errors are those of `Payroll`.

        The document of a month's run has its number already: ``company.issue(entry.document)`` takes it as it is.
        """
        given: dict[str, Any] = {"trabajador": trabajador, "periodo": periodo, "fechas_pagos": fechas_pagos}
        given |= {"devengados": devengados, "deducciones": deducciones, "empleador": self.issuer.organization}
        return self.drafted(Payroll, **given, **details)

    def payroll_replacement(
        self, document: Any, **changes: Unpack[ReplacementDraftDetails]
    ) -> Draft[PayrollReplacement]:
        """Draft the note that replaces a document: what ``issue`` returned, or as ``replacing`` takes it."""
        return self.drafted(PayrollReplacement.replacing, document, **changes)

    def payroll_deletion(self, document: Any, **details: Unpack[DeletionDraftDetails]) -> Draft[PayrollDeletion]:
        """Draft the note that deletes a document: what ``issue`` returned, or as ``deleting`` takes it."""
        return self.drafted(PayrollDeletion.deleting, document, **details)
