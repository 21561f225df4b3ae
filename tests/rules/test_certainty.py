"""How sure a finding is: what stops, what is told, and what was not judged."""

import csv
import re
from collections.abc import Iterator
from typing import Any

import pytest

from dian_fe import Certainty, Fault, Severity, build, check, read, readiness
from dian_fe.families.registry import kind as kind_named
from dian_fe.families.registry import kinds
from dian_fe.rules import ALL_RULES, Annex, NotEvaluated, Report, codes, explain
from dian_fe.rules.certainty import evidence
from dian_fe.rules.facts import code_facts, severity_of
from dian_fe.rules.registry import registered
from dian_fe.ubl.control import Control
from dian_fe.ubl.writer.build import write
from tests.families.payroll.documents import all_kinds
from tests.graphic.support import packed
from tests.rules.bases import ISSUER, acknowledgement, plain
from tests.rules.harness import home_of
from tests.support.shared import shared_dir

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


# --- certainty of the codes ------------------------------------------------------------------------------------------

UNANSWERED = re.compile(r"FA[XYWQRV]|FB[BGD]")
"""Groups of which no public answer of DIAN is known, but for FAX07 and FAV05."""


def test_every_code_says_how_sure_it_is() -> None:
    assert set(evidence()) == {*codes(), *registered()}, "each code has a row in rules/data/certainty.tsv"


@pytest.mark.parametrize("code", sorted(code for code in code_facts() if severity_of(code) is Severity.RECHAZO))
def test_a_rejection_has_certainty_and_reason(code: str) -> None:
    info = explain(code)
    assert info.certainty is evidence()[code].certainty
    assert info.certainty_reason
    assert (info.certainty is Certainty.CONFIRMADA) <= (evidence()[code].kind in {"answer", "accepted"})
    if info.certainty is Certainty.CONFIRMADA:
        assert evidence()[code].month


@pytest.mark.parametrize("code", sorted({*code_facts()} - {"FAX07", "FAV05"}))
def test_groups_without_answers_are_likely_at_most(code: str) -> None:
    assert not (UNANSWERED.match(code) and explain(code).certainty is Certainty.CONFIRMADA)


def test_no_reason_names_whose_document_it_was() -> None:
    assert {row.environment for row in evidence().values()} <= {"", "both", "production", "habilitación"}
    assert all(re.fullmatch(r"|20\d\d(-\d\d)?", row.month) for row in evidence().values())


def test_an_issuer_without_email_is_rejected_for_sure() -> None:
    without = ISSUER.replace(organization=ISSUER.organization.replace(emails=()))
    sure, unsure, unknown = (
        [fault for fault in check(plain(kind).replace(supplier=without.organization)) if fault.code.endswith("AJ71")]
        for kind in ("invoice", "credit_note", "debit_note")
    )
    assert [(fault.code, fault.certainty, fault.stops) for fault in sure] == [("FAJ71", SURE, True)]
    assert [(fault.code, fault.certainty, fault.rejects) for fault in unsure] == [("CAJ71", DOUBTFUL, False)]
    assert unknown == []
    told = [fault for fault in readiness(without, at=plain("invoice").issued_at) if "emails" in fault.path]
    assert [(fault.code, fault.path, fault.stops) for fault in told] == [("FAJ71", "issuer.organization.emails", True)]


def test_certainty_agrees_with_the_answers_of_dian() -> None:
    shared = shared_dir()
    if shared is None:
        pytest.skip("the answers are not here")
    shown: dict[str, set[str]] = {}
    with (shared / "spec/live-messages.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["kind"] == "a":
                shown.setdefault(row["code"], set()).add(row["severity"])
    with (shared / "judged/answers.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            for code in row["notified"].split():
                shown.setdefault(code, set()).add("N")
    with (shared / "spec/other-rules.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if "rejection observed" in row["source_confidence"]:
                shown.setdefault(row["code"], set()).add(row["severity"])
    for code, row in evidence().items():
        letters, rejects = shown.get(code, set()), severity_of(code) is Severity.RECHAZO
        if row.certainty is Certainty.CONFIRMADA:
            assert ("R" if rejects else "N") in letters, f"{code} is not confirmed as {severity_of(code)}"
        if rejects and "R" not in letters and (code in BROKEN or "N" in letters):
            assert row.certainty is Certainty.DUDOSA, f"DIAN accepted documents with {code}"


BROKEN = {"FAJ04", "FAI02", "CAJ28", "CAJ49", "CAJ50", "FAK47", "FAS10", "FBD02", "FBD05", "FAY07", "FAS04", "CBF01"}
"""Codes that accepted documents break and that DIAN did not tell (its answers of 2026); FAJ28 was answered too."""


def test_no_accepted_document_breaks_a_sure_rule() -> None:
    shared = shared_dir()
    if shared is None:
        pytest.skip("the documents are not here")
    for path in sorted((shared / "judged").glob("*.xml")):
        report = check(read(path.read_bytes()).document)
        assert not report.rejects, f"{path.name}: {sorted({fault.code for fault in report if fault.rejects})}"


# --- every kind is judged, or told as not judged ---------------------------------------------------------------------


def of_kind(kind: str) -> Any:
    """A document of the kind as it is read from its XML, without anything around it."""
    if kind_named(kind).amounts:
        home = home_of(kind)
        plain = home.BASES["plain"](kind)
        if kind_named(kind).numbering is None:
            return read(write(plain, Control(), kind_named(kind)).unsigned_file())
        return build(plain, home.ISSUER)
    if kind == "event":
        event, control = acknowledgement()
        return read(write(event, control, kind_named(kind)).unsigned_file())
    if kind in all_kinds():
        return all_kinds()[kind].built
    package = packed().subject
    return next(part for part in walk(package) if getattr(part.kind, "name", "") == kind)


def walk(received: Any) -> Iterator[Any]:
    yield received
    for part in getattr(received, "parts", ()):
        yield from walk(part)


@pytest.mark.parametrize("kind", [each.name for each in kinds()])
def test_every_kind_is_judged_or_told_as_not_judged(kind: str) -> None:
    report = check(of_kind(kind))
    own = [item for item in report.not_evaluated if item.code == ALL_RULES]
    assert bool(own) is (kind not in {name for rule in registered().values() for name in rule.kinds})
    assert (report.annex is None) is bool(own)
    assert not (own and report.ok)
