"""Amounts in Spanish words: agreement, short forms, the long scale, and the exact part below the whole."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dian_fe.errors import InvalidNumberText
from dian_fe.graphic import amount_in_words
from dian_fe.graphic.words import LIMIT, cardinal

CARDINALS = {
    0: "cero",
    1: "uno",
    15: "quince",
    16: "dieciséis",
    21: "veintiuno",
    22: "veintidós",
    30: "treinta",
    31: "treinta y uno",
    99: "noventa y nueve",
    100: "cien",
    101: "ciento uno",
    200: "doscientos",
    500: "quinientos",
    700: "setecientos",
    900: "novecientos",
    1000: "mil",
    1001: "mil uno",
    1100: "mil cien",
    2000: "dos mil",
    21_000: "veintiún mil",
    31_031: "treinta y un mil treinta y uno",
    100_000: "cien mil",
    101_000: "ciento un mil",
    1_000_000: "un millón",
    1_000_001: "un millón uno",
    2_000_000: "dos millones",
    21_000_000: "veintiún millones",
    100_000_000: "cien millones",
    1_000_000_000: "mil millones",
    10**12: "un billón",
    10**12 + 10**6: "un billón un millón",
    2 * 10**18: "dos trillones",
}

AMOUNTS = {
    ("0", "COP"): "Cero pesos m/cte",
    ("0.01", "COP"): "Cero pesos con un centavo m/cte",
    ("1", "COP"): "Un peso m/cte",
    ("21", "COP"): "Veintiún pesos m/cte",
    ("1234567.89", "COP"): (
        "Un millón doscientos treinta y cuatro mil quinientos sesenta y siete pesos con ochenta y nueve centavos m/cte"
    ),
    ("1000000", "COP"): "Un millón de pesos m/cte",
    ("2000000.50", "COP"): "Dos millones de pesos con cincuenta centavos m/cte",
    ("1000000000000", "COP"): "Un billón de pesos m/cte",
    ("999999999999999.99", "COP"): (
        "Novecientos noventa y nueve billones novecientos noventa y nueve mil novecientos noventa y nueve millones "
        "novecientos noventa y nueve mil novecientos noventa y nueve pesos con noventa y nueve centavos m/cte"
    ),
    ("100.00000", "COP"): "Cien pesos m/cte",
    ("1E+6", "COP"): "Un millón de pesos m/cte",
    ("-0.20", "COP"): "Menos cero pesos con veinte centavos m/cte",
    ("-0.00", "COP"): "Cero pesos m/cte",
    ("0.0058", "COP"): "Cero pesos con 58/10000 m/cte",
    ("1.00", "USD"): "Un dólar de los Estados Unidos",
    ("101.21", "USD"): "Ciento un dólares de los Estados Unidos con veintiún centavos",
    ("1000000", "EUR"): "Un millón de euros",
    ("21", "GBP"): "Veintiuna libras esterlinas",
    ("200201.01", "GBP"): "Doscientas mil doscientas una libras esterlinas con un penique",
    ("31000", "SEK"): "Treinta y un mil coronas suecas",
    ("21.5", "AED"): "Veintiún AED con cincuenta centavos",
}


@pytest.mark.parametrize(("number", "words"), CARDINALS.items())
def test_whole_numbers(number: int, words: str) -> None:
    assert cardinal(number) == words


@pytest.mark.parametrize(("amount", "currency", "words"), [(*key, words) for key, words in AMOUNTS.items()])
def test_amounts(amount: str, currency: str, words: str) -> None:
    assert amount_in_words(Decimal(amount), currency) == words


VALUES = {
    **{cardinal(n): n for n in range(1, 30)},
    **{cardinal(n): n for n in (*range(30, 100, 10), *range(100, 1000, 100))},
    "un": 1,
    "veintiún": 21,
    "ciento": 100,
}
SCALES = {"millón": 10**6, "billón": 10**12, "trillón": 10**18, "millones": 10**6, "billones": 10**12}
SCALES["trillones"] = 10**18


def value(words: str) -> int:
    """Read a number back: groups of thousands and millions, as one says them."""
    total = group = 0
    for word in words.split():
        if word == "mil":
            group = (group or 1) * 1000
        elif word in SCALES:
            total, group = total + group * SCALES[word], 0
        elif word != "y":
            group += VALUES[word]
    return total + group


def test_what_is_written_can_be_read_back() -> None:
    """Every number below 2,000, and numbers of every length."""
    sizes = [int(str(digit) * length) + low for length in range(1, 24) for digit in (1, 2, 9) for low in (0, 1, 10)]
    numbers = [*range(1, 2000), *(10**n for n in range(24)), *sizes]
    for number in numbers:
        if number < LIMIT:
            assert value(cardinal(number)) == number


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), Decimal(LIMIT)])
def test_what_has_no_words_is_refused(amount: Decimal) -> None:
    with pytest.raises(InvalidNumberText):
        amount_in_words(amount)
