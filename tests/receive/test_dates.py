"""Dates of other shapes are understood when they are whole, without the clock and without delay."""

from __future__ import annotations

from datetime import date

import pytest

from dian_fe import read
from dian_fe.errors import UnreadableDocument

from .fuzzing.seeds import own


def issued_on(text: str) -> bytes:
    return own()[0].replace(b"IssueDate>2026-03-02<", f"IssueDate>{text}<".encode())


@pytest.mark.parametrize("text", ["02/03/2026", "2-3-2026", "02.03.2026", "2026/03/02", "2 Mar 2026 10:15 XYZ"])
def test_a_whole_date_is_understood_and_told(text: str) -> None:
    received = read(issued_on(text))
    assert received.document.issued_at.date() == date(2026, 3, 2)
    assert any("se entendió 2026-03-02" in problem.message for problem in received.problems)


@pytest.mark.parametrize("text", ["10:15", "2026", "03/2026", "2 Mar", "lunes", "Mon", "x1" * 2_000_000])
def test_a_part_of_a_date_is_not_completed_with_the_clocks(text: str) -> None:
    with pytest.raises(UnreadableDocument, match="issued_at"):
        read(issued_on(text))
