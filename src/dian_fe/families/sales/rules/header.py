"""Group AD: the header of a document – versions, number, key, dates, type, currency – and the file itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from operator import gt, lt
from typing import Any, Final

from ....catalogs import DocumentType, Environment, IdAlgorithm, catalog
from ....models._dates import BOGOTA
from ....rules.context import Context
from ....rules.extension_checks import key
from ....rules.facts import Annex, code_facts
from ....rules.model_checks import equal, listed
from ....rules.party_checks import own
from ....rules.registry import Finding, add, rule
from ....rules.subject import Need

_OLD_PROFILE: Final = "DIAN 2.1"
_NUMBER: Final = re.compile(r"[0-9A-Za-z]{1,20}")
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d-05:00")
_DAYS_AROUND: Final = timedelta(days=10)
_TYPES: Final = {"invoice": DocumentType.FACTURA_DE_VENTA, "credit_note": DocumentType.NOTA_CREDITO,
                 "debit_note": DocumentType.NOTA_DEBITO}  # fmt: skip
_INVOICES: Final = frozenset(member.value for member in DocumentType if member.family == "invoice")
_KNOWN_TYPES: Final = frozenset(member.value for member in DocumentType)
_CONTINGENCY: Final = DocumentType.DOCUMENTO_DE_TRANSMISION.value
_ENVIRONMENTS: Final = frozenset(member.value for member in Environment)
_KEYS: Final = frozenset({IdAlgorithm.CUFE.value, IdAlgorithm.CUDE.value})
_OLD_OPERATIONS: Final[dict[str, dict[str, set[str]]]] = {
    Annex.V1_8: {"invoice": {"13"}, "credit_note": {"23"}, "debit_note": {"33"}},
    Annex.V1_7: {kind: {*(f"{n:02d}" for n in range(1, 14)), "20", "22", "23", "30", "32", "33"} for kind in _TYPES},
}
"""Further operation types of older annexes: 1.7 (schematron of 2019) accepted 01 to 12 in notes too."""
_REGULARISATION, _REGULARISATION_UNTIL = "20-REG", date(2026, 4, 30)


def _has_key(context: Context) -> bool:
    return context.subject.control.key is not None


equal("FAD01", "CAD01", "DAD01", path="control.ubl_version", to="UBL 2.1", needed=True)


@rule("FAD02", "CAD02", "DAD02", path="operation")
def operation_is_of_the_kind(context: Context) -> Iterator[Finding]:
    """CustomizationID is an operation type of the kind, of the annex in force at the issue date.

    20-REG (Res. 000011 de 2026) was valid for type 03 until 30 April 2026.
    """
    document = context.document
    operation, allowed = document.operation, document.OPERATIONS
    older = _OLD_OPERATIONS.get(context.annex, {}).get(context.subject.kind, ())
    if operation in allowed or operation in older:
        return
    regularises = operation == _REGULARISATION and context.type_code == _CONTINGENCY
    if not (regularises and context.issue_date <= _REGULARISATION_UNTIL):
        yield Finding(found=operation, expected=", ".join(allowed))


@rule("FAD03", "CAD03", "DAD03", path="control.profile", needs=("document", "control"))
def profile(context: Context) -> Iterator[Finding]:
    """ProfileID is the literal of the kind; up to annex 1.7 it was plain «DIAN 2.1» (accepted documents)."""
    expected = _TYPES[context.subject.kind].profile_id
    found = context.subject.control.profile
    if found != expected and not (context.annex is Annex.V1_7 and found == _OLD_PROFILE):
        yield Finding(found=found, expected=expected)


listed("FAD04", "CAD04", "DAD04", path="control.environment", among=_ENVIRONMENTS, expected="1 o 2", needed=True)


@rule("FAD05a", "CAD05", "DAD05", path="number")
def number_is_plain(context: Context) -> Iterator[Finding]:
    """cbc:ID is prefix and consecutive: 1 to 20 letters or digits, no spaces or signs."""
    if not _NUMBER.fullmatch(context.document.number):
        yield Finding(found=context.document.number, expected="de 1 a 20 letras o dígitos")


def _bounded(
    codes: tuple[str, ...],
    path: str,
    beyond: Callable[[Any, Any], bool],
    bound: Callable[[Context], Any],
    words: str,
    need: Need,
) -> None:
    """Register the rule that the consecutive or day of issue is not below (``lt``) or above (``gt``) a known bound."""

    def function(context: Context) -> Iterator[Finding]:
        found, limit = _consecutive(context) if path == "number" else context.issue_date, bound(context)
        if None not in (found, limit) and beyond(found, limit):
            yield Finding(found=found, expected=f"{limit} {words}")

    add(codes, function, path, needs=("document", need))


def _consecutive(context: Context) -> int | None:
    """Return the consecutive in the range that the document names; type 03 is not asked for it."""
    if context.type_code == _CONTINGENCY:
        return None
    prefix, number = context.subject.control.range_prefix or "", context.document.number
    return _integer(number.removeprefix(prefix)) if number.startswith(prefix) else None


def _integer(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


_bounded(("FAD05b",), "number", lt, lambda c: _integer(c.subject.control.range_from), "o más", "control")
_bounded(("FAD05c",), "number", gt, lambda c: _integer(c.subject.control.range_to), "o menos", "control")


@rule("FAD05d", path="number", needs=("document", "resolution"))
def number_is_authorised(context: Context) -> Iterator[Finding]:
    """The consecutive lies in the range of the issuer's resolution."""
    resolution, number = context.resolution, context.document.number
    consecutive = _integer(number.removeprefix(resolution.prefix))
    if not number.startswith(resolution.prefix) or consecutive is None:
        return  # FAD05e reports it
    if not resolution.range_from <= consecutive <= resolution.range_to:
        yield Finding(found=consecutive, expected=f"entre {resolution.range_from} y {resolution.range_to}")


