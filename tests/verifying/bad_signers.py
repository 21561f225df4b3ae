"""What signers do wrong, each in three manners; one who signs well is `Foreign`."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from copy import deepcopy
from functools import partial

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from dian_fe.verifying import Cause
from tests.signing.support import DS, NS, PKI
from tests.verifying.corpus import c14n, damages, our, pretty, signature_of, sub, theirs
from tests.verifying.foreign import Foreign

# --- signers


def whole(root: etree._Element, signature: etree._Element, **options: object) -> bytes:
    """Canonicalise the document without its signature."""
    copy = deepcopy(root)
    found = signature_of(copy)
    found.getparent().remove(found)
    return c14n(copy.getroottree(), **options)


COMMENT = "<!-- versión -->"
damages(
    Cause.WRONG_CANONICALIZATION,
    exclusive=theirs(Foreign(of_document=partial(whole, exclusive=True))),
    with_comments=lambda made: Foreign(of_document=partial(whole, with_comments=True)).sign(
        sub("<cbc:ID", f"{COMMENT}<cbc:ID", 1)(made.unsigned)
    ),
    c14n_11=lambda made: Foreign(of_part=c14n).sign(
        sub("(<[A-Z][A-Za-z]+) xmlns=", '\\1 xml:id="raiz" xmlns=', 1)(made.unsigned)
    ),
)


def alone(node: etree._Element, **options: object) -> bytes:
    return c14n(node, exclusive=True, **options)


def under(*prefixes: str) -> Callable[[etree._Element], bytes]:
    """Digest a part under some of the root's declarations only."""
    return lambda node: alone(node, inclusive_ns_prefixes=list(prefixes))


damages(
    Cause.DETACHED_DIGEST,
    where_first_used=theirs(Foreign(of_part=alone)),
    ds_and_xades=theirs(Foreign(of_part=under("ds", "xades"))),
    other_root=theirs(Foreign(of_part=under("ds", "xades", "cbc", "ext"))),
)


def without(levels: int) -> Callable[[etree._Element, etree._Element], bytes]:
    def digested(root: etree._Element, signature: etree._Element) -> bytes:
        copy = deepcopy(root)
        above = signature_of(copy)
        for _ in range(levels):
            above = above.getparent()
        above.getparent().remove(above)
        return c14n(copy.getroottree())

    return digested


damages(
    Cause.EXTENSION_ADDED_LATER,
    content=theirs(Foreign(of_document=without(1))),
    extension=theirs(Foreign(of_document=without(2))),
    all_extensions=theirs(Foreign(of_document=without(3))),
)


def template(*emptied: str, removed: tuple[str, ...] = ()) -> Callable[[etree._Element, etree._Element], bytes]:
    def digested(root: etree._Element, signature: etree._Element) -> bytes:
        copy = deepcopy(root)
        found = signature_of(copy)
        for path in emptied:
            for element in found.iterfind(path, NS):
                element.text = None
        for path in removed:
            for element in found.findall(path, NS):
                found.remove(element)
        return c14n(copy.getroottree())

    return digested


DIGESTS = "ds:SignedInfo/ds:Reference/ds:DigestValue"
damages(
    Cause.SIGNATURE_DIGESTED,
    template=theirs(Foreign(of_document=template("ds:SignatureValue", DIGESTS))),
    empty_signature=theirs(Foreign(of_document=template(removed=("*",)))),
    without_signed_info=theirs(Foreign(of_document=template(removed=("ds:SignedInfo", "ds:SignatureValue")))),
)


def raw(root: etree._Element, signature: etree._Element, change: Callable[[bytes], bytes] = lambda data: data) -> bytes:
    copy = deepcopy(root)
    found = signature_of(copy)
    found.getparent().remove(found)
    return change(etree.tostring(copy.getroottree(), encoding="UTF-8", xml_declaration=True))


damages(
    Cause.RAW_BYTES_DIGESTED,
    file=theirs(Foreign(of_document=raw)),
    without_declaration=lambda made: Foreign(of_document=partial(raw, change=sub(r"^<\?xml[^>]*>\s*", ""))).sign(
        sub("<cbc:ID", "<cbc:Note/><cbc:ID", 1)(made.unsigned)
    ),
    returns_and_line_feeds=lambda made: Foreign(
        of_document=partial(raw, change=lambda data: data.replace(b"\n", b"\r\n"))
    ).sign(pretty(made.unsigned, "  ")),
)
damages(
    Cause.DIGEST_ENCODING,
    hexadecimal=theirs(Foreign(write_digest=bytes.hex)),
    base64_of_hexadecimal=theirs(Foreign(write_digest=lambda digest: b64encode(digest.hex().encode()).decode())),
    capitals=theirs(Foreign(write_digest=lambda digest: b64encode(digest.hex().upper().encode()).decode())),
)


