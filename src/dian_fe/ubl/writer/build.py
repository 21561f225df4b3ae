"""`build`: from a model and its issuer to the canonical XML with key, QR and file name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, cast

from ..._arguments import checked, refuses
from ..._typevars import TypeVar
from ..._viewed import Viewed
from ...catalogs import IdAlgorithm
from ...catalogs.identification import check_digit
from ...errors import InvalidInput, MissingDatum, NumberingError, UnsupportedDocument
from ...families.registry import kind_of as known_kind_of
from ...families.registry import kinds, model_kind
from ...families.spec import Authorised, DocumentKind, Free, KeyForm, OwnPrefix, Secret
from ...models._fast import make_fast
from ...models._missing import missing_in, refuse_missing
from ...models.issuable import Issuable
from ...models.issuer import Issuer, Software
from ...models.resolution import Resolution
from ...models.zeros import without_zeros
from ..cached import cached
from ..canonical import Canonical
from ..codecs import attribute, attribute_texts
from ..codecs import text as text_of
from ..control import Control
from ..extensions import BEFORE, SIGNATURE
from ..file_names import FileName
from ..grammar import grammar_of
from ..keys import security_code
from ..qr import catalogue_url, key_name, qr_text
from .compile import writers

if TYPE_CHECKING:
    from ...models.issuable import Deliverable

D = TypeVar("D", bound=Issuable, default=Any)

_NOTE_NUMBER = re.compile("([0-9A-Za-z]*?)([0-9]+)")
_LAST_DIGITS = re.compile(r"[0-9]{1,9}\Z")
UBL_VERSION = "UBL 2.1"


@dataclass(frozen=True, slots=True)
class Built(Viewed, Generic[D]):
    """An unsigned document, ready to be checked and signed.

    ``key`` is the CUFE or CUDE, ``qr_text`` the text of the printed QR, ``file_name`` the annex's name of the XML.
    """

    document: D
    """The model that is written: without discounts, charges and withholdings of zero."""
    kind: DocumentKind = field(repr=False)
    """The kind of document."""
    control: Control = field(repr=False)
    """Key, environment, numbering and software as the XML carries them."""
    canonical: Canonical = field(repr=False)
    """The bytes in Canonical XML, with the empty place of the signature."""
    name: FileName
    """The XML file's name (annex 1.9, section 9)."""

    @property
    def key(self) -> str:
        """CUFE or CUDE: 96 lower-case hexadecimal digits."""
        assert self.control.key is not None
        return self.control.key

    @property
    def file_stem(self) -> str:
        """The XML file's name without its ending."""
        return self.name.stem

    @property
    def xml(self) -> bytes:
        """The unsigned XML file."""
        return self.canonical.unsigned_file()

    @property
    def file_name(self) -> str:
        """Name of the XML file."""
        return self.name.xml

    @property
    def zip_name(self) -> str:
        """Name of the ZIP file that carries it."""
        return self.name.zip

    @property
    def qr_url(self) -> str:
        """Address of the document in DIAN's catalogue; of an event, that of its invoice."""
        assert self.control.qr is not None
        return self.control.qr.rpartition("\n")[2]

    @property
    def qr_text(self) -> str:
        """Text of the printed QR; of an event, the address of its invoice."""
        control, kind = self.control, self.kind
        if kind.qr is None:
            return self.qr_url
        return _printed_qr(self.document, kind, self.key, control.key_scheme, control.environment or "")


@checked
@refuses("document")
def build(document: D, issuer: Issuer, *, sequence: int | None = None) -> Built[D]:
    """Write a document: canonical UBL with its key, in the issuer's numbering and environment. Pure.

    ``sequence`` is the caller's annual counter of files sent, which the file's name carries; without it the
    document's own consecutive is used, which repeats only when several prefixes share a year and a kind.

    Raises ``NumberingError`` (range, prefix, validity, missing technical key), ``InvalidInput`` (another NIT, data
    without which the document cannot be written), ``WrongEnvironment`` (an event of an invoice of the other one) before
    anything is made.
    """
    kind = kind_of(document)
    try:
        return _built(document, kind, issuer, sequence)
    except (MissingDatum, KeyError):
        refuse_missing(missing_in(document))
        raise


