"""What is done to signed documents, each in three manners."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from functools import partial

from lxml import etree

from dian_fe.verifying import Cause
from tests.signing.support import DS, NS
from tests.verifying.corpus import ROOT, Base, body_leaves, both, damages, leaves, our, pretty, sub, text, theirs, tree
from tests.verifying.foreign import Foreign

# --- blanks

damages(
    Cause.INDENTED_AFTER_SIGNING,
    two_spaces=our(tree(etree.indent)),
    line_breaks_between_tags=our(sub("(<cac:[A-Za-z]+>)(?=<)", "\\1\r\n\t")),
    around_the_signature=our(sub("(<ds:Signature .*?</ds:Signature>)", "\n      \\1\n    ", 1)),
)


def minified(data: bytes) -> bytes:
    return etree.tostring(etree.fromstring(data, etree.XMLParser(remove_blank_text=True)))


def pretty_signed(unit: str, *, whole: bool = False) -> Callable[[Base], bytes]:
    change = (lambda signature: etree.indent(signature, space=unit)) if whole else None
    return lambda made: Foreign(change=change).sign(pretty(made.unsigned, unit))


damages(
    Cause.BLANKS_REMOVED,
    two_spaces=lambda made: minified(pretty_signed("  ")(made)),
    tabs=lambda made: minified(pretty_signed("\t")(made)),
    four_spaces_by_pattern=lambda made: re.sub(rb">\s+<", b"><", pretty_signed("    ")(made)),
    kinds=("invoice", "credit_note", "answer"),
)


def pad(root: etree._Element, before: str, after: str, which: Callable[..., Iterator[etree._Element]] = leaves) -> None:
    for leaf in which(root):
        if leaf.text:
            leaf.text = f"{before}{leaf.text}{after}"


damages(
    Cause.VALUES_PADDED,
    trailing_line_break=our(tree(lambda root: pad(root, "", "\n", body_leaves))),
    blanks_around=our(tree(lambda root: pad(root, " ", " ", body_leaves))),
    own_lines=our(tree(lambda root: pad(root, "\n      ", "\n    "))),
    kinds=("invoice", "credit_note", "answer"),
)


# --- characters


def with_returns(data: bytes) -> bytes:
    return tree(lambda root: [setattr(leaf, "text", (leaf.text or "").replace("\n", "\r\n")) for leaf in leaves(root)])(
        data
    )


def with_note(note: str) -> Callable[[Base], bytes]:
    """Sign the document with another note: its text as it is written."""
    return lambda made: Foreign().sign(re.sub(rb"<cbc:Note>.*?</cbc:Note>", note.encode(), made.unsigned, count=1))


damages(
    Cause.NEWLINES_CHANGED,
    returns_added=our(with_returns),
    returns_lost=lambda made: Foreign().sign(with_returns(made.unsigned)).replace(b"&#13;", b""),
    returns_in_base64=our(sub("(<ds:X509Certificate>.{76})", "\\1&#13;", 1)),
)
damages(
    Cause.BYTE_ORDER_MARK,
    in_a_value=our(sub("<cbc:ID([^>]*)>", "<cbc:ID\\1>\ufeff", 1)),
    between_tags=our(sub("(<cac:[A-Za-z]+>)(?=<)", "\\1\ufeff", 1)),
    before_carried_documents=our(sub("<!\\[CDATA\\[<", "<![CDATA[\ufeff<")),
)


def misread(encoding: str) -> Callable[[str], str]:
    def change(data: str) -> str:
        return data.encode().decode(encoding, "replace" if encoding == "latin-1" else "strict")

    return change


damages(
    Cause.REENCODED,
    latin_1=our(text(misread("latin-1"))),
    declared_latin_1=our(sub('encoding="UTF-8"', 'encoding="ISO-8859-1"', 1)),
    twice=our(text(lambda data: misread("latin-1")(misread("latin-1")(data)))),
)
COMPOSED, DECOMPOSED = partial(unicodedata.normalize, "NFC"), partial(unicodedata.normalize, "NFD")
damages(
    Cause.UNICODE_NORMALIZED,
    decomposed=our(text(DECOMPOSED)),
    composed=lambda made: (
        unicodedata.normalize(
            "NFC", Foreign().sign(unicodedata.normalize("NFD", made.unsigned.decode()).encode()).decode()
        )
    ).encode(),
    notes_decomposed=our(
        tree(
            lambda root: [
                setattr(leaf, "text", unicodedata.normalize("NFD", leaf.text or "")) for leaf in body_leaves(root)
            ]
        )
    ),
)


def twice_escaped(data: bytes) -> bytes:
    return data.replace(b"&amp;", b"&amp;amp;")


AMPERSANDS = with_note("<cbc:Note>P&amp;M, A&lt;B</cbc:Note>")
damages(
    Cause.DOUBLE_ESCAPED_AMPERSAND,
    ampersands=our(twice_escaped),
    every_entity=lambda made: re.sub(rb"&(amp|lt|gt);", rb"&amp;\1;", AMPERSANDS(made)),
    in_the_certificates_name=lambda made: twice_escaped(
        Foreign(change=lambda signature: ampersand_issuer(signature)).sign(made.unsigned)
    ),
    kinds=("invoice", "credit_note", "answer"),
)


def ampersand_issuer(signature: etree._Element) -> None:
    signature.find(".//ds:X509IssuerName", NS).text = "CN=Autoridad P&M,C=CO"


# --- namespaces


def declare(*declarations: str) -> Callable[[bytes], bytes]:
    return sub(ROOT, f"\\1 {' '.join(declarations)}", 1)


def undeclare(*prefixes: str) -> Callable[[bytes], bytes]:
    return both(*(sub(f' xmlns:{prefix}="[^"]*"', "", 1) for prefix in prefixes))


XSD = 'xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
SOAP = 'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:u="urn:example:u"'
CCTS = 'xmlns:ccts="urn:un:unece:uncefact:documentation:2"'


def extracted(data: bytes) -> bytes:
    """Put the document into another as elements, and take it out with what it inherits there."""
    inner = re.sub(rb"<\?xml.*?\?>\s*", b"", data, count=1)
    holder = etree.fromstring(b"<a:Caja xmlns:a='urn:example:caja' xmlns:b='urn:example:b'>" + inner + b"</a:Caja>")
    return etree.tostring(holder[0], encoding="UTF-8", xml_declaration=True)


damages(
    Cause.NAMESPACE_ADDED,
    one=our(declare(XSD)),
    two=our(declare(SOAP, CCTS)),
    by_embedding=our(extracted),
)


def cleaned(root: etree._Element) -> None:
    etree.cleanup_namespaces(root)


def moved(data: bytes) -> bytes:
    """Declare the signature's namespaces where they are used, not on the root."""
    for prefix in ("xades", "ds"):
        uri = NS[prefix]
        data = re.sub(rf' xmlns:{prefix}="[^"]*"'.encode(), b"", data, count=1)
        data = data.replace(b"<ds:Signature ", f'<ds:Signature xmlns:{prefix}="{uri}" '.encode(), 1)
    return data


