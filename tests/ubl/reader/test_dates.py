"""Dates of other shapes are understood when they are whole, without the clock; numbers of any size take no time."""

from __future__ import annotations

import re
from datetime import date

import pytest

from dian_fe import read
from dian_fe.errors import MissingDatum
from tests.contracts.fuzzing.seeds import own


def issued_on(text: str) -> bytes:
    return own()[0].replace(b"IssueDate>2026-03-02<", f"IssueDate>{text}<".encode())


@pytest.mark.parametrize("text", ["02/03/2026", "2-3-2026", "02.03.2026", "2026/03/02", "2 Mar 2026 10:15 XYZ"])
def test_a_whole_date_is_understood_and_told(text: str) -> None:
    received = read(issued_on(text))
    assert received.document.issued_at.date() == date(2026, 3, 2)
    assert any("se entendió 2026-03-02" in problem.message for problem in received.problems)


@pytest.mark.parametrize("text", ["10:15", "2026", "03/2026", "2 Mar", "lunes", "Mon", "x1" * 2_000_000])
def test_a_part_of_a_date_is_not_completed_with_the_clocks(text: str) -> None:
    received = read(issued_on(text))
    assert received.document.missing == ("issued_at",)
    assert [problem.path for problem in received.problems] == ["issued_at"]
    with pytest.raises(MissingDatum, match="issued_at"):
        _ = received.document.issue_date


@pytest.mark.parametrize("text", ["1E999999", "-1E+99999999", "1E-99999999", "0E999999999", "9" * 101])
@pytest.mark.parametrize("name", [b"LineCountNumeric", b"PayableAmount", b"InvoicedQuantity", b"Percent"])
def test_numbers_of_impossible_size_are_left_out_and_told(name: bytes, text: str) -> None:
    data, count = re.subn(rb"(<cbc:" + name + rb"[^>]*>)[^<]+", rb"\g<1>" + text.encode(), own()[0], count=1)
    assert count
    problems = [problem for problem in read(data).problems if "tamaño imposible" in problem.message]
    assert len(problems) == 1
    assert problems[0].xpath.endswith(f"cbc:{name.decode()}")
