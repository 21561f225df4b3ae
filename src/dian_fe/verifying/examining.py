"""`examine`: every verdict on a received file, part by part; nothing that is wrong with it is raised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeAlias, TypedDict

from cryptography import x509

from .._arguments import checked
from .._masks import refuse_mask
from ..catalogs import Environment
from ..errors import (
    InvalidInput,
    MalformedXml,
    MissingDatum,
    UnreadableDocument,
    UnsafeArchive,
    UnsafeXml,
    UnsupportedDocument,
)
from ..families.spec import Secret, Standing
from ..faults import Fault
from ..models._missing import datum
from ..signing.documents import Signed
from ..signing.moments import check_aware
from ..ubl.archive import is_zip
from ..ubl.paths import xpath_of
from ..ubl.reader.containers import read
from ..ubl.received import ARCHIVE, OtherFile, Received
from .allowance import Allowance
from .consistency import about_answer, about_container, same
from .part_signature import signature_of
from .providers import Providers, Trusted
from .report import UNSIGNED, Examination, is_answer, is_container, is_document, is_event, name_of
from .signature.verification import Terms, judge_signature
from .trust import Revocation, TrustStore, source_of
from .verdicts import finding

Secrets: TypeAlias = str | Mapping[str, str]
"""The secrets of keys: one technical key or PIN for all, or by document number, authorization, prefix or software."""


class Answered(Protocol):
    """A result of sending a document: DIAN's signed ApplicationResponse. ``accepted`` or ``is_valid`` are used."""

    @property
    def application_response(self) -> bytes | None:
        """The bytes of the ApplicationResponse."""


class ExamineOptions(TypedDict, total=False):
    """Options that `verify` passes on to `examine`, which describes them."""

    at: datetime | None
    revocation: Revocation | Iterable[x509.CertificateRevocationList] | None
    secret: Secrets | None
    answer: Answered | Received[Any] | bytes | None
    environment: Environment | str | None
    providers: Trusted | None
    second_opinion: bool
    accept_uncovered: bool
    explain: bool


class Packed(Protocol):
    """A result of ``pack``."""

    @property
    def zip_bytes(self) -> bytes:
        """The ZIP for the customer."""


@checked
def examine(
    data: bytes | Signed[Any] | Received[Any] | Packed,
    trust: TrustStore | None = None,
    *,
    at: datetime | None = None,
    revocation: Revocation | Iterable[x509.CertificateRevocationList] | None = None,
    secret: Secrets | None = None,
    answer: Answered | Received[Any] | bytes | None = None,
    environment: Environment | str | None = None,
    providers: Trusted | None = None,
    second_opinion: bool = True,
    accept_uncovered: bool = False,
    explain: bool = True,
) -> Examination:
    """Examine a ZIP, a container or a document with everything inside it; what is wrong is reported, never raised.

    ``data``: the file's bytes, or a result of ``read``, ``sign`` or ``pack``; its bytes are always examined, never its
    model. ``trust``: the authorities trusted; without it no path is judged. ``at``: the present, aware, to detect a
    signing time in the future. ``revocation``: where to ask. ``secret``: technical key or PIN, to recompute keys; a
    mapping has each by document number, authorization, prefix or software. ``answer``: DIAN's answer, when it is not
    inside; it becomes the last part. ``environment``: what the documents must be of, since one of tests (habilitación)
    has all its signatures and answers too; not judged when None. ``providers``: NITs that may sign for another issuer,
    as technology providers and mandataries do; which one a document names proves nothing.

    ``second_opinion`` and ``accept_uncovered`` are those of ``verify_signature``: whether signxml is asked about each
    valid signature too, and whether signatures that leave their properties uncovered are accepted.

    ``explain``: whether to look for the causes of broken signatures, in the first ten parts that have one; that costs
    many times their verification, three quarters of a second at most for all of them, and nothing for what holds.

    Raises ``InvalidInput`` for what is not signed by its type or an invalid ``answer``, ``NaiveDatetime``, and the
    errors of ``read`` for bytes that are not XML or ZIP.
    """
    if at is not None:
        check_aware(at)
    received = _read(bytes_of(data))
    return _Examining(
        Terms(trust, at, source_of(revocation), explain and Allowance(), second_opinion, accept_uncovered),
        secret,
        None if environment is None else Environment(environment),
        Providers.of(providers),
        lone_event=isinstance(received, Received) and not received.sales_documents,
    ).all(received, None if answer is None else _answer_of(answer))