def _built(document: D, kind: DocumentKind, issuer: Issuer, sequence: int | None) -> Built[D]:
    if not isinstance(issuer, Issuer):
        raise InvalidInput.of("ubl.no_issuer", field="issuer", found=type(issuer).__name__)
    _check_owner(document, issuer, kind)
    document = without_zeros(document)
    document.check_issuable(issuer)
    said = cast("Deliverable", document)
    resolution, prefix, consecutive = _NUMBERINGS[type(kind.numbering)](said, issuer, kind)
    environment = str(issuer.environment)
    form = kind.key_form(getattr(document, "type_code", None))
    software = issuer.software_of(kind)
    key = kind.key_function(document, secret=_secret(form, software, resolution), environment=environment)
    frame = _frame_of(issuer, (kind, id(form), id(resolution)), kind, form.scheme, resolution)
    code = security_code(software_id=software.id, pin=software.pin.get_secret_value(), number=said.number)
    if kind.qr_inside:
        qr = _printed_qr(document, kind, key, form.scheme.value, environment)
    else:
        qr = catalogue_url(key if kind.qr_key is None else getattr(document, kind.qr_key), environment)
    values = {**frame.control, "key": key, "prefix": prefix or None, "security_code": code, "qr": qr}
    if kind.profiles:
        values["profile"] = kind.profile_of(getattr(document, "operation", None))
    control = make_fast(Control, values)
    own = {_CODE: code.encode(), _QR: text_of(qr).encode()}
    extensions = [
        slot.write(document, control, writers(kind)).encode()
        if pieces is None
        else b"".join([own.get(piece, piece) for piece in pieces])
        for slot, pieces in zip(grammar_of(kind).extensions, frame.pieces, strict=True)
    ]
    name = FileName(
        kind.files,
        nit=issuer.organization.nit,
        provider=software.provider_code,
        year=document.issue_date.year,
        sequence=_sequence(sequence, consecutive, said.number),
    )
    return Built(document, kind, control, _write(document, control, kind, extensions), name)


def _printed_qr(document: Any, kind: DocumentKind, key: str, scheme: str | None, environment: str) -> str:
    """Return the text of the printed QR."""
    assert kind.qr is not None
    return qr_text(kind.facet(kind.qr)(document), key, key_name(scheme, kind.key_scheme), environment)


def _secret(form: KeyForm, software: Software, resolution: Resolution | None) -> str:
    """Return the secret that the key is made with."""
    if form.secret is Secret.TECHNICAL_KEY and resolution is not None:
        return resolution.key()
    return software.pin.get_secret_value()


class _Frame(NamedTuple):
    """What an issuer's documents of one kind have in common."""

    control: dict[str, Any]
    """The values of `Control` but for those of the single document."""
    pieces: tuple[list[bytes] | None, ...]
    """Each extension made only of `Control`, parted where documents differ; None: any other."""


_CODE, _QR = b"\x00code", b"\x00qr"
"""Stand-ins that no datum can be equal to: models take no control characters."""
_STAND_INS = re.compile(b"(%b|%b)" % (_CODE, _QR))


def _frame(issuer: Issuer, kind: DocumentKind, scheme: IdAlgorithm, resolution: Resolution | None) -> _Frame:
    environment = str(issuer.environment)
    software = issuer.software_of(kind)
    provider = software.provider_nit or issuer.organization.nit
    control = {
        **dict.fromkeys(Control.model_fields),
        "ubl_version": UBL_VERSION,
        "profile": kind.profile,
        "environment": environment,
        "key_scheme": scheme.value,
        "key_environment": environment,
        "provider_nit": provider,
        "provider_check_digit": check_digit(provider),
        "software_id": software.id,
    }
    if resolution is not None:
        control |= authorization_of(resolution)
    stand_in = make_fast(Control, {**control, "security_code": _CODE.decode(), "qr": _QR.decode()})
    pieces = (
        _STAND_INS.split(slot.write(None, stand_in, writers(kind)).encode()) if slot.field is None else None
        for slot in grammar_of(kind).extensions
    )
    return _Frame(control, tuple(pieces))


_frame_of = cached(_frame)


def write(document: Any, control: Control, kind: DocumentKind | None = None) -> Canonical:
    """Write the canonical bytes of a document with its surrounding data; nothing is checked or computed here."""
    kind = kind or known_kind_of(document)
    try:
        extensions = [slot.write(document, control, writers(kind)).encode() for slot in grammar_of(kind).extensions]
        return _write(document, control, kind, extensions)
    except (MissingDatum, KeyError):
        refuse_missing(missing_in(document))
        raise


def _write(document: Any, control: Control, kind: DocumentKind, extensions: list[bytes]) -> Canonical:
    compiled = writers(kind)
    currency = _currency_attribute[getattr(document, "currency", None)]
    start, namespaces, filed, rest = _opening(kind)
    own = compiled["attributes"](document, control, currency).rstrip(">").encode() if "attributes" in compiled else b""
    head = b"".join((start, own, rest, *extensions, _BEFORE_SIGNATURE))
    tail = f"{SIGNATURE[1]}{compiled['root'](document, control, currency)}</{kind.root}>".encode()
    rule = kind.codes.get("signing_day", "")
    if not rule or getattr(document, "type_code", None) in kind.signed_later:
        return Canonical(head + tail, len(head), namespaces, filed=filed)
    return Canonical(head + tail, len(head), namespaces, document.issue_date, rule, filed)


