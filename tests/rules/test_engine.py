"""What the engine promises whatever the rules: needs, versions, places, and codes that are registered once."""

from dataclasses import replace
from datetime import date

import pytest

from dian_fe.errors import MissingDatum
from dian_fe.faults import Fault, Severity
from dian_fe.rules import Annex, NotEvaluated, Subject, check, codes_at, engine, explain
from dian_fe.rules.book import kinds_of
from dian_fe.rules.context import Context
from dian_fe.rules.facts import Status, library_words
from dian_fe.rules.registry import Finding, Rule, register, registered, rule
from dian_fe.ubl.paths import DocumentPlaces
from tests.families.equivalent.documents import DOCUMENTS, NOTES
from tests.rules.bases import plain

EQUIVALENT = (*DOCUMENTS, *NOTES)


def test_what_a_rule_needs_and_has_not_is_told() -> None:
    report = check(Subject("invoice", document=plain("invoice")))
    missing = {item.code: item.needs for item in report.not_evaluated}
    assert missing["FAD09c"] == ("clock",)
    assert missing["FAB07b"] == ("control", "resolution")
    assert missing["FAD06"] == ("control", "keys", "secret")
    assert "FAD02" not in missing
    assert NotEvaluated("FAD09c", ("clock",)).as_dict() in report.as_dict()["not_evaluated"]


def test_a_model_alone_is_judged_by_what_it_says() -> None:
    document = plain("invoice").replace(number="SETP-1", operation="99")
    report = check(Subject("invoice", document=document, places=DocumentPlaces("invoice")))
    assert {(fault.code, fault.path, fault.xpath) for fault in report.faults} >= {
        ("FAD02", "operation", "/Invoice/cbc:CustomizationID"),
        ("FAD05a", "number", "/Invoice/cbc:ID"),
    }
    assert report.rejects
    assert len(report) == len(list(report)) == len(report.faults)


def test_without_places_the_model_path_is_told() -> None:
    (fault,) = check(Subject("invoice", document=plain("invoice").replace(number="SETP-1"))).faults
    assert (fault.code, fault.path, fault.xpath, fault.severity) == ("FAD05a", "number", "", Severity.RECHAZO)
    assert fault.message
    assert fault.hint
    assert (fault.found, fault.source) == ("SETP-1", "local")


def test_rules_of_other_kinds_do_not_run() -> None:
    lacking = check(Subject("debit_note", document=plain("debit_note"))).not_evaluated
    assert {item.code[0] for item in lacking if item.code.isupper()} <= {"D", "V", "Z"}
    assert {kind for item in lacking for kind in registered()[item.code].kinds} >= {"debit_note"}


@pytest.mark.parametrize(
    ("day", "annex"),
    [
        (date(2019, 6, 1), Annex.V1_7),
        (date(2021, 6, 30), Annex.V1_7),
        (date(2021, 7, 1), Annex.V1_8),
        (date(2024, 4, 30), Annex.V1_8),
        (date(2024, 5, 1), Annex.V1_9),
    ],
)
def test_the_annex_is_that_of_the_issue_date(day: date, annex: Annex) -> None:
    document = plain("invoice").replace(issued_at=f"{day}T12:00:00-05:00")
    assert check(Subject("invoice", document=document)).annex is annex
    assert check(Subject("invoice", issued_on=day)).annex is annex
    assert annex.since <= day


def test_another_annex_may_be_asked() -> None:
    assert check(Subject("invoice", document=plain("invoice")), annex="1.7").annex is Annex.V1_7
    assert check(Subject("invoice")).annex is Annex.V1_9


def test_rules_have_versions_in_force() -> None:
    annulment = registered()["CAD02a"]
    assert [annulment.in_force(annex) for annex in Annex] == [False, False, True]
    assert explain("CAD02a").since is Annex.V1_9


def test_a_code_has_one_function() -> None:
    def nothing(_: Context) -> list[Finding]:
        return []

    with pytest.raises(ValueError, match="FAD01"):
        rule("FAD01")(nothing)


def test_no_rule_looks_at_a_code_that_the_sources_do_not_have() -> None:
    assert all(explain(code).confidence for code in registered() if code not in library_words())


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("FAU14", ("invoice",)),
        ("CBF03a", ("credit_note",)),
        ("DAB24D", ("debit_note",)),
        ("CTG01", ("invoice",)),
        ("VLR01", ("invoice", "credit_note", "debit_note")),
        ("DEAD03", ("pos_ticket",)),
        ("DEAI01", EQUIVALENT[:4]),
        ("NADBD03", ("equivalent_debit_note",)),
        ("NIE069", ("payroll",)),
        ("NIAE069", ("payroll_replacement",)),
        ("NIAE253", ("payroll_deletion",)),
        ("NIAE214", ("payroll_replacement", "payroll_deletion")),
        ("AAD09e", ("event",)),
    ],
)
def test_the_spelling_of_a_code_says_its_kinds(code: str, kinds: tuple[str, ...]) -> None:
    assert kinds_of(code) == kinds


