"""A company issues payroll as it issues everything else: by the name of the kind, or with the documents of a month."""

from __future__ import annotations

import pytest

from dian_fe import Company, MemoryStore, PayrollReplacement, payroll_run
from dian_fe.errors import InvalidInput
from dian_fe.testing import Simulator
from dian_fe.testing.samples import samples_of
from tests.company.support import company_at
from tests.families.payroll.documents import deducted, earned, period, worker
from tests.families.payroll.test_run import DAY, FOUR, row
from tests.support.company import NOW


@pytest.fixture
def company(dian: Simulator) -> Company:
    return company_at(dian, issuer=samples_of("payroll").issuer(dian), store=MemoryStore())


def test_a_payroll_is_drafted_issued_replaced_and_deleted(company: Company) -> None:
    first = company.issue(
        company.payroll(
            trabajador=worker(),
            periodo=period(),
            fechas_pagos=["2026-02-28"],
            devengados=earned(),
            deducciones=deducted(),
        )
    )
    assert first.accepted, first.answer
    assert (first.number, first.package) == ("NE1", None)
    second = company.issue(company.payroll_replacement(first, devengados=earned(dotacion=90_000)))
    assert second.accepted, second.answer
    assert isinstance(second.document, PayrollReplacement)
    assert second.document.comprobante_total == 1_486_000
    third = company.issue(company.payroll_deletion(second))
    assert third.accepted, third.answer
    assert third.document.predecesor.numero == second.number


def test_the_documents_of_a_month_are_issued_as_they_come(company: Company) -> None:
    employer = company.issuer.organization
    rows = [row(Cédula=str(10**9 + each)) for each in range(3)]
    run = payroll_run(employer, rows, "2026-02", issued_at=NOW, numbers="NE1", defaults=FOUR | DAY)
    answers = [company.issue(entry.document) for entry in run if entry.document is not None]
    assert [each.number for each in answers] == ["NE1", "NE2", "NE3"]
    assert all(each.accepted for each in answers)


def test_the_second_contract_of_a_month_names_the_first(company: Company) -> None:
    rows = [row(), row(**{"Fecha de ingreso": "2026-02-16"})]
    run = payroll_run(company.issuer.organization, rows, "2026-02", issued_at=NOW, numbers="NE1", defaults=FOUR | DAY)
    keys = {}
    for entry in run:
        assert entry.document is not None
        document = entry.document
        if entry.earlier is not None:
            document = document.replace(cune_nov=keys[entry.earlier])
        issued = company.issue(document)
        assert issued.accepted, issued.answer
        keys[document.number] = issued.key
    assert issued.document.novedad is True


def test_a_draft_that_lacks_a_name_is_refused(company: Company) -> None:
    with pytest.raises(InvalidInput, match="trabajador"):
        company.payroll(
            trabajador=None,  # type: ignore[arg-type]
            periodo=period(),
            fechas_pagos=["2026-02-28"],
            devengados=earned(),
            deducciones=deducted(),
        )
