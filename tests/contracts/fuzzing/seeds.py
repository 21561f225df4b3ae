"""What fuzzing starts from: every kind of file that comes by mail."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from typing import Any

from lxml import etree

from dian_fe import build, sign
from dian_fe.families.registry import families, find
from dian_fe.testing import Simulator, random_document
from dian_fe.testing.random_documents import sample_issuer
from dian_fe.testing.samples import issuable, samples_of
from dian_fe.ubl.archive import make_zip
from tests.delivery.support import PDF, issued, note_of, office, package
from tests.signing.support import canonical
from tests.support.shared import shared_dir
from tests.verifying.foreign import EXCLUSIVE, Foreign


@cache
def own() -> tuple[bytes, ...]:
    """Files that the library writes, signed: documents, answers, containers, ZIPs."""
    signed, verdict = issued()
    made = package(pdf=PDF, annexes={"foto.png": b"\x89PNG"})
    files = [signed.xml, verdict.application_response, made.xml, made.zip_bytes, package().zip_bytes]
    note, answer = issued(note_of(signed))
    files += [note.xml, answer.application_response]
    kinds: tuple[Any, ...] = ("invoice", "credit_note", "debit_note")
    for number, kind in enumerate(kinds * 2):
        document = random_document(number, kind)
        built = build(document, sample_issuer())
        files += [built.xml, sign(built, office().signer(document.supplier.id), at=document.issued_at).xml]
    return (*files, *other_kinds())


@cache
def other_kinds() -> tuple[bytes, ...]:
    """One of each kind of the families that came after invoices and notes."""
    names = [name for name in issuable() if find(name).family is not families()[0]]
    return tuple(samples_of(name).issued(Simulator(seed=1), name, 7).signed.xml for name in names)


@cache
def foreign() -> tuple[bytes, ...]:
    """Files as others write them: other signatures, forms, encodings, versions and families."""
    signed, verdict = issued()
    made = package()
    text = signed.xml.decode()
    escaped = re.sub(rb"<!\[CDATA\[.*?\]\]>", lambda match: _escaped(match[0][9:-3]), made.xml, flags=re.DOTALL)
    base64 = re.sub(rb"<!\[CDATA\[.*?\]\]>", lambda match: b64encode(match[0][9:-3]), made.xml, flags=re.DOTALL)
    bare = re.sub(rb"<!\[CDATA\[(?:<\?xml[^>]*>)?(.*?)\]\]>", rb"\1", made.xml, flags=re.DOTALL)
    place = "<ext:UBLExtension><ext:ExtensionContent></ext:ExtensionContent></ext:UBLExtension>"
    vendor = place.replace("></ext:Ext", "><v xmlns='noova'><n>1</n></v></ext:Ext")
    plain = canonical(extensions=place).xml
    files = [
        *(escaped, base64, bare),
        *(b"\xef\xbb\xbf" + signed.xml, b"\r\n  " + made.xml, signed.xml.replace(b"\n", b"\r\n")),
        text.replace("UTF-8", "ISO-8859-1", 1).encode("iso-8859-1", "xmlcharrefreplace"),
        text.replace("UTF-8", "UTF-16", 1).encode("utf-16"),
        *(Foreign(), Foreign(c14n=EXCLUSIVE, transforms=True, pretty=True), Foreign(hash="sha1", digest="sha512")),
        *(Foreign(detached=True), Foreign(early=True)),
        canonical(extensions=vendor + place).xml,
        b'<fe:Invoice xmlns:fe="http://www.dian.gov.co/contratos/facturaelectronica/v1"/>',
        b'<NominaIndividual xmlns="dian:gov:co:facturaelectronica:NominaIndividual"/>',
        make_zip({"a.zip": made.zip_bytes, "b.xml": signed.xml, "c.pdf": PDF, "d.xml": verdict.application_response}),
        etree.tostring(etree.fromstring(signed.xml), pretty_print=True),
        made.xml.replace(b"&amp;", b"&amp;amp;"),
    ]
    return tuple(file.sign(plain) if isinstance(file, Foreign) else file for file in files)


def _escaped(data: bytes) -> bytes:
    return data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


@cache
def samples() -> tuple[bytes, ...]:
    """Real structures, where the folder of facts is here."""
    shared = shared_dir()
    return () if shared is None else tuple(path.read_bytes() for path in sorted((shared / "samples").glob("*.xml")))


def seeds() -> tuple[bytes, ...]:
    return (*own(), *foreign(), *samples())
