"""The NIT and its check digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dian_fe.catalogs import FINAL_CONSUMER_ID, check_digit, clean_nit
from dian_fe.errors import InvalidIdentification, WrongCheckDigit

VECTORS = {
    "800197268": "4",
    "6382356": "7",
    "700085371": "1",
    "800199436": "4",
    "900373076": "4",
    "222222222222": "7",
}


@pytest.mark.parametrize(("nit", "digit"), VECTORS.items())
def test_check_digit(nit: str, digit: str) -> None:
    assert check_digit(nit) == digit


def test_check_digits_zero_and_one() -> None:
    # 11 - 0 and 11 - 1 are no digits: these remainders are the digit itself
    digits = {check_digit(str(number)) for number in range(900_000_000, 900_000_200)}
    assert digits == set("0123456789")


@given(st.integers(min_value=1, max_value=10**14 - 1), st.integers(0, 13), st.integers(1, 9))
def test_check_digit_catches_any_single_wrong_digit(number: int, position: int, shift: int) -> None:
    text = str(number)
    position %= len(text)
    wrong = text[:position] + str((int(text[position]) + shift) % 10) + text[position + 1 :]
    # every weight is prime to 11, so one changed digit changes the remainder; only remainders 1 and 10 share a digit
    assert check_digit(wrong) != check_digit(text) or check_digit(text) == "1"


@pytest.mark.parametrize("nit", ["700085371", "6382356", "1020304050", FINAL_CONSUMER_ID, "123"])
def test_a_plain_number_passes(nit: str) -> None:
    assert clean_nit(nit) == nit
    assert clean_nit(nit, check_digit(nit)) == nit


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("0800197268", "'800197268'"),
        ("800.197.268", "'800197268'"),
        (" 800197268", "'800197268'"),
    ],
)
def test_another_form_is_refused_with_the_right_one(text: str, right: str) -> None:
    with pytest.raises(InvalidIdentification) as caught:
        clean_nit(text, field="supplier.nit")
    assert caught.value.field == "supplier.nit"
    assert caught.value.found == repr(text)
    assert right in (caught.value.remedy or "")


@pytest.mark.parametrize("text", ["800.197.268-4", "800197268-4", "800197268 – 4", "8001972684", "800 197 268-4"])
def test_a_nit_with_its_right_digit_is_taken_without_it(text: str) -> None:
    assert clean_nit(text) == "800197268"
    assert clean_nit(text, "4") == "800197268"
    with pytest.raises(WrongCheckDigit) as caught:
        clean_nit(text, "5")
    assert caught.value.expected == "'4'"


@pytest.mark.parametrize("text", ["", "0", "000", "NIT", "8001A", "８００１９７", "9" * 16, "-4", "8001972-", "\n"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentification) as caught:
        clean_nit(text)
    assert caught.value.remedy


def test_a_wrong_check_digit_names_the_right_one() -> None:
    with pytest.raises(WrongCheckDigit) as glued:
        clean_nit("800.197.268-5")
    assert (glued.value.found, glued.value.expected) == ("'5'", "'4'")
    with pytest.raises(WrongCheckDigit) as apart:
        clean_nit("800197268", "5", field="nit")
    assert (apart.value.field, apart.value.found, apart.value.expected) == ("nit", "'5'", "'4'")


def test_ten_digits_of_a_person_pass_even_when_they_look_glued() -> None:
    cedula = "102030405"
    assert clean_nit(cedula + check_digit(cedula)) == cedula + check_digit(cedula)
    # ten digits of a company's form whose last is not the check digit are left alone
    other = str((int(check_digit("900373076")) + 1) % 10)
    assert clean_nit("900373076" + other) == "900373076" + other


@pytest.mark.parametrize("text", ["", "12a", "1" * 16, " 1"])
def test_check_digit_of_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidIdentification):
        check_digit(text)
