"""A second opinion on signatures that the library's own verification calls valid: signxml's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from lxml import etree

from ...signing.algorithms import DIGESTS, RSA_SIGNATURES
from ..verdicts import SecondOpinion

if TYPE_CHECKING:
    from cryptography import x509
    from signxml.verifier import SignatureConfiguration

    from .references import SignedInfo

_LEVELS: Final = 32
"""Declarations inside each other: libxml2's canonical form costs their square. Documents have about four."""
_INSIDE: Final = 5_000
"""Elements and attributes in a signature: taking it out costs lxml their square. Real ones have about a hundred."""
_CONTENTS: Final = etree.XPath("count(descendant::*) + count(descendant::*/@*)")
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"


def second_opinion(
    info: SignedInfo, certificate: x509.Certificate, moment: datetime | None
) -> tuple[SecondOpinion, str | None]:
    """Ask signxml for the time of signing; return its opinion and, in Spanish, why it was not asked or disagrees.

    Trust, dates of the certificate and structure are judged separately, so they are not part of the question.
    """
    why = unsuited(info)
    if why is not None:
        return SecondOpinion.NOT_ASKED, why
    try:
        from signxml.exceptions import InvalidSignature
        from signxml.verifier import XMLVerifier
    except Exception as error:  # the oldest signxml does not load beside the newest cryptography
        return SecondOpinion.NO_OPINION, f"{type(error).__name__}: {error}"
    try:
        XMLVerifier().verify(
            info.document.tidied,
            x509_cert=certificate,
            validate_schema=False,
            expect_config=_configuration(certificate, moment),
        )
    except InvalidSignature as error:
        return SecondOpinion.DISAGREES, str(error)
    except Exception as error:  # a failure of signxml is not a verdict
        return SecondOpinion.NO_OPINION, f"{type(error).__name__}: {error}"
    return SecondOpinion.AGREES, None


def _configuration(certificate: x509.Certificate, moment: datetime | None) -> SignatureConfiguration:
    from signxml.algorithms import DigestAlgorithm, SignatureMethod
    from signxml.verifier import SignatureConfiguration

    options: dict[str, Any] = {
        "location": ".//",
        "expect_references": True,
        "signature_methods": frozenset(method for method in SignatureMethod if method.value in RSA_SIGNATURES),
        "digest_algorithms": frozenset(method for method in DigestAlgorithm if method.value in DIGESTS),
        "ignore_ambiguous_key_info": True,
    }
    if "verification_time" in SignatureConfiguration.__dataclass_fields__:  # without it no date is judged
        since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        options["verification_time"] = min(max(moment or since, since), until).astimezone(UTC)
    return SignatureConfiguration(**options)


def unsuited(info: SignedInfo) -> str | None:
    """Return why lxml's canonical form cannot be relied on for a document, in Spanish; None when it can."""
    return next(_reasons(info), None)


def _reasons(info: SignedInfo) -> Iterator[str]:
    document, signature = info.document, info.signature
    if document.relative_namespace() is not None:
        yield "hay un espacio de nombres relativo"
    if document.levels > _LEVELS:
        yield "hay demasiadas declaraciones de espacios de nombres, unas dentro de otras"
    if cast("float", _CONTENTS(signature)) > _INSIDE:
        yield "hay demasiados elementos dentro de la firma"
    if any(element.prefix is None for element in signature.iter("*")):
        yield "la firma usa un espacio de nombres por defecto"
    prefixes = document.prefixes(signature)
    if len(set(prefixes.values())) < len(prefixes):
        yield "hay varios prefijos para un mismo espacio de nombres"
    for above in signature.iterancestors():
        if any(str(name).startswith(_XML) for name in above.attrib):
            yield "la firma hereda atributos xml:"
    root = document.root
    if root.getprevious() is not None or root.getnext() is not None:
        yield "hay algo junto a la raíz del documento"
    lists = [listed.get("PrefixList") or "" for listed in signature.iter("{*}InclusiveNamespaces")]
    if any("#default" in listed for listed in lists):
        yield "una lista de prefijos nombra el espacio de nombres por defecto"
    # signxml splits at single spaces: an empty prefix is the default namespace to lxml, if any document had one.
    if any(listed.split(" ") != listed.split() for listed in lists):
        yield "una lista de prefijos está vacía o lleva espacios que no son los sencillos"
    if any(next(element.iterchildren(etree.Comment), None) is not None for element in signature.iter("*")):
        yield "hay comentarios dentro de la firma"
    # A reference to a part of the same document never covers comments (XMLDSig, section 4.4.3.3); signxml has them in.
    if any(pointed.method.comments for pointed in info.pointed) and next(root.iter(etree.Comment), None) is not None:
        yield "una referencia pide comentarios que su forma no cubre"
