"""How one datum is spelled: from Python to canonical XML text and back.

``encode`` gives text already escaped as Canonical XML 1.0 wants it (section 2.3); ``decode`` takes the stripped text
of an element and raises ValueError when it cannot be understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

_attribute_special = re.compile(r'[&<"\t\n\r]').search
_email_separator = re.compile(r"[;,]\s*")


def text(value: str) -> str:
    """Escape the text of an element."""
    if "&" in value or "<" in value or ">" in value or "\r" in value:
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")
    return value


def attribute(value: str) -> str:
    """Escape the value of an attribute."""
    if _attribute_special(value):
        for character, escape in _ATTRIBUTE_ESCAPES:
            value = value.replace(character, escape)
    return value


_ATTRIBUTE_ESCAPES = (
    ("&", "&amp;"), ("<", "&lt;"), ('"', "&quot;"), ("\t", "&#x9;"), ("\n", "&#xA;"), ("\r", "&#xD;")
)  # fmt: skip


class _AttributeTexts(dict[str | None, str]):
    """The attribute of one name as it is written, by its value: values are few and come again in every line."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __missing__(self, value: str | None) -> str:
        written = "" if value is None else f' {self.name}="{attribute(value)}"'
        if len(self) < _MAX_KEPT:
            self[value] = written
        return written


_MAX_KEPT = 1024


@cache
def attribute_texts(name: str) -> _AttributeTexts:
    """Give the attributes of that name by their values, with the blank before them; None gives nothing."""
    return _AttributeTexts(name)


def amount(value: Decimal) -> str:
    """Write money and percents: at least two decimals, more only when they say something, never an exponent."""
    written = str(value)
    if written[-3:-2] == ".":  # never so when there is an exponent
        return written
    if written.isdigit():
        return f"{written}.00"
    whole, _, decimals = format(value, "f").partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def number(value: Decimal) -> str:
    """Write a quantity or a rate as it is, without exponent."""
    written = str(value)
    return written if "E" not in written and "e" not in written else format(value, "f")  # as the context's capitals


def date_of(moment: datetime) -> str:
    """Write the day of a moment."""
    return moment.date().isoformat()


def time_of(moment: datetime) -> str:
    """Write the time of a moment, which models hold in Colombian time and to the second, with its zone."""
    return f"{moment.time().isoformat()}-05:00"


def truncated(value: str | Decimal | None) -> str:
    """Cut an amount to two decimals, as hashes want it (annex 1.9, section 11.2): 12037.046 gives 12037.04."""
    if value is None:
        return "0.00"
    exact = Decimal(value.strip()) if isinstance(value, str) else value
    written = str(exact)
    if written[-3:-2] == ".":
        return written
    whole, _, decimals = format(exact, "f").partition(".")
    return f"{whole}.{decimals[:2].ljust(2, '0')}"


_MOST_DIGITS = 100
"""Before or after the decimal point: far more than any amount has."""


def _decimal(value: str) -> Decimal:
    try:
        result = Decimal(value)
    except InvalidOperation:
        raise ValueError("no es un número decimal") from None
    if not result.is_finite():
        raise ValueError("no es un número finito")
    if not -_MOST_DIGITS < result.adjusted() < _MOST_DIGITS:  # written out, 1E999999999 is a gigabyte of zeros
        raise ValueError("es un número de tamaño imposible")
    return result


def _boolean(value: str) -> bool:
    if value in {"true", "1"}:
        return True
    if value in {"false", "0"}:
        return False
    raise ValueError("no es true ni false")


def _day(value: str) -> date:
    # xsd:date may carry a zone, which a calendar day ignores.
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise ValueError("no es una fecha AAAA-MM-DD") from None


_ANY_TWO_DAYS = (datetime(2000, 1, 1), datetime(2001, 2, 2))
"""Without a part in common: a date that lacks one is understood differently with each."""

_LONGEST_DATE = 50
"""Characters of the longest spelling of a day and its time."""


def lenient_day(value: str) -> date:
    """Understand dates of other shapes: day, month, year as people write here, or year, month, day. Raises ValueError.

    What the text does not say is not taken from the clock: it must be a whole date.
    """
    from dateutil import parser

    if len(value) > _LONGEST_DATE:  # dateutil takes minutes for megabytes
        raise ValueError("no es una fecha")
    day_first = not value.strip()[:4].isdigit()
    first, second = (
        parser.parse(value, dayfirst=day_first, default=day, ignoretz=True).date() for day in _ANY_TWO_DAYS
    )
    if first != second:
        raise ValueError("no es una fecha entera")
    return first


def _list(value: str) -> tuple[str, ...]:
    return tuple(part for part in (part.strip() for part in value.split(";")) if part)


def _emails(value: str) -> tuple[str, ...]:
    return tuple(part for part in (part.strip() for part in _email_separator.split(value)) if part)


@dataclass(frozen=True, slots=True)
class Codec:
    """A pair of functions, and what the compiler needs to know about the datum.

    ``currency``: the element carries @currencyID of the document. ``empty_is_absent``: an empty collection is not
    written. ``source`` is the Python expression of the encoding, with ``{}`` for the value and no single quote.
    """

    name: str
    source: str
    decode: Callable[[str], Any] | None = None
    currency: bool = False
    collection: bool = False
    lenient: Callable[[str], Any] | None = None
    """Second attempt for text that ``decode`` refuses; the reader tells it as a problem."""
    verbatim: bool = False
    """Whether blanks around the text are part of it."""
    empty: bool = False
    """Whether an empty element is read, as an empty text: DIAN takes it otherwise than an absent one."""


TEXT = Codec("texto", "{0} if {0}.isalnum() else text({0})")
TEXT_OR_EMPTY = Codec("texto", TEXT.source, empty=True)
EMBEDDED = Codec("documento XML", "text({})", verbatim=True)
AMOUNT = Codec("valor monetario", "amount({})", _decimal, currency=True)
PERCENT = Codec("porcentaje", "amount({})", _decimal)
NUMBER = Codec("número", "number({})", _decimal)
COUNT = Codec("entero", "str({})", lambda value: int(_decimal(value)))
BOOLEAN = Codec("booleano", '"true" if {} else "false"', _boolean)
DAY = Codec("fecha", "{}.isoformat()", _day, lenient=lenient_day)
DATE_OF = Codec("fecha de un momento", "date_of({})")
TIME_OF = Codec("hora de un momento", "time_of({})")
CODES = Codec("lista separada por punto y coma", 'text(";".join({}))', _list, collection=True)
EMAILS = Codec("correos separados por punto y coma", 'text(";".join({}))', _emails, collection=True)

NAMES: dict[str, Any] = {
    function.__name__: function for function in (text, attribute, amount, number, date_of, time_of)
}
"""What the sources above and the compiled writers call."""
