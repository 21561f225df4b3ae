"""Issuers' names: what we write is what Java writes, and either spelling is the same name to us."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from cryptography import x509

from dian_fe.signing.distinguished_names import der_values, issuer_name
from dian_fe.verifying.signature.issuer_names import NameForm, compare
from tests.contracts.interop.names import (
    BMP,
    BMP_A,
    CN,
    OU,
    PRINTABLE,
    T61,
    UNIVERSAL,
    C,
    O,
    name,
    names,
    one,
    with_issuer,
)
from tests.contracts.interop.support import java, needs_wss4j

pytestmark = [pytest.mark.slow, pytest.mark.judge]


def issuer(der: bytes) -> x509.Name:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some lengths are not those of RFC 5280
        return with_issuer(der).issuer


def java_says(folder: Path, made: list[bytes]) -> list[str]:
    """Return the names as the JDK writes them (RFC 2253)."""
    path = folder / "names.txt"
    path.write_text("".join(f"{der.hex()}\n" for der in made))
    return [bytes.fromhex(line).decode() for line in java("Names", path)[: len(made)]]


@needs_wss4j
def test_issuer_names_are_those_of_java(tmp_path: Path) -> None:
    made = names()
    theirs = dict(zip(made, java_says(tmp_path, made), strict=True))
    if theirs[BMP_A] != "CN=A":
        # JDK 17 takes the bytes of BMPString and TeletexString for UTF-8 (CN=\\00A); later ones read them.
        theirs = {der: text for der, text in theirs.items() if not old_jdk_errs(der)}
    assert len(theirs) > 80
    assert {der: issuer_name(issuer(der)) for der in theirs} == theirs
    assert {compare(text, issuer(der)) for der, text in theirs.items()} == {NameForm.RIGHT}


def old_jdk_errs(der: bytes) -> bool:
    """True for a name with a BMPString, or a TeletexString beyond ASCII."""
    strings = [(tag, value) for _, rdn, _ in der_values(next(der_values(der))[1]) for tag, value in pairs(rdn)]
    return any(tag == BMP or (tag == T61 and not value.isascii()) for tag, value in strings)


def pairs(rdn: bytes) -> list[tuple[int, bytes]]:
    return [(tag, value) for _, pair, _ in der_values(rdn) for tag, value, _ in list(der_values(pair))[1:]]


def test_what_we_write_is_right_to_ourselves() -> None:
    for der in names():
        said = issuer(der)
        assert compare(issuer_name(said), said) is NameForm.RIGHT


ODD = name(
    [one(C, "CO", PRINTABLE)],
    [one(O, "Autoridad, S.A.; Ñ", UNIVERSAL), one(OU, "a=b", BMP)],
    [(CN, T61, "Raíz ".encode())],
)


@pytest.mark.parametrize(
    ("written", "form"),
    [
        (r"CN=Raíz\ ,O=Autoridad\, S.A.\; Ñ+OU=a=b,C=CO", NameForm.RIGHT),
        (r"commonName=RAÍZ, OU = a\=b + O=\"Autoridad, S.A.; Ñ\", c=co", NameForm.RIGHT),
        ("CN=RaÃ\xadz,O=Autoridad\\, S.A.\\; Ñ+OU=a=b,C=CO", NameForm.RIGHT),
        ("CN=Raíz, O=Autoridad, S.A.; Ñ, OU=a=b, C=CO", NameForm.OTHER_FORM),
        ("C=CO, O=Autoridad, S.A.; Ñ, OU=a=b, CN=Raíz", NameForm.OTHER_FORM),
        ("/C=CO/O=Autoridad, S.A.; Ñ/OU=a=b/CN=Raíz", NameForm.OTHER_FORM),
        (r"CN=Raíz,O=Autoridad\, S.A.\; Ñ,C=CO", NameForm.OTHER_NAME),
        (r"CN=Raíz,O=Autoridad\, S.A.\; N+OU=a=b,C=CO", NameForm.OTHER_NAME),
        ("CN=Raíz,O=Autoridad, S.A.; Ñ, OU=a=b, C=CO, otra", NameForm.OTHER_NAME),
    ],
)
def test_other_spellings_of_a_name_are_the_same_name(written: str, form: NameForm) -> None:
    assert compare(written.replace(r"\"", '"'), issuer(ODD)) is form
