"""The attacks with the verdicts expected of them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.verifying import attack_keys as k
from tests.verifying import attacks as a
from tests.verifying.attacks import Attack

_WHOLE = "a reference must cover the whole document"
_TRANSFORM = "transforms that select are not of the profile: what they leave out is shown and not signed"


_TR = "http://www.w3.org/TR/"
_METHOD = "the policy knows RSA with PKCS#1 v1.5 and SHA-2 only; what came after it needs no taking"
_CERTIFICATE = "only a certificate says whose a key is"


def listed() -> Iterator[Attack]:
    """Yield the attacks in the order of `attacks`."""
    key, number = a.sold()[0].key.encode(), a.sold()[0].document.number.encode()
    stranger = a.der(a.stranger())
    yield Attack("wrapped in an extension", a.wrapped_in_an_extension(), False, False, "ZE02")
    yield Attack("wrapped in an object of the signature", a.wrapped_in_an_object(), False, False, "ZE02")
    yield Attack("forged in an object of the signature", a.forged_in_an_object(), True, True, "unsigned_content")
    yield Attack("forged in the unsigned properties", a.forged_in_unsigned_properties(), True, True, "unsigned_content")
    yield Attack("forged beside the key", a.forged_beside_the_key(), True, True, "unsigned_content")
    yield Attack("second document", a.second_document(), False, False, "FAC03")
    yield Attack("signature moved", a.signature_moved(), True, True, "FAC03")
    yield Attack("signature of another document", a.signature_of_another(), False, False, "ZE02")
    yield Attack("second signature", a.second_signature(), False, False, "FAC03")
    yield Attack(
        "signature within a stranger's",
        a.signature_within_a_signature(),
        True,
        True,
        "unsigned_content",
        signer=stranger,
    )
    yield Attack("identifier altered", a.identifier_altered(), False, False, "ZE02")
    for attribute in ("Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id"):
        yield Attack(
            f"identifier twice, as {attribute.replace('{http://www.w3.org/XML/1998/namespace}', 'xml:')}",
            a.decoy(attribute),
            attribute in {"ID", "id"},
            False,
            "ZE02",
            ""
            if attribute not in {"ID", "id"}
            else "whatever another reader may take for an identifier must not be there twice",
        )
    yield Attack("other signed properties before the true ones", a.decoy_properties(), True, True, "unsigned_content")
    yield Attack("signed properties of another signature", a.properties_of_another(), False, False, "ZE02")
    yield Attack("Target elsewhere", a.target_elsewhere(), True, True, "qualifying_target")
    yield Attack(
        "reference to a fragment", a.pointing("#linea", line=True), True, False, "ZE02", _WHOLE, options=a.LINES
    )
    yield Attack("reference to the key only", a.by(a.victim(), order=("key_info",)), True, False, "ZE02", _WHOLE)
    yield Attack(
        "reference without URI",
        a.pointing(None),
        True,
        False,
        "ZE02",
        "what it means is left to who reads it: xmlsec1 takes the whole document (XMLDSig, section 4.4.3.1)",
    )
    yield Attack("reference by XPointer", a.pointing("#xpointer(/)"), True, False, "ZE02", _WHOLE)
    yield Attack("manifest", a.manifest(), True, False, "ZE02", _WHOLE, options=("--id-attr:Id", f"{a.DS}:Manifest"))
    xpath = f'<ds:XPath xmlns:cac="{a.CAC}">not(ancestor-or-self::cac:InvoiceLine)</ds:XPath>'
    yield Attack(
        "transform XPath",
        a.transforming(f"{_TR}1999/REC-xpath-19991116", xpath, digest=a.without_lines),
        True,
        False,
        "ZE02",
        _TRANSFORM,
    )
    xslt = (
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        '<xsl:template match="/"><x/></xsl:template></xsl:stylesheet>'
    )
    yield Attack(
        "transform XSLT",
        a.transforming(f"{_TR}1999/REC-xslt-19991116", xslt, digest=a.of_nothing),
        True,
        False,
        "ZE02",
        _TRANSFORM,
    )
    yield Attack("transform base64", a.transforming(f"{a.DS}base64", digest=a.of_nothing), False, False, "ZE02")
    yield Attack("enveloped twice over", a.enveloped_key(), True, False, "ZE02", _TRANSFORM)
    yield Attack("digest weakened", a.replaced(a.good(), b"xmlenc#sha256", b"xmldsig#sha1"), False, False, "ZE02")
    yield Attack(
        "signature weakened",
        a.replaced(a.good(), b"2001/04/xmldsig-more#rsa-sha256", b"2000/09/xmldsig#rsa-sha1"),
        False,
        False,
        "ZE02",
    )
    yield Attack("second SignedInfo", a.again("ds:SignedInfo"), False, False, "ZE02")
    yield Attack("second KeyInfo", a.again("ds:KeyInfo"), False, False, "ZE02")
    yield Attack("second value", a.again("ds:SignatureValue"), False, False, "ZE02")
    yield Attack("key swapped", k.key_swapped(), False, False, "ZE02")
    yield Attack("key swapped, with its own key", k.key_swapped(), False, False, "ZE02", signer=stranger)
    yield Attack(
        "a stranger's certificate before the issuer's",
        k.more_certificates(a.stranger(), a.victim(), a.stranger()),
        True,
        True,
        "wrong_signer",
        signer=stranger,
    )
    yield Attack(
        "a stranger's certificate behind the issuer's",
        k.more_certificates(a.victim(), a.stranger(), a.stranger()),
        True,
        True,
        "wrong_signer",
        signer=stranger,
    )
    yield Attack("a certificate put before, the document forged", k.certificate_put_before(), False, False, "ZE02")
    yield Attack("a bare key", k.key_value(), True, False, "ZE02", _CERTIFICATE, signer=stranger)
    yield Attack("no certificate", k.without_certificate(), True, False, "ZE02", _CERTIFICATE)
    yield Attack("signed by a stranger", a.by(a.stranger()), True, True, "wrong_signer", signer=stranger)
    yield Attack(
        "certificate of the same names and serial",
        a.by(k.same_names()),
        True,
        True,
        "ZD06",
        signer=a.der(k.same_names()),
    )
    yield Attack(
        "certificate issued by a certificate that is no authority's",
        k.more_certificates(k.of_a_leaf(), a.stranger(), k.of_a_leaf()),
        True,
        True,
        "ZD06",
        signer=a.der(k.of_a_leaf()),
    )
    yield Attack("certificate revoked", a.by(k.revoked()), True, True, "ZD04", signer=a.der(k.revoked()))
    yield Attack("HMAC with the public key", k.hmac_with_the_public_key(), False, False, "ZE02")
    yield Attack("ECDSA", k.ecdsa(), True, False, "ZE02", _METHOD, signer=k.curve()[1])
    yield Attack("RSA-PSS", k.pss(), False, False, "ZE02")
    for name, text in (("NIT", a.NIT.encode()), ("amount", b"58275.00"), ("key", key), ("number", number)):
        yield Attack(f"comment in the {name}", a.split(text, b"<!-- -->"), True, True, "comment_in_text")
        yield Attack(f"instruction in the {name}", a.split(text, b"<?x y?>"), False, False, "comment_in_text")
        yield Attack(
            f"instruction in the {name}, signed",
            a.by(a.victim(), a.split(text, b"<?x y?>", a.sold()[0].built.xml)),
            True,
            True,
            "comment_in_text",
        )
    yield Attack(
        "instruction before the root", a.replaced(a.good(), b"<Invoice ", b"<?x y?><Invoice "), False, False, "ZE02"
    )
    yield Attack("entity declared", a.entity(), False, None, "unsafe_xml")
    yield Attack("attribute by default", a.default_attribute(), False, None, "unsafe_xml")
    yield Attack("name in another namespace", a.other_namespace(), False, False, "ZE02")
    yield Attack(
        "namespace declared and not used",
        a.replaced(a.good(), b"<cbc:ID>", b'<cbc:ID xmlns:z="urn:z">'),
        False,
        False,
        "ZE02",
    )
    yield Attack("tags as text", a.tags_as_text(), False, False, "ZE02")
    yield Attack(
        "blank beside the signature",
        a.replaced(a.good(), b"</ds:Signature>", b"</ds:Signature> "),
        False,
        False,
        "ZE02",
    )
    yield Attack("text in place of a relative namespace", a.relative_alias(), False, False, "ZE02")
