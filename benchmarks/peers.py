"""Other people's signers at the same work: XAdES-EPES over the document, the key's data and the signed properties.

They get the unsigned XML as bytes, as programs that write UBL with a tree or a template have it, and return the bytes
of the signed file. Their keys are loaded once, as ours is. A peer that is not installed raises ``ImportError``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import subjects
from clock import Task
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from lxml import etree

from dian_fe import Built, Invoice, sign
from dian_fe.signing import POLICY_V2
from dian_fe.testing import ToyPki

_NS = {
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
}
_PLACE = etree.XPath(".//ext:ExtensionContent[not(*)]", namespaces=_NS)


def _key_and_certificate() -> tuple[bytes, bytes]:
    identity = ToyPki(seed=7).identity(subjects.NIT)
    pem = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem, identity.certificate.public_bytes(Encoding.PEM)


def signxml_task(built: Built[Invoice]) -> Task:
    """Sign with signxml's ``XAdESSigner``."""
    from signxml import CanonicalizationMethod, DigestAlgorithm
    from signxml.xades import XAdESSignaturePolicy, XAdESSigner

    pem, certificate = _key_and_certificate()
    key: Any = load_pem_private_key(pem, None)
    policy = XAdESSignaturePolicy(
        Identifier=POLICY_V2.identifier,
        Description=POLICY_V2.description,
        DigestMethod=DigestAlgorithm.SHA256,
        DigestValue=POLICY_V2.digests["sha256"],
    )
    signer = XAdESSigner(
        signature_policy=policy, claimed_roles=["supplier"], c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0
    )
    xml, text = built.xml, certificate.decode()

    def task() -> bytes:
        signed: bytes = etree.tostring(signer.sign(etree.fromstring(xml), key=key, cert=text))
        return signed

    return task


def xmlsec_task(built: Built[Invoice]) -> Task:
    """Sign with python-xmlsec, which fills a template."""
    import xmlsec

    pem, certificate = _key_and_certificate()
    key = xmlsec.Key.from_memory(pem, xmlsec.KeyFormat.PEM)
    key.load_cert_from_memory(certificate, xmlsec.KeyFormat.PEM)
    template, xml = _template(built), built.xml

    def task() -> bytes:
        root = etree.fromstring(xml)
        signature = deepcopy(template)
        _PLACE(root)[0].append(signature)
        xmlsec.tree.add_ids(root, ["Id"])
        context = xmlsec.SignatureContext()
        context.key = key
        context.sign(signature)
        signed: bytes = etree.tostring(root)
        return signed

    return task


def _template(built: Built[Invoice]) -> Any:
    """Return our own signature without digests and value: what a program that uses xmlsec would prepare."""
    root = etree.fromstring(sign(built, subjects.signer(), at=subjects.NOW).xml)
    signature = root.find(".//ds:Signature", _NS)
    assert signature is not None
    for value in (*signature.iterfind("ds:SignedInfo//ds:DigestValue", _NS), signature.find("ds:SignatureValue", _NS)):
        value.text = None
    return signature


PEERS: Mapping[str, Callable[[Built[Invoice]], Task]] = {"signxml": signxml_task, "xmlsec": xmlsec_task}
"""Makes each peer's task, by the name of its module."""
