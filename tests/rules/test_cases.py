"""Every case of every implemented code: an ok one stays silent, a failing one tells place and values."""

import pytest

from tests.rules.harness import Case, cases, judge


@pytest.mark.parametrize("case", [*cases()], ids=str)
def test_case(case: Case) -> None:
    report = judge(case)
    assert case.code not in {item.code for item in report.not_evaluated}, "the case does not give what the rule needs"
    found = [fault.as_dict() for fault in report.faults if fault.code == case.code]
    assert len(found) == len(case.expect), found
    for fault, expected in zip(found, case.expect, strict=True):
        assert {name: fault[name] or "" for name in expected} == expected
