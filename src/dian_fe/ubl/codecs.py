"""Codecs of single data: from Python to canonical XML text and back.

``encode`` returns text already escaped as Canonical XML 1.0 requires (section 2.3); ``decode`` takes the stripped text
of an element and raises ValueError when it cannot be parsed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from functools import cache
from typing import Any

from .._limits import MOST_DECIMALS, MOST_DIGITS


def text(value: str) -> str:
    """Escape the text of an element."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


def attribute(value: str) -> str:
    """Escape the value of an attribute."""
    return value.translate(_ATTRIBUTE_ESCAPES)


_ATTRIBUTE_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}
)


class _AttributeTexts(dict[str | None, str]):
    """The attribute of one name as it is written, by its value: there are few values, repeated in every line.

    Kept, for 4 % of our own work on an invoice of ten lines (`benchmarks`, goal 16).
    """

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
    """Return the attributes of that name by their values, with the space before them; None gives an empty text."""
    return _AttributeTexts(name)


def attribute_writer(name: str, codec: Codec) -> Callable[[Any], str]:
    """Return the function that writes an attribute of that name, space first; nothing for None or an empty list."""
    raw = eval(f"lambda v: {codec.source.format('v')}", {**NAMES, "text": str})

    def write(value: Any) -> str:
        if value is None or (codec.collection and not value):
            return ""
        return f' {name}="{attribute(raw(value))}"'

    return write


def amount(value: Decimal) -> str:
    """Write money and percents: at least two decimals, more only when significant, never an exponent.

    Zero is written without sign.
    """
    value = value or value.copy_abs()
    written = str(value)
    if written[-3:-2] == ".":  # never so when there is an exponent; 7 % of our own work on an invoice of ten lines
        return written
    if written.isdigit():  # 4 % of it, as prices and rates are often whole
        return f"{written}.00"
    whole, _, decimals = format(value, "f").partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def number(value: Decimal) -> str:
    """Write a quantity or a rate as it is, without exponent; zero without sign."""
    return format(value or value.copy_abs(), "f")


def date_of(moment: datetime) -> str:
    """Write the day of a moment."""
    return moment.date().isoformat()


def time_of(moment: datetime) -> str:
    """Write the time of a moment, which models hold in Colombian time and to the second, with its zone."""
    return f"{moment.time().isoformat()}-05:00"


def truncated(value: str | Decimal | None) -> str:
    """Return an amount truncated to two decimals, as in keys (annex 1.9, section 11.2): 12037.046 gives 12037.04."""
    if value is None:
        return "0.00"
    exact = Decimal(value.strip()) if isinstance(value, str) else value
    whole, _, decimals = format(exact, "f").partition(".")
    return f"{whole}.{decimals[:2].ljust(2, '0')}"


XML_BLANKS = " \t\r\n"
"""Whitespace of XML Schema (part 2, section 4.3.6); any other space is part of a number or a date."""

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
"""A decimal as XML Schema spells it: no exponent, no separators, no digits of other scripts."""


def decimal(value: str) -> Decimal:
    """Parse a decimal as XML Schema spells it. Raises ValueError, also for sizes that models refuse."""
    if len(value) <= _SHORT and value.isascii() and value.replace(".", "", 1).isdigit():
        return Decimal(value)
    if not _PLAIN.fullmatch(value):
        if _SCIENTIFIC.fullmatch(value):
            _sized(Decimal(value))
        raise ValueError("no es un número decimal como los de XML (solo dígitos y un punto)")
    return _sized(Decimal(value))


_SHORT = MOST_DIGITS
"""Digits and a point are a possible number if there are no more of them."""
_SCIENTIFIC = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)[eE][+-]?\d{1,9}", re.ASCII)
_GROUPED = re.compile(
    r"[+-]?\d{1,3}(?P<group>[ '’.,])\d{3}((?P=group)\d{3})*(?P<point>[.,])?(?P<decimals>\d+)?", re.ASCII
)
_COMMA = re.compile(r"[+-]?\d+,(\d{1,2}|\d{4,})", re.ASCII)
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000"), " ")
_LONGEST_NUMBER = 250


