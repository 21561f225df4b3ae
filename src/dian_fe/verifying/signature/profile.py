"""DIAN's XAdES-EPES profile: what must be present, and what it must say.

Codes are those of the annex (DC02 to DC56, ZD07, FAC03 and FAD09e with their like). Findings for which no code is known
have one of the library, in lower case. So has what accepted documents lack although the annex asks for it: DIAN reports
none of those, so it is advice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import Final, NamedTuple

from cryptography import x509
from lxml import etree
from lxml.etree import _Element

from ...errors import UnsupportedDocument, WeakKey
from ...families.spec import DocumentKind
from ...faults import Certainty, Fault
from ...signing.algorithms import DIGESTS, EXCLUSIVE_C14N, WEAK_DIGEST, XADES
from ...signing.certificates import CertificateInfo, der, rsa_key
from ...signing.distinguished_names import issuer_name
from ...signing.extensions import extension
from ...signing.policy import POLICY_V2, SignerRole
from ...ubl.grammar import grammar_of
from ...ubl.reader.document import kind_of_root
from ..verdicts import Cause, Part, fault
from .c14n import OwnedDocument
from .issuer_names import NameForm, compare
from .references import NS, PROPERTIES, SignedInfo, algorithm, decoded, digest

_PLACE: Final = ["ExtensionContent", "UBLExtension", "UBLExtensions"]
_SAME_DAY_SINCE: Final = date(2024, 5, 1)
"""Annex 1.9, which brought FAD09e and its like, binds documents issued from this day on."""

_PROPERTIES: Final = f"{{{XADES}}}SignedProperties"
_SIGNED: Final = f"{PROPERTIES}/xades:SignedSignatureProperties"
_LIST: Final = f"{_SIGNED}/xades:SigningCertificate"
_MOST_LISTED: Final = 3
"""Certificates of the list that have codes."""


class _Row(NamedTuple):
    """An element that the profile demands: a row of ``profile.tsv``."""

    code: str
    within: str
    """``signature``, what a reference protects (`Part`), or ``certificate_1`` to ``certificate_3`` of the list."""
    path: str
    """Below that; empty for the reference or listed certificate itself, which comes before what is below it."""
    advice: str
    """The library's own code, for an absence that DIAN's answers do not mention.

    Of 346 accepted documents some have no reference to ds:KeyInfo (13) or to the properties (8), most list one
    certificate, and some claim no role.
    """


def _rows() -> dict[str, list[_Row]]:
    """Return the rows of ``profile.tsv`` by what they are within."""
    lines = files(__package__).joinpath("profile.tsv").read_text(encoding="utf-8").splitlines()
    found: dict[str, list[_Row]] = {}
    for line in lines[1:]:
        row = _Row(*line.split("\t"))
        found.setdefault(row.within, []).append(row)
    return found


_ROWS: Final = _rows()
_PART_NAMES: Final = {
    Part.DOCUMENT: "todo el documento",
    Part.KEY_INFO: "ds:KeyInfo",
    Part.SIGNED_PROPERTIES: "xades:SignedProperties",
}


def placement(root: _Element, signatures: list[_Element]) -> Iterator[Fault]:
    """Yield the fault of no signature, several, or one that is in no extension of the root (FAC03 and its like)."""
    kind = _kind(root)
    code = "signature_count" if kind is None else kind.codes.get("signature", "signature_count")
    if len(signatures) != 1:
        count = fault(
            code,
            "El documento debe tener exactamente una firma.",
            xpath=f"/{_local(root)}/ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/ds:Signature",
            found=str(len(signatures)),
            expected="1",
            hint="firme el documento una sola vez."
            if signatures
            else "el documento no está firmado: pida el original.",
        )
        # That there is no signature is certain; only the code that DIAN has for it is likely.
        yield count if signatures else replace(count, certainty=Certainty.CONFIRMADA)
        return
    above = [_local(ancestor) for ancestor in signatures[0].iterancestors()]
    if above[:-1] != _PLACE:
        expected = f"{_local(root)}/UBLExtensions/UBLExtension/ExtensionContent"
        message = "La firma no está en una extensión del documento."
        yield fault(code, message, found="/".join(reversed(above)), expected=expected)


def presence(info: SignedInfo, *, accept_uncovered: bool = False) -> Iterator[Fault]:
    """Yield the fault of each missing element (DC02 to DC56); of a missing branch only its top is reported.

    ``accept_uncovered``: signed properties that no reference covers are advice and no refusal, unless the signature
    covers others in another place: then these were put in their stead.
    """
    yield from _missing(info.signature, "signature", "")
    if info.element is not None:
        # A part that is missing itself has a code of its own above.
        gone = {Part.KEY_INFO: info.key_info is None, Part.SIGNED_PROPERTIES: info.properties is None}
        for part, name in _PART_NAMES.items():
            if gone.get(part):
                continue
            pointed = info.reference_to(part)
            place = f"ds:SignedInfo/ds:Reference[{part}]"
            if pointed is None:
                elsewhere = any(each.target is not None and each.target.tag == _PROPERTIES for each in info.pointed)
                refuse = part == Part.SIGNED_PROPERTIES and (elsewhere or not accept_uncovered)
                yield _absent(_ROWS[part][0], place, f"Falta la referencia a {name}.", refuse=refuse)
            else:
                yield from _missing(pointed.element, part, f"{place}/")
    listed = info.signature.find(_LIST, NS)
    if listed is not None:
        yield from _listed_certificates(listed.findall("xades:Cert", NS))


def _listed_certificates(certificates: list[_Element]) -> Iterator[Fault]:
    for number, certificate in enumerate(certificates[:_MOST_LISTED], 1):
        yield from _missing(certificate, f"certificate_{number}", f"{_LIST}/xades:Cert[{number}]/")
    number = len(certificates) + 1
    if number <= _MOST_LISTED:  # the chain ends here: the certificates after it are not reported one by one
        message = f"Falta el certificado {number} de la cadena en SigningCertificate."
        yield _absent(_ROWS[f"certificate_{number}"][0], f"{_LIST}/xades:Cert[{number}]", message)


def _missing(parent: _Element, within: str, prefix: str) -> Iterator[Fault]:
    for row in _ROWS[within]:
        above, _, name = row.path.rpartition("/")
        if row.path and parent.find(row.path, NS) is None and (not above or parent.find(above, NS) is not None):
            yield _absent(row, prefix + row.path, f"Falta {name} en la firma.")


def _absent(row: _Row, path: str, message: str, *, refuse: bool = False) -> Fault:
    xpath = f"//ds:Signature/{path}"
    if row.advice:
        return fault(row.advice, xpath=xpath, notify=not refuse)
    return fault(row.code, message, xpath=xpath, hint="")


def contents(info: SignedInfo, leaf: x509.Certificate | None) -> Iterator[Fault]:
    """Yield the faults of algorithms, policy, role, listed certificates and key."""
    yield from _algorithms(info)
    properties = info.properties
    if properties is not None:
        yield from _policy(properties)
        yield from _role(properties)
        if leaf is not None:
            yield from _signing_certificate(info, properties, leaf)
    if leaf is not None:
        yield from _key(leaf)


def _algorithms(info: SignedInfo) -> Iterator[Fault]:
    if (algorithm(info.element, "ds:CanonicalizationMethod") or "").startswith(EXCLUSIVE_C14N):
        yield fault("exclusive_c14n", xpath="//ds:Signature/ds:SignedInfo/ds:CanonicalizationMethod", notify=True)
    for uri in info.weak_algorithms():
        message = f"La firma usa {WEAK_DIGEST.upper()}, que se puede falsificar."
        xpath, expected = "//ds:Signature/ds:SignedInfo", "SHA-256, SHA-384 o SHA-512"
        yield fault("weak_algorithm", message, xpath=xpath, notify=True, found=uri, expected=expected)


def _policy(properties: _Element) -> Iterator[Fault]:
    place = "xades:SignedSignatureProperties/xades:SignaturePolicyIdentifier/xades:SignaturePolicyId"
    policy = properties.find(place, NS)
    if policy is None:
        return
    xpath = f"//ds:Signature//{place}"
    identifier = (policy.findtext("xades:SigPolicyId/xades:Identifier", namespaces=NS) or "").strip()
    if identifier and identifier != (official := POLICY_V2.identifier):
        place = f"{xpath}/xades:SigPolicyId/xades:Identifier"
        yield fault("policy_identifier", xpath=place, notify=True, found=identifier, expected=official)
    method = policy.find("xades:SigPolicyHash/ds:DigestMethod", NS)
    value = "".join((policy.findtext("xades:SigPolicyHash/ds:DigestValue", namespaces=NS) or "").split())
    if method is None or not value or POLICY_V2.names_document(method.get("Algorithm") or "", value):
        return
    mislabelled = value in POLICY_V2.digests.values()
    message = "El resumen de la política de firma no es el de la política v2 de la DIAN."
    if mislabelled:
        message = "El resumen de la política es el oficial, pero con otro algoritmo."
    elif _is_hexadecimal(value):
        message = "El resumen de la política es el oficial, pero escrito en hexadecimal."
    yield fault(
        Cause.POLICY_HASH.value,
        message,
        xpath=f"{xpath}/xades:SigPolicyHash",
        notify=mislabelled,
        found=f"{value} ({method.get('Algorithm')})",
        expected=POLICY_V2.digests["sha256"],
    )


def _is_hexadecimal(written: str) -> bool:
    """True if a digest is the policy's in hexadecimal, or the base64 of that."""
    official = {(decoded(value) or b"").hex() for value in POLICY_V2.digests.values()}
    return written.lower() in official or (decoded(written) or b"").decode("ascii", "replace").lower() in official