def _read(data: bytes) -> Received[Any] | OtherFile:
    """Read anything; a document of another family, or one that lacks essential data, may still have a signature."""
    try:
        return read(data)
    except UnreadableDocument as error:
        if is_zip(data) or isinstance(error, MalformedXml | UnsafeXml | UnsafeArchive):
            raise
        return OtherFile(None, data, "text/xml", error)


def bytes_of(data: Any) -> bytes:
    """Return the bytes of what is examined; raises ``InvalidInput`` for what is not signed by its type."""
    if isinstance(data, bytes):
        return data
    if isinstance(data, Received):
        return data.raw
    found = data.xml if isinstance(data, Signed) else getattr(data, "zip_bytes", None)
    if isinstance(found, bytes):
        return found
    raise InvalidInput.of("verifying.not_verifiable", field="data", found=type(data).__name__)


def _answer_of(answer: Any) -> Received[Any]:
    """Read the answer that was handed in; raises ``InvalidInput`` when it is not an ApplicationResponse."""
    given = answer.raw if isinstance(answer, Received) else getattr(answer, "application_response", answer)
    found = type(answer).__name__
    if isinstance(given, bytes) and given:
        received = read(given)
        if received.kind.standing is Standing.ANSWER:
            return received
        found = name_of(received)
    raise InvalidInput.of("verifying.not_an_answer", field="answer", found=found)


@dataclass(frozen=True, slots=True)
class _Examining:
    """One examination: how to judge signatures, and what else the document is held to."""

    terms: Terms
    secret: Secrets | None
    environment: Environment | None
    providers: Providers
    lone_event: bool
    """Whether a secret given as text may be the PIN of an event: there is no invoice or note."""

    def all(self, received: Received[Any] | OtherFile, answer: Received[Any] | None) -> Examination:
        """Examine the whole, and with it the answer that was handed in beside it."""
        documents = () if isinstance(received, OtherFile) else _answerable(received)
        examination = self.part(received, documents)
        if answer is None:
            return examination
        beside = self.part(answer, documents)
        if not is_answer(answer):
            message = "Lo que se pasó como respuesta no es una respuesta de la DIAN."
            expected = "el ApplicationResponse de la DIAN"
            wrong = finding("answer_sender", message, found=beside.name, expected=expected)
            beside = replace(beside, findings=(*beside.findings, wrong))
        return replace(examination, parts=(*examination.parts, beside))

    def part(
        self, part: Received[Any] | OtherFile, scope: Sequence[Received[Any]], *, inside: bool = False
    ) -> Examination:
        """Examine a part and those in it. ``scope``: the documents that an answer there may be about."""
        if isinstance(part, OtherFile):
            return self.file(part, inside=inside)
        if is_container(part):
            scope = _answerable(part)
        parts = tuple(self.part(inner, scope, inside=is_container(part)) for inner in part.parts)
        if part.kind is ARCHIVE:
            return Examination(part, name_of(part), UNSIGNED, parts=parts)
        signature = signature_of(part, self.terms, self.providers)
        matches, findings = self.key(part)
        findings += self.about_environment(part)
        if is_answer(part):
            findings += about_answer(part.document, signature.signing_time, scope, self.terms.at)
        if is_container(part):
            findings += about_container(part.document, part.parts)
        return Examination(part, name_of(part), signature, matches, tuple(findings), parts)

    def file(self, file: OtherFile, *, inside: bool) -> Examination:
        """Examine a file that cannot be read as a document; of XML at least the signature is verified."""
        found = UNSIGNED
        if file.media_type == "text/xml":
            # Malformed XML has its own finding.
            with suppress(UnreadableDocument):
                found = judge_signature(file.raw, self.terms)
            if file.name is not None and not found.signature.present:
                found = UNSIGNED
        return Examination(file, name_of(file), found, findings=tuple(_about_file(file, inside)))

    def about_environment(self, part: Received[Any]) -> Iterator[Fault]:
        """Yield the fault of a document of another environment; DIAN's answers were seen with the other's number."""
        wanted, found = self.environment, part.control.environment
        if wanted is not None and found != wanted.value and (is_document(part) or is_event(part)):
            yield finding(
                "wrong_environment",
                f"El documento no es de {wanted.label.lower()}.",
                xpath=xpath_of(part.kind.name, "control.environment"),
                path="control.environment",
                found=found,
                expected=wanted.value,
            )

    def key(self, part: Received[Any]) -> tuple[bool | None, list[Fault]]:
        """Recompute a key where its secret is known. DIAN's own keys cannot be recomputed by anybody else."""
        if not (is_document(part) or is_event(part)):
            return None, []
        if lacking := _lacking(part):
            return None, [finding("incomplete_document", path=lacking, expected="el dato")]
        if not part.key:
            return None, [finding("key_missing", xpath=xpath_of(part.kind.name, "control.key"), path="control.key")]
        secret = self._secret_of(part)
        if secret is None:
            return None, []
        refuse_mask(secret, "secret", "la clave técnica o el PIN")
        expected = _computed(part, secret)
        if expected is None:
            return None, [finding("key_not_computable", path="control.key", notify=True, expected="totales y ambiente")]
        if same(expected, part.key):
            return True, []
        wrong = finding(
            part.kind.codes.get("key", "key_differs"),
            f"La clave ({part.kind.key_label}) no corresponde a los datos del documento y la clave técnica o el PIN.",
            xpath=xpath_of(part.kind.name, "control.key"),
            path="control.key",
            found=part.key,
            expected=expected,
            hint="compruebe que la clave técnica o el PIN es el de este documento.",
        )
        return False, [wrong]

    def _secret_of(self, part: Received[Any]) -> str | None:
        given = self.secret
        if given is None:
            return None
        if isinstance(given, str):
            return given if is_document(part) or self.lone_event else None
        control = part.control
        names = (control.authorization, control.range_prefix, control.prefix)
        names = (datum(part.document, "number"), *((control.software_id,) if _by_pin(part) else names))
        return next((given[name] for name in names if name is not None and name in given), None)