@rule("FAD05e", path="number", needs=("document", "resolution"))
def number_is_of_the_resolution(context: Context) -> Iterator[Finding]:
    """The number is the prefix of the issuer's resolution and a consecutive."""
    prefix, number = context.resolution.prefix, context.document.number
    if not number.startswith(prefix) or _integer(number.removeprefix(prefix)) is None:
        yield Finding(found=number, expected=f"{prefix} seguido del consecutivo" if prefix else "solo dígitos")


key("FAD06", "CAD06", "DAD06")


equal("FAD07", path="control.key_environment", to=lambda c: c.subject.control.environment, needed=True, when=_has_key)


_SCHEMES: Final = " o ".join(sorted(_KEYS, reverse=True))
listed(*own("AD", "08"), path="control.key_scheme", among=_KEYS, expected=_SCHEMES, needed=True, when=_has_key)


def _sent_on(context: Context) -> date:
    sent: date = context.subject.clock.astimezone(BOGOTA).date()
    return sent


_bounded(("FAD09a",), "issued_at", lt, lambda c: c.subject.control.authorization_start, "o después", "control")
_bounded(("FAD09b",), "issued_at", gt, lambda c: c.subject.control.authorization_end, "o antes", "control")
_bounded(own("AD", "09c"), "issued_at", lt, lambda c: _sent_on(c) - _DAYS_AROUND, "o después", "clock")
_bounded(own("AD", "09d"), "issued_at", gt, lambda c: _sent_on(c) + _DAYS_AROUND, "o antes", "clock")


@rule("FAD10", "CAD10", "DAD10", needs=("xml",))
def issue_time(context: Context) -> Iterator[Finding]:
    """cbc:IssueTime is HH:MM:SS-05:00, the Colombian time."""
    node = context.subject.xml.first("cbc:IssueTime")
    found = "" if node is None else (node.text or "").strip()
    if not _TIME.fullmatch(found):
        where = context.subject.xml.all("")[0] if node is None else node
        yield Finding(node=where, found=found, expected="HH:MM:SS-05:00")


_INVOICE_TYPES = ", ".join(sorted(_INVOICES))
listed("FAD12a", path="type_code", among=_KNOWN_TYPES, expected=_INVOICE_TYPES, needed=True)


# A type of another family is not valid in an invoice.
listed(
    "FAD12b",
    path="type_code",
    among=_INVOICES,
    expected=_INVOICE_TYPES,
    when=lambda context: context.type_code in _KNOWN_TYPES,
)


# It is not the concept of the correction.
equal("CAD12a", path="type_code", to=DocumentType.NOTA_CREDITO.value, needed=True)


_CURRENCY: Final = "un código ISO 4217, como COP"
listed(*own("AD", "15a"), path="currency", among=lambda: catalog("currencies"), expected=_CURRENCY)


@rule("FAD15b", path="currency", needs=("document", "xml"))
def one_currency(context: Context) -> Iterator[Finding]:
    """Every @currencyID is the document's currency, except in CustomTagGeneral; reported once per other currency."""
    expected, told = context.document.currency, set()
    for node in context.subject.xml.everywhere("@currencyID"):
        found = (node.get("currencyID") or "").strip()
        if found != expected and found not in told and not _in_custom_tags(context, node):
            told.add(found)
            yield Finding(node=node, attribute="currencyID", found=found, expected=expected)


def _in_custom_tags(context: Context, node: object) -> bool:
    return any(
        context.subject.xml.name(around).rpartition(":")[2] == "CustomTagGeneral"
        for around in context.subject.xml.around(node)
    )


@rule("FAD16", "CAD16", "DAD16", needs=("xml",))
def line_count(context: Context) -> Iterator[Finding]:
    """LineCountNumeric is the number of lines."""
    count = len(context.subject.xml.all(code_facts()[f"{context.letter}AV01"].path))
    node = context.subject.xml.first("cbc:LineCountNumeric")
    found = "" if node is None else (node.text or "").strip()
    if found.lstrip("0") != str(count) and found != str(count):
        yield Finding(node=context.subject.xml.all("")[0] if node is None else node, found=found, expected=count)
