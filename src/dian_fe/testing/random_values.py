"""Random values for documents; the same source gives the same values.

A low draw always gives the plainer answer, so that a source that shrinks (hypothesis) leads to plain documents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

T = TypeVar("T")

PLAIN_WORDS = ("Café", "tostado", "panela", "ñame", "bolsa", "servicio", "técnico", "número", "Bogotá", "pingüino")
ODD_WORDS = (
    "a & b", "<b>negrilla</b>", "5 > 3 < 9", '"comillas"', "'simples'", "«latinas»", "]]>", "&amp;", "&#13;",
    "<!-- -->", "<?pi?>", "uno\ndos", "uno\tdos", "uno\r\ndos", "uno\rdos", "uno  dos", "100 %", "%s", "{llaves}",
    "{{0}}", "${x}", "\\n", "'; --", "€ £ ½", "ﬁn", "e\u0301", "a\u200bb", "a\u00a0b", "a\u2028b", "a\u0085b",
    "a\ufeffb", "\ufffd", "שלום עולם", "مرحبا", "\u202eal revés\u202c", "日本語", "Ελλάδα", "𝒳𝒴", "😀",
    "👩\u200d👩\u200d👧", "🇨🇴", "\U0010fffd",
)  # fmt: skip
"""Words that XML writers often mishandle: markup, quotes, spaces of every kind, right to left, one to four bytes."""


class RandomValues:
    """Draws values from a source of randomness."""

    def __init__(self, source: Random) -> None:
        self.source = source

    def chance(self, probability: float) -> bool:
        """True with that probability; the lowest draw is False."""
        return self.source.random() >= 1 - probability

    def whole(self, low: int, high: int) -> int:
        """Return an integer, both ends included."""
        return self.source.randint(low, high)

    def pick(self, options: Sequence[T]) -> T:
        """Choose one; put the plain option first."""
        return options[self.source.randrange(len(options))]

    def some(self, options: Sequence[T], least: int, most: int) -> tuple[T, ...]:
        """Choose different ones, ``least`` to ``most`` of them."""
        left = list(options)
        return tuple(left.pop(self.source.randrange(len(left))) for _ in range(self.whole(least, most)))

    def maybe(self, make: Callable[[], T], probability: float = 0.2) -> T | None:
        """Make a value with that probability."""
        return make() if self.chance(probability) else None

    def several(self, make: Callable[[], T], most: int, probability: float = 0.2) -> tuple[T, ...]:
        """Make one to ``most`` values with that probability, else none."""
        return tuple(make() for _ in range(self.whole(1, most))) if self.chance(probability) else ()

    def decimal(self, digits: int, decimals: int) -> Decimal:
        """Return a positive number of up to ``digits`` digits, ``decimals`` of them after the point."""
        return Decimal(self.whole(1, 10**digits - 1)).scaleb(-decimals)

    def money(self) -> Decimal:
        """Return an amount of two decimals, from a cent to hundreds of millions, often with zero cents."""
        amount = self.decimal(self.pick((4, 6, 8, 11)), 2)
        return amount if self.chance(0.6) else max(amount.to_integral_value(), Decimal(1))

    def price(self) -> Decimal:
        """Return a price: whole, with two decimals, with up to six, tiny or huge."""
        digits, decimals = self.pick(((5, 0), (6, 2), (9, 6), (8, 4), (12, 2), (11, 0), (1, 2), (1, 6), (4, 1)))
        return self.decimal(digits, decimals)

    def quantity(self) -> Decimal:
        """Return a quantity: mostly few whole ones; with up to six decimals, tiny or huge too."""
        digits, decimals = self.pick(((1, 0), (1, 0), (2, 0), (4, 2), (7, 6), (5, 3), (6, 0), (1, 6)))
        return self.decimal(digits, decimals)

    def percent(self, highest: int = 100) -> Decimal:
        """Return a percentage with up to two decimals."""
        return Decimal(self.whole(1, highest * 100)).scaleb(-2) if self.chance(0.5) else Decimal(self.whole(1, highest))

    def text(self, most: int = 80, odd: float = 0.3) -> str:
        """Return a text of up to ``most`` characters that begins with a letter; rarely as long as it may be."""
        words = [self.pick(PLAIN_WORDS)]
        for _ in range(self.whole(0, 5)):
            words.append(self.pick(ODD_WORDS if self.chance(odd) else PLAIN_WORDS))
        text = " ".join(words)
        if self.chance(0.03):
            text = (text + " ") * (most // len(text) + 1)
        return text[:most].strip() or PLAIN_WORDS[0]

    def digits(self, least: int, most: int) -> str:
        """Return a number as text, without leading zero."""
        length = self.whole(least, most)
        return str(self.whole(10 ** (length - 1), 10**length - 1))

    def day(self, first: date, last: date) -> date:
        """Return a day, both ends included."""
        return first + timedelta(days=self.whole(0, (last - first).days))

    def moment(self, first: date, last: date) -> datetime:
        """Return a moment, in UTC, between two Colombian days."""
        start = datetime(first.year, first.month, first.day, 5, tzinfo=UTC)
        return start + timedelta(seconds=self.whole(0, ((last - first).days + 1) * 86_400 - 1))

    def clock(self) -> str:
        """Return a time of day as UBL writes it."""
        return f"{self.whole(0, 23):02d}:{self.whole(0, 59):02d}:{self.whole(0, 59):02d}-05:00"

    def key(self) -> str:
        """Return a random value in the form of a CUFE."""
        return f"{self.source.getrandbits(384):096x}"
