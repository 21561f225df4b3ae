"""What is made to occupy whoever reads and verifies: files of any size, each full of one thing.

Every fragment is canonical (Canonical XML 1.0) but comments, so that a document that has it before signing is signed as
any other of the library's own; after signing, the same edit breaks a good signature, and the cause is looked for.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from warnings import catch_warnings, simplefilter
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from subjects import NIT, NOW, invoice, issuer, items

from dian_fe import build, pack
from dian_fe.signing import sign
from dian_fe.signing.documents import sign_document
from dian_fe.testing import Judge, ToyPki
from dian_fe.ubl.canonical import Canonical

PKI = ToyPki(seed=7)
_END = b"</Invoice>"
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_EXTENSION = "<ext:UBLExtension><ext:ExtensionContent><x></x></ext:ExtensionContent></ext:UBLExtension>"
_SIGNATURE = b"</ds:Object></ds:Signature>"


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of hostile file. ``before`` and ``after``: whether it is there when the document is signed, or added."""

    name: str
    make: Callable[[int, bool], bytes]
    before: bool = True
    after: bool = True


def _many(one: Callable[[int], str], size: int) -> bytes:
    """Return so many pieces that they are about ``size`` bytes."""
    pieces: list[str] = []
    length = 0
    while length < size:
        pieces.append(one(len(pieces)))
        length += len(pieces[-1])
    return "".join(pieces).encode()


@cache
def honest() -> Canonical:
    return build(invoice(items(3)), issuer()).canonical


def _signed(document: Canonical) -> bytes:
    return sign(document, PKI.signer(NIT), at=NOW).xml


def _put(xml: bytes, old: bytes, new: bytes) -> bytes:
    """Replace the last place of ``old``."""
    at = xml.rindex(old)
    return xml[:at] + new + xml[at + len(old) :]


def _in_body(edit: Callable[[bytes, int], bytes]) -> Callable[[int, bool], bytes]:
    """Make a shape that is somewhere behind the signature, so that its place stays."""

    def make(size: int, before: bool) -> bytes:
        plain = honest()
        if not before:
            return edit(_signed(plain), size)
        edited = edit(plain.xml, size)
        xml = _signed(replace(plain, xml=_COMMENT.sub(b"", edited)))
        if not _COMMENT.search(edited):
            return xml
        signature = xml[xml.index(b"<ds:Signature ") : xml.index(b"</ds:Signature>") + len(b"</ds:Signature>")]
        return replace(plain, xml=edited).with_signature(signature)

    return make


def _at_end(one: Callable[[int], str]) -> Callable[[int, bool], bytes]:
    return _in_body(lambda xml, size: _put(xml, _END, _many(one, size) + _END))


def _around(opening: str, one: Callable[[int], str], closing: str) -> Callable[[int, bool], bytes]:
    return _in_body(lambda xml, size: _put(xml, _END, opening.encode() + _many(one, size) + closing.encode() + _END))


def _in_note(one: Callable[[int], str]) -> Callable[[int, bool], bytes]:
    """Make one long text of a datum that the model has."""
    return _in_body(lambda xml, size: _put(xml, b"</cbc:Description>", _many(one, size) + b"</cbc:Description>"))


def _prefix(declaration: bytes) -> bytes:
    """Return what Canonical XML sorts declarations by."""
    return declaration.partition(b"=")[0]


def _on_root(one: Callable[[int], str], children: Callable[[int], str] | None = None) -> Callable[[int, bool], bytes]:
    """Declare on the root: half of the size in elements when there are ``children``."""

    def make(size: int, before: bool) -> bytes:
        half = size if children is None else size // 2
        declared = _many(one, half)
        inside = b"" if children is None else _many(children, half)
        plain = honest()
        own = plain.namespaces.encode()
        if before:
            everything = sorted(re.findall(rb' xmlns(?::[^=]+)?="[^"]*"', own + declared), key=_prefix)
            new = b"".join(everything)
        else:
            new = own + declared
        if not before:
            return _put(_signed(plain), _END, inside + _END).replace(own, new, 1)
        xml = _put(plain.xml.replace(own, new, 1), _END, inside + _END)
        at = plain.signature_at + len(new) - len(own)
        return _signed(replace(plain, xml=xml, namespaces=new.decode(), signature_at=at))

    return make


