"""The verbs `build`, `sign` and `read`, and what joins the packages behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime
from functools import cache
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeVar

from ._arguments import checked
from .errors import InvalidInput, NotAllowed
from .families.registry import find, kinds
from .families.spec import DocumentKind, Standing
from .models._json import MARK, load_json, restored
from .models.document import TradeDocument
from .models.issuable import Issuable
from .ubl.writer.build import Built, build

if TYPE_CHECKING:
    from .models.issuer import Issuer
    from .signing.distinguished_names import NameOrder
    from .signing.documents import Signed
    from .signing.policy import SignerRole
    from .signing.signer import Signer
    from .ubl.reader.document import Received

D = TypeVar("D", bound=Issuable)

_FORMS: dict[str, frozenset[str]] = {
    "el de un documento": frozenset({"customer", "lines"}),
    "el de un emisor": frozenset({"organization", "software"}),
    "el de una persona": frozenset({"first_name", "family_name"}),
    "lo que devuelve read; el documento está en su campo document": frozenset({"control", "document"}),
}
"""The JSON files that callers have, and the fields that distinguish each from the others."""
_NEEDED = ("number", "issued_at", "supplier", "customer", "lines")
"""Fields by which the JSON of a document is known."""

__all__ = ["build", "load_document", "load_issuer", "read", "sign"]


@checked
def sign(
    built: Built[D],
    signer: Signer,
    *,
    at: datetime,
    role: SignerRole | None = None,
    whole_chain: bool = True,
    order: NameOrder | None = None,
) -> Signed[D]:
    """Sign a built document (XAdES-EPES, DIAN's policy v2).

    ``at`` is the signing time, of the same Colombian day as the issue date. ``role`` is supplier unless a technology
    provider signs. ``whole_chain`` and ``order`` (`signing.NameOrder`) say how the certificates are listed. Raises
    ``NaiveDatetime``, ``WrongSigningDate`` for another day, ``SigningError`` and the errors of ``KeyMaterialError``.
    """
    sign_document, supplier, usual = _signing()
    return sign_document(built, signer, at=at, role=role or supplier, whole_chain=whole_chain, order=order or usual)


@cache
def _signing() -> tuple[Callable[..., Signed[Any]], SignerRole, NameOrder]:
    """Return what signs, with its usual role and order; the room of signatures is loaded on first use."""
    from .signing.distinguished_names import NameOrder
    from .signing.documents import sign_document
    from .signing.policy import SignerRole

    return sign_document, SignerRole.SUPPLIER, NameOrder.RFC2253


@checked
def read(data: bytes) -> Received[Any]:
    """Read any XML or ZIP: documents, containers and what is inside them (``parts``).

    Unexpected data is reported in ``problems``, never raised. Raises ``MalformedXml``, ``UnsafeXml``,
    ``UnsafeArchive``, ``UnsupportedDocument`` or ``UnreadableDocument``, each with its reason.
    """
    from .ubl.reader.containers import read as read_anything

    return read_anything(data)


@checked
def load_document(data: str | bytes | Mapping[str, Any], **given: Any) -> Any:
    """Make a document of any kind from its JSON: the model's fields with the ``kind`` discriminator.

    Without ``totals`` the amounts are computed from the lines, as ``from_lines`` does; the JSON of an incomplete
    received document restores that document. ``given``: fields that the JSON must not set, such as number and
    supplier when it comes from a customer of your service; numbers in JSON text keep every digit. Raises
    ``InvalidInput`` and the other errors of the models, and ``NotAllowed`` when the JSON sets one of the ``given``
    fields.
    """
    values = dict(data) if isinstance(data, Mapping) else load_json(data)
    if not isinstance(values, dict):
        raise InvalidInput("El JSON no es un objeto.", found=type(values).__name__, expected='{"kind": "invoice", …}')
    _refuse_other_forms(values, "el de un documento", ("kind", *_NEEDED))
    for name in sorted(given.keys() & values.keys()):
        raise NotAllowed.of("load_document", field=name, name=name)
    values |= given
    kind = _document_kind(values.get("kind", next(kinds()).name))
    if values.get("totals") is not None or MARK in values or not hasattr(kind.model_class, "from_lines"):
        document: Any = restored(kind.model_class, deepcopy(values))  # the caller's mapping must not change
        return document
    return _from_lines(kind, values)


def _document_kind(name: object) -> DocumentKind:
    kind = find(str(name))
    if kind is None or not _is_document(kind):
        raise InvalidInput.of(
            "document_kind",
            field="kind",
            found=name,
            expected=", ".join(known.name for known in kinds() if _is_document(known)),
        )
    return kind


def _is_document(kind: DocumentKind) -> bool:
    """True if documents of the kind stand for themselves: no events, answers or containers."""
    return kind.standing is Standing.DOCUMENT and bool(kind.root)


def _from_lines(kind: DocumentKind, values: dict[str, Any]) -> TradeDocument:
    """Take the document's JSON through its ``from_lines``."""
    if values.keys() >= {"payment", "payments"}:
        raise NotAllowed.of("from_lines", field="payment")
    given = {name: value for name, value in values.items() if name not in {"kind", "payments", "totals"}}
    given["payment"] = values.get("payments", values.get("payment", ()))
    make = kind.model_class.from_lines
    for name, parameter in signature(make).parameters.items():
        if name not in given and parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty:
            raise InvalidInput("Falta este dato.", field=name, expected="un valor", remedy="indique un valor.")
    document: TradeDocument = make(**given)
    return document


@checked
def load_issuer(data: str | bytes | Mapping[str, Any]) -> Issuer:
    """Make an issuer from its JSON, PIN and technical key in plain text (as ``Issuer.with_secrets`` returns it)."""
    from .models.issuer import Issuer

    values = dict(data) if isinstance(data, Mapping) else load_json(data)
    if isinstance(values, dict):
        _refuse_other_forms(values, "el de un emisor", tuple(Issuer.model_fields))
    return Issuer.model_validate(values)


def _refuse_other_forms(values: Mapping[str, Any], wanted: str, fields: tuple[str, ...]) -> None:
    """Refuse JSON of something else: otherwise every missing field would be reported, not the wrong file."""
    names = values.keys()
    others = (told for told, own in _FORMS.items() if own <= names and not _FORMS[wanted] & names)
    other = next(others, None)
    if other is None and names & set(fields):
        return
    shown = ", ".join(str(name)[:40] for name in list(values)[:6])
    raise InvalidInput(
        f"El JSON no es {wanted}" + (f": es {other}." if other else "."),
        found=f"los campos {shown}" if shown else "un objeto vacío",
        expected=", ".join(fields[:6]),
        remedy="revise que sea el archivo correcto.",
    )
