"""What a certificate may be used for, and which names an authority may give: RFC 5280, sections 4.2.1.3 to 4.2.1.12."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.x509.oid import NameOID

from ..signing.distinguished_names import label
from ..signing.extensions import extensions_of, for_other_purposes, signs_documents


def purpose_problem(certificate: x509.Certificate, *, leaf: bool) -> str | None:
    """Return why a certificate may not sign documents, or issue those that do (Spanish); None when it may."""
    name = label(certificate.subject)
    if for_other_purposes(certificate):
        return f"«{name}» no sirve para firmar documentos: sus usos extendidos son otros (servidor TLS, OCSP, …)"
    if leaf and not signs_documents(certificate):
        return f"«{name}» no sirve para firmar: su uso de llave es otro, como el cifrado"
    return None


def name_problem(path: Sequence[x509.Certificate], issuer: x509.Certificate) -> str | None:
    """Return why ``issuer`` may not have certificates with the names of those below it (Spanish); None when it may."""
    for item in extensions_of(issuer).found:
        if not isinstance(item.value, x509.NameConstraints):
            continue
        for position, certificate in enumerate(path):
            if position and certificate.issuer == certificate.subject:
                continue  # self-issued authorities are exempt (RFC 5280, section 6.1.3)
            if not _allowed(certificate, item.value):
                names = f"«{label(certificate.subject)}»", f"«{label(issuer.subject)}»"
                return f"{names[0]} está fuera de los nombres que {names[1]} puede certificar"
    return None


def _allowed(certificate: x509.Certificate, constraints: x509.NameConstraints) -> bool:
    permitted, excluded = (
        tuple(each or ()) for each in (constraints.permitted_subtrees, constraints.excluded_subtrees)
    )
    for name in _names(certificate):
        if any(_within(name, tree) is not False for tree in excluded):
            return False
        same = [tree for tree in permitted if isinstance(name, type(tree))]
        if same and not any(_within(name, tree) is True for tree in same):
            return False
    return True


def _names(certificate: x509.Certificate) -> Iterable[x509.GeneralName]:
    if certificate.subject.rdns:
        yield x509.DirectoryName(certificate.subject)
    for attribute in certificate.subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS):
        if isinstance(attribute.value, str):
            yield _Email(attribute.value)
    for item in extensions_of(certificate).found:
        if isinstance(item.value, x509.SubjectAlternativeName):
            for name in item.value:
                yield _Email(name.value) if isinstance(name, x509.RFC822Name) else name


class _Email(x509.RFC822Name):
    """An address as certificates have it, which need not be one of RFC 822."""

    def __init__(self, value: str) -> None:
        self._value = value


def _within(name: x509.GeneralName, tree: x509.GeneralName) -> bool | None:
    """True if a name is in a subtree; None for a form that is not compared here."""
    if isinstance(name, x509.DirectoryName) and isinstance(tree, x509.DirectoryName):
        return _rdns(name.value)[: len(tree.value.rdns)] == _rdns(tree.value)
    if isinstance(name, x509.RFC822Name) and isinstance(tree, x509.RFC822Name):
        address, base = name.value.casefold(), tree.value.casefold()
        host = address.rpartition("@")[2]
        return address == base if "@" in base else host.endswith(base) if base.startswith(".") else host == base
    if isinstance(name, x509.DNSName) and isinstance(tree, x509.DNSName):
        host, base = name.value.casefold(), tree.value.casefold().lstrip(".")
        return not base or host == base or host.endswith(f".{base}")
    return None if isinstance(name, type(tree)) else False


def _rdns(name: x509.Name) -> list[frozenset[tuple[str, str]]]:
    return [
        frozenset((each.oid.dotted_string, " ".join(str(each.value).split()).casefold()) for each in rdn)
        for rdn in name.rdns
    ]