def _in_signature(one: Callable[[int], str], place: bytes = _SIGNATURE) -> Callable[[int, bool], bytes]:
    return lambda size, _: _put(_signed(honest()), place, _many(one, size) + place)


def _nested(at: int) -> str:
    return "<x>" * 200 + "</x>" * 200


def _deep_declarations(at: int) -> str:
    return "".join(f'<d{i}:x xmlns:d{i}="u:{at}.{i}">' for i in range(200)) + "".join(
        f"</d{i}:x>" for i in reversed(range(200))
    )


def _line(at: int) -> str:
    return (
        f'<cac:InvoiceLine><cbc:ID>{at}</cbc:ID><cbc:InvoicedQuantity unitCode="94">1.00</cbc:InvoicedQuantity>'
        '<cbc:LineExtensionAmount currencyID="COP">1.00</cbc:LineExtensionAmount><cac:Item><cbc:Description>x'
        '</cbc:Description></cac:Item><cac:Price><cbc:PriceAmount currencyID="COP">1.00</cbc:PriceAmount></cac:Price>'
        "</cac:InvoiceLine>"
    )


# --- ZIP files


_MOST_FILES = 990
"""Files in a ZIP: a few less than are admitted, so that all of them are looked at."""


def _zip(
    content: Callable[[int], bytes], name: str = "{}.xml", method: int = ZIP_STORED
) -> Callable[[int, bool], bytes]:
    """Make a ZIP with a good invoice first, and then as many files as are admitted, each with its share of the size."""

    def make(size: int, _: bool) -> bytes:
        target = BytesIO()
        with ZipFile(target, "w", method) as archive, catch_warnings():
            simplefilter("ignore")  # of names that come twice
            archive.writestr("factura.xml", _signed(honest()))
            for at in range(_MOST_FILES):
                info = ZipInfo(name.format(at))
                info.compress_type = method
                archive.writestr(info, content(size // _MOST_FILES))
        return target.getvalue()

    return make


def _filled(start: bytes, piece: bytes) -> Callable[[int], bytes]:
    return lambda size: start + piece * (max(size - len(start), 0) // len(piece) + 1)


def _damaged(size: int, _: bool) -> bytes:
    """Make a ZIP whose entries are no deflate streams: none can be unpacked."""
    made = _zip(_filled(b"", b"\x07"))(size, False)
    # Their method becomes 8 (deflate) in directory and local headers; the first entry is spoilt too.
    made = re.sub(rb"(PK\x03\x04.{4})\0\0", b"\\1\x08\0", made, flags=re.DOTALL)
    return re.sub(rb"(PK\x01\x02.{6})\0\0", b"\\1\x08\0", made, flags=re.DOTALL)


def _endless(size: int, _: bool) -> bytes:
    """Make a ZIP of more files than are admitted, as many as fit."""
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        while target.tell() < size:
            archive.writestr(f"{target.tell()}.xml", b"<x></x>")
    return target.getvalue()


def _two_directories(size: int, _: bool) -> bytes:
    first, second = (_zip(_filled(b"", letter), "{}.txt")(size // 2, False) for letter in (b"x", b"y"))
    return first + second


def _bomb(content: bytes) -> Callable[[int, bool], bytes]:
    """Make a small ZIP that unpacks to hundreds of times its size: as many times as ``size`` has bytes."""

    def make(size: int, _: bool) -> bytes:
        target = BytesIO()
        with ZipFile(target, "w", ZIP_DEFLATED) as archive:
            archive.writestr("0.xml", _signed(honest()))
            xml = honest().xml[: -len(_END)] + content * (size // len(content)) + _END
            archive.writestr("1.xml", xml)
        return target.getvalue()

    return make


def _plenty(size: int, _: bool) -> bytes:
    """Make a ZIP of files that together unpack to more than is admitted, the more the larger it is."""
    xml = b"<Invoice>" + b" " * 1_000_000 + b"</Invoice>"
    return _zip(lambda share: xml, method=ZIP_DEFLATED)(size, False)


def _markup(at: int) -> str:
    """Return the marks of everything that is looked for in texts."""
    return '&amp;amp;&lt;a " \u00c3\u00a9 \ufeff &#xD; '


@cache
def _container() -> bytes:
    """Return the AttachedDocument of an accepted invoice."""
    judge = Judge(seed=7)
    judge.register(issuer().resolution)
    judge.register_software(issuer().software)
    signed = sign_document(build(invoice(items(3)), issuer()), judge.signer(NIT), at=NOW)
    verdict = judge.judge(signed.xml)
    return pack(signed, verdict, judge.signer(NIT), at=NOW).xml


def _attached(text: str) -> str:
    """Return an AttachedDocument that carries a text."""
    return (
        f"<cac:Attachment><cac:ExternalReference><cbc:Description>{text}</cbc:Description></cac:ExternalReference>"
        "</cac:Attachment>"
    )


def _carried(text: str) -> Callable[[int, bool], bytes]:
    outer = b"</AttachedDocument>"
    return lambda size, _: _put(_container(), outer, _many(lambda at: _attached(text), size) + outer)


def _containers(size: int, _: bool) -> bytes:
    """Carry containers in a container, each with what is in it."""
    return _carried(escape(_container().decode()))(size, False)


def _carried_pdf(size: int, _: bool) -> bytes:
    pdf = b64encode(b"%PDF-1.7\n" + b"x" * (size * 3 // 4)).decode()
    return _carried(pdf)(size, False)


def _gap(at: int) -> str:
    return " \n"


SHAPES = (
    Shape("elements without a field", _at_end(lambda at: "<x></x>")),
    Shape("empty tags without a field", _at_end(lambda at: "<x/>"), before=False),
    Shape("elements without a field, all named otherwise", _at_end(lambda at: f"<x{at}></x{at}>")),
    Shape("elements without a field inside one", _around("<x>", lambda at: "<y></y>", "</x>")),
    Shape("comments between elements", _at_end(lambda at: "<!-- c -->")),
    Shape("comments inside a text", _in_note(lambda at: "a<!--c-->")),
    Shape("instructions", _at_end(lambda at: "<?a b?>")),
    Shape("instructions inside a text", _in_note(lambda at: "a<?a b?>")),
    Shape("attributes of one element", _around("<x", lambda at: f' a{at:07}=""', "></x>")),
    Shape("attributes of all elements", _at_end(lambda at: '<x a="" b="" c="" d="" e="" f=""></x>')),
    Shape(
        "attributes of one prefix each",
        _at_end(lambda at: f'<x xmlns:p{at}="u:{at}" p{at}:a=""></x>'),
    ),
    Shape("unknown attributes of a datum", _around("<cbc:Note", lambda at: f' a{at:07}=""', ">a</cbc:Note>")),
    Shape("declarations on one element", _around("<x", lambda at: f' xmlns:a{at:07}="u:"', "></x>")),
    Shape("declarations on the root", _on_root(lambda at: f' xmlns:a{at:07}="u:{at}"')),
    Shape(
        "declarations on the root, and elements",
        _on_root(lambda at: f' xmlns:a{at:07}="u:{at}"', lambda at: "<x></x>"),
    ),
    Shape(
        "declarations on the root, and attributes",
        _on_root(lambda at: f' xmlns:a{at:07}="u:{at}"', lambda at: f'<x a{at % 50:07}:a=""></x>'),
    ),
    Shape("declarations on all elements", _at_end(lambda at: '<x xmlns:a="u:a"></x>')),
    Shape("prefixes, one for each element", _at_end(lambda at: f'<p{at}:x xmlns:p{at}="u:{at}"></p{at}:x>')),
    Shape("one prefix bound anew each time", _at_end(lambda at: f'<p:x xmlns:p="u:{at}"></p:x>')),
    Shape("default namespace bound anew each time", _at_end(lambda at: f'<x xmlns="u:{at}"></x>')),
    Shape("relative namespaces", _at_end(lambda at: '<x xmlns:a="r"></x>')),
    Shape("declarations of all levels", _at_end(_deep_declarations)),
    Shape("levels", _at_end(_nested)),
    Shape("groups of a list", _at_end(_line)),
    Shape(
        "groups of a list that lack all",
        _at_end(lambda at: "<cac:InvoiceLine></cac:InvoiceLine>"),
    ),
    Shape(
        "groups told more than once",
        _at_end(lambda at: "<cac:LegalMonetaryTotal></cac:LegalMonetaryTotal>"),
    ),
    Shape("data told more than once", _at_end(lambda at: "<cbc:ID>SETP1</cbc:ID>")),
    Shape("notes", _at_end(lambda at: "<cbc:Note>x</cbc:Note>")),
    Shape("amounts that are none", _at_end(lambda at: _line(at).replace(">1.00<", ">x<"))),
    Shape("groups of a part", _at_end(lambda at: "<cac:PaymentMeans></cac:PaymentMeans>")),
    Shape("currencies", _at_end(lambda at: _line(at).replace("COP", f"X{at}"))),
    Shape("a long text", _in_note(lambda at: "x")),
    Shape("a text of escapes and misread letters", _in_note(_markup), before=False),
    Shape(
        "a long attribute",
        _in_body(lambda xml, size: _put(xml, b"<cbc:Description>", b'<cbc:Description a="' + b"x" * size + b'">')),
    ),
    Shape("a text of blanks", _in_note(_gap)),
    Shape("blanks between elements", _at_end(_gap)),
    Shape("a text of opening brackets", _in_note(lambda at: "&lt;a b="), before=False),
    Shape("equal identifiers", _at_end(lambda at: '<x Id="a"></x>')),
    Shape(
        "xml:lang of all elements",
        _around('<x xml:base="b" xml:lang="es">', lambda at: '<x xml:lang="es"></x>', "</x>"),
    ),
    Shape("signatures", _at_end(lambda at: "<ds:Signature></ds:Signature>"), before=False),
    Shape("signatures in each other", _in_signature(lambda at: "<ds:Signature></ds:Signature>"), before=False),
    Shape("strangers in the signature", _in_signature(lambda at: "<x></x>"), before=False),
    Shape("comments in KeyInfo", _in_signature(lambda at: "<!--c-->", b"</ds:X509Data>"), before=False),
    Shape("elements in KeyInfo", _in_signature(lambda at: "<ds:KeyName></ds:KeyName>", b"</ds:KeyInfo>"), before=False),
    Shape(
        "references",
        _in_signature(lambda at: '<ds:Reference URI=""></ds:Reference>', b"</ds:SignedInfo>"),
        before=False,
    ),
    Shape(
        "transforms",
        _in_signature(lambda at: '<ds:Transform Algorithm="a"></ds:Transform>', b"</ds:Transforms>"),
        before=False,
    ),
    Shape(
        "certificates",
        _in_signature(lambda at: "<ds:X509Certificate>AAAA</ds:X509Certificate>", b"</ds:X509Data>"),
        before=False,
    ),
    Shape(
        "extensions",
        _in_body(
            lambda xml, size: _put(
                xml,
                b"</ext:UBLExtensions>",
                _many(
                    lambda at: _EXTENSION,
                    size,
                )
                + b"</ext:UBLExtensions>",
            )
        ),
    ),
    Shape("containers in containers", _containers, before=False),
    Shape("container: a PDF in base64", _carried_pdf, before=False),
    Shape("container: documents that are none", _carried("&lt;x&gt;&lt;/x&gt;"), before=False),
    Shape("container: texts that are no XML", _carried("&lt;x&gt;"), before=False),
    Shape("container: base64 of nothing", _carried("PHg+"), before=False),
    Shape("ZIP: files that cannot be unpacked", _damaged, before=False),
    Shape("ZIP: files that are no XML", _zip(_filled(b"<x>", b"<x>")), before=False),
    Shape("ZIP: files of one name", _zip(_filled(b"<x></x>", b" "), "a.xml"), before=False),
    Shape("ZIP: documents without what makes one", _zip(_filled(b"<Invoice>", b" ")), before=False),
    Shape("ZIP: documents cut short", _zip(_filled(honest().xml[:800], b" ")), before=False),
    Shape("ZIP: files that are no documents", _zip(_filled(b"", b"x"), "{}.txt"), before=False),
    Shape("ZIP: more files than are admitted", _endless, before=False),
    Shape("ZIP: two directories", _two_directories, before=False),
    Shape("ZIP: a small one of many elements", _bomb(b"<x></x>"), before=False),
    Shape("ZIP: a small one of blanks", _bomb(b" "), before=False),
    Shape("ZIP: more bytes than are admitted", _plenty, before=False),
)
