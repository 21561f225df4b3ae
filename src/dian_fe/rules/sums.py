"""Sums that several rules compare with what the document says; each is computed once, when it is first asked."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Any

from ..models.arithmetic import money_sum


class Sums:
    """The sums of one document."""

    def __init__(self, document: Any) -> None:
        """Take the document; nothing is computed yet."""
        self._document = document

    @cached_property
    def lines(self) -> Decimal:
        """Sum of the lines' amounts."""
        return money_sum(line.amount for line in self._document.lines)
