"""Identification numbers: the NIT, its check digit, and the final consumer.

A NIT written with its check digit is taken without it when the digit is the right one, which leaves no doubt about the
number. Nothing else is cleaned silently: dots, a dash or leading zeros are refused with the form to use, because
buyers' systems and DIAN compare identifications as texts.
"""

from __future__ import annotations

import re
from typing import Final

from .._arguments import checked
from ..errors import InvalidIdentification, WrongCheckDigit

__all__ = ["DIAN_NIT", "FINAL_CONSUMER_ID", "FINAL_CONSUMER_NAME", "check_digit", "clean_nit"]

DIAN_NIT: Final = "800197268"
"""NIT of DIAN itself, who signs its answers."""
FINAL_CONSUMER_ID: Final = "222222222222"
"""Identification of the unnamed final consumer, of type 13 (annex 1.9)."""

FINAL_CONSUMER_NAME: Final = "consumidor final"
"""Name of the unnamed final consumer (annex 1.9)."""

_WEIGHTS: Final = (3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71)
_WITH_DIGIT = re.compile(r"(?P<number>[\d.,\s]+?)\s*[-–—]\s*(?P<digit>\d)")
_COMPANY_LENGTH: Final = 9


@checked
def check_digit(nit: str) -> str:
    """Compute the check digit (DV) of a NIT of 1 to 15 digits, written without it.

    Modulus 11 with the weights 3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67 and 71 from the right; remainders 0
    and 1 are the digit itself, any other its complement to 11. Raises
    ``InvalidIdentification`` when the text is not such digits.
    """
    if not _is_digits(nit) or len(nit) > len(_WEIGHTS):
        raise _not_a_nit(nit, None)
    remainder = sum(int(digit) * weight for digit, weight in zip(reversed(nit), _WEIGHTS, strict=False)) % 11
    return str(remainder if remainder < 2 else 11 - remainder)


@checked
def clean_nit(text: str, digit: str | None = None, *, field: str | None = None) -> str:
    """Return a NIT as it must be written: digits only, without leading zeros and without its check digit.

    A NIT with its right digit, as in ``900.373.076-4`` or ``9003730764``, is taken without it. ``digit`` is the check
    digit known from elsewhere. Raise ``WrongCheckDigit``, which names the right one, when either differs from the
    computed one; ``InvalidIdentification`` for any other form, with the form to use as remedy.

    A NIT of ten digits is legal, since a person's NIT is the cédula, and cédulas of ten digits begin with 1. That of a
    company has nine and begins with 8 or 9; those given to foreigners without cédula begin with 6 or 7 (as does the
    annex's own 700085371). So ten digits that begin with 6 to 9 are a NIT with its check digit appended: accepted when
    it is the right one. Any other ten digits are accepted as they are, also those whose last digit happens to be the
    check digit of the rest.
    """
    if not _is_digits(text):
        number = _without_digit(text, field)
    else:
        number = text
        if text.startswith("0"):
            bare = text.lstrip("0")
            raise InvalidIdentification.of(
                "catalogs.leading_zeros",
                field=field,
                found=repr(text),
                expected=repr(bare) if bare else "un número distinto de cero",
                remedy=f"escriba {bare!r}." if bare else "escriba el NIT que figura en el RUT.",
            )
        if len(text) > len(_WEIGHTS):
            raise _not_a_nit(text, field)
        head, last = text[:-1], text[-1]
        if len(head) == _COMPANY_LENGTH and head[0] in "6789" and check_digit(head) == last:
            number = head
    if digit is not None and digit != (right := check_digit(number)):
        raise _wrong_digit(number, digit, right, field)
    return number


def _is_digits(text: str) -> bool:
    """True if a text is only the digits 0 to 9; digits of other scripts do not count."""
    return text.isascii() and text.isdigit()


def _without_digit(text: str, field: str | None) -> str:
    """Return the number of a NIT written with dash and its right check digit, as in 800.197.268-4."""
    match = _WITH_DIGIT.fullmatch(text.strip())
    number = "" if match is None else re.sub(r"\D", "", match["number"])
    if match is None or number.startswith("0") or not number or len(number) > len(_WEIGHTS):
        raise _not_a_nit(text, field)
    if match["digit"] != (right := check_digit(number)):
        raise _wrong_digit(number, match["digit"], right, field)
    return number


def _wrong_digit(number: str, found: str, right: str, field: str | None) -> WrongCheckDigit:
    return WrongCheckDigit.of(
        "catalogs.wrong_check_digit", field=field, found=repr(found), expected=repr(right), number=number
    )


def _not_a_nit(text: str, field: str | None) -> InvalidIdentification:
    digits = re.sub(r"[\s.,'’]", "", re.sub(r"\.0$", "", text))  # a float from a spreadsheet: 800199436.0
    usable = _is_digits(digits) and 0 < len(digits.lstrip("0")) <= len(_WEIGHTS)
    return InvalidIdentification.of(
        "catalogs.not_a_nit",
        field=field,
        found=repr(text),
        remedy=f"escriba {digits.lstrip('0')!r}." if usable else "copie el NIT del RUT, sin el dígito de verificación.",
        longest=len(_WEIGHTS),
    )
