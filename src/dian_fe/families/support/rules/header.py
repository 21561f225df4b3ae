"""Groups AD and FC: the header of a document – profile, unique code, type, currency, operation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ....catalogs import DocumentType, IdAlgorithm
from ....rules import advice
from ....rules.context import Context
from ....rules.extension_checks import key
from ....rules.registry import Finding, own_rule, rule
from . import KINDS

_NOTE: Final = DocumentType.NOTA_DE_AJUSTE_AL_DOCUMENTO_SOPORTE
_TYPES: Final = dict(zip(KINDS, (DocumentType.DOCUMENTO_SOPORTE, _NOTE), strict=True))
_LIST: Final = ("listID", "listAgencyID", "listAgencyName")
_PADDED: Final = "El perfil lleva espacios al principio o al final: la DIAN lo compara letra por letra."

key("DSAD06", "NSAD06")
advice.corrections(KINDS[1])


@rule("DSAD03", "NSAD03", path="control.profile", needs=("xml",))
def profile(context: Context) -> Iterator[Finding]:
    """ProfileID is the literal of the kind, without surrounding whitespace."""
    expected = _TYPES[context.subject.kind].profile_id
    node = context.subject.xml.first("cbc:ProfileID")
    found = None if node is None else node.text or ""
    if found != expected:
        padded = found is not None and found.strip() == expected
        yield Finding(
            node=context.subject.xml.all("")[0] if node is None else node,
            found=f"«{found}»" if padded else found or None,
            expected=f"«{expected}»" if padded else expected,
            message=_PADDED if padded else None,
        )


@rule("NSAD12", path="type_code")
def note_type(context: Context) -> Iterator[Finding]:
    """CreditNoteTypeCode is 95, not the concept of the correction."""
    if context.type_code != _NOTE.value:
        yield Finding(found=context.type_code, expected=_NOTE.value)


@rule("DSFC03", path="currency", needs=("xml",))
def currency_is_bare(context: Context) -> Iterator[Finding]:
    """DocumentCurrencyCode has no list attributes."""
    node = context.subject.xml.first("cbc:DocumentCurrencyCode")
    told = next((name for name in _LIST if node is not None and node.get(name) is not None), None)
    if told is not None:
        yield Finding(node=node, attribute=told, found=node.get(told), expected="ningún atributo")


@own_rule("wrong_operation", *KINDS, path="operation")
def operation_is_of_the_kind(context: Context) -> Iterator[Finding]:
    """CustomizationID is 10 or 11; no code of DIAN's is known for another."""
    document = context.document
    if document.operation not in document.OPERATIONS:
        yield Finding(found=document.operation, expected=", ".join(document.OPERATIONS))


@own_rule("wrong_type", KINDS[0], path="type_code")
def type_is_of_the_kind(context: Context) -> Iterator[Finding]:
    """InvoiceTypeCode is 05; no code of DIAN's is known for another."""
    expected = _TYPES[context.subject.kind].value
    if context.type_code != expected:
        yield Finding(found=context.type_code, expected=expected)


@own_rule("wrong_key_scheme", *KINDS, path="control.key_scheme", needs=("document", "control"))
def key_scheme_is_of_the_kind(context: Context) -> Iterator[Finding]:
    """UUID/@schemeName is CUDS-SHA384; a key of another algorithm is DSAD06 or NSAD06."""
    found = context.subject.control.key_scheme
    if found != IdAlgorithm.CUDS.value and context.subject.control.key is not None:
        yield Finding(found=found, expected=IdAlgorithm.CUDS.value)
