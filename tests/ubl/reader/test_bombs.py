"""What is made to fill the memory: each is refused by name or read as what it is, and the rest of its file too."""

from __future__ import annotations

from base64 import b64encode

import pytest

from dian_fe import _xmlsafe, check, examine, read
from dian_fe.errors import UnsafeArchive, UnsafeXml
from dian_fe.ubl import archive
from dian_fe.ubl.archive import make_zip
from tests.verifying.sealing import packed, sold

XML = sold()[0].xml
MEGABYTE = 1_000_000


def with_end(content: bytes, xml: bytes = XML, root: bytes = b"</Invoice>") -> bytes:
    at = xml.rindex(root)
    return xml[:at] + content + xml[at:]


REFUSED = {
    "more bytes than are admitted": (with_end(b" " * _xmlsafe.MAX_BYTES), "más grande"),
    "an endless text": (with_end(b"<x>" + b"x" * 11 * MEGABYTE + b"</x>"), "tamaño de un texto"),
    "an endless attribute": (with_end(b'<x a="' + b"x" * 11 * MEGABYTE + b'"/>'), "tamaño de un texto"),
    "levels without end": (with_end(b"<x>" * 300 + b"</x>" * 300), "profundidad"),
    "entities in each other": (b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + XML, "DOCTYPE"),
    "an entity of a file": (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + XML, "DOCTYPE"),
    "entities that only parameters name": (b'<!DOCTYPE x [<!ENTITY % a "b"> %a;]>' + XML, "DOCTYPE"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("verb", [read, examine])
def test_a_bomb_is_refused_by_name(name: str, verb: object) -> None:
    data, reason = REFUSED[name]
    with pytest.raises(UnsafeXml, match=reason) as refused:
        verb(data)  # type: ignore[operator]
    assert len(str(refused.value)) < 1_000


def test_an_inclusion_is_an_element_without_a_field() -> None:
    include = b'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    received = read(with_end(include))
    assert received.unmapped == ("/Invoice/include",)
    assert b"root:" not in repr(received).encode()
    assert check(received).rejects


def test_more_tags_than_any_document_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    tags = XML.count(b"<")
    monkeypatch.setattr(_xmlsafe, "MAX_TAGS", tags)
    assert read(XML).document is not None
    with pytest.raises(UnsafeXml, match="supera los límites") as refused:
        read(with_end(b"<x/>"))
    assert refused.value.found == f"más de {tags} marcas («<»)"


def test_tags_of_a_carried_document_are_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    container = packed().xml
    assert container.count(b"<![CDATA[") > 0
    outside = _xmlsafe.tags_of(container)
    monkeypatch.setattr(_xmlsafe, "MAX_TAGS", 300)
    assert _xmlsafe.tags_of(container) < 300 < outside


def test_tags_of_all_parts_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a kilobyte may unpack to so many documents that their trees fill the memory."""
    tags = XML.count(b"<")
    monkeypatch.setattr(archive.Limits.__init__, "__defaults__", (1000, 1 << 26, 1 << 25, 3 * tags))
    received = read(make_zip({f"{at}.xml": XML for at in range(5)}))
    assert [getattr(part, "reason", None) is None for part in received.parts] == [True] * 3 + [False] * 2
    assert "más marcas" in str(received.files[0].reason)
    examination = examine(make_zip({f"{at}.xml": XML for at in range(5)}))
    assert sum(fault.code == "unreadable_part" for fault in examination.parts[3].findings) == 1


def test_a_long_pdf_in_a_leaf_is_kept_or_refused_by_its_size() -> None:
    def of(size: int) -> bytes:
        pdf = b64encode(b"%PDF-1.7\n" + b"x" * size)
        tag = b"cbc:EmbeddedDocumentBinaryObject"
        leaf = b"<cac:Attachment><%b>%b</%b></cac:Attachment>" % (tag, pdf, tag)
        return with_end(leaf, packed().xml, b"</AttachedDocument>")

    (pdf,) = (file for file in read(of(5 * MEGABYTE)).files if file.media_type == "application/pdf")
    assert len(pdf.raw) > 5 * MEGABYTE
    for size in (9, 50):
        with pytest.raises(UnsafeXml):
            read(of(size * MEGABYTE))


def test_a_long_pdf_in_a_zip_is_refused_with_its_name() -> None:
    data = make_zip({"factura.xml": XML, "factura.pdf": b"%PDF-1.7\n" + bytes(50 * MEGABYTE)}, level=1)
    with pytest.raises(UnsafeArchive, match=r"factura\.pdf"):
        read(data)
