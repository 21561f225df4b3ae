"""XMLDSig core validation: which references hold, which parts they protect, and the signature value.

A reference is taken for the part that it really points at, by identity of the element, never by its position or by the
names it gives itself. Only the transforms of DIAN's profile are accepted, so that none can select content away.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from lxml import etree
from lxml.etree import _Element

from ..._shown import clipped
from ...signing.algorithms import DIGESTS, DS, ENVELOPED, EXCLUSIVE_C14N, RSA_SIGNATURES, WEAK_DIGEST, XADES
from ...signing.certificates import UNREADABLE, CertificateInfo, public_rsa
from ..verdicts import Part, ReferenceVerdict
from .c14n import INCLUSIVE, CanonicalizationError, Method, OwnedDocument

NS: Final = {"ds": DS, "xades": XADES}
SIGNATURE: Final = f"{{{DS}}}Signature"
PROPERTIES: Final = "ds:Object/xades:QualifyingProperties/xades:SignedProperties"
_MOST: Final = 16
"""More references or certificates than any real signature has; each costs a digest or a verification."""
_SHAPES: Final = (
    ("", "SignedInfo SignatureValue( KeyInfo)?( Object)*"),
    ("ds:SignedInfo", "CanonicalizationMethod SignatureMethod( Reference)+"),
    ("ds:SignedInfo/ds:Reference", "(Transforms )?DigestMethod DigestValue"),
    ("ds:SignedInfo/ds:Reference/ds:Transforms", "Transform( Transform)*"),
)
"""Children that XMLDSig's schema requires, in order: a second SignedInfo would be a way to show what is not signed."""
_ENCODED: Final = (
    "ds:SignatureValue",
    "ds:SignedInfo/ds:Reference/ds:DigestValue",
    "ds:KeyInfo/ds:X509Data/ds:X509Certificate",
)
"""Texts in which judges differ over CDATA sections: Apache Santuario does not read them. No signer writes them so."""
_ATTRIBUTES: Final = etree.XPath("//@*[. = $value]")
_ID_NAMES: Final = {"Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id"}
HASHES: Final[tuple[hashes.HashAlgorithm, ...]] = (hashes.SHA256(), hashes.SHA384(), hashes.SHA512(), hashes.SHA1())


@dataclass(frozen=True, slots=True)
class Pointed:
    """A reference with what it points at."""

    element: _Element
    part: str
    target: _Element | None
    """None for the whole document, or when nothing is found."""
    method: Method
    problem: str | None = None

    @property
    def hash(self) -> str | None:
        """The hash that it names, as ``hashlib`` calls it; None for one that is not accepted."""
        return DIGESTS.get(algorithm(self.element, "ds:DigestMethod") or "")

    @property
    def judged(self) -> bool:
        """True if something is digested for it, so that its digest can be right or wrong."""
        return self.problem is None and (self.target is not None or self.part == Part.DOCUMENT)

    @property
    def digest_value(self) -> str:
        """The digest as written, without whitespace."""
        return "".join(content(self.element.find("ds:DigestValue", NS)).split())