_currency_attribute = attribute_texts("currencyID")
_BEFORE_SIGNATURE = SIGNATURE[0].encode()


@cache
def _opening(kind: DocumentKind) -> tuple[bytes, str, str, bytes]:
    """Return the root's tag up to its own attributes, its namespace declarations, the same as the file has them, and
    what follows the attributes."""
    declared = grammar_of(kind).namespaces
    namespaces = declared.declared(kind.root, ("", *sorted(declared.prefixes)))
    filed = declared.declared(kind.root, declared.filed)
    location = declared.location_of(kind.root)
    rest = f' xsi:schemaLocation="{attribute(location)}"' if location else ""
    always = "".join(f' {name}="{attribute(text)}"' for name, text in sorted(declared.attributes.items()))
    return f"<{kind.root}{namespaces}{always}".encode(), namespaces, filed, f"{rest}>{BEFORE}".encode()


def kind_of(document: Issuable) -> DocumentKind:
    """Return the kind of a document; raise ``UnsupportedDocument`` for what cannot be issued, as an event only read."""
    kind = model_kind(type(document))
    if kind is None or not hasattr(document, "check_issuable"):
        raise UnsupportedDocument.of(
            "ubl.not_issuable",
            found=type(document).__name__,
            expected=", ".join(each.label for each in kinds() if each.numbering is not None),
        )
    return kind


def _check_owner(document: Issuable, issuer: Issuer, kind: DocumentKind) -> None:
    if document.issuer_id != issuer.organization.nit:
        raise InvalidInput.of(
            "ubl.foreign_owner",
            field=f"{kind.roles.issuer}.id",
            found=document.issuer_id,
            expected=issuer.organization.nit,
        )


_Numbering = tuple[Resolution | None, str, int | None]
"""The resolution that numbers the document (invoices), its prefix and its consecutive."""


def _sequence(given: int | None, consecutive: int | None, number: str) -> int:
    """Return the consecutive of the document's file."""
    sequence = consecutive if given is None else given
    if sequence is None:
        raise NumberingError.of("ubl.no_sequence", field="sequence", found=number)
    return sequence


def _of_any_form(document: Deliverable, issuer: Issuer, kind: DocumentKind) -> _Numbering:
    match = _LAST_DIGITS.search(document.number)
    return None, "", None if match is None else int(match[0])


def _in_range(document: Deliverable, issuer: Issuer, kind: DocumentKind) -> _Numbering:
    resolution = issuer.numbering_of(kind, document.number)
    if resolution is None:
        raise NumberingError.of("ubl.no_resolution", field="issuer.resolution", label=kind.label)
    consecutive = resolution.check(document.number, document.issue_date)
    return resolution, resolution.prefix, consecutive


def _after_prefix(document: Deliverable, issuer: Issuer, kind: DocumentKind) -> _Numbering:
    assert isinstance(kind.numbering, OwnPrefix)
    prefix, longest = issuer.prefix_of(kind), kind.numbering.longest
    if prefix is not None and not document.number.startswith(prefix):
        raise NumberingError.of(
            "ubl.foreign_prefix", field="number", found=document.number, label=kind.label, prefix=prefix
        )
    match = _NOTE_NUMBER.fullmatch(document.number if prefix is None else document.number[len(prefix) :])
    if match is None or (prefix is not None and match[1]) or len(document.number) > longest:
        raise NumberingError.of(
            "ubl.malformed_number",
            field="number",
            found=document.number,
            label=kind.label,
            longest=longest,
            prefix=prefix or "AB",
        )
    return None, match[1] if prefix is None else prefix, int(match[2])


_NUMBERINGS: dict[type[Any], Callable[[Deliverable, Issuer, DocumentKind], _Numbering]] = {
    Authorised: _in_range,
    OwnPrefix: _after_prefix,
    Free: _of_any_form,
}


def authorization_of(resolution: Resolution) -> dict[str, Any]:
    """Return the fields of `Control` that come from a numbering range."""
    return {
        "authorization": resolution.authorization,
        "authorization_start": resolution.valid_from,
        "authorization_end": resolution.valid_to,
        "range_prefix": resolution.prefix or None,
        "range_from": str(resolution.range_from),
        "range_to": str(resolution.range_to),
    }
