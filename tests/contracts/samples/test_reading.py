"""Real documents of many emitters (kept beside the project, not in it): every file gives a document or a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from dian_fe import Received, read, rows
from dian_fe.errors import UnreadableDocument, UnsupportedDocument
from dian_fe.ubl.archive import make_zip
from dian_fe.verifying import verify_signature
from tests.support.shared import shared_dir

FOLDER = None if shared_dir() is None else Path(str(shared_dir())) / "samples"
FILES = [] if FOLDER is None else sorted(path.name for path in FOLDER.glob("*.xml"))
KINDS = {
    "applicationresponse": "application_response",
    "applicationresponse-evento": "event",
    "attacheddocument": "attached_document",
    "creditnote": "credit_note",
    "creditnote-ajuste": "support_note",
    "debitnote": "debit_note",
    "invoice": "invoice",
    "invoice-pos": "pos_ticket",
    "nomina": "payroll",
    "toolbox-pos": "pos_ticket",
}
REASONS = {
    "invoice-09.xml": (UnsupportedDocument, "anterior a UBL 2.1"),
    "invoice-10.xml": (UnreadableDocument, "customer, issued_at, number, supplier"),
}
"""Files that are no document, and the reason that is given."""

pytestmark = pytest.mark.skipif(FOLDER is None, reason="the real documents are not beside the project")


def data(name: str) -> bytes:
    assert FOLDER is not None
    return (FOLDER / name).read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_read_or_refused_with_its_reason(name: str) -> None:
    if name in REASONS:
        error, words = REASONS[name]
        with pytest.raises(error) as caught:
            read(data(name))
        assert words in str(caught.value)
        return
    received = read(data(name))
    assert received.kind.name == next(KINDS[begun] for begun in sorted(KINDS, reverse=True) if name.startswith(begun))
    assert received.raw == data(name)
    # Signatures were taken out of the collection: every one must be told unsigned, by reading and by verifying.
    for part in received.walk():
        assert not part.signed
        assert verify_signature(part.raw).signature.present is False


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("attached")])
def test_containers_give_their_document_and_dians_answer(name: str) -> None:
    received = read(data(name))
    assert [part.kind.name for part in received.parts if isinstance(part, Received)] == [
        "invoice",
        "application_response",
    ]
    (invoice,), (answer,) = received.sales_documents, received.answers
    assert answer.document.accepted
    assert answer.document.reference_key == invoice.key
    assert received.document.parent_number == invoice.document.number
    (row,) = rows(received)
    assert row["accepted"] is True
    assert row["validated_at"] == answer.document.issued_at
    assert len(rows(received, "lines")) == row["line_count"] == len(invoice.document.lines)


def test_what_is_odd_in_real_containers_is_told() -> None:
    told = {name: list(read(data(name)).problems) for name in FILES if name[:4] == "atta"}
    reference = "/AttachedDocument/cac:ParentDocumentLineReference/cac:DocumentReference/cbc:ID"
    odd = {name: [each.xpath for each in found if "vacío" not in each.message] for name, found in told.items()}
    assert {name: places for name, places in odd.items() if places} == {"attacheddocument-06.xml": [reference]}
    assert any(told[name] for name in told if name != "attacheddocument-06.xml")  # real ones have empty data


def test_all_of_them_in_one_zip() -> None:
    received = read(make_zip({name: data(name) for name in FILES}))
    assert [part.name for part in received.parts] == FILES
    assert {file.name for file in received.files} == set(REASONS)
    assert len(rows(received)) == len(received.documents)
