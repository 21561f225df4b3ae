"""`build`: from a model and its issuer to the canonical XML with key, QR and file name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar, cast

from ..catalogs import IdAlgorithm
from ..catalogs.identification import check_digit
from ..errors import InvalidInput, MissingDatum, NumberingError, UnsupportedDocument
from ..models._base import make_fast
from ..models.document import SalesDocument
from ..models.issuable import Deliverable, Issuable
from ..models.issuer import Issuer
from ..models.resolution import Resolution
from ..models.zeros import without_zeros
from .canonical import Canonical
from .codecs import attribute_texts
from .compile import writers
from .control import Control
from .extensions import BEFORE, SIGNATURE, dian_extension, health_extension
from .kept import kept
from .keys import security_code
from .kinds import BY_MODEL, KINDS, NAMESPACES, Kind
from .names import file_stem
from .qr import catalogue_url, key_name, qr_text

D = TypeVar("D", bound=Issuable)

_NOTE_NUMBER = re.compile("([0-9A-Za-z]*?)([0-9]+)")
_LAST_DIGITS = re.compile(r"[0-9]{1,9}\Z")
_LONGEST_NUMBER = 20
UBL_VERSION = "UBL 2.1"


@dataclass(frozen=True, slots=True)
class Built(Generic[D]):
    """An unsigned document, ready to be checked and signed.

    ``key`` is the CUFE or CUDE, ``qr_text`` the text of the printed QR, ``file_name`` the annex's name of the XML.
    """

    document: D
    """The model that is written: without discounts, charges and withholdings of zero."""
    kind: Kind = field(repr=False)
    """The kind of document."""
    control: Control = field(repr=False)
    """Key, environment, numbering and software as the XML carries them."""
    canonical: Canonical = field(repr=False)
    """The bytes in Canonical XML, with the empty place of the signature."""
    file_stem: str
    """The XML file's name without its ending (annex 1.9, section 9)."""

    @property
    def key(self) -> str:
        """CUFE or CUDE: 96 lower-case hexadecimal digits."""
        assert self.control.key is not None
        return self.control.key

    @property
    def xml(self) -> bytes:
        """The unsigned XML file."""
        return self.canonical.unsigned_file()

    @property
    def file_name(self) -> str:
        """Name of the XML file."""
        return f"{self.file_stem}.xml"

    @property
    def zip_name(self) -> str:
        """Name of the ZIP file that carries it."""
        return f"z{self.file_stem[2:]}.zip"

    @property
    def qr_url(self) -> str:
        """Address of the document in DIAN's catalogue; of an event, that of its invoice."""
        assert self.control.qr is not None
        return self.control.qr

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from ..models._showing import stage_card

        return stage_card(
            self.document, self.kind.title, self.key, (("Archivo", self.file_name), ("Estado", "sin firmar"))
        )

    @property
    def qr_text(self) -> str:
        """Text of the printed QR; of an event, the address of its invoice."""
        control, document = self.control, self.document
        if not isinstance(document, SalesDocument):
            return self.qr_url
        name = key_name(control.key_scheme, self.kind.key_scheme)
        return qr_text(document, self.key, name, control.environment or "")


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
        _refuse_missing(document)
        raise


def _refuse_missing(document: Any) -> None:
    """Refuse a document that was read and lacks data, by the path of the first; made by the library, none lacks any."""
    if missing := document.missing:
        raise MissingDatum(
            "al documento le faltan datos: se leyó de un XML que no los trae, o no se entienden.",
            field=missing[0],
            found="ningún valor" if len(missing) == 1 else f"faltan {', '.join(missing[:_NAMED])}",
            expected="el dato",
            remedy="complételo con replace(…), o haga el documento con from_lines.",
        )


_NAMED = 5


