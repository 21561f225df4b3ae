"""How sure a finding is: what stops, what is told, and what was not judged."""

import pytest

from dian_fe import Certainty, Fault, Severity
from dian_fe.rules import ALL_RULES, Annex, NotEvaluated, Report

SURE, LIKELY, DOUBTFUL = Certainty.CONFIRMADA, Certainty.PROBABLE, Certainty.DUDOSA


def fault(severity: Severity, certainty: Certainty) -> Fault:
    return Fault("X", severity, "Un hallazgo.", certainty=certainty)


@pytest.mark.parametrize(
    ("severity", "certainty", "rejects", "stops"),
    [
        (Severity.RECHAZO, SURE, True, True),
        (Severity.RECHAZO, LIKELY, True, False),
        (Severity.RECHAZO, DOUBTFUL, False, False),
        (Severity.NOTIFICACION, SURE, False, False),
        (Severity.CONSEJO, SURE, False, False),
    ],
)
def test_only_confirmed_rejections_stop(severity: Severity, certainty: Certainty, rejects: bool, stops: bool) -> None:
    found = fault(severity, certainty)
    report = Report((found,), (), Annex.V1_9)
    assert (found.rejects, found.stops) == (rejects, stops) == (report.rejects, bool(report.rejected))
    assert report.may_reject == ((found,) if rejects and not stops else ())
    assert report.ok is not rejects


def test_a_fault_survives_json() -> None:
    found = fault(Severity.RECHAZO, LIKELY)
    data = found.as_dict()
    assert (data["severity"], data["certainty"]) == ("RECHAZO", "likely")
    assert Fault.from_dict(data) == found
    assert Fault.from_dict({"code": "X", "severity": "RECHAZO", "message": ""}).stops


def test_an_unsure_fault_says_so() -> None:
    assert "RECHAZO probable" in str(fault(Severity.RECHAZO, LIKELY))
    assert "probable" not in str(fault(Severity.RECHAZO, SURE))


def test_a_report_counts_what_is_in_its_parts() -> None:
    inner = Report((fault(Severity.RECHAZO, SURE),), (), Annex.V1_9)
    outer = Report((), (), None, parts=(inner,))
    assert outer.faults == inner.faults == tuple(outer)
    assert (len(outer), outer.own_faults, bool(outer), outer.ok) == (1, (), True, False)


def test_a_document_without_rules_is_not_called_clean() -> None:
    unjudged = Report((), (NotEvaluated(ALL_RULES, ("rules",)),), None)
    assert (bool(unjudged), unjudged.ok, unjudged.judged) == (True, False, False)
    clean = Report((), (NotEvaluated("FAB05c", ("issuer",)),), Annex.V1_9)
    assert (bool(clean), clean.ok, clean.judged) == (False, True, True)