class SignedInfo:
    """The signed information of one signature in its document."""

    def __init__(self, document: OwnedDocument, signature: _Element) -> None:
        """Resolve the references; nothing is digested yet."""
        self.document = document
        self.signature = signature
        self.element = signature.find("ds:SignedInfo", NS)
        self.key_info = signature.find("ds:KeyInfo", NS)
        all_properties = signature.findall(PROPERTIES, NS)
        found = [] if self.element is None else self.element.findall("ds:Reference", NS)
        self.too_many = len(found) > _MOST
        self.pointed = [self._point(reference, all_properties) for reference in found[:_MOST]]
        covered = self.reference_to(Part.SIGNED_PROPERTIES)
        self.properties = covered.target if covered is not None else next(iter(all_properties), None)

    def structure_problem(self) -> str | None:
        """Return which element of the signature has missing, repeated or unknown children, in Spanish; None if none."""
        for path, shape in _SHAPES:
            for element in self.signature.findall(path, NS) if path else (self.signature,):
                children = " ".join(_name(child) for child in element.iterchildren("*"))
                if not re.fullmatch(shape, children):
                    return f"{path.rpartition('/')[2] or 'ds:Signature'} contiene: {clipped(children, 200) or 'nada'}"
        encoded = {element for path in _ENCODED for element in self.signature.iterfind(path, NS)}
        odd = next((element for element in self.document.with_sections() if element in encoded), None)
        if odd is not None:
            return f"ds:{_name(odd)} lleva su valor en una sección CDATA"
        return None

    def reference_to(self, part: Part) -> Pointed | None:
        """Return the reference that protects a part; None without any."""
        return next((pointed for pointed in self.pointed if pointed.part == part), None)

    def _point(self, reference: _Element, all_properties: list[_Element]) -> Pointed:
        uri = reference.get("URI")
        method, problem = _transforms(reference, whole=uri == "")
        if uri == "":
            return Pointed(reference, Part.DOCUMENT, None, method, problem)
        targets = _by_id(self.document.root, uri[1:]) if uri and uri.startswith("#") else []
        if len(targets) != 1:
            wrong = "no existe en el documento" if not targets else f"está {len(targets)} veces en el documento"
            return Pointed(reference, uri or "", None, method, f"lo que indica URI={uri!r} {wrong}")
        (target,) = targets
        part: str = uri or ""
        if target is self.key_info:
            part = Part.KEY_INFO
        elif any(target is properties for properties in all_properties):
            part = Part.SIGNED_PROPERTIES
        return Pointed(reference, part, target, method, problem)

    def judge(self, pointed: Pointed) -> ReferenceVerdict:
        """Digest what the reference points at and compare."""
        method = algorithm(pointed.element, "ds:DigestMethod")
        problem = pointed.problem
        if problem is None and method not in DIGESTS:
            problem = f"algoritmo de resumen no admitido: {method}"
        if problem is None and pointed.target is not None:
            problem = self._doubt(pointed.target, pointed.method)
        if problem is None:
            try:
                if not self.matches(pointed, self.canonical(pointed)):
                    problem = "el resumen (DigestValue) no es el del contenido"
            except CanonicalizationError as error:
                problem = f"no se puede canonicalizar: {error}"
        uri = pointed.element.get("URI") or ""
        return ReferenceVerdict(pointed.part, uri, problem is None, method, problem)

    def _doubt(self, element: _Element, method: Method) -> str | None:
        """Return where verifiers differ over an element's canonical form, in Spanish; None if they agree."""
        name = self.document.inherited_twice(element, method)
        return None if name is None else f"hereda {name} de dos elementos, y no todos los verificadores toman el mismo"

    def matches(self, pointed: Pointed, data: bytes) -> bool:
        """True if the digest in the reference, by a known method, is that of ``data``."""
        return pointed.hash is not None and digest(pointed.hash, data) == decoded(pointed.digest_value)

    def canonical(self, pointed: Pointed) -> bytes:
        """Return the bytes that the reference digests."""
        method = pointed.method.without_comments()
        if pointed.target is None:
            return self.document.without(self.signature, method)
        return self.document.subtree(pointed.target, method)

    def signer(self) -> tuple[x509.Certificate | None, str | None]:
        """Return the certificate whose key verifies the value, and what is wrong if none does (Spanish).

        Without one that verifies, the first readable certificate is returned.
        """
        first = next(iter(self.certificates), None)
        if self.element is None:
            return first, "falta ds:SignedInfo"
        method, value = self.signed_info_method(), self.value
        if method is None:
            uri = algorithm(self.element, "ds:CanonicalizationMethod")
            return first, f"canonicalización no admitida: {uri}"
        if self.hash is None:
            return first, f"algoritmo de firma no admitido: {algorithm(self.element, 'ds:SignatureMethod')}"
        if first is None:
            return None, "no hay un certificado legible en ds:KeyInfo"
        if not value:
            return first, "falta ds:SignatureValue, o no es base64"
        if (doubt := self._doubt(self.element, method)) is not None:
            return first, f"ds:SignedInfo {doubt}"
        try:
            data = self.document.subtree(self.element, method)
        except CanonicalizationError as error:
            return first, f"no se puede canonicalizar ds:SignedInfo: {error}"
        for certificate in self.certificates:
            if _verifies(certificate, value, data, self.hash):
                return certificate, None
        return first, "el valor de la firma no corresponde a ds:SignedInfo y a la llave del certificado"

    @property
    def value(self) -> bytes | None:
        """The signature value; None when it is missing or not base64."""
        return decoded(content(self.signature.find("ds:SignatureValue", NS)))

    @property
    def hash(self) -> str | None:
        """The hash of the signature method; None for a method that is not accepted."""
        return RSA_SIGNATURES.get(algorithm(self.element, "ds:SignatureMethod") or "")

    def signed_info_method(self) -> Method | None:
        """Return the canonicalisation that ``ds:SignedInfo`` declares for itself; None when it is not one we know."""
        declared = None if self.element is None else self.element.find("ds:CanonicalizationMethod", NS)
        return None if declared is None else Method.named(declared.get("Algorithm"), _prefixes(declared))

    @cached_property
    def certificates(self) -> list[x509.Certificate]:
        """The readable certificates of ``ds:KeyInfo``."""
        found = []
        elements = [] if self.key_info is None else self.key_info.findall("ds:X509Data/ds:X509Certificate", NS)
        for element in elements[:_MOST]:
            try:
                certificate = x509.load_der_x509_certificate(decoded(content(element)) or b"")
                # Names and dates are only read when they are asked for: a damaged one shows here.
                CertificateInfo.of(certificate)
            except UNREADABLE:
                continue
            found.append(certificate)
        return found

    def weak_algorithms(self) -> tuple[str, ...]:
        """Return the URIs in use whose hash is SHA-1."""
        used = [algorithm(self.element, "ds:SignatureMethod")]
        used += [algorithm(pointed.element, "ds:DigestMethod") for pointed in self.pointed]
        weak = [uri for uri in used if uri and (DIGESTS.get(uri) or RSA_SIGNATURES.get(uri)) == WEAK_DIGEST]
        return tuple(dict.fromkeys(weak))