def _answerable(received: Received[Any]) -> tuple[Received[Any], ...]:
    """Return the documents that an answer of DIAN's may be about: sales and events."""
    return tuple(part for part in received.walk() if is_document(part) or is_event(part))


def _by_pin(part: Received[Any]) -> bool:
    """True if the key is made with the PIN of the software: by its scheme, or as usual for its kind."""
    kind, scheme = part.kind, part.control.key_scheme
    if kind.key is None:
        return True
    forms = {each.scheme.value: each for each in (*kind.key.variants.values(), kind.key.usual)}
    return forms.get(scheme or "", kind.key.usual).secret is Secret.PIN


def _computed(part: Received[Any], secret: str) -> str | None:
    """Compute a key; None when the document lacks what it is made of."""
    environment = part.control.environment
    if part.kind.key is None or (environment is None and part.kind.standing is Standing.DOCUMENT):
        return None
    try:
        return part.kind.key_function(part.document, secret=secret, environment=environment)
    except MissingDatum:
        return None


def _lacking(part: Received[Any]) -> str | None:
    """Return which of number, date, issuer and counterpart, which identify it, a document lacks; None if none."""
    roles = part.kind.roles
    paths = "number", "issued_at", f"{roles.issuer}.id", f"{roles.counterpart}.id"
    return next((path for path in paths if datum(part.document, path) is None), None)


def _about_file(file: OtherFile, inside: bool) -> Iterator[Fault]:
    """Yield the fault of an unreadable part that looks like a document; next to documents a ZIP may hold anything."""
    reason = file.reason
    if reason is not None:
        inside = inside or (file.name is None and not isinstance(reason, UnsupportedDocument))
        yield finding(
            "unreadable_part",
            f"No se pudo leer: {reason.message}",
            notify=not inside,
            found=reason.found,
            expected=reason.expected,
            hint=reason.remedy or "",
        )
