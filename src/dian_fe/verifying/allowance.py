"""What the search for the causes of one file's broken signatures may cost, whoever made the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

_WORK: Final = 16_000_000
"""About three quarters of a second: 150 tries on a document of 50 kB, or seven on an ordinary one of 1 MB."""
_MOST_SIGNATURES: Final = 10
"""More broken signatures in one file are no accident."""
_EACH_MARK: Final = 20
"""A tag or an attribute costs as much as this many bytes of text."""
_SPARSE: Final = 16
"""Bytes per tag. Documents have 21 and more; where there are fewer, the excess tags count as a crowd."""
_EACH_OF_A_CROWD: Final = 60

T = TypeVar("T")


def weight(data: bytes) -> int:
    """Return what handling a document once costs, in bytes of text."""
    tags = data.count(b"<")
    crowd = max(tags - len(data) // _SPARSE, 0)
    return len(data) + _EACH_MARK * (tags + data.count(b"=") + data.count(b" xmlns")) + _EACH_OF_A_CROWD * crowd


@dataclass(slots=True)
class Allowance:
    """Work left, and signatures that may still be explained; ``spent`` once a try was left out.

    It counts down while the parts of a file are verified, so each file needs one of its own.
    """

    left: int = _WORK
    spent: bool = False
    signatures: int = _MOST_SIGNATURES

    def pay(self, cost: int) -> bool:
        """Take the cost of a try; return False and take nothing when less than that is left."""
        if cost > self.left:
            self.spent = True
            return False
        self.left -= cost
        return True

    def metered(self, tries: Iterator[T], cost: int) -> Iterator[T]:
        """Yield tries as long as each of them can be paid for."""
        while self.pay(cost):
            try:
                found = next(tries)
            except StopIteration:
                self.left += cost - cost // 4  # to find that there is nothing to try costs something too
                return
            yield found
