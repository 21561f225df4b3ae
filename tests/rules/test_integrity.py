"""Every code is looked at or says why not, has its words, and has its cases."""

import csv
from pathlib import Path

import pytest

from dian_fe.errors import UnknownCode
from dian_fe.faults import Severity
from dian_fe.rules import CodeInfo, explain
from dian_fe.rules.facts import (
    Reason,
    Status,
    aliases,
    code_facts,
    codes,
    elsewhere,
    library_words,
    pending,
    rows,
    sources,
    words,
)
from dian_fe.rules.registry import registered
from tests.rules.bases import BASES
from tests.rules.harness import cases, judge
from tests.support.shared import shared_dir

SALES = {"invoice", "credit_note", "debit_note", "event"}
"""Kinds whose codes, and those of all, are counted here; each other family counts its own."""
SEEN_ALONE = {"CAE02", "CAE04", "FAI05", "FAV02b", "DAJ39", "DAK07", "CAX14"}
"""Codes of sales that DIAN's answers show and no list names."""
_SEVERITIES = {"rechazo": Severity.RECHAZO, "notificacion": Severity.NOTIFICACION, "": None}


def infos() -> list[CodeInfo]:
    return [explain(code) for code in codes()]


def test_every_code_is_looked_at_or_says_why_not() -> None:
    assert [info.code for info in infos() if info.status is Status.UNKNOWN] == []


def test_a_code_has_one_home() -> None:
    homes = [*registered(), *elsewhere(), *pending(), *aliases()]
    assert sorted(code for code in set(homes) if homes.count(code) > 1) == []


def test_every_home_is_of_a_known_code() -> None:
    assert sorted({*registered(), *elsewhere(), *pending(), *words()} - {*codes(), *library_words()}) == []


def test_aliases_lead_to_codes_that_are_looked_at() -> None:
    for alias, successors in aliases().items():
        for code in successors:
            assert explain(code).status not in {Status.ALIAS, Status.UNKNOWN}, alias


def test_every_code_has_message_and_remedy() -> None:
    assert [info.code for info in infos() if not info.message or not info.hint] == []


def test_messages_are_sentences() -> None:
    for code, said in words().items():
        for text in said:
            assert text[0].isupper() or not text[0].isalpha(), code
            assert text.endswith((".", "?")), code


def test_pending_codes_say_what_is_missing() -> None:
    for code, (reason, explanation) in pending().items():
        assert explanation, code
        assert reason in Reason


def test_most_of_the_well_sourced_codes_are_looked_at() -> None:
    sure = [info for info in infos() if info.confidence in {"high", "medium"} and SALES & {*info.kinds}]
    assert len(sure) == 732
    assert sum(info.implemented for info in sure) >= 0.85 * len(sure)


def test_what_verify_is_said_to_look_at_it_looks_at() -> None:
    from dian_fe.families.registry import kinds
    from dian_fe.verifying.signature import profile

    emitted = {row.code for rows in profile._ROWS.values() for row in rows}
    emitted |= {code for kind in kinds() for code in kind.codes.values()}
    said = {code for code, (status, _) in elsewhere().items() if status is Status.VERIFY}
    assert {code for code in said if code[0] != "Z"} <= emitted
    sources = "".join(file.read_text(encoding="utf-8") for file in Path(profile.__file__).parents[1].rglob("*.py"))
    assert [code for code in said if code[0] == "Z" and f'"{code}"' not in sources] == []


def test_what_the_order_of_events_is_said_to_look_at_it_looks_at() -> None:
    from dian_fe.events import timeline

    said = {code for code, (status, _) in elsewhere().items() if status is Status.EVENT}
    named = {code for order in timeline.ORDER.values() for code in (order.early, order.late, order.after_term)}
    source = Path(timeline.__file__).read_text(encoding="utf-8")
    assert said == {code for code in said if code in named or f'_fault("{code}"' in source}
    assert {code for code in named if code.isupper() or code[:2] == "DC"} <= said | {""}


def test_sources_are_explained() -> None:
    assert {facts.source for facts in code_facts().values()} <= {*sources()}


def test_every_code_of_the_facts_is_known() -> None:
    shared = shared_dir()
    own = {"field", "radian"}
    known = {
        code for code, fact in code_facts().items() if fact.source not in own and SALES & {*fact.kinds}
    } - SEEN_ALONE
    assert len(known) == 851
    if shared is None:
        return
    with (shared / "spec" / "rules.csv").open(encoding="utf-8") as file:
        facts = {row["code"]: row for row in csv.DictReader(file)}
    assert set(facts) == known
    for code, row in facts.items():
        if code_facts()[code].source not in {"evidence", "live", "live-analogy", "absent"}:
            assert code_facts()[code].severity is _SEVERITIES[row["severity"]], code
        assert code_facts()[code].confidence == row["confidence"], code


@pytest.mark.parametrize("name", ["codes.tsv", "pending.tsv", "elsewhere.tsv", "aliases.tsv"])
def test_tables_have_no_ragged_rows(name: str) -> None:
    widths = {len(row) for row in rows(name)}
    assert len(widths) == 1


def test_every_rule_has_an_ok_case_and_a_failing_one() -> None:
    ok, failing = set(), set()
    for case in cases():
        if case.ok:
            ok.add(case.code)
        elif all(
            ("path" in item or "xpath" in item) and ("found" in item or "expected" in item) for item in case.expect
        ):
            failing.add(case.code)
    assert sorted(set(registered()) - ok) == []
    assert sorted(set(registered()) - failing) == []
    assert sorted((ok | failing) - set(registered())) == []


def test_a_code_has_one_file_of_cases() -> None:
    files: dict[str, set[str]] = {}
    for case in cases():
        files.setdefault(case.code, set()).add(case.file)
    assert {code: names for code, names in files.items() if len(names) > 1} == {}


@pytest.mark.parametrize("kind", ["invoice", "credit_note", "debit_note"])
@pytest.mark.parametrize("name", [*BASES])
def test_the_bases_have_no_fault(name: str, kind: str) -> None:
    from tests.rules.harness import Case

    report = judge(
        Case("", {"invoice": "FAU14", "credit_note": "CAU14", "debit_note": "DAU14"}[kind], {"base": name, "xml": []})
    )
    assert [str(fault) for fault in report.faults] == []


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(UnknownCode, match="Quiso decir FAU09"):
        explain("FAU99")


def test_codes_are_found_however_they_are_written() -> None:
    assert explain(" fab10A ").code == "FAB10a"
    assert explain("dab24d").code == "DAB24D"