def lenient_decimal(value: str) -> Decimal:
    """Parse a number that is not written as XML Schema requires, if it can be read in only one way.

    Accepted are an exponent (``1E+5``); digits of other scripts; thousands separated by commas, points, spaces or
    apostrophes, if repeated or followed by a different decimal sign (``119,000.00``, ``1.234.567,89``, ``1 234.5``); a
    decimal comma that cannot separate thousands (``1234,56``). ``119,000`` is ambiguous and refused. Raises ValueError.
    """
    if len(value) > _LONGEST_NUMBER:
        raise ValueError("no es un número")
    text = _plain_digits(value)
    if _PLAIN.fullmatch(text) or _SCIENTIFIC.fullmatch(text):
        return _sized(Decimal(text))
    if (match := _GROUPED.fullmatch(text)) is not None:
        group, point, decimals = match["group"], match["point"], match["decimals"]
        twice = text.count(group) > 1
        if bool(point) is bool(decimals) and point != group and (point or twice or group not in ".,"):
            return _sized(Decimal(text.replace(group, "").replace(point or group, ".")))
    elif _COMMA.fullmatch(text):
        return _sized(Decimal(text.replace(",", ".")))
    raise ValueError("no es un número")


_SIGNS = str.maketrans("\N{MINUS SIGN}٫٬．，－＋：／", "-.,.,-+:/")
"""The minus sign, the separators of the Arabic digits, and the signs that are as wide as Chinese characters."""


def _plain_digits(value: str) -> str:
    """Return a number, date or time in the digits and signs of ASCII, without surrounding whitespace."""
    return "".join(str(unicodedata.decimal(each, each)) for each in value.translate(_BLANKS).translate(_SIGNS)).strip()


def _sized(value: Decimal) -> Decimal:
    if not -MOST_DECIMALS < value.adjusted() < MOST_DIGITS:
        raise ValueError(
            f"es un número de tamaño imposible: {MOST_DIGITS} cifras enteras y {MOST_DECIMALS} decimales bastan"
        )
    return value or value.copy_abs()


def _count(value: str) -> int:
    number = decimal(value)
    if number != int(number):
        raise ValueError("no es un número entero")
    return int(number)


def _boolean(value: str) -> bool:
    if value not in {"true", "1", "false", "0"}:
        raise ValueError("no es true ni false")
    return value in {"true", "1"}


def _day(value: str) -> date:
    # xsd:date may carry a zone, which a calendar day ignores.
    if len(value) > _DAY_LENGTH and not _ZONE.fullmatch(value, _DAY_LENGTH):
        raise ValueError("no es una fecha AAAA-MM-DD")
    try:
        if value[4] == value[7] == "-":
            return date.fromisoformat(value[:_DAY_LENGTH])
    except (ValueError, IndexError):
        pass
    raise ValueError("no es una fecha AAAA-MM-DD")


_DAY_LENGTH = len("2026-03-02")
_SPELLED_ZONE = r"Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)"
_ZONE = re.compile(_SPELLED_ZONE, re.ASCII)
"""A zone as XML Schema spells it (part 2, section 3.2.7.3): at most 14 hours."""


_ODD_ZONE = re.compile(r"(?<=\d-\d\d-\d\d)[+-]\d\d:?\d\d$", re.ASCII)

_ANY_TWO_DAYS = (datetime(2000, 1, 1), datetime(2001, 2, 2))
"""Two defaults without a part in common: with them a date that lacks a part is parsed as two different ones."""

_LONGEST_DATE = 50
"""Characters of the longest spelling of a day and its time."""


def lenient_day(value: str) -> date:
    """Parse dates of other forms: day, month, year as people write here, or year, month, day. Raises ValueError.

    Missing parts are not taken from the clock: the date must be complete.
    """
    from dateutil import parser

    if len(value) > _LONGEST_DATE:  # dateutil needs minutes for megabytes
        raise ValueError("no es una fecha")
    value = _plain_digits(value)
    if value[:1] in "+-":  # a negative year, or one of five digits
        raise ValueError("no es una fecha")
    value = _ODD_ZONE.sub("", value)  # a day is the same in every zone
    day_first = not value.strip()[:4].isdigit()
    first, second = (
        parser.parse(value, dayfirst=day_first, default=day, ignoretz=True).date() for day in _ANY_TWO_DAYS
    )
    if first != second:
        raise ValueError("no es una fecha entera")
    return first