damages(
    Cause.NAMESPACE_LOST,
    unused_ones_cleaned=our(tree(cleaned)),
    one=lambda made: undeclare("xsd")(Foreign().sign(declare(XSD)(made.unsigned))),
    moved_to_the_signature=our(moved),
)


def renamed(old: str, new: str) -> Callable[[bytes], bytes]:
    return both(sub(f"<(/?){old}:", f"<\\1{new}:"), sub(f"xmlns:{old}=", f"xmlns:{new}="))


def by_elementtree(data: bytes) -> bytes:
    return ElementTree.tostring(ElementTree.fromstring(data), encoding="utf-8", xml_declaration=True)


damages(
    Cause.PREFIX_RENAMED,
    one=our(renamed("cbc", "ns2")),
    signature=our(both(renamed("ds", "dsig"), renamed("xades", "xa"))),
    root=our(
        both(
            sub("<([A-Z][A-Za-z]+) xmlns=", "<ubl:\\1 xmlns:ubl=", 1), sub("</([A-Z][A-Za-z]+)>\\s*$", "</ubl:\\1>", 1)
        )
    ),
    kinds=("invoice", "credit_note", "answer"),
)
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def located(*names: str) -> Callable[[bytes], bytes]:
    return tree(lambda root: [root.set(f"{XSI}{name}", "urn:a a.xsd") for name in names])


