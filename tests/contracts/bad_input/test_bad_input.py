"""What bad input gets: a typed error before anything is built, with field, found, expected and remedy."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dian_fe import (
    CreditNote,
    Customer,
    DianFeError,
    Invoice,
    Issuer,
    Line,
    Organization,
    Payment,
    Pkcs12Signer,
    Resolution,
    Software,
    Verified,
    build,
    check,
    iva,
    load_document,
    read,
    sign,
    verify,
)
from dian_fe import errors as e
from dian_fe.testing import ToyPki
from dian_fe.testing.pki import Flaw
from tests.contracts.pitfalls.support import BUYER, ISSUER, NOW, SHOP, built, invoice, line
from tests.support.company import BOGOTA, SOFTWARE

pytestmark = pytest.mark.between

PKI = ToyPki(7)
LATE = datetime(2030, 1, 20, tzinfo=BOGOTA)

CASES: list[tuple[str, Callable[[], Any], type[DianFeError], str | None]] = [
    ("float price", lambda: line(price=1.5), e.FloatMoney, "price"),
    ("float quantity", lambda: line(quantity=0.1), e.FloatMoney, "quantity"),
    ("float rate", lambda: iva(19.0), e.FloatMoney, "percent"),  # type: ignore[arg-type]
    ("float rounding", lambda: invoice(payable_rounding=0.01), e.FloatMoney, "payable_rounding"),
    ("totals besides lines", lambda: invoice(totals=invoice().totals), e.NotAllowed, "totals"),
    ("payments besides payment", lambda: invoice(payments=()), e.NotAllowed, "payments"),
    ("verify of what is not signed", lambda: verify(built(), None), e.InvalidInput, "data"),  # type: ignore[call-overload]
    ("verify of a text", lambda: verify("<Invoice/>", None), e.InvalidInput, "data"),  # type: ignore[call-overload]
    ("verified without verify", lambda: Verified(None), e.NotAllowed, None),  # type: ignore[arg-type]
    ("answer that is none", lambda: verify(_signed(), None, answer=b""), e.InvalidInput, "answer"),
    ("check of bytes", lambda: check(b"<Invoice/>"), e.InvalidInput, "subject"),  # type: ignore[arg-type]
    ("not a number", lambda: line(price="mil"), e.InvalidNumberText, "price"),
    ("not finite", lambda: line(price=Decimal("NaN")), e.InvalidNumberText, "price"),
    ("thousands", lambda: line(price="1,000.00"), e.InvalidNumberText, "price"),
    ("wrong digit", lambda: Organization(nit="700085371", name="X", check_digit="2"), e.WrongCheckDigit, "check_digit"),
    ("wrong digit typed", lambda: Organization(nit="900373076-5", name="X"), e.WrongCheckDigit, "nit"),
    ("dots alone", lambda: Organization(nit="900.373.076", name="X"), e.InvalidIdentification, "nit"),
    ("symbols", lambda: Customer(id_type="13", id="10.20.30", name="X"), e.InvalidIdentification, "id"),
    ("id type", lambda: Customer(id_type="99", id="1", name="X"), e.UnknownCode, "id_type"),
    ("control character", lambda: line(description="a\x0bb"), e.ForbiddenCharacter, "description"),
    ("lone surrogate", lambda: line(description="a\ud800"), e.ForbiddenCharacter, "description"),
    ("empty name", lambda: Organization(nit="700085371", name=" "), e.InvalidInput, "name"),
    (
        "municipality",
        lambda: Organization(nit="700085371", name="X", municipality="99999"),
        e.UnknownPlace,
        "municipality",
    ),
    ("e-mail", lambda: Customer(id_type="13", id="1", name="X", emails=["a b@c"]), e.InvalidEmail, "emails[0]"),
    (
        "two in one",
        lambda: Customer(id_type="13", id="1", name="X", emails=["uno@example.com; dos@example.com"]),
        e.InvalidEmail,
        "emails[0]",
    ),
    ("below the range", lambda: built(number="SETP1"), e.OutOfRange, "number"),
    ("above the range", lambda: built(number="SETP995000001"), e.OutOfRange, "number"),
    ("endless", lambda: built(number="SETP" + "9" * 5000), e.WrongPrefix, "number"),
    ("other prefix", lambda: built(number="FE990000001"), e.WrongPrefix, "number"),
    (
        "after validity",
        lambda: built(issued_at=datetime(2030, 1, 20, tzinfo=BOGOTA)),
        e.ResolutionNotInForce,
        "issued_at",
    ),
    ("no technical key", lambda: build(invoice(), _without_key()), e.MissingTechnicalKey, "resolution.technical_key"),
    ("no resolution", lambda: build(invoice(), ISSUER.replace(resolution=None)), e.NumberingError, "issuer.resolution"),
    ("another issuer", lambda: build(invoice(supplier=BUYER.party()), ISSUER), e.InvalidInput, "supplier.id"),
    ("naive", lambda: invoice(issued_at=datetime(2026, 3, 2)), e.NaiveDatetime, "issued_at"),
    ("currency alone", lambda: invoice(currency="USD"), e.MissingExchangeRate, "exchange_rate"),
    ("credit alone", lambda: invoice(payment=Payment(form="2")), e.MissingDueDate, "payments[0].due_date"),
    ("unit", lambda: invoice(line(unit="XYZ")), e.UnknownCode, "lines[0].unit"),
    ("operation", lambda: invoice(operation="05"), e.UnknownCode, "operation"),
    ("means", lambda: invoice(payment=Payment.cash("999")), e.UnknownCode, "payments[0].means"),
    ("negative price", lambda: invoice(line(price=-1)), e.InvalidInput, "lines[0].price"),
    ("no quantity", lambda: invoice(line(quantity=0)), e.InvalidInput, "lines[0].quantity"),
    ("own amount", lambda: invoice(line(amount=1)), e.InconsistentAmounts, "lines[0].amount"),
    ("no such field", lambda: line(colour="red"), e.InvalidInput, "colour"),
    ("no lines", lambda: build(invoice_without_lines(), ISSUER), e.InvalidInput, "lines"),
    ("lines of nothing", lambda: invoice_of([1]), e.InvalidInput, "lines[0]"),
    ("lines no list", lambda: invoice_of(5), e.InvalidInput, "lines"),
    ("no issuer", lambda: build(invoice(), None), e.InvalidInput, "issuer"),  # type: ignore[arg-type]
    ("software id", lambda: Software(id="mine", pin="1"), e.InvalidIdentification, "id"),
    ("range backwards", lambda: _resolution(range_from=9, range_to=1), e.InvalidInput, None),
    ("prefix with symbols", lambda: _resolution(prefix="A-1"), e.InvalidInput, "prefix"),
    ("long prefix", lambda: _resolution(prefix="ABCDE"), e.InvalidInput, "prefix"),
    ("range from zero", lambda: _resolution(range_from=0), e.InvalidInput, "range_from"),
    ("provider code", lambda: Software(id=SOFTWARE.id, pin="1", provider_code="12"), e.InvalidInput, "provider_code"),
    ("codes in one", lambda: _shop(activities=["6201;6202"]), e.InvalidInput, "activities[0]"),
    ("postal code", lambda: _shop(municipality="76001", postal_code="76001"), e.InvalidInput, "postal_code"),
    ("no date", lambda: Payment.credit("mañana"), e.InvalidInput, "due_date"),  # type: ignore[arg-type]
    ("moment as date", lambda: Payment.credit(NOW), e.InvalidInput, "due_date"),
    ("text as lines", lambda: load_document({**LOADABLE, "lines": "café"}), e.InvalidInput, "lines"),
    ("given twice", lambda: load_document(LOADABLE, number="SETP990000002"), e.NotAllowed, "number"),
    ("number of a note", lambda: _note("NC-1"), e.NumberingError, "number"),
    ("number without digits", lambda: _note("NC"), e.NumberingError, "number"),
    ("number too long", lambda: _note("NC1234567890123456789"), e.NumberingError, "number"),
    ("note's prefix", lambda: _note("ND1"), e.NumberingError, "number"),
    ("json", lambda: load_document("{"), e.InvalidInput, None),
    ("no xml", lambda: read(b"hola"), e.MalformedXml, None),
    ("naive signing", lambda: sign(built(), PKI.signer(SHOP.nit), at=datetime(2026, 3, 2)), e.NaiveDatetime, None),
    ("another day", lambda: _signed(at=NOW + timedelta(days=1)), e.WrongSigningDate, None),
    ("password", lambda: Pkcs12Signer.load(PKI.p12(SHOP.nit, "right"), "wrong"), e.WrongPassword, None),
    ("no key store", lambda: Pkcs12Signer.load(b"hola", "x"), e.NotAKeyStore, None),
    ("expired", lambda: _signed(flaw=Flaw.EXPIRED), e.CertificateExpired, None),
    ("not yet", lambda: _signed(flaw=Flaw.NOT_YET_VALID), e.CertificateNotYetValid, None),
    ("weak", lambda: _signed(flaw=Flaw.WEAK), e.WeakKey, None),
    ("another nit", lambda: sign(built(), PKI.signer("800199436"), at=NOW), e.WrongCertificateOwner, None),
]


def _shop(**changes: Any) -> Organization:
    return Organization.model_validate({"nit": "700085371", "name": "X", **changes})


LOADABLE = {
    "kind": "invoice",
    "number": "SETP990000001",
    "issued_at": "2026-03-02T10:15:00-05:00",
    "supplier": SHOP.party(),
    "customer": BUYER.party(),
}


def _note(number: str) -> Any:
    note = CreditNote.correcting(built(), concept="2", number=number, issued_at=NOW)
    return build(note, ISSUER)


def _signed(at: datetime = NOW, **options: Any) -> Any:
    return sign(built(), PKI.signer(SHOP.nit, **options), at=at)


def _resolution(**changes: Any) -> Resolution:
    values = {"authorization": "1", "valid_from": date(2026, 1, 1), "valid_to": date(2027, 1, 1)}
    return Resolution.model_validate({**values, "range_from": 1, "range_to": 2, **changes})


def _without_key() -> Issuer:
    assert ISSUER.resolution is not None
    return ISSUER.replace(resolution=ISSUER.resolution.replace(technical_key=None))


def invoice_of(lines: Any) -> Invoice:
    return Invoice.from_lines(
        number="SETP990000001", issued_at=NOW, supplier=SHOP, customer=BUYER, lines=lines, payment=Payment.cash()
    )


def invoice_without_lines() -> Invoice:
    return invoice_of([])


WITHOUT_FOUND = {"no technical key", "no lines", "password", "no key store"}
"""Nothing was given, or it is a secret: there is nothing to show."""
WITHOUT_FIELD = {"range backwards", "json", "no xml", "naive signing", "another day", *WITHOUT_FOUND} | {
    "expired", "not yet", "weak", "another nit",
}  # fmt: skip
"""Not one field of a model is wrong, but a file, a key, a moment or two fields together."""


@pytest.mark.parametrize(("name", "make", "kind", "field"), CASES, ids=[case[0] for case in CASES])
def test_it_is_refused_by_type_with_all_that_helps(
    name: str, make: Callable[[], Any], kind: type[DianFeError], field: str | None
) -> None:
    with pytest.raises(kind) as caught:
        make()
    error = caught.value
    assert type(error) is kind
    assert error.field == field or (field is None and name in WITHOUT_FIELD)
    assert error.message
    assert error.found or name in WITHOUT_FOUND
    assert error.expected
    assert error.remedy
    assert error.as_dict()["code"] == error.code
    for part in (error.message, error.found, error.expected, error.remedy):
        assert part is None or part in str(error)
    assert not re.search(r"\b(should|must|Input|Value|valid)\b", str(error)), "Spanish is spoken here"


def test_several_problems_are_told_together_each_of_its_type() -> None:
    with pytest.raises(e.InvalidInput) as caught:
        Line.model_validate({"description": "a\x00", "price": 1.5, "quantity": "x"})
    assert {type(error) for error in caught.value.errors} == {e.ForbiddenCharacter, e.FloatMoney, e.InvalidNumberText}
    assert {error.field for error in caught.value.errors} == {"description", "price", "quantity"}


def test_a_p12_sealed_with_rc2_opens_or_tells_how_to_convert_it(tmp_path: Path) -> None:
    """Under OpenSSL 3 the legacy ciphers are off by default."""
    pem = tmp_path / "all.pem"
    pem.write_bytes(PKI.identity(SHOP.nit).pem())
    made = subprocess.run(
        ["openssl", "pkcs12", "-legacy", "-export", "-keypbe", "PBE-SHA1-RC2-40", "-certpbe", "PBE-SHA1-RC2-40",
         "-in", str(pem), "-passout", "pass:x", "-out", str(tmp_path / "old.p12")],
        capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("this openssl does not make legacy files")
    # cryptography brings its own OpenSSL: where it opens such files they are simply used.
    opened: Any = None
    told = ""
    try:
        opened = Pkcs12Signer.load(tmp_path / "old.p12", "x")
    except e.LegacyKeyStore as error:
        told = str(error)
    assert "openssl pkcs12 -legacy" in told or opened.nit == SHOP.nit


def test_nothing_is_written_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Building, signing and refusing leave no file behind."""
    monkeypatch.chdir(tmp_path)
    _signed()
    for _, make, kind, _ in CASES[:10]:
        with pytest.raises(kind):
            make()
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def test_secrets_stay_out_of_every_text() -> None:
    secrets = ("12345", "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c")
    texts = [repr(ISSUER), str(ISSUER), ISSUER.to_json(), repr(ISSUER.resolution), repr(built()), str(ISSUER.software)]
    for make in (lambda: Software(id="x", pin="12345"), lambda: _resolution(technical_key="k" * 9, prefix="LARGO")):
        with pytest.raises(e.InvalidInput) as caught:
            make()
        texts += [str(caught.value), repr(caught.value), str(caught.value.as_dict())]
        secrets += ("kkkkkkkkk",)
    for text in texts:
        assert not any(secret in text.replace("990000000", "").replace("00000001", "") for secret in secrets)
    clear = str(ISSUER.with_secrets())
    assert all(secret in clear for secret in secrets[:2])