def _built(document: D, kind: Kind, issuer: Issuer, sequence: int | None) -> Built[D]:
    if not isinstance(issuer, Issuer):
        raise InvalidInput(
            "falta el emisor.",
            field="issuer",
            found=type(issuer).__name__,
            expected="Issuer",
            remedy="use Issuer(organization=…, software=…, resolution=…, environment=…).",
        )
    _check_owner(document, issuer, kind)
    document = without_zeros(document)
    document.check_issuable(issuer)
    said = cast(Deliverable, document)
    resolution, prefix, consecutive = _NUMBERINGS[kind.numbering](said, issuer)
    type_code = getattr(document, "type_code", None)
    environment = str(issuer.environment)
    scheme = kind.scheme_of(type_code)
    by_pin = scheme is not kind.key_scheme or resolution is None
    secret = issuer.software.pin.get_secret_value() if by_pin or resolution is None else resolution.key()
    key = kind.key_of(document, secret=secret, environment=environment)
    software = issuer.software
    frame = _frame_of(issuer, (kind.name, scheme), kind, scheme, resolution)
    code = security_code(software_id=software.id, pin=software.pin.get_secret_value(), number=said.number)
    qr = catalogue_url(key if kind.qr_key is None else getattr(document, kind.qr_key), environment)
    control = make_fast(
        Control, {**frame.control, "key": key, "prefix": prefix or None, "security_code": code, "qr": qr}
    )
    dian = b"".join((frame.texts[0], code.encode(), frame.texts[1], qr.encode(), frame.texts[2]))
    stem = file_stem(
        kind.file_prefix,
        nit=issuer.organization.nit,
        provider_code=software.provider_code,
        year=document.issue_date.year,
        sequence=_sequence(sequence, consecutive, said.number),
    )
    return Built(document, kind, control, _write(document, control, kind, dian), stem)


class _Frame(NamedTuple):
    """What an issuer's documents of one kind have in common."""

    control: dict[str, Any]
    """The values of `Control` but for those of the single document."""
    texts: tuple[bytes, bytes, bytes]
    """DIAN's extension without SoftwareSecurityCode and QRCode, which differ in each document."""


_CODE, _QR = "\x00code", "\x00qr"
"""Stand-ins that no datum can be equal to: models take no control characters."""


def _frame(issuer: Issuer, kind: Kind, scheme: IdAlgorithm, resolution: Resolution | None) -> _Frame:
    environment = str(issuer.environment)
    software = issuer.software
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
    text = dian_extension(make_fast(Control, {**control, "security_code": _CODE, "qr": _QR}), writers(kind.name))
    before, _, rest = text.partition(_CODE)
    between, _, after = rest.partition(_QR)
    return _Frame(control, (before.encode(), between.encode(), after.encode()))


_frame_of = kept(_frame)


def write(document: Any, control: Control, kind: Kind | None = None) -> Canonical:
    """Write the canonical bytes of a document with its surrounding data; nothing is checked or computed here."""
    kind = kind or BY_MODEL[type(document)]
    dian = dian_extension(control, writers(kind.name)).encode() if kind.dian_extension else b""
    try:
        return _write(document, control, kind, dian)
    except (MissingDatum, KeyError):
        _refuse_missing(document)
        raise


def _write(document: Any, control: Control, kind: Kind, dian: bytes) -> Canonical:
    compiled = writers(kind.name)
    currency = _currency_attribute[getattr(document, "currency", None)]
    opening, namespaces = _opening(kind.name)
    health = health_extension(document, control, compiled).encode()
    head = b"".join((opening, health, dian, _BEFORE_SIGNATURE))
    tail = f"{SIGNATURE[1]}{compiled['root'](document, control, currency)}</{kind.root}>".encode()
    later = getattr(document, "type_code", None) in kind.signed_later
    return Canonical(head + tail, len(head), namespaces, None if later else document.issue_date)


_BEFORE_SIGNATURE = SIGNATURE[0].encode()
_currency_attribute = attribute_texts("currencyID")


@cache
def _opening(kind_name: str) -> tuple[bytes, str]:
    """Give the text up to the first extension, and that of the root's namespace declarations, in canonical order."""
    kind = KINDS[kind_name]
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in sorted(NAMESPACES.items()))
    namespaces = f' xmlns="{kind.namespace}"{declared}'
    start = f'<{kind.root}{namespaces} xsi:schemaLocation="{kind.schema_location}">{BEFORE}'
    return start.encode(), namespaces