def _role(properties: _Element) -> Iterator[Fault]:
    role = claimed_role(properties)
    if role is not None and role not in set(SignerRole):
        message, expected = "El rol del firmante no es uno de los de la política.", " | ".join(SignerRole)
        xpath = "//ds:Signature//xades:ClaimedRole"
        yield fault("signer_role", message, xpath=xpath, notify=True, found=role, expected=expected)


def claimed_role(properties: _Element) -> str | None:
    """Return the first claimed role, as written; None without any."""
    path = "xades:SignedSignatureProperties/xades:SignerRole/xades:ClaimedRoles/xades:ClaimedRole"
    return properties.findtext(path, namespaces=NS)


def _signing_certificate(info: SignedInfo, properties: _Element, leaf: x509.Certificate) -> Iterator[Fault]:
    """Yield the differences of the certificate in ``ds:KeyInfo`` from the one that the signed properties name.

    Where no reference covers ``ds:KeyInfo``, that is all that binds it: another certificate of the same key fits too.
    """
    lists = (f"xades:SignedSignatureProperties/xades:SigningCertificate{version}" for version in ("", "V2"))
    digests = [each for path in lists for each in properties.findall(f"{path}/xades:Cert/xades:CertDigest", NS)]
    bound = info.reference_to(Part.KEY_INFO) is not None
    content = der(leaf)
    for element in digests:
        name = DIGESTS.get(algorithm(element, "ds:DigestMethod") or "")
        if name and decoded(element.findtext("ds:DigestValue", namespaces=NS)) == digest(name, content):
            yield from _issuer(element.getparent(), leaf)
            return
    if digests:
        advice = bound or info.reference_to(Part.SIGNED_PROPERTIES) is None
        xpath, subject = "//ds:Signature//xades:SigningCertificate", CertificateInfo.of(leaf).subject
        yield fault("signing_certificate", xpath=xpath, notify=advice, found=subject)
    elif not bound:
        yield fault("certificate_not_bound", xpath="//ds:Signature/ds:KeyInfo", notify=True)