_TIME = re.compile(rf"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:{_SPELLED_ZONE})?", re.ASCII)
"""A time of day as XML Schema spells it, but for 24:00:00: the end of a day for some, its beginning for others."""
_LIKE_A_TIME = re.compile(r"T?(\d{1,2}):(\d\d)(:\d\d)?(?:[.,]\d+)? ?(?:(Z)|([+-]\d\d)(?::?(\d\d))?)?", re.ASCII)


def time_of_day(value: str) -> time:
    """Parse a time of day, with its zone if it has one. Raises ValueError.

    Fractions of a second are dropped, since models do not hold them.
    """
    if _TIME.fullmatch(value) is None:
        raise ValueError("no es una hora HH:MM:SS-05:00")
    moment = time.fromisoformat(value[:_TIME_LENGTH])
    zone = value[_TIME_LENGTH:].lstrip(".0123456789")
    return moment.replace(tzinfo=_zone(zone)) if zone else moment


def lenient_time(value: str) -> time:
    """Parse a time without seconds, or whose digits or zone are written in another form. Raises ValueError."""
    match = None if len(value) > _LONGEST_DATE else _LIKE_A_TIME.fullmatch(_plain_digits(value))
    if match is None or int(match[1]) >= _DAY_HOURS:
        raise ValueError("no es una hora")
    hour, minute, second, utc, zone_hour, zone_minute = match.groups()
    moment = time.fromisoformat(f"{hour:0>2}:{minute}{second or ':00'}")
    zone = utc or (zone_hour and f"{zone_hour}:{zone_minute or '00'}")
    return moment.replace(tzinfo=_zone(zone)) if zone else moment


_TIME_LENGTH, _DAY_HOURS = len("10:15:00"), 24


def _zone(text: str) -> tzinfo:
    """Return the zone of Z or ±HH:MM. Raises ValueError for a day or more."""
    found = UTC if text == "Z" else datetime.strptime(text, "%z").tzinfo
    assert found is not None
    return found


def _list(value: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, value.split(";"))))


def _emails(value: str) -> tuple[str, ...]:
    return _list(value.replace(",", ";"))


@dataclass(frozen=True, slots=True)
class Codec:
    """A pair of functions, and what the compiler needs to know about the datum.

    ``currency``: the element carries @currencyID of the document. ``collection``: an empty one is not written.
    ``source`` is the Python expression of the encoding, with ``{}`` for the value and no single quote.
    """

    name: str
    source: str
    decode: Callable[[str], Any] | None = None
    currency: bool = False
    collection: bool = False
    lenient: Callable[[str], Any] | None = None
    """Second attempt for text that ``decode`` refuses; the reader reports it as a problem."""
    verbatim: bool = False
    """Whether whitespace around the text is part of it."""
    empty: bool = False
    """Whether an empty element is read, as an empty text: DIAN treats it differently from an absent one. An empty
    attribute is no finding then: a schema may demand one that has nothing to say."""


TEXT = Codec("texto", "text({})")
TEXT_OR_EMPTY = Codec("texto", TEXT.source, empty=True)
EMBEDDED = Codec("documento XML", "text({})", verbatim=True)
AMOUNT = Codec("valor monetario", "amount({})", decimal, currency=True, lenient=lenient_decimal)
PERCENT = Codec("porcentaje", "amount({})", decimal, lenient=lenient_decimal)
NUMBER = Codec("número", "number({})", decimal, lenient=lenient_decimal)
COUNT = Codec("entero", "str({})", _count)
BOOLEAN = Codec("booleano", '"true" if {} else "false"', _boolean)
DAY = Codec("fecha", "{}.isoformat()", _day, lenient=lenient_day)
DATE_OF = Codec("fecha de un momento", "date_of({})")
TIME_OF = Codec("hora de un momento", "time_of({})")
CODES = Codec("lista separada por punto y coma", 'text(";".join({}))', _list, collection=True)
EMAILS = Codec("correos separados por punto y coma", 'text(";".join({}))', _emails, collection=True)

NAMES: dict[str, Any] = {
    function.__name__: function for function in (text, attribute, amount, number, date_of, time_of)
}
"""Functions that the sources above and the compiled writers call."""
