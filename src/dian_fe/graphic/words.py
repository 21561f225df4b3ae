"""Amounts in Spanish words, as commercial documents have them: exact, for any currency.

Written here because published libraries are wrong in Spanish («veintiuno mil», «un millón pesos», measured with
num2words 0.5.14), and the grammar is short (RAE, Ortografía 2010, and DPD, «cardinales»).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .._arguments import checked
from ..errors import InvalidNumberText
from ..models.totals import EXACT

_ONES = (
    *("", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece"),
    *("catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno", "veintidós"),
    *("veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho", "veintinueve"),
)
_TENS = ("", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_HUNDREDS = (
    *("", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos"),
    *("ochocientos", "novecientos"),
)
_MILLIONS = (("millón", "millones"), ("billón", "billones"), ("trillón", "trillones"))
"""Spanish counts by the long scale: a billón is 10^12, a trillón 10^18."""
LIMIT = 10**24
"""Whole amounts in words stay below it."""
_CENTS = 2


@dataclass(frozen=True, slots=True)
class _Money:
    """The name of a currency and of its hundredth part."""

    one: str
    many: str
    cent: str = "centavo"
    cents: str = "centavos"
    feminine: bool = False
    after: str = ""
    """Suffix of the text: «m/cte» for the legal tender."""


_NAMES = {
    "ARS": _Money("peso argentino", "pesos argentinos"),
    "AUD": _Money("dólar australiano", "dólares australianos"),
    "BOB": _Money("boliviano", "bolivianos"),
    "BRL": _Money("real brasileño", "reales brasileños"),
    "CAD": _Money("dólar canadiense", "dólares canadienses"),
    "CHF": _Money("franco suizo", "francos suizos", "céntimo", "céntimos"),
    "CLP": _Money("peso chileno", "pesos chilenos"),
    "CNY": _Money("yuan", "yuanes", "fen", "fenes"),
    "COP": _Money("peso", "pesos", after="m/cte"),
    "CRC": _Money("colón costarricense", "colones costarricenses", "céntimo", "céntimos"),
    "DKK": _Money("corona danesa", "coronas danesas", "øre", "øre", feminine=True),
    "DOP": _Money("peso dominicano", "pesos dominicanos"),
    "EUR": _Money("euro", "euros", "céntimo", "céntimos"),
    "GBP": _Money("libra esterlina", "libras esterlinas", "penique", "peniques", feminine=True),
    "GTQ": _Money("quetzal", "quetzales"),
    "HNL": _Money("lempira", "lempiras"),
    "JPY": _Money("yen", "yenes", "sen", "senes"),
    "MXN": _Money("peso mexicano", "pesos mexicanos"),
    "NIO": _Money("córdoba", "córdobas"),
    "NOK": _Money("corona noruega", "coronas noruegas", "øre", "øre", feminine=True),
    "PAB": _Money("balboa", "balboas", "centésimo", "centésimos"),
    "PEN": _Money("sol", "soles", "céntimo", "céntimos"),
    "PYG": _Money("guaraní", "guaraníes", "céntimo", "céntimos"),
    "SEK": _Money("corona sueca", "coronas suecas", "öre", "öre", feminine=True),
    "USD": _Money("dólar de los Estados Unidos", "dólares de los Estados Unidos"),
    "UYU": _Money("peso uruguayo", "pesos uruguayos", "centésimo", "centésimos"),
    "VES": _Money("bolívar", "bolívares", "céntimo", "céntimos"),
}
"""Currencies that Colombian documents use, by ISO 4217 code; others are named by their code."""


def cardinal(number: int, *, feminine: bool = False, before_noun: bool = False) -> str:
    """Return a whole number in Spanish words: «ciento uno»; «ciento un» before a noun, «ciento una» before a feminine.

    Raises ``InvalidNumberText`` for negative numbers and from 10^24 on.
    """
    if not 0 <= number < LIMIT:
        raise InvalidNumberText.of("graphic.number_in_words", found=number)
    if number == 0:
        return "cero"
    parts = []
    rest = number
    for power in (3, 2, 1):
        group, rest = divmod(rest, 10 ** (6 * power))
        if group:
            one, many = _MILLIONS[power - 1]
            # «millón» is a masculine noun, whatever is counted.
            parts.append(f"{_short(_thousands(group))} {one if group == 1 else many}")
    if rest:
        words = _thousands(rest, feminine=feminine)
        parts.append(
            f"{words[:-1]}a" if feminine and words.endswith("uno") else _short(words) if before_noun else words
        )
    return " ".join(parts)


def _thousands(number: int, *, feminine: bool = False) -> str:
    """Return a number below a million in words; a final one is «uno»."""
    thousands, rest = divmod(number, 1000)
    # «veintiún mil libras»: a one before «mil» is short, while hundreds agree («doscientas mil libras»).
    several = f"{_short(_hundreds(thousands, feminine))} mil" if thousands > 1 else "mil" if thousands else ""
    return f"{several} {_hundreds(rest, feminine)}".strip()


def _hundreds(number: int, feminine: bool) -> str:
    """Return a number below a thousand in words."""
    if number == 100:
        return "cien"
    hundreds, below = divmod(number, 100)
    tens, ones = divmod(below, 10)
    word = f"{_HUNDREDS[hundreds][:-2]}as" if feminine and hundreds > 1 else _HUNDREDS[hundreds]
    rest = _ONES[below] if below < len(_ONES) else f"{_TENS[tens]} y {_ONES[ones]}" if ones else _TENS[tens]
    return f"{word} {rest}".strip()


def _short(words: str) -> str:
    """Return a number in its form before a noun: «un», «veintiún»."""
    if words.endswith("veintiuno"):
        return f"{words[:-3]}ún"
    return words[:-1] if words.endswith("uno") else words


@checked
def amount_in_words(amount: Decimal, currency: str = "COP") -> str:
    """Return an amount in Spanish words: «Un millón doscientos mil pesos con cincuenta centavos m/cte».

    ``currency`` is an ISO 4217 code; one without a Spanish name here is written as the code («cien AED»). Decimals
    after the second are written as a fraction («con 5/1000»): nothing is rounded. Raises ``InvalidNumberText`` for what
    is not a number or has more than 24 digits before the point.
    """
    if not amount.is_finite():
        raise InvalidNumberText("No es un número.", found=amount, expected="un valor finito")
    value = amount.copy_abs()
    whole = int(value)
    money = _NAMES.get(currency) or _Money(currency, currency)
    words = cardinal(whole, feminine=money.feminine, before_noun=True)
    if whole and whole % 1_000_000 == 0:
        words += " de"
    text = f"{words} {money.one if whole == 1 else money.many}{_fraction(EXACT.subtract(value, Decimal(whole)), money)}"
    if money.after:
        text += f" {money.after}"
    if amount.is_signed() and value:
        text = f"menos {text}"
    return text[0].upper() + text[1:]


def _fraction(part: Decimal, money: _Money) -> str:
    if not part:
        return ""
    digits = -int(part.normalize(EXACT).as_tuple().exponent)
    if digits > _CENTS:
        return f" con {int(part.scaleb(digits, EXACT))}/{10**digits}"
    cents = int(part.scaleb(_CENTS, EXACT))
    return f" con {cardinal(cents, before_noun=True)} {money.cent if cents == 1 else money.cents}"