def _issuer(listed: _Element | None, leaf: x509.Certificate) -> Iterator[Fault]:
    written = None if listed is None else listed.findtext("xades:IssuerSerial/ds:X509IssuerName", namespaces=NS)
    form = NameForm.RIGHT if written is None else compare(written, leaf.issuer)
    if form is not NameForm.RIGHT:
        message = "El nombre del emisor no es el del certificado que firmó."
        if form is NameForm.OTHER_FORM:
            message = "El nombre del emisor del certificado está en otro orden o forma."
        yield fault(
            Cause.ISSUER_NAME.value,
            message,
            xpath="//ds:Signature//xades:IssuerSerial/ds:X509IssuerName",
            notify=True,
            found=written,
            expected=issuer_name(leaf.issuer),
        )


def relative_namespace(document: OwnedDocument) -> Iterator[Fault]:
    """Yield advice on a relative namespace URI: the verdict is right, other verifiers give none (C14N 1.0, 1.3)."""
    found = document.relative_namespace()
    if found is not None:
        xpath = document.root.getroottree().getpath(found[0])
        yield fault(Cause.RELATIVE_NAMESPACE.value, xpath=xpath, notify=True, found=found[1])


def _key(leaf: x509.Certificate) -> Iterator[Fault]:
    xpath = "//ds:Signature/ds:KeyInfo"
    try:
        rsa_key(leaf)
    except WeakKey as error:
        yield fault("weak_key", error.message, xpath=xpath, found=error.found, expected=error.expected)
    usage = extension(leaf, x509.KeyUsage)
    if usage is not None and not usage.content_commitment:
        # The code is read in the payroll annex only; sales documents share ZB01, ZE02 and ZA01 with it.
        message = "El certificado no tiene el atributo de no repudio."
        yield fault("ZD07", message, xpath=xpath, expected="keyUsage nonRepudiation")


def signing_date(root: _Element, written: str | None) -> Iterator[Fault]:
    """Yield the fault of a signing date that is not the issue date (FAD09e and its like, since annex 1.9)."""
    kind = _kind(root)
    code = None if kind is None else kind.codes.get("signing_day")
    issued = (root.findtext("{*}IssueDate") or "").strip()
    if kind is None or code is None or not written or not issued or _type_code(root, kind) in kind.signed_later:
        return
    try:
        day = date.fromisoformat(issued)
    except ValueError:
        return  # the date itself is wrong: the reader and the schema report it
    if day >= _SAME_DAY_SINCE and written[:10] != issued:
        yield fault(
            code,
            "La fecha de emisión es distinta de la fecha de firma.",
            xpath=f"/{_local(root)}/cbc:IssueDate",
            found=issued,
            expected=written[:10],
            hint="firme el mismo día de la emisión, con la hora de Colombia (−05:00).",
        )


def _kind(root: _Element) -> DocumentKind | None:
    """Return the kind of a document; None for one that no family reads."""
    try:
        return kind_of_root(root)
    except UnsupportedDocument:
        return None


def _type_code(root: _Element, kind: DocumentKind) -> str:
    element = grammar_of(kind).words.get("type_code")
    return "" if element is None else (root.findtext(f"{{*}}{element}") or "").strip()


def _local(element: _Element) -> str:
    return etree.QName(element).localname