def with_hash(name: str) -> Callable[[rsa.RSAPrivateKey, bytes], bytes]:
    return lambda key, data: key.sign(data, padding.PKCS1v15(), getattr(hashes, name)())


def pss(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    return key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH), hashes.SHA256())


damages(
    Cause.ANOTHER_ALGORITHM,
    digest=theirs(Foreign(digest_used="sha512")),
    value=theirs(Foreign(make_value=with_hash("SHA1"))),
    padding=theirs(Foreign(make_value=pss)),
)
damages(
    Cause.SIGNED_INFO_DETACHED,
    exclusive=theirs(Foreign(of_info=alone)),
    ds_and_xades=theirs(Foreign(of_info=under("ds", "xades"))),
    other_root=theirs(Foreign(of_info=under("ds", "ext", "cac"))),
)


def as_written(node: etree._Element, change: Callable[[bytes], bytes] = lambda data: data) -> bytes:
    return change(etree.tostring(node, with_tail=False))


damages(
    Cause.SIGNED_INFO_NOT_CANONICAL,
    serialized=theirs(Foreign(of_info=as_written)),
    with_declaration=theirs(
        Foreign(of_info=lambda node: etree.tostring(node, encoding="utf-8", xml_declaration=True, with_tail=False))
    ),
    slice_of_the_file=theirs(Foreign(of_info=partial(as_written, change=sub(' xmlns:?[a-z0-9]*="[^"]*"', "")))),
)


def of_digest(change: Callable[[bytes], bytes]) -> Callable[[rsa.RSAPrivateKey, bytes], bytes]:
    return lambda key, data: with_hash("SHA256")(key, change(hashlib.sha256(data).digest()))


damages(
    Cause.DIGEST_SIGNED,
    bytes=theirs(Foreign(make_value=of_digest(bytes))),
    hexadecimal=theirs(Foreign(make_value=of_digest(lambda digest: digest.hex().encode()))),
    base64=theirs(Foreign(make_value=of_digest(b64encode))),
)


def redigested(data: bytes) -> bytes:
    """Edit the document and put the digest of the edited one, without signing again."""
    root = etree.fromstring(sub("</cbc:ID>", "9</cbc:ID>", 1)(data))
    reference = next(found for found in root.iter(f"{{{DS}}}Reference") if found.get("URI") == "")
    digest = hashlib.sha256(whole(root, signature_of(root))).digest()
    reference.find("ds:DigestValue", NS).text = b64encode(digest).decode()
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


damages(
    Cause.SIGNED_INFO_CHANGED,
    digest_replaced=our(redigested),
    an_identifier=our(sub('(<ds:Reference Id=")', "\\1x", 1)),
    another_attribute=our(sub("<ds:SignedInfo>", '<ds:SignedInfo Id="i">', 1)),
)
OTHER = PKI.identity("900373076")


damages(
    Cause.OTHER_KEY,
    another_key=theirs(Foreign(make_value=lambda key, data: with_hash("SHA256")(OTHER.key, data))),
    a_bit=our(sub("(<ds:SignatureValue[^>]*>)(.)(?=.)", "\\1z", 1)),
    another_key_and_declared=theirs(Foreign(make_value=lambda key, data: with_hash("SHA512")(OTHER.key, data))),
)
damages(
    Cause.VALUE_DAMAGED,
    reversed=theirs(Foreign(make_value=lambda key, data: with_hash("SHA256")(key, data)[::-1])),
    cut=our(sub("(<ds:SignatureValue[^>]*>[^<]{40})[^<]*", "\\1", 1)),
    too_long=theirs(Foreign(make_value=lambda key, data: with_hash("SHA256")(key, data) + b"\0")),
)


damages(
    Cause.EXTENSION_ADDED_LATER,
    Cause.DETACHED_DIGEST,
    first=theirs(Foreign(of_document=without(2), of_part=alone)),
    second=theirs(Foreign(of_document=without(1), of_part=under("ds", "xades"))),
    third=theirs(Foreign(of_document=without(3), of_part=alone)),
)