def content(element: _Element | None) -> str:
    """Return the text of an element as XMLDSig reads it: comments in it do not end it."""
    return "" if element is None else "".join((element.text or "", *(child.tail or "" for child in element)))


def decoded(text: str | None) -> bytes | None:
    """Decode base64 with line breaks; None for anything else."""
    try:
        return b64decode("".join((text or "").split()), validate=True)
    except (Base64Error, ValueError):
        return None


def _verifies(certificate: x509.Certificate, value: bytes, data: bytes, name: str) -> bool:
    key, algorithm = public_rsa(certificate), next(each for each in HASHES if each.name == name)
    if key is None:
        return False
    try:
        key.verify(value, data, PKCS1v15(), algorithm)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _transforms(reference: _Element, *, whole: bool) -> tuple[Method, str | None]:
    """Read the transforms: for the whole document enveloped-signature, then at most one canonicalisation."""
    elements = reference.findall("ds:Transforms/ds:Transform", NS)
    if whole:
        if not elements or elements[0].get("Algorithm") != ENVELOPED:
            return INCLUSIVE, "falta la transformación enveloped-signature"
        elements = elements[1:]
    if not elements:
        return INCLUSIVE, None
    method = Method.named(elements[0].get("Algorithm"), _prefixes(elements[0]))
    if method is None or len(elements) > 1:
        return INCLUSIVE, f"transformación no admitida: {elements[-1].get('Algorithm')}"
    return method, None


def _prefixes(element: _Element) -> list[str]:
    listed = element.find(f"{{{EXCLUSIVE_C14N}}}InclusiveNamespaces")
    return [] if listed is None else (listed.get("PrefixList") or "").split()


def _name(element: _Element) -> str:
    return str(element.tag).removeprefix(f"{{{DS}}}")


def digest(name: str, data: bytes) -> bytes:
    """Return the digest of data by the hash of that name in ``hashlib``."""
    return hashlib.new(name, data, usedforsecurity=False).digest()


def algorithm(parent: _Element | None, path: str) -> str | None:
    """Return the algorithm (URI) that a child names; None when there is no such child."""
    element = None if parent is None else parent.find(path, NS)
    return None if element is None else element.get("Algorithm")


def _by_id(root: _Element, value: str) -> list[_Element]:
    """Return every element with the identifier, under any of the usual names: a second one makes it ambiguous."""
    # Values first: an expression that names the attributes takes fifty times as long on a long document.
    found = cast("list[Any]", _ATTRIBUTES(root, value=value))
    owners = [attribute.getparent() for attribute in found if attribute.attrname in _ID_NAMES]
    return list(dict.fromkeys(owners))