def kind_of(document: Issuable) -> Kind:
    """Give the kind of a document; raises ``UnsupportedDocument`` for what cannot be issued, as an event only read."""
    kind = BY_MODEL.get(type(document)) or next((BY_MODEL[c] for c in type(document).__mro__ if c in BY_MODEL), None)
    if kind is None or not hasattr(document, "check_issuable"):
        raise UnsupportedDocument(
            "este objeto no es un documento que se pueda emitir.",
            found=type(document).__name__,
            expected="Invoice, CreditNote, DebitNote o Event",
            remedy="hágalo con from_lines o correcting; un evento, de la factura verificada con Event.acknowledge.",
        )
    return kind


def _check_owner(document: Issuable, issuer: Issuer, kind: Kind) -> None:
    if document.issuer_id != issuer.organization.nit:
        raise InvalidInput(
            "el emisor del documento no es la organización que emite.",
            field=kind.owner,
            found=document.issuer_id,
            expected=issuer.organization.nit,
            remedy="use la misma organización en el documento y en Issuer.",
        )


_Numbering = tuple[Resolution | None, str, int | None]
"""The resolution that numbers the document (invoices), its prefix and its consecutive."""


def _sequence(given: int | None, consecutive: int | None, number: str) -> int:
    """Give the consecutive of the document's file."""
    sequence = consecutive if given is None else given
    if sequence is None:
        raise NumberingError(
            "el nombre del archivo necesita un consecutivo y el número no termina en dígitos.",
            field="sequence",
            found=number,
            expected="un número que termine en su consecutivo, o sequence",
            remedy="pase sequence: el consecutivo anual de archivos enviados.",
        )
    return sequence


def _of_any_form(document: Deliverable, issuer: Issuer) -> _Numbering:
    match = _LAST_DIGITS.search(document.number)
    return None, "", None if match is None else int(match[0])


def _in_range(document: Deliverable, issuer: Issuer) -> _Numbering:
    if issuer.resolution is None:
        raise NumberingError(
            "una factura necesita la resolución de numeración.",
            field="issuer.resolution",
            found="ninguna",
            expected="Resolution(…)",
            remedy="tome la resolución de GetNumberingRange y póngala en Issuer.",
        )
    consecutive = issuer.resolution.check(document.number, document.issue_date)
    return issuer.resolution, issuer.resolution.prefix, consecutive


def _after_prefix(document: Deliverable, issuer: Issuer) -> _Numbering:
    prefix = issuer.note_prefix
    if prefix is not None and not document.number.startswith(prefix):
        raise NumberingError(
            "el número de la nota no empieza por el prefijo del emisor.",
            field="number",
            found=document.number,
            expected=f"{prefix} seguido del consecutivo",
            remedy="revise Issuer.note_prefix o el número de la nota.",
        )
    match = _NOTE_NUMBER.fullmatch(document.number if prefix is None else document.number[len(prefix) :])
    if match is None or (prefix is not None and match[1]) or len(document.number) > _LONGEST_NUMBER:
        raise NumberingError(
            "el número de la nota no es prefijo y consecutivo.",
            field="number",
            found=document.number,
            expected=f"letras y dígitos que terminen en el consecutivo, hasta {_LONGEST_NUMBER}: por ejemplo NC1",
            remedy="numere las notas con prefijo y consecutivo, sin separadores.",
        )
    return None, match[1] if prefix is None else prefix, int(match[2])


_NUMBERINGS = {"resolution": _in_range, "prefix": _after_prefix, "own": _of_any_form}


def authorization_of(resolution: Resolution) -> dict[str, Any]:
    """Return the fields of `Control` that a numbering fills."""
    return {
        "authorization": resolution.authorization,
        "authorization_start": resolution.valid_from,
        "authorization_end": resolution.valid_to,
        "range_prefix": resolution.prefix or None,
        "range_from": str(resolution.range_from),
        "range_to": str(resolution.range_to),
    }
