"""An issuer with several numberings and registrations of software: each document takes its own."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from dian_fe import Built, CreditNote, Invoice, Issuer, build, check, load_issuer
from dian_fe.errors import InvalidInput, MissingTechnicalKey, NumberingError, WrongPrefix
from dian_fe.models.issuer import Software
from dian_fe.models.resolution import Resolution
from dian_fe.testing.random_documents import random_document, sample_issuer

SHOP = sample_issuer()
OTHER = Software(id="11111111-2222-3333-4444-555555555555", pin="98765", serves=["credit_note"])


def numbering(prefix: str, **changes: Any) -> Resolution:
    values: dict[str, Any] = {
        "authorization": f"187600000{len(prefix)}",
        "prefix": prefix,
        "range_from": 1,
        "range_to": 500,
        "valid_from": "2024-01-01",
        "valid_to": "2030-01-01",
        "technical_key": "ab" * 20,
    }
    return Resolution.model_validate(values | changes)


def issuer(*numberings: Resolution, **changes: Any) -> Issuer:
    return SHOP.replace(numberings=numberings, **changes)


def invoice(number: str, type_code: str = "01") -> Invoice:
    given = random_document(11, "invoice")
    assert isinstance(given, Invoice)
    return Invoice.from_lines(
        number=number,
        issued_at=datetime.fromisoformat("2026-03-02T10:00:00-05:00"),
        supplier=SHOP.organization,
        customer=given.customer,
        lines=[given.lines[0].without_amounts()],
        payment=given.payments[0].replace(due_date="2026-04-01"),
        type_code=type_code,
    )


def range_of(built: Built[Any]) -> tuple[str | None, str | None]:
    return built.control.range_prefix, built.control.authorization


def test_the_prefix_chooses_the_numbering() -> None:
    web, shop = numbering("WEB"), numbering("T", authorization="18760000099")
    both = issuer(web, shop)
    assert range_of(build(invoice("WEB7"), both)) == ("WEB", web.authorization)
    assert range_of(build(invoice("T7"), both)) == ("T", "18760000099")
    assert range_of(build(invoice("SETP990000007"), both))[0] == "SETP"


def test_a_renewed_range_of_the_same_prefix_is_found() -> None:
    renewed = numbering("WEB", authorization="18760000777", range_from=501, range_to=900)
    assert range_of(build(invoice("WEB600"), issuer(numbering("WEB"), renewed)))[1] == "18760000777"


def test_a_prefix_that_begins_another_is_not_taken_for_it() -> None:
    assert range_of(build(invoice("A12"), issuer(numbering("A"), numbering("A1", range_from=3))))[0] == "A"


def test_a_numbering_of_another_kind_is_not_taken() -> None:
    support = numbering("WEB", document_type="05")
    with pytest.raises(WrongPrefix):
        build(invoice("WEB7"), issuer(support))
    with pytest.raises(NumberingError):
        build(invoice("WEB7"), issuer(support, resolution=None))


def test_each_numbering_has_its_own_technical_key() -> None:
    keyless = numbering("CON", technical_key=None)
    both = issuer(numbering("WEB"), keyless)
    with pytest.raises(MissingTechnicalKey, match="CON"):
        build(invoice("CON3"), both)
    assert build(invoice("CON3", type_code="03"), both).control.key_scheme == "CUDE-SHA384"
    assert (
        build(invoice("WEB3"), both).key
        != build(invoice("WEB3"), issuer(numbering("WEB", technical_key="cd" * 20))).key
    )


def test_the_rules_judge_by_the_numbering_of_the_document() -> None:
    both = issuer(numbering("WEB"))
    codes = {fault.code for fault in check(build(invoice("WEB7"), both), issuer=both)}
    assert not codes & {"FAB05b", "FAB07b", "FAB08b", "FAB10b", "FAB11b", "FAB12b", "FAD05b", "FAD05c", "FAD06"}


def test_a_kind_has_the_software_that_serves_it() -> None:
    both = issuer(softwares=[OTHER])
    original = build(invoice("SETP990000007"), both)
    note = CreditNote.correcting(original, concept="2", number="NC1", issued_at=original.document.issued_at)
    assert build(note, both).control.software_id == OTHER.id
    assert original.control.software_id == SHOP.software.id
    faults = check(build(note, both), issuer=both, original=original)
    assert not {"CAB24", "CAB27b", "CAD06"} & {fault.code for fault in faults}


@pytest.mark.parametrize("softwares", [[OTHER.replace(serves=())], [OTHER, OTHER]])
def test_registrations_say_what_they_serve_once(softwares: list[Software]) -> None:
    with pytest.raises(InvalidInput, match="serves"):
        issuer(softwares=softwares)


def test_secrets_of_all_of_them_go_through_json() -> None:
    both = issuer(numbering("WEB"), softwares=[OTHER])
    clear = json.dumps(both.with_secrets(), default=str)
    assert load_issuer(clear) == both
    shown = f"{both!r} {both.model_dump_json()}"
    assert "98765" not in shown
    assert "abab" not in shown