unlocated = sub(' xsi:schemaLocation="[^"]*"', "", 1)
damages(
    Cause.SCHEMA_LOCATION_CHANGED,
    added=lambda made: located("schemaLocation")(Foreign().sign(unlocated(made.unsigned))),
    changed=our(located("schemaLocation")),
    removed=our(unlocated),
)
STYLE = '<?xml-stylesheet type="text/xsl" href="factura.xsl"?>'
damages(
    Cause.PROCESSING_INSTRUCTION_ADDED,
    style_sheet=our(sub(r"(<\?xml [^>]*>\s*)", f"\\1{STYLE}\n", 1)),
    at_the_end=our(lambda data: data + b"\n<?listo ahora?>"),
    inside=our(sub("<cbc:ID", "<?aqui sigue?><cbc:ID", 1)),
)


# --- base64


def broken_lines(root: etree._Element, length: int) -> None:
    for element in root.iter(f"{{{DS}}}X509Certificate"):
        element.text = "\n".join(re.findall(f".{{1,{length}}}", element.text or ""))


def unbroken(data: bytes) -> bytes:
    return re.sub(rb"(?<=<ds:X509Certificate>)[^<]+", lambda match: b"".join(match[0].split()), data)


damages(
    Cause.BASE64_REWRAPPED,
    certificate_broken=our(tree(lambda root: broken_lines(root, 64))),
    digests_broken=our(sub("(<ds:DigestValue>.{20})", "\\1\n")),
    certificate_joined=theirs(Foreign(change=lambda signature: broken_lines(signature, 76)), unbroken),
)


def form_sent(data: bytes) -> bytes:
    return re.sub(rb"(?<=<ds:X509Certificate>)[^<]+", lambda match: match[0].replace(b"+", b" "), data)


def url_alphabet(name: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        pattern = rb"(?<=<" + name + rb">)[^<]+|(?<=<ds:SignatureValue>)[^<]+"
        return re.sub(pattern, lambda match: match[0].replace(b"+", b"-").replace(b"/", b"_"), data)

    return change


damages(
    Cause.BASE64_DAMAGED,
    plus_to_blank=our(form_sent),
    url_alphabet_in_the_certificate=our(url_alphabet(b"ds:X509Certificate")),
    url_alphabet_everywhere=theirs(Foreign(), url_alphabet(b"ds:DigestValue")),
)


# --- edited

damages(
    Cause.EDITED,
    an_amount=our(sub(r"(<cbc:PayableAmount[^>]*>[0-9]+[.][0-9][0-9])<", "\\g<1>0<", 1)),
    a_letter=our(sub("Caf\u00e9 &amp;", "Cafe &amp;", 1)),
    signing_time=our(sub("<xades:SigningTime>20", "<xades:SigningTime>21", 1)),
)


# --- several together

damages(
    Cause.INDENTED_AFTER_SIGNING,
    Cause.BYTE_ORDER_MARK,
    mark_in_a_value=our(both(sub("<cbc:ID([^>]*)>", "<cbc:ID\\1>\ufeff", 1), tree(etree.indent))),
    mark_between_tags=our(both(tree(etree.indent), sub("(<cac:[A-Za-z]+>)\\s*(?=<)", "\\1\ufeff", 1))),
    mark_in_the_carried=our(both(tree(etree.indent), sub("<cbc:Description>", "<cbc:Description>\ufeff", 1))),
)
damages(
    Cause.INDENTED_AFTER_SIGNING,
    Cause.NAMESPACE_ADDED,
    one=our(both(declare(XSD), tree(etree.indent))),
    two=our(both(declare(SOAP), tree(etree.indent))),
    by_embedding=our(both(extracted, tree(etree.indent))),
)
damages(
    Cause.PREFIX_RENAMED,
    Cause.NAMESPACE_LOST,
    elementtree=our(by_elementtree),
    one_and_one=our(both(renamed("cbc", "ns2"), tree(cleaned))),
    the_signatures=our(both(renamed("ds", "dsig"), tree(cleaned))),
    kinds=("invoice", "credit_note", "answer"),
)
damages(
    Cause.REENCODED,
    Cause.INDENTED_AFTER_SIGNING,
    latin_1=our(both(text(misread("latin-1")), tree(etree.indent))),
    declared=our(both(sub('encoding="UTF-8"', 'encoding="ISO-8859-1"', 1), tree(etree.indent))),
    tabs=our(both(text(misread("latin-1")), tree(partial(etree.indent, space="\t")))),
)