def test_a_code_of_the_signature_is_of_every_family() -> None:
    assert {"invoice", "event", "support_note", "payroll_deletion"} <= {*kinds_of("DC02")}


@pytest.mark.parametrize("code", ["XSAJ02", "NIAE99", "DEEAD01", "CUNE01", "FAJ2", "unnamed", ""])
def test_a_code_of_no_rule_book_is_not_registered(code: str) -> None:
    with pytest.raises(ValueError, match="no rule book knows"):
        register(code, lambda context: ())
    assert code not in registered()


def test_the_codes_of_a_place_are_known() -> None:
    place = "/Invoice/ext:UBLExtensions/ext:UBLExtension[1]/ext:ExtensionContent/sts:DianExtensions/sts:InvoiceSource"
    assert codes_at("invoice", place) == ("FAB13",)
    assert codes_at("credit_note", "/CreditNote/cbc:ID") == ("CAD05", "CAD05a")
    assert codes_at("invoice", "/Invoice") >= ("FAA01",)
    assert codes_at("invoice", "/Invoice/cbc:Nothing") == ()


def test_what_is_explained_goes_to_json() -> None:
    info = explain("FAD06")
    assert info.as_dict()["implemented"] is True
    assert info.needs == ("control", "document", "keys", "secret")
    assert info.xpath == "/Invoice/cbc:UUID"
    assert info.status is Status.RULE
    assert explain("FAB22").successors == ("FAB22a", "FAB22b")
    assert explain("FAB22").message
    assert explain("CTG01").reason


def test_the_findings_of_one_code_are_counted_after_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MOST_OF_A_CODE", 3)
    rule, subject = registered()["FAD02"], Subject("invoice", document=plain("invoice"))
    found = [Finding(path=f"lines[{at}]") for at in range(5)]
    advice = [Finding(path=f"lines[{at}]", severity=Severity.CONSEJO) for at in range(3)]
    told = _faults(rule, [*found, *advice], subject)
    assert [fault.path for fault in told] == [f"lines[{at}]" for at in (0, 1, 0, 1, 2, 2)]
    assert [fault.path for fault in told if fault.message.endswith(" Hay 2 más de este código.")] == ["lines[2]"]
    assert told[4].severity is not Severity.CONSEJO
    (one,) = _faults(rule, found[:1], subject)
    assert (one.code, one.path, one.message) == ("FAD02", "lines[0]", explain("FAD02").message)
    assert _faults(rule, found[:3], subject) == [each for one in found[:3] for each in _faults(rule, [one], subject)]


def _faults(rule: Rule, found: list[Finding], subject: Subject) -> list[Fault]:
    told, faults = engine._Faults(rule, subject), list[Fault]()
    for finding in found:
        told.add(finding, faults)
    return [*faults, *told.last()]


def test_a_report_prints_findings_and_what_was_not_judged() -> None:
    clean = str(check(Subject("invoice", document=plain("invoice"))))
    wrong = str(check(Subject("invoice", document=plain("invoice").replace(currency="XXX"))))
    assert clean.splitlines()[0].endswith("nada que la DIAN rechace")
    assert "Sin evaluar" in clean
    assert wrong.count("\n") > clean.count("\n")


@pytest.mark.parametrize(("answer", "ran", "lacking"), [(True, 2, ()), (False, 0, ()), (None, 0, ("FAD02", "FAD05a"))])
def test_rules_in_a_row_are_asked_once_whom_they_concern(
    answer: bool | None, ran: int, lacking: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, judged = list[Context](), list[Context]()

    def when(context: Context) -> bool:
        asked.append(context)
        if answer is None:
            raise MissingDatum("Falta.", field="number")
        return answer

    def judge(context: Context) -> list[Finding]:
        judged.append(context)
        return []

    row = tuple(replace(registered()[code], when=when, function=judge) for code in ("FAD02", "FAD05a"))
    monkeypatch.setattr(engine, "registered", lambda: {each.code: each for each in row})
    engine._plan.cache_clear()
    try:
        report = check(Subject("invoice", document=plain("invoice")))
    finally:
        engine._plan.cache_clear()
    assert (len(asked), len(judged)) == (1, ran)
    assert tuple(item.code for item in report.not_evaluated) == lacking
