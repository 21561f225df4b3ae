"""What a company says of itself: its secrets, its place, its numberings, its state (rows B3, B4, B15, B16, B20)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from dian_fe import (
    CreditNote,
    DebitNote,
    Invoice,
    Issuer,
    Line,
    OrganizationState,
    Payment,
    Resolution,
    Software,
    build,
    check,
    iva,
    load_issuer,
    readiness,
    sign,
)
from dian_fe.catalogs import Environment
from dian_fe.errors import DianFeError, InvalidInput, MaskedSecret, NotAllowed, WrongSigningDate
from dian_fe.faults import Certainty, Fault
from dian_fe.testing import Simulator, ToyPki
from tests.contracts.faults.rows import cases
from tests.rules.bases import BUYER, ISSUER, SHOP

AT = datetime(2026, 3, 2, 15, 15, tzinfo=UTC)
SOFTWARE, RANGE = ISSUER.software, ISSUER.resolution
assert RANGE is not None

# ---- B3, B4


def shown(model: Any) -> Any:
    return json.loads(model.model_dump_json())


def clear(**changes: Any) -> str:
    return json.dumps(ISSUER.with_secrets() | changes)


OTHER = SOFTWARE.with_secrets() | {"serves": ["credit_note"]}


@cases(
    "B3",
    {"an issuer's JSON": lambda: load_issuer(ISSUER.model_dump_json())},
    {
        "to_json": lambda: load_issuer(ISSUER.to_json()),
        "a mapping": lambda: load_issuer(ISSUER.model_dump(mode="json")),
        "a further numbering": lambda: load_issuer(clear(numberings=[shown(RANGE)])),
        "a further software": lambda: load_issuer(clear(softwares=[OTHER | {"pin": "*****"}])),
        "a copy": lambda: ISSUER.model_copy(update={"software": shown(SOFTWARE)}),
        "bullets between blanks": lambda: Software(id=SOFTWARE.id, pin="••• •• "),
        "asterisks of full width": lambda: Software(id=SOFTWARE.id, pin="＊＊＊＊"),
        "black circles in a key": lambda: RANGE.replace(technical_key=SecretStr("●" * 40)),
        "a simulator's numbering": lambda: Resolution.model_validate(shown(Simulator(seed=7).resolution("FE"))),
    },
)
def test_what_is_shown_for_a_secret_is_refused(case: Callable[[], Any]) -> None:
    with pytest.raises(MaskedSecret) as caught:
        case()
    for each in caught.value.errors or [caught.value]:
        assert (each.field or "").endswith(("pin", "technical_key"))
        assert each.remedy


KEY = "fc8eac422eba16e22ffd8c6f94b3f40a6e38162c"


@cases(
    "B4",
    {"38": KEY[:38], "63": KEY + KEY[:23], "upper case": KEY.upper(), "a blank": f"{KEY[:20]} {KEY[21:]}"},
    {
        "39": KEY[:39],
        "65": KEY + KEY[:25],
        "half in upper case": KEY[:20] + KEY[20:].upper(),
        "a letter of another script": KEY.replace("c", "\u0441"),
        "digits of full width": KEY.replace("8", "\uff18"),
        "a prefix of programs": f"0x{KEY}",
        "in braces": f"{{{KEY}}}",
        "broken in two lines": f"{KEY[:20]}\n{KEY[20:]}",
        "an unseen character": f"{KEY[:-1]}\u200b",
    },
)
def test_a_key_of_another_form_is_refused_everywhere(case: str) -> None:
    for make in (
        lambda: RANGE.replace(technical_key=case),
        lambda: RANGE.replace(technical_key=SecretStr(case)),
        lambda: load_issuer(clear(resolution=RANGE.with_secrets() | {"technical_key": case})),
        lambda: load_issuer(clear(numberings=[RANGE.with_secrets() | {"technical_key": case}])),
    ):
        with pytest.raises(InvalidInput) as caught:
            make()
        assert (caught.value.field or "").endswith("technical_key")
        assert case not in str(caught.value)
    assert RANGE.replace(technical_key=KEY + KEY[:24]).technical_key == SecretStr(KEY + KEY[:24])


# ---- B15

WEB = RANGE.replace(prefix="WEB", authorization="18760000001", range_from=1, range_to=100)
RENEWED = WEB.replace(authorization="18760000002", range_from=101, range_to=200)
PRODUCTION = ISSUER.replace(environment=Environment.PRODUCCION, resolution=WEB)


def sold(issuer: Issuer, prefix: str = "", at: datetime = AT, number: int = 0) -> Any:
    """Return an invoice of a company, numbered by the numbering of that prefix."""
    known = [each for each in (issuer.resolution, *issuer.numberings) if each is not None]
    numbering = next((each for each in known if each.prefix == prefix), known[0])
    return Invoice.from_lines(
        number=f"{numbering.prefix}{number or numbering.range_from}",
        issued_at=at,
        supplier=issuer.organization,
        customer=BUYER,
        lines=[Line(description="Café", quantity=1, price=1000, standard_code="1", standard="999", taxes=[iva(5)])],
        payment=Payment.cash(),
    )


def refused(issuer: Issuer, prefix: str = "", number: int = 0) -> bool:
    """True if a document cannot be made, or check rejects it."""
    try:
        return bool(check(build(sold(issuer, prefix, number=number), issuer), issuer=issuer).rejects)
    except DianFeError:
        return True


@cases(
    "B15",
    {"no place": (ISSUER.replace(organization=SHOP.replace(municipality=None, address=None)), "", {})},
    {
        "no e-mail": (ISSUER.replace(organization=SHOP.replace(emails=())), "", {}),
        "a second numbering that ended": (
            ISSUER.replace(numberings=[WEB.replace(valid_from=date(2019, 1, 1), valid_to=date(2020, 1, 1))]),
            "WEB",
            {},
        ),
        "a second numbering to come": (
            ISSUER.replace(numberings=[WEB.replace(valid_from=date(2026, 3, 3))]),
            "WEB",
            {},
        ),
        "a second numbering of invoices without key": (
            ISSUER.replace(numberings=[WEB.replace(technical_key=None, document_type="01")]),
            "WEB",
            {},
        ),
        "no numbering for invoices": (
            ISSUER.replace(resolution=None, numberings=[WEB.replace(document_type="05")]),
            "WEB",
            {},
        ),
        "a range used up": (PRODUCTION, "WEB", {"last_consecutive": 100}),
        "a range used up, its renewal elsewhere": (
            PRODUCTION.replace(numberings=[RENEWED.replace(prefix="T")]),
            "WEB",
            {"last_consecutive": 100},
        ),
        "a renewal that is not in force": (
            PRODUCTION.replace(numberings=[RENEWED.replace(valid_from=date(2026, 6, 1))]),
            "WEB",
            {"last_consecutive": 100},
        ),
    },
)
def test_what_check_refuses_is_not_ready(case: tuple[Issuer, str, dict[str, Any]]) -> None:
    issuer, prefix, known = case
    assert refused(issuer, prefix, known.get("last_consecutive", -1) + 1)
    report = readiness(issuer, at=AT, **known)
    assert report.rejects
    assert not report.ok


GOOD: dict[str, tuple[Issuer, str, dict[str, Any]]] = {
    "numberings alone": (ISSUER.replace(resolution=None, numberings=[WEB]), "WEB", {}),
    "a renewed range": (
        PRODUCTION.replace(numberings=[RENEWED]),
        "WEB",
        {"last_consecutive": 100, "associated": [RENEWED, WEB]},
    ),
    "a contingency without key": (
        ISSUER.replace(numberings=[WEB.replace(technical_key=None, document_type="03")]),
        "SETP",
        {},
    ),
    "another family without key": (
        ISSUER.replace(numberings=[WEB.replace(technical_key=None, document_type="05")]),
        "SETP",
        {},
    ),
    "a numbering that may be of contingency": (
        ISSUER.replace(numberings=[WEB.replace(technical_key=None)]),
        "SETP",
        {},
    ),
}


@pytest.mark.parametrize(("issuer", "prefix", "known"), GOOD.values(), ids=GOOD)
def test_what_check_takes_is_ready(issuer: Issuer, prefix: str, known: dict[str, Any]) -> None:
    assert not refused(issuer, prefix, known.get("last_consecutive", -1) + 1)
    assert not readiness(issuer, at=AT, **known).rejects


def test_a_key_that_may_be_needed_is_told_as_a_doubt() -> None:
    report = readiness(GOOD["a numbering that may be of contingency"][0], at=AT)
    told = [(fault.path, fault.certainty) for fault in report if fault.code == "no_technical_key"]
    assert told == [("issuer.numberings[0].technical_key", Certainty.DUDOSA)]
    assert not [fault for fault in readiness(GOOD["a contingency without key"][0], at=AT) if "key" in fault.code]


def test_what_dian_gives_is_asked_of_every_numbering() -> None:
    for given in (PRODUCTION.replace(resolution=None, numberings=[WEB]), PRODUCTION.replace(numberings=[RENEWED])):
        assert "prefix_associated" in {each.code for each in readiness(given, at=AT).not_evaluated}
    both = PRODUCTION.replace(numberings=[RENEWED.replace(prefix="T")])
    given = [WEB, RENEWED.replace(prefix="T", technical_key=None)]
    assert "technical_key" in {each.code for each in readiness(both, at=AT, associated=given).not_evaluated}


# ---- B16

STATE = {"not_electronic_invoicer", "no_prior_validation", "not_started"}


def told(state: OrganizationState, kind: str = "invoice", how: str = "check") -> list[Fault]:
    issuer = PRODUCTION.replace(organization=SHOP.replace(state=state))
    if how == "readiness":
        return list(readiness(issuer, at=AT))
    built = build(sold(issuer), issuer)
    if kind != "invoice":
        model = {"credit_note": CreditNote, "debit_note": DebitNote}[kind]
        lines = [built.document.lines[0].without_amounts()]
        built = build(model.correcting(built, concept="1", number="N1", issued_at=AT, lines=lines), issuer)
    document = sign(built, ToyPki(7).signer(SHOP.nit), at=AT) if how == "signed" else built
    return list(check(document, issuer=issuer))


INACTIVE = OrganizationState(prior_validation=False)


@cases(
    "B16",
    {"no prior validation": lambda: told(INACTIVE)},
    {
        "a credit note": lambda: told(INACTIVE, "credit_note"),
        "a debit note": lambda: told(INACTIVE, "debit_note"),
        "signed": lambda: told(INACTIVE, how="signed"),
        "in readiness": lambda: told(INACTIVE, how="readiness"),
        "no invoicer": lambda: told(OrganizationState(electronic_invoicing=False, prior_validation=True)),
        "a start date of tomorrow": lambda: told(OrganizationState(start_date=date(2026, 3, 3))),
    },
)
def test_a_company_that_is_not_active_is_told(case: Callable[[], list[Fault]]) -> None:
    found = [fault for fault in case() if fault.code in STATE]
    assert found
    assert all(fault.rejects and fault.hint for fault in found)


@pytest.mark.parametrize("spelled", [False, None, 1, "sí", "True"])
def test_nobody_activates_a_company_without_saying_so(spelled: Any) -> None:
    with pytest.raises((NotAllowed, InvalidInput)):
        SHOP.activated(date(2026, 3, 2), cannot_be_undone=spelled)
    active = PRODUCTION.replace(organization=SHOP.activated(date(2026, 3, 2), cannot_be_undone=True))
    assert not [fault for fault in readiness(active, at=AT) if fault.code in STATE]


# ---- B20

NIGHT = datetime(2026, 3, 3, 4, 59, 59, tzinfo=UTC)
"""The last second of 2 March in Colombia."""


def signed(kind: str, issued: datetime, at: datetime) -> Any:
    built = build(sold(ISSUER, at=issued), ISSUER)
    if kind in {"credit_note", "debit_note"}:
        model = {"credit_note": CreditNote, "debit_note": DebitNote}[kind]
        lines = [built.document.lines[0].without_amounts()]
        built = build(model.correcting(built, concept="1", number="N1", issued_at=issued, lines=lines), ISSUER)
    return sign(built, ToyPki(7).signer(SHOP.nit), at=at)


@cases(
    "B20",
    {"yesterday's": ("invoice", AT - timedelta(days=1), AT, "FAD09e")},
    {
        "a credit note": ("credit_note", AT - timedelta(days=1), AT, "CAD09e"),
        "a debit note": ("debit_note", AT - timedelta(days=1), AT, "DAD09e"),
        "tomorrow's": ("invoice", AT + timedelta(days=1), AT, "FAD09e"),
        "a second after midnight in Colombia": ("invoice", NIGHT, NIGHT + timedelta(seconds=1), "FAD09e"),
        "a year ago": ("invoice", AT - timedelta(days=365), AT, "FAD09e"),
    },
)
def test_another_day_is_told_by_the_code_of_the_rule(case: tuple[str, datetime, datetime, str]) -> None:
    kind, issued, at, code = case
    with pytest.raises(WrongSigningDate) as caught:
        signed(kind, issued, at)
    assert caught.value.code == code
    assert [fault.code for fault in caught.value.faults] == [code]


def test_one_day_in_colombia_may_be_two_elsewhere() -> None:
    assert signed("invoice", NIGHT - timedelta(hours=20), NIGHT).signing_time == NIGHT
